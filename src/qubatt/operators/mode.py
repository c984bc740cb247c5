"""A harmonic mode, cut off at a highest Fock level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from qubatt.core.space import Factor, Operator, Role


@dataclass(frozen=True)
class Mode(Factor):
    """Fock levels 0 … `max_photons`, so ``max_photons + 1`` states.

    Operators: ``a``, ``a+`` (a†), ``n`` (a†a), ``P_ground``, ``P_full`` and ``P_top``: projectors
    on the lowest level, on the highest one, and on the highest ones kept: as many as the photons
    that come at once, since one more step from any of them leads above the cut-off.
    """

    role: ClassVar[Role] = "mode"

    max_photons: int
    photons_at_once: int = 1

    @property
    def dim(self) -> int:
        """``max_photons + 1``."""
        return self.max_photons + 1

    @property
    def operators(self) -> Mapping[str, Operator]:
        """Named operators, each of shape ``(max_photons + 1,) * 2``."""
        return _named(self.max_photons, self.photons_at_once)

    @property
    def noun(self) -> str:
        """The factor in an error message."""
        return "A mode"


@lru_cache(maxsize=64)
def _named(max_photons: int, photons_at_once: int) -> dict[str, Operator]:
    """Return the operators by name; they are shared, and never changed."""
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
