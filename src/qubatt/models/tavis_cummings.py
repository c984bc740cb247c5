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
    """N two-level atoms with all-to-all exchange, exchanging excitations with one cavity mode.

        H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)
        H_C = ω_c a†a
        H_I = g_c ω_c (a J₊ + a† J₋)

    H conserves a†a + J_z. The stored energy is measured with H_B. Off resonance ω_c and ω_a
    differ.
    """

    citations: ClassVar[tuple[str, ...]] = ("zhang2024", "tavis1968")

    latex: ClassVar[str] = (
        rf"H = {ATOMS_LATEX} + \omega_c a^\dagger a + g_c \omega_c (a J_+ + a^\dagger J_-)"
    )

    def coupling_terms(self) -> tuple[Term, ...]:
        """Return H_I = g_c ω_c (a J₊ + a† J₋)."""
        coupling, pulse = split_amplitude(self.coupling)
        strength = coupling * self.omega_cavity
        return (
            Term(strength, {"cavity": "a", "atoms": "J+"}, pulse),
            Term(strength, {"cavity": "a+", "atoms": "J-"}, pulse),
        )
