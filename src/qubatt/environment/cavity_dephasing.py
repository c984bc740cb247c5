"""Dephasing of the cavity."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "cavity-dephasing")
class CavityDephasing(Dissipator):
    """Cavity dephasing κ_φ D[a†a], due to a fluctuating cavity frequency.

    D[c]ρ = cρc† − ½{c†c, ρ}. Photon numbers are conserved; the coherence between |n⟩ and |n′⟩
    decays at the rate ½κ_φ(n − n′)². Rates are in units of ω_ref.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.TavisCummingsBattery(n_atoms=1, coupling=0.5, max_photons=1)
    >>> run = qb.charge(battery, times=[0.0, 3.0], environment=qb.CavityDephasing(rate=0.2))
    >>> run.energy.values.round(4).tolist()
    [0.0, 0.9227]
    """

    rate: NonNegative = Field(description="Dephasing rate κ_φ", examples=[0.2])
    on: str = acts_on("cavity")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operator a†a with its rate."""
        return self.one_jump(space, self.on, "n", self.rate)
