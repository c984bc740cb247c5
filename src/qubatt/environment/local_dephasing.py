"""Independent dephasing of each two-level atom."""

from __future__ import annotations

from pydantic import Field

from qubatt.core.check import NonNegative
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump
from qubatt.core.space import Space
from qubatt.environment.dissipator import Dissipator, acts_on


@declare("environment", "local-dephasing")
class LocalDephasing(Dissipator):
    """Dephasing of each atom, γ Σᵢ D[½σ_zⁱ].

    D[c]ρ = cρc† − ½{c†c, ρ}. This is ``dephasing`` of piqs (shammah2018) with ½σ_z, so the
    coherence of an atom decays at the rate γ/2. If a source writes γ D[σ_z], enter 4γ. Rates are in
    units of ω_ref. The dynamics leaves the symmetric subspace and requires the full basis of 2^N
    states.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0, detuning=0.0)
    >>> run = qb.charge(battery, times=[0.0, 3.0], environment=qb.LocalDephasing(rate=0.2))
    >>> run.energy.values.round(4).tolist()
    [0.0, 1.8454]
    """

    rate: NonNegative = Field(description="Dephasing rate γ per atom", examples=[0.2])
    on: str = acts_on("atoms")

    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jump operators ½σ_z of all atoms as one jump of local scope."""
        return self.one_jump(space, self.on, "Jz", self.rate, scope="local")
