"""Base class of steady solvers, which build a projector and estimate its cost."""

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
    """Rough estimate of the time in seconds and the memory in bytes for a steady state."""

    seconds: float
    memory: float


class SteadySolver(ABC):
    """Base class of methods for lim exp(t𝓛)ρ(0), declared with ``@declare("steady-solver", name)``.

    The fields of a solver are its options.

    Attributes
    ----------
    bases : frozenset of str
        Supported bases of factors: ``"symmetric"``, ``"full"``, or both.
    error : {"bound", "statistical", "uncontrolled"}
        Kind of the estimate of ‖ρ − ρ_∞‖: an approximate upper bound; the standard error of a
        random sample; or a value without guarantee, if the solver makes an approximation of
        unknown error.
    """

    bases: ClassVar[frozenset[Basis]] = frozenset({"symmetric", "full"})
    error: ClassVar[ErrorKind]

    @property
    def name(self) -> str:
        """Name in the registry."""
        return registry.name_of(SOLVER_KIND, type(self))

    def unsupported(self, task: Task) -> str:
        """Return why the solver cannot treat a task, as a sentence; empty if it can."""
        for name, basis in task.problem.space.bases.items():
            if basis not in self.bases:
                return (
                    f"Steady solver `{self.name}` does not take the {basis} basis, in which"
                    f' `{name}` is held. Use method="auto".'
                )
        return ""

    @abstractmethod
    def projector(self, coordinates: Coordinates) -> SteadyProjector:
        """Return the projector that computes limits in these coordinates.

        Raises
        ------
        ResourceError
            If the projector does not fit in the free memory.
        UnsuitedError
            If the solver fails on this problem; the projector may also raise this error.
        """

    def conserving_projector(self, coordinates: Coordinates) -> SteadyProjector | None:  # noqa: ARG002  # by default
        """Return a projector that preserves conserved quantities more accurately.

        It is used if there are several steady states; None if the usual projector suffices.
        """
        return None

    @abstractmethod
    def cost(self, coordinates: Coordinates) -> SolverCost:
        """Return the expected cost of computing a limit, including all preparations."""

    def projector_if_quick(self, coordinates: Coordinates) -> SteadyProjector | None:
        """Return the projector if ``"auto"`` should try it, else None."""
        return self.projector(coordinates)
