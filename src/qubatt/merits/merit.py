"""What every figure of merit says about itself, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from qubatt.core.errors import UnsupportedError
from qubatt.core.problem import Problem
from qubatt.core.realization import Observable, Realization
from qubatt.core.registry import registry
from qubatt.core.space import Operator


@dataclass(frozen=True)
class Merit:
    """A figure of merit that is the expectation value of an operator.

    Attributes
    ----------
    name : str
        Name of the variable in the Dataset.
    long_name, units : str
        Label and units of the variable, ħ = 1.
    definition : str
        The formula.
    operator : callable
        Builds the operator O of shape ``(D, D)``, which may depend on time; the merit is Tr(Oρ).
    relative : bool
        Whether the value at time 0 is subtracted.
    factor : str
        Factor without which the merit has no meaning, such as ``"cavity"``; empty for none.
    default : bool
        Whether it is computed when no merits are named.
    """

    name: str
    long_name: str
    units: str
    definition: str
    operator: Callable[[Realization], Operator | Observable] = field(repr=False)
    relative: bool = False
    factor: str = ""
    default: bool = True

    @property
    def attributes(self) -> dict[str, str]:
        """What the variable says about itself."""
        return {"units": self.units, "long_name": self.long_name, "definition": self.definition}

    def applies(self, problem: Problem) -> bool:
        """Tell whether the problem has the factor that the merit reads."""
        return not self.factor or self.factor in problem.space.factors


def select_merits(names: Iterable[str] | None, problem: Problem) -> tuple[Merit, ...]:
    """Return the merits of those names, or all default ones that the problem can give.

    Raises
    ------
    ArgumentError
        If a name is unknown; the nearest are suggested.
    UnsupportedError
        If the problem cannot give a merit that was named.
    """
    if names is None:
        known = registry.items("merit").values()
        return tuple(merit for merit in known if merit.default and merit.applies(problem))
    chosen = tuple(registry.get("merit", name, "merits") for name in dict.fromkeys(names))
    for merit in chosen:
        if not merit.applies(problem):
            raise UnsupportedError(
                f"Merit `{merit.name}` needs a factor `{merit.factor}`, which this battery lacks."
            )
    return chosen
