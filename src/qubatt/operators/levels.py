"""Levels of which nothing is known but their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.sparse as sp

from qubatt.core.errors import UnsupportedError
from qubatt.core.space import Basis, Factor, Operator


@dataclass(frozen=True)
class Levels(Factor):
    """`size` bare levels |0⟩ … |size − 1⟩, the same in every basis of the atoms.

    Operators: ``n`` = Σ k |k⟩⟨k|, the number of the level, and ``P_ground`` = |0⟩⟨0|.
    """

    size: int

    def dim(self, basis: Basis) -> int:  # noqa: ARG002  # the same in every basis of the atoms
        """Return the number of levels."""
        return self.size

    def operators(self, basis: Basis) -> Mapping[str, Operator]:  # noqa: ARG002  # as above
        """Return the named operators, each of shape ``(size,) * 2``."""
        return _named(self.size)

    def local_operators(
        self,
        name: str,
        basis: Basis,  # noqa: ARG002  # there are none in any
    ) -> tuple[Operator, ...]:
        """Refuse: bare levels are not those of particles."""
        raise UnsupportedError(f"Bare levels have no single-particle part of {name!r}.")


@lru_cache(maxsize=64)
def _named(size: int) -> dict[str, Operator]:
    """Return the operators by name; they are shared, and never changed."""
    number = np.arange(size, dtype=np.float64)
    return {
        "n": sp.csr_array(sp.diags_array(number)),
        "P_ground": sp.csr_array(([1.0], ([0], [0])), shape=(size, size)),
    }
