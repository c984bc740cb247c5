"""Dicke battery: interacting two-level atoms charged by one cavity mode."""

from __future__ import annotations

from typing import ClassVar

from qubatt.core.declaration import declare
from qubatt.core.problem import Term
from qubatt.models.cavity import CavityBattery
from qubatt.models.interacting_atoms import LATEX as ATOMS_LATEX
from qubatt.pulses import split_amplitude


@declare("battery", "dicke")
class DickeBattery(CavityBattery):
    """N two-level atoms with all-to-all exchange, charged by one cavity mode.

        H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)
        H_C = ω_c a†a
        H_I = 2 g_c ω_c J_x (a + a†)

    For g_z = 0 these are Eqs. (1)–(13) of zhang2024, where Eq. (3) sums over ordered pairs and
    Eq. (5) is taken literally; J = ½ Σ σ. The stored energy is the increase of ⟨H_B⟩. The cavity
    is resonant for ω_c = ω_a. The basis has (N + 1)(max_photons + 1) states. Energies are in units
    of ω_ref, times in units of 1/ω_ref.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DickeBattery(n_atoms=2, coupling=0.1, max_photons=12)
    >>> run = qb.charge(battery, times=[0.0, 8.0])
    >>> run.energy.values.round(4).tolist()
    [0.0, 1.4038]
    """

    citations: ClassVar[tuple[str, ...]] = ("zhang2024", "dicke1954", "ferraro2018")

    latex: ClassVar[str] = (
        rf"H = {ATOMS_LATEX} + \omega_c a^\dagger a + 2 g_c \omega_c J_x (a + a^\dagger)"
    )

    def coupling_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_I = 2 g_c ω_c J_x (a + a†)."""
        coupling, pulse = split_amplitude(self.coupling)
        strength = 2.0 * coupling * self.omega_cavity
        return tuple(
            Term(strength, {"cavity": ladder, "atoms": "Jx"}, pulse) for ladder in ("a", "a+")
        )
