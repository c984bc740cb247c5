"""Cascade battery: three-level atoms in a cavity, driven by a pump and a control field."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from qubatt.core.check import Count, Cutoff, Real, known_cutoff
from qubatt.core.declaration import declare
from qubatt.core.problem import Term
from qubatt.core.space import Space
from qubatt.models.battery import Battery
from qubatt.operators import Atoms, Mode
from qubatt.pulses import Amplitude, split_amplitude
from qubatt.states import FockState


@declare("battery", "cascade")
class CascadeBattery(Battery):
    """N three-level atoms (ground g, middle m, excited e) in one cavity mode, with two drives.

        H_B = Σᵢ (Δ_e σ_ee + Δ_m σ_mm)ᵢ + (2g/N) Σ_{i≠j} (σ_mgⁱ σ_gmʲ + σ_meⁱ σ_emʲ)
        H_C = Δ_cav a†a
        H_I = g_1 Σᵢ (a σ_mg + a† σ_gm)ᵢ
        H_L = Ω_a Σᵢ (σ_mg + σ_gm)ᵢ + Ω_b Σᵢ (σ_me + σ_em)ᵢ

    Eqs. (18)–(24) of zhang2024 (after lin2019) describe two atoms in the frame rotating with both
    fields. For N > 2 the exchange of each pair is 2g/N, as in the other batteries, and the
    symmetric basis has (N + 1)(N + 2)/2 states. The exchange is written in terms of the collective
    operators S_jk = Σᵢ σ_jkⁱ, for example Σ_{i≠j} σ_mgⁱ σ_gmʲ = S_mg S_gm − S_mm. The stored
    energy is the increase of ⟨H_B⟩. Energies are in units of ω_ref, times in units of 1/ω_ref.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.CascadeBattery(n_atoms=2, interaction=0.5, max_photons=8)
    >>> run = qb.charge(battery, times=[0.0, 0.5])
    >>> run.energy.values.round(4).tolist()
    [0.0, 1.1222]
    """

    citations: ClassVar[tuple[str, ...]] = ("zhang2024", "lin2019")
    latex: ClassVar[str] = (
        r"H = \Delta_e S_{ee} + \Delta_m S_{mm}"
        r" + \frac{2g}{N}\sum_{i \neq j}\big(\sigma_{mg}^i \sigma_{gm}^j"
        r" + \sigma_{me}^i \sigma_{em}^j\big)"
        r" + \Delta_\mathrm{cav} a^\dagger a + g_1 (a S_{mg} + a^\dagger S_{gm})"
        r" + \Omega_a (S_{mg} + S_{gm}) + \Omega_b (S_{me} + S_{em})"
    )
    usual_charger: ClassVar[str] = "fock:N"

    interaction: Real = Field(
        default=0.0,
        description="Exchange g on both transitions, repulsive if positive",
        examples=[0.5],
    )
    coupling: Amplitude = Field(
        default=1.0,
        description="Atom–cavity coupling g_1; a number or a pulse",
        examples=[0.8],
    )
    pump: Amplitude = Field(
        default=1.0,
        description="Pump field Ω_a on g–m; a number or a pulse",
        examples=[0.6],
    )
    control: Amplitude = Field(
        default=1.0,
        description="Control field Ω_b on m–e; a number or a pulse",
        examples=[0.9],
    )
    detuning_middle: Real = Field(
        default=1.0, description="Detuning Δ_m of the middle level", examples=[1.0]
    )
    detuning_excited: Real = Field(
        default=1.0, description="Detuning Δ_e of the excited level", examples=[1.3]
    )
    detuning_cavity: Real = Field(
        default=1.0, description="Detuning Δ_cav of the cavity", examples=[0.7]
    )
    max_photons: Cutoff = Field(
        default=20, description="Photon cut-off: the highest Fock level, or auto", examples=[4]
    )
    n_atoms: Count = Field(default=2, description="Number of atoms N", examples=[2])

    @property
    def space(self) -> Space:
        """The factors ``cavity`` and ``atoms`` (levels ground, middle and excited)."""
        atoms = Atoms(self.n_atoms, levels=("ground", "middle", "excited"))
        return Space({"cavity": Mode(known_cutoff(self.max_photons)), "atoms": atoms})

    def battery_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_B: level energies and exchange."""
        g = 2.0 * self.interaction / self.n_atoms
        return (
            Term(self.detuning_excited, {"atoms": "S_ee"}),
            Term(self.detuning_middle, {"atoms": "S_mm"}),
            Term(g, {"atoms": ("S_mg", "S_gm")}),
            Term(-g, {"atoms": "S_mm"}),
            Term(g, {"atoms": ("S_me", "S_em")}),
            Term(-g, {"atoms": "S_mm"}),
        )

    def charging_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_C + H_I + H_L."""
        switched: tuple[tuple[Amplitude, dict[str, str], str], ...] = (
            (self.coupling, {"cavity": "a", "atoms": "S_mg"}, ""),
            (self.coupling, {"cavity": "a+", "atoms": "S_gm"}, ""),
            (self.pump, {"atoms": "S_mg"}, "pump"),
            (self.pump, {"atoms": "S_gm"}, "pump"),
            (self.control, {"atoms": "S_me"}, "control"),
            (self.control, {"atoms": "S_em"}, "control"),
        )
        terms = [Term(self.detuning_cavity, {"cavity": "n"})]
        for amplitude, operators, drive in switched:
            strength, pulse = split_amplitude(amplitude)
            terms.append(Term(strength, operators, pulse, drive))
        return tuple(terms)

    def default_charger(self) -> FockState:
        """Return |N⟩, one photon per atom, Eq. (24) of zhang2024."""
        return FockState(self.n_atoms)
