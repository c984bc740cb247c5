"""Base class of steady solvers: declared methods that build a projector and price it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from qubatt.core.errors import QubattError
from qubatt.core.registry import registry
from qubatt.core.solution import ErrorKind
from qubatt.core.space import Basis
from qubatt.core.task import Task
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.projector import SteadyProjector

SOLVER_KIND = "steady-solver"
"""Kind of steady solvers in the registry."""


class UnsuitedError(QubattError):
    """A steady solver fails on this problem; another one may succeed."""


class SolverCost(NamedTuple):
    """Rough seconds and bytes that a steady state takes."""

    seconds: float
    memory: float


class SteadySolver(ABC):
    """A way to lim exp(t𝓛)ρ(0); declared with ``@declare("steady-solver", name)``.

    Its fields are its options, and only its own.

    Attributes
    ----------
    bases : frozenset of str
        Bases of factors that it takes, of ``"symmetric"`` and ``"full"``.
    error : {"bound", "statistical", "uncontrolled"}
        What its estimate of ‖ρ − ρ_∞‖ is: about that or more; the standard error of random
        numbers; or nothing to rely on, where an approximation is made that cannot be judged.
    """

    bases: ClassVar[frozenset[Basis]] = frozenset({"symmetric", "full"})
    error: ClassVar[ErrorKind]

    @property
    def name(self) -> str:
        """Name in the registry."""
        return registry.name_of(SOLVER_KIND, type(self))

    def unsupported(self, task: Task) -> str:
        """Return why the solver cannot treat a task, a sentence; empty if it can."""
        for name, basis in task.problem.space.bases.items():
            if basis not in self.bases:
                return (
                    f"Steady solver `{self.name}` does not take the {basis} basis, in which"
                    f' `{name}` is held. Use method="auto".'
                )
        return ""

    @abstractmethod
    def projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return what computes limits in these coordinates.

        Raises
        ------
        ResourceError
            If that does not fit in the free memory.
        UnsuitedError
            If the solver fails on this problem; its projectors may raise it, too.
        """

    def conserving_projector(self, coordinates: Coordinates) -> SteadyProjector | None:  # noqa: ARG002  # by default
        """Return a projector that conserves quantities better; None if the usual one does.

        It takes over where several states are steady.
        """
        return None

    @abstractmethod
    def cost(self, coordinates: Coordinates) -> SolverCost:
        """Return what a limit is expected to take, with all that has to be prepared."""

    def projector_if_quick(self, coordinates: Coordinates) -> SteadyProjector | None:
        """Return the projector if ``"auto"`` should try it, else None."""
        return self.projector(coordinates)
