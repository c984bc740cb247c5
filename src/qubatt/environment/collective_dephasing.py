"""Collective dephasing of two-level atoms."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "collective-dephasing")
class CollectiveDephasing(Dissipator):
    """Collective dephasing γ D[J_z], due to fluctuations of the level splitting of all atoms.

    D[c]ρ = cρc† − ½{c†c, ρ} and J_z = ½ Σ σ_z. This is ``collective_dephasing`` of piqs
    (shammah2018). Populations of |m⟩ are conserved; the coherence between |m⟩ and |m′⟩ decays at
    the rate ½γ(m − m′)². Rates are in units of ω_ref.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0)
    >>> run = qb.charge(battery, times=[0.0, 3.0], environment=qb.CollectiveDephasing(rate=0.3))
    >>> run.energy.values.round(4).tolist()
    [0.0, 1.7806]
    """

    rate: NonNegative = Field(description="Collective dephasing rate γ", examples=[0.3])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operator J_z with its rate."""
        return self.one_jump(space, self.on, "Jz", self.rate)
