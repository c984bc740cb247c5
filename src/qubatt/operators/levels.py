"""A plain d-level system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from qubatt.core.space import Factor, Operator, Role


@dataclass(frozen=True)
class Levels(Factor):
    """A d-level system |0⟩ … |size − 1⟩ without further structure.

    The operators are the level number ``n`` = Σ k |k⟩⟨k|, ``P_ground`` = |0⟩⟨0| and
    ``P_full`` = |size − 1⟩⟨size − 1|.
    """

    role: ClassVar[Role] = "levels"

    size: int

    @property
    def dim(self) -> int:
        """Number of levels."""
        return self.size

    @property
    def operators(self) -> Mapping[str, Operator]:
        """Named operators, each of shape ``(size,) * 2``."""
        return _named(self.size)

    def small(self) -> Levels:
        """Return a copy with at most six levels."""
        return Levels(min(self.size, 6))

    @property
    def noun(self) -> str:
        """Description of the factor in error messages."""
        return "A system of plain levels"


@lru_cache(maxsize=64)
def _named(size: int) -> dict[str, Operator]:
    """Return the operators by name; they are cached and must not be modified."""
    number = np.arange(size, dtype=np.float64)
    return {
        "n": sp.csr_array(sp.diags_array(number)),
        "P_ground": sp.csr_array(([1.0], ([0], [0])), shape=(size, size)),
        "P_full": sp.csr_array(([1.0], ([size - 1], [size - 1])), shape=(size, size)),
    }
