"""Tavis–Cummings battery: the Dicke battery in the rotating-wave approximation."""

from __future__ import annotations

from typing import ClassVar

from qubatt.core.declaration import declare
from qubatt.core.problem import Term
from qubatt.models.cavity import CavityBattery
from qubatt.models.interacting_atoms import LATEX as ATOMS_LATEX
from qubatt.pulses import split_amplitude


@declare("battery", "tavis-cummings")
class TavisCummingsBattery(CavityBattery):
    """N two-level atoms with all-to-all exchange that swap excitations with one cavity mode.

        H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)
        H_C = ω_c a†a
        H_I = g_c ω_c (a J₊ + a† J₋)

    H conserves a†a + J_z; J = ½ Σ σ. The stored energy is the increase of ⟨H_B⟩. The cavity is
    resonant for ω_c = ω_a. The basis has (N + 1)(max_photons + 1) states. Energies are in units of
    ω_ref, times in units of 1/ω_ref.

    Examples
    --------
    One atom and one photon at resonance, E(t) = ω_a sin²(g_c ω_c t):

    >>> import math
    >>> import qubatt as qb
    >>> battery = qb.TavisCummingsBattery(n_atoms=1, coupling=0.5, max_photons=1)
    >>> run = qb.charge(battery, times=[0.0, math.pi])
    >>> run.energy.values.round(6).tolist()
    [0.0, 1.0]
    """

    citations: ClassVar[tuple[str, ...]] = ("zhang2024", "tavis1968")

    latex: ClassVar[str] = (
        rf"H = {ATOMS_LATEX} + \omega_c a^\dagger a + g_c \omega_c (a J_+ + a^\dagger J_-)"
    )

    def coupling_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_I = g_c ω_c (a J₊ + a† J₋)."""
        coupling, pulse = split_amplitude(self.coupling)
        strength = coupling * self.omega_cavity
        return (
            Term(strength, {"cavity": "a", "atoms": "J+"}, pulse),
            Term(strength, {"cavity": "a+", "atoms": "J-"}, pulse),
        )
