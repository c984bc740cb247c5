"""Reads the problems that `bench.cases.export` writes. NumPy and SciPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class ProblemFile:
    """dρ/dt = −i[H, ρ] + Σ γ D[c]ρ from ρ_0, and the operator whose mean is wanted.

    Attributes
    ----------
    H, energy, rho_0 : sparse matrix, shape (D, D)
    jumps : list of sparse matrix, shape (D, D)
        √γ c.
    times : array, shape (T,)
    """

    H: Any
    energy: Any
    rho_0: Any
    jumps: list[Any]
    times: Any


def read(path: str) -> ProblemFile:
    """Return the problem in that file."""
    with np.load(path) as file:

        def matrix(name: str) -> Any:
            parts = tuple(file[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
            dim = len(parts[2]) - 1
            return sp.csr_matrix(parts, shape=(dim, dim))

        rates = file["rates"]
        jumps = [np.sqrt(rate) * matrix(f"jump{k}") for k, rate in enumerate(rates)]
        return ProblemFile(matrix("H"), matrix("energy"), matrix("rho_0"), jumps, file["times"])
