"""Base class of batteries of interacting two-level atoms in one cavity mode."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from qubatt.core.check import Count, Cutoff, NonNegative, Positive, Real, known_cutoff
from qubatt.core.problem import Term
from qubatt.core.space import Space
from qubatt.models.battery import Battery
from qubatt.models.interacting_atoms import interacting_atoms
from qubatt.operators import Atoms, Mode
from qubatt.pulses import Amplitude
from qubatt.states import FockState


@dataclass(frozen=True)
class CavityBattery(Battery):
    """N interacting two-level atoms in one cavity mode; subclasses define the coupling."""

    usual_charger: ClassVar[str] = "fock:N"
    photons_at_once: ClassVar[int] = 1
    """Number of photons that the coupling creates or annihilates at once."""

    n_atoms: Count = Field(description="Number of atoms N", examples=[3])
    coupling: Amplitude = Field(
        description="Atom–cavity coupling g_c, in units of ω_c; a number or a pulse",
        examples=[0.5],
    )
    max_photons: Cutoff = Field(
        description="Photon cut-off: the highest Fock level, or auto", examples=[8]
    )
    interaction: Real = Field(
        default=0.0,
        description="Exchange g between the atoms, repulsive if positive",
        examples=[0.7],
    )
    omega_atom: NonNegative = Field(
        default=1.0, description="Level splitting ω_a of an atom", examples=[1.0]
    )
    omega_cavity: Positive = Field(
        default=1.0, description="Frequency ω_c of the cavity", examples=[1.2]
    )
    interaction_z: Real = Field(
        default=0.0,
        description="Ising interaction g_z; with g_z = g the interaction is Heisenberg",
        examples=[0.4],
    )

    @property
    def space(self) -> Space:
        """The factors ``cavity`` (max_photons + 1 levels) and ``atoms`` (N + 1 states)."""
        mode = Mode(known_cutoff(self.max_photons), self.photons_at_once)
        return Space({"cavity": mode, "atoms": Atoms(self.n_atoms)})

    def battery_terms(self) -> tuple[Term, ...]:
        """Return H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)."""
        return interacting_atoms(
            self.n_atoms, self.omega_atom, self.interaction, self.interaction_z
        )

    def charging_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_C = ω_c a†a and of the coupling H_I."""
        return (Term(self.omega_cavity, {"cavity": "n"}), *self.coupling_terms())

    @abstractmethod
    def coupling_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_I."""

    def default_charger(self) -> FockState:
        """Return the Fock state |N⟩, one photon per atom, Eq. (8) of zhang2024."""
        return FockState(self.n_atoms)
