"""Two-photon Dicke battery: atoms that absorb photons from the cavity in pairs."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from qubatt.core.check import Count, Positive
from qubatt.core.declaration import declare
from qubatt.core.problem import Term
from qubatt.models.cavity import CavityBattery
from qubatt.models.interacting_atoms import LATEX as ATOMS_LATEX
from qubatt.pulses import Amplitude, split_amplitude
from qubatt.states import FockState


@declare("battery", "two-photon-dicke")
class TwoPhotonDickeBattery(CavityBattery):
    """N two-level atoms with all-to-all exchange that absorb and emit photons in pairs.

        H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4)
        H_C = ω_c a†a
        H_I = 2 g_c ω_c J_x (a² + a†²)

    This is the model of crescente2020 in the notation of `DickeBattery`. One excitation
    corresponds to two photons, so the resonance (default) is ω_c = ω_a/2, and 2N photons charge N
    atoms. The stored energy is the increase of ⟨H_B⟩. Energies are in units of ω_ref, times in
    units of 1/ω_ref.

    The spectrum collapses at |g_c| = 1/(2N) (felicetti2015). For J_x = μ the cavity Hamiltonian is
    ω_c (a†a + λ(a² + a†²)) = ½ω_c ((1 + 2λ) x² + (1 − 2λ) p² − 1) with λ = 2 g_c μ and |μ| ≤ N/2,
    an oscillator for N|g_c| < ½. Beyond the collapse H is unbounded from below, and no photon
    cut-off converges.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.TwoPhotonDickeBattery(n_atoms=2, coupling=0.02, max_photons=16)
    >>> run = qb.charge(battery, times=[0.0, 8.0])
    >>> run.energy.values.round(4).tolist()
    [0.0, 0.1507]
    """

    citations: ClassVar[tuple[str, ...]] = ("crescente2020", "felicetti2015")
    latex: ClassVar[str] = (
        rf"H = {ATOMS_LATEX} + \omega_c a^\dagger a + 2 g_c \omega_c J_x (a^2 + a^{{\dagger 2}})"
    )
    usual_charger: ClassVar[str] = "fock:2N"
    photons_at_once: ClassVar[int] = 2

    n_atoms: Count = Field(description="Number of atoms N", examples=[2])
    coupling: Amplitude = Field(
        description="Atom–cavity coupling g_c, in units of ω_c, below 1/(2N); a number or a pulse",
        examples=[0.15],
    )
    omega_cavity: Positive = Field(
        default=0.5,
        description="Frequency ω_c of the cavity; the resonance is ω_a/2",
        examples=[0.6],
    )

    def coupling_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_I = 2 g_c ω_c J_x (a² + a†²)."""
        coupling, pulse = split_amplitude(self.coupling)
        strength = 2.0 * coupling * self.omega_cavity
        return tuple(
            Term(strength, {"cavity": pair, "atoms": "Jx"}, pulse)
            for pair in (("a", "a"), ("a+", "a+"))
        )

    def default_charger(self) -> FockState:
        """Return the Fock state |2N⟩, two photons per atom."""
        return FockState(2 * self.n_atoms)
