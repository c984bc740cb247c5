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
    """N two-level atoms with all-to-all exchange, charged by a static or pulsed drive.

        H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)
        H   = H_B + (δ − ω_a) J_z + Ω J_x

    For g_z = 0 these are Eqs. (14)–(17) of zhang2024; with g_z the exchange becomes the XXZ
    interaction of le2018, but between all atoms. J = ½ Σ σ. With δ = ω_a (default) H is that of
    the laboratory frame, where the drive of Eq. (14) is static; δ = 0 describes a resonant drive
    in its rotating frame. In both frames the stored energy is the increase of ⟨H_B⟩. The basis has
    N + 1 symmetric states. Energies are in units of ω_ref, times in units of 1/ω_ref.

    Examples
    --------
    A resonant drive stores E(t) = N ω_a sin²(Ωt/2):

    >>> import math
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0)
    >>> run = qb.charge(battery, times=[0.0, math.pi])
    >>> run.energy.values.round(6).tolist()
    [0.0, 2.0]
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
        default=None, description="Detuning δ of the drive; by default omega_atom", examples=[0.3]
    )
    omega_atom: NonNegative = Field(
        default=1.0, description="Level splitting ω_a of an atom", examples=[1.0]
    )
    interaction_z: Real = Field(
        default=0.0,
        description="Ising interaction g_z; with g_z = g the interaction is Heisenberg",
        examples=[0.4],
    )

    @property
    def space(self) -> Space:
        """The factor ``atoms`` with N + 1 symmetric states."""
        return Space({"atoms": Atoms(self.n_atoms)})

    def battery_terms(self) -> tuple[Term, ...]:
        """Return H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)."""
        return interacting_atoms(
            self.n_atoms, self.omega_atom, self.interaction, self.interaction_z
        )

    def charging_terms(self) -> tuple[Term, ...]:
        """Return the drive Ω J_x and the change of frame (δ − ω_a) J_z."""
        detuning = self.omega_atom if self.detuning is None else self.detuning
        drive, pulse = split_amplitude(self.drive)
        return (
            Term(drive, {"atoms": "Jx"}, pulse, drive="drive"),
            Term(detuning - self.omega_atom, {"atoms": "Jz"}, drive=ROTATING_FRAME),
        )

    def default_charger(self) -> None:
        """Return None, because the drive is the charger."""
