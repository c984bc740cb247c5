"""Joint levels of interacting atoms and H₀ = ω J_z, in the symmetric and the full basis."""

from __future__ import annotations

from math import comb
from typing import Literal

import numpy as np

from qubatt.core.check import FloatArray

RechargeBasis = Literal["symmetric", "full"]
"""``"symmetric"`` for the N + 1 symmetric states, or ``"full"`` for all 2^N states."""


def joint_levels(
    n_atoms: int, interaction: float, omega_atom: float, basis: RechargeBasis
) -> tuple[FloatArray, FloatArray, list[int]]:
    """Return E, E⁰ and multiplicities of H_B = ω J_z + c (J² − J_z² − N/2) and H₀ = ω J_z.

    Here c = 2g/N. The level (j, m) has E = ωm + c(j(j + 1) − m²) up to a constant, E⁰ = ωm, and
    the multiplicity d_j = C(N, N/2 − j) − C(N, N/2 − j − 1). The symmetric states are those with
    j = N/2.

    Returns
    -------
    E, E_0 : array, shape (L,)
        Energies, in units of the reference frequency.
    multiplicity : list of int, length L
        Exact integers whose sum is N + 1 or 2^N.
    """
    c = 2.0 * interaction / n_atoms
    E: list[float] = []
    E_0: list[float] = []
    multiplicity: list[int] = []
    depths = range(n_atoms // 2 + 1) if basis == "full" else range(1)
    for depth in depths:  # j = N/2 − depth
        j = n_atoms / 2 - depth
        d_j = comb(n_atoms, depth) - (comb(n_atoms, depth - 1) if depth else 0)
        for step in range(n_atoms - 2 * depth + 1):  # m = −j + step
            m = step - j
            E_0.append(omega_atom * m)
            E.append(omega_atom * m + c * (j * (j + 1) - m * m))
            multiplicity.append(d_j)
    return np.array(E, dtype=np.float64), np.array(E_0, dtype=np.float64), multiplicity
