"""Photon loss of the cavity."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "cavity-loss")
class CavityLoss(Dissipator):
    """Photon loss κ(n̄ + 1) D[a] + κ n̄ D[a†], which is Eq. (7) of zhang2024 for n̄ = 0.

    D[c]ρ = cρc† − ½{c†c, ρ}, so the mean photon number decays as exp(−κt). Rates are in units of
    ω_ref.

    Examples
    --------
    An isolated cavity with one photon:

    >>> import qubatt as qb
    >>> battery = qb.TavisCummingsBattery(n_atoms=1, coupling=0.0, max_photons=1)
    >>> loss = qb.CavityLoss(rate=0.5)
    >>> run = qb.charge(battery, times=[0.0, 2.0], environment=loss, merits="mean_photons")
    >>> run.mean_photons.values.round(4).tolist()
    [1.0, 0.3679]
    """

    rate: NonNegative = Field(description="Loss rate κ", examples=[0.5])
    n_thermal: NonNegative = Field(
        default=0.0, description="Mean photon number n̄ of the bath", examples=[0.3]
    )
    on: str = acts_on("cavity")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operators a and a† with their rates."""
        return self.thermal_jumps(space, self.on, "a", "a+", self.rate, self.n_thermal)
