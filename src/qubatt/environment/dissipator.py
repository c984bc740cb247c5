"""What every dissipator offers, and the thermal pair of jumps that several share."""

from __future__ import annotations

from abc import ABC, abstractmethod

from qubatt.core.errors import UnsupportedError
from qubatt.core.problem import Jump
from qubatt.core.registry import registry
from qubatt.core.space import Space


class Dissipator(ABC):
    """A part of the environment; declared with ``@declare("environment", name)``.

    Rates always stand before the standard form, γ D[c]ρ = γ (cρc† − ½{c†c, ρ}). A source that
    writes γ (2cρc† − {c†c, ρ}) is entered with 2γ.
    """

    @abstractmethod
    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jumps on that space.

        Raises
        ------
        UnsupportedError
            If the space lacks the factor or the operators that the dissipator acts on.
        """

    def thermal_jumps(
        self, space: Space, factor: str, down: str, up: str, rate: float, n_thermal: float
    ) -> tuple[Jump, ...]:
        """Return γ(n̄ + 1) D[down] + γ n̄ D[up] on one factor."""
        self.require(space, factor, down)
        source = registry.name_of("environment", type(self))
        return (
            Jump(rate * (n_thermal + 1.0), {factor: down}, source=source),
            Jump(rate * n_thermal, {factor: up}, source=source),
        )

    def require(self, space: Space, factor: str, operator: str) -> None:
        """Refuse a space without that factor, or whose factor lacks that operator."""
        name = type(self).__name__
        if factor not in space.factors:
            known = " and ".join(f"`{part}`" for part in space.factors)
            cure = f" Name `{factor}` in its dims, or give it jumps." if space.matrices else ""
            raise UnsupportedError(
                f"{name} acts on `{factor}`, but this battery has only {known}.{cure}"
            )
        if operator not in space.factors[factor].operators("symmetric"):
            raise UnsupportedError(
                f"{name} acts with {operator}, which the `{factor}` of this battery do not have."
            )
