"""A harmonic mode, truncated at a highest Fock level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from qubatt.core.space import Factor, Operator, Role


@dataclass(frozen=True)
class Mode(Factor):
    """A harmonic mode with the Fock levels 0 … `max_photons`, that is, ``max_photons + 1`` states.

    The operators are ``a``, ``a+`` (a†), ``n`` (a†a) and projectors: ``P_ground`` onto the lowest
    level, ``P_full`` onto the highest level, and ``P_top`` onto the highest `photons_at_once`
    levels, which the coupling connects to levels above the cut-off.
    """

    role: ClassVar[Role] = "mode"

    max_photons: int
    photons_at_once: int = 1

    @property
    def dim(self) -> int:
        """Dimension, ``max_photons + 1``."""
        return self.max_photons + 1

    @property
    def operators(self) -> Mapping[str, Operator]:
        """Named operators, each of shape ``(max_photons + 1,) * 2``."""
        return _named(self.max_photons, self.photons_at_once)

    def small(self) -> Mode:
        """Return a copy with at most seven Fock levels."""
        return replace(self, max_photons=min(self.max_photons, 6))

    @property
    def noun(self) -> str:
        """Description of the factor in error messages."""
        return "A mode"


@lru_cache(maxsize=64)
def _named(max_photons: int, photons_at_once: int) -> dict[str, Operator]:
    """Return the operators by name; they are cached and must not be modified."""
    levels = np.arange(max_photons + 1, dtype=np.float64)
    top = levels > levels[-1] - photons_at_once
    a = sp.csr_array(sp.diags_array(np.sqrt(levels[1:]), offsets=1))
    return {
        "a": a,
        "a+": sp.csr_array(a.T),
        "n": sp.csr_array(sp.diags_array(levels)),
        "P_ground": sp.csr_array(sp.diags_array((levels == 0).astype(float))),
        "P_full": sp.csr_array(sp.diags_array((levels == max_photons).astype(float))),
        "P_top": sp.csr_array(sp.diags_array(top.astype(float))),
    }
