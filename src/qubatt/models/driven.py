"""Driven battery: a collective spin charged by a classical drive."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from qubatt.core.check import Count, NonNegative, Real
from qubatt.core.declaration import declare
from qubatt.core.problem import ROTATING_FRAME, Term
from qubatt.core.space import Space
from qubatt.models.battery import Battery
from qubatt.models.interacting_atoms import LATEX as ATOMS_LATEX
from qubatt.models.interacting_atoms import interacting_atoms
from qubatt.operators import Atoms
from qubatt.pulses import Amplitude, split_amplitude


@declare("battery", "driven")
class DrivenBattery(Battery):
    """N two-level atoms with all-to-all exchange, charged by a drive, static or pulsed.

        H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)
        H   = H_B + (δ − ω_a) J_z + Ω J_x

    Eqs. (14)–(17) of zhang2024 for g_z = 0; g_z makes its exchange an XXZ interaction, that of
    le2018 between all atoms. The detuning δ is ω_a in the laboratory frame, where the drive
    of Eq. (14) is static (default), and 0 for a resonant drive seen in its rotating frame. The
    stored energy is measured with H_B in either.
    """

    citations: ClassVar[tuple[str, ...]] = ("zhang2024", "le2018")
    latex: ClassVar[str] = rf"H = {ATOMS_LATEX} + (\delta - \omega_a) J_z + \Omega J_x"

    n_atoms: Count = Field(description="Number of atoms N", examples=[4])
    drive: Amplitude = Field(description="Drive amplitude Ω; a number or a pulse", examples=[1.0])
    interaction: Real = Field(
        default=0.0,
        description="Exchange g between the atoms, repulsive if positive",
        examples=[0.5],
    )
    detuning: Real | None = Field(
        default=None, description="Detuning δ of the drive; omega_atom if left out", examples=[0.3]
    )
    omega_atom: NonNegative = Field(
        default=1.0, description="Level splitting ω_a of an atom", examples=[1.0]
    )
    interaction_z: Real = Field(
        default=0.0,
        description="Ising part g_z of the interaction, g_z = g: Heisenberg",
        examples=[0.4],
    )

    @property
    def space(self) -> Space:
        """``atoms`` only, N + 1 states on the ladder."""
        return Space({"atoms": Atoms(self.n_atoms)})

    def battery_terms(self) -> tuple[Term, ...]:
        """Return H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)."""
        return interacting_atoms(
            self.n_atoms, self.omega_atom, self.interaction, self.interaction_z
        )

    def charging_terms(self) -> tuple[Term, ...]:
        """Return Ω J_x and the change of frame (δ − ω_a) J_z."""
        detuning = self.omega_atom if self.detuning is None else self.detuning
        drive, pulse = split_amplitude(self.drive)
        return (
            Term(drive, {"atoms": "Jx"}, pulse, drive="drive"),
            Term(detuning - self.omega_atom, {"atoms": "Jz"}, drive=ROTATING_FRAME),
        )

    def default_charger(self) -> None:
        """Return None: the drive is the charger."""
