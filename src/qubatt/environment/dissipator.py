"""Base class of dissipators, with methods that build their jumps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

from pydantic import Field

from qubatt.core.declaration import STORED_IF_CHANGED, example_of, fields_of
from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.problem import Jump
from qubatt.core.registry import registry
from qubatt.core.space import Space

Scope = Literal["collective", "local"]


def acts_on(factor: str) -> Any:
    """Return the field `on`, which names the factor that a dissipator acts on.

    Results store the field only if it differs from its default.
    """
    return Field(
        default=factor,
        description="Factor that the dissipator acts on",
        examples=[factor],
        json_schema_extra=STORED_IF_CHANGED,
    )


def fitting_dissipators(space: Space) -> tuple[str, ...]:
    """Return the names of the registered dissipators that fit a space."""
    names = []
    for name, cls in registry.items("environment").items():
        try:
            example_of(cls).jumps(space)
        except (ArgumentError, UnsupportedError):
            continue
        names.append(name)
    return tuple(names)


class Dissipator(ABC):
    """Base class of dissipators, which are declared with ``@declare("environment", name)``.

    The field `on` names the factor that a dissipator acts on; see `acts_on`.

    Rates γ refer to the standard form γ D[c]ρ = γ (cρc† − ½{c†c, ρ}). If a source writes
    γ (2cρc† − {c†c, ρ}), enter 2γ.
    """

    @abstractmethod
    def jumps(self, space: Space) -> tuple[Jump, ...]:
        """Return the jumps of the dissipator on a given space.

        Raises
        ------
        UnsupportedError
            If the space lacks the factor or the operators of the dissipator.
        """

    def one_jump(
        self,
        space: Space,
        factor: str,
        operator: str | tuple[str, ...],
        rate: float,
        scope: Scope = "collective",
    ) -> tuple[Jump, ...]:
        """Return the jump γ D[c] on one factor, or on each of its atoms if the scope is local.

        A tuple of operator names denotes their product.
        """
        for name in (operator,) if isinstance(operator, str) else operator:
            self.require(space, factor, name)
        return (Jump(rate, {factor: operator}, scope, self._source),)

    @property
    def _source(self) -> str:
        """Name in the registry, followed by the factor if it is not the default one."""
        name = registry.name_of("environment", type(self))
        on = fields_of(type(self)).get("on")
        factor = getattr(self, "on", "")
        return name if on is None or factor == on.default else f"{name}-{factor}"

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
        """Return the jumps γ(n̄ + 1) D[down] + γ n̄ D[up] on one factor, or on each atom."""
        return (
            *self.one_jump(space, factor, down, rate * (n_thermal + 1.0), scope),
            *self.one_jump(space, factor, up, rate * n_thermal, scope),
        )

    def require(self, space: Space, factor: str, operator: str) -> None:
        """Refuse a space without the factor, or a factor without the operator."""
        name = type(self).__name__
        known = {part: (each.small() or each).operators for part, each in space.factors.items()}
        if factor not in space.factors:
            names = " and ".join(f"`{part}`" for part in space.factors)
            fits = [part for part, operators in known.items() if operator in operators]
            cure = f' Use on="{fits[0]}".' if fits else ""
            if not fits and space.matrices:
                cure = f" Name a factor `{factor}` in `dims`, or pass the jumps as `jumps`."
            raise UnsupportedError(
                f"{name} acts on `{factor}`, but this battery has only {names}.{cure}"
            )
        if operator not in known[factor]:
            fits = [part for part, operators in known.items() if operator in operators]
            cure = f' Use on="{fits[0]}".' if fits else ""
            raise UnsupportedError(
                f"{name} needs the operator {operator}, which the factor `{factor}` of this"
                f" battery does not have.{cure}"
            )
