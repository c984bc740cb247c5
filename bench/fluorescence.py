"""Cooperative resonance fluorescence: the steady state of the driven battery in closed form.

R. R. Puri and S. V. Lawande, Phys. Lett. A 72, 200 (1979): for H = Ω J_x and γ D[J₋],
ρ = (A†A)⁻¹/Z with A = J₋ + iΩ/γ.
"""

from __future__ import annotations

import numpy as np


def stored_energy(n_atoms: int, drive: float, rate: float, omega_atom: float = 1.0) -> float:
    """Return ω_a ⟨J_z + N/2⟩ in the steady state.

    A⁻¹ is a geometric series in J₋, so ⟨m|ρ|m⟩ Z = w(m) with w(J) = 1 and
    w(m − 1) = 1 + r(m) w(m), r(m) = (J(J + 1) − m(m − 1)) γ²/Ω². All terms are positive: nothing
    cancels.
    """
    J = n_atoms / 2
    weights = [1.0]
    for k in range(n_atoms):
        m = J - k
        factor = (J * (J + 1) - m * (m - 1)) * (rate / drive) ** 2
        weights.append(1.0 + factor * weights[-1])
    excitations = np.arange(n_atoms, -1, -1)
    return float(omega_atom * (excitations @ np.array(weights)) / np.sum(weights))
