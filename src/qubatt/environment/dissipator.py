"""What every dissipator offers, and the jumps that several share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from qubatt.core.errors import UnsupportedError
from qubatt.core.problem import Jump
from qubatt.core.registry import registry
from qubatt.core.space import Space

Scope = Literal["collective", "local"]


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

    def one_jump(
        self, space: Space, factor: str, operator: str, rate: float, scope: Scope = "collective"
    ) -> tuple[Jump, ...]:
        """Return γ D[operator] on one factor, or one such dissipator per atom."""
        self.require(space, factor, operator)
        source = registry.name_of("environment", type(self))
        return (Jump(rate, {factor: operator}, scope, source),)

    def thermal_jumps(
        self,
        space: Space,
        factor: str,
        down: str,
        up: str,
        rate: float,
        n_thermal: float,
        scope: Scope = "collective",
    ) -> tuple[Jump, ...]:
        """Return γ(n̄ + 1) D[down] + γ n̄ D[up] on one factor, or on each of its atoms."""
        return (
            *self.one_jump(space, factor, down, rate * (n_thermal + 1.0), scope),
            *self.one_jump(space, factor, up, rate * n_thermal, scope),
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
