"""Base classes of engines and propagators, and the check of the free memory."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from qubatt.core.errors import ResourceError, UnsupportedError
from qubatt.core.format import format_bytes
from qubatt.core.memory import free_memory
from qubatt.core.observable import Observable
from qubatt.core.problem import Jump
from qubatt.core.registry import registry
from qubatt.core.solution import ErrorKind, Solution
from qubatt.core.space import Basis
from qubatt.core.task import Task
from qubatt.engines.recorder import Outcome, Readout, Recorder

Progress = Callable[[float], None]
"""Callback that receives the completed fraction of a run, from 0 to 1."""


class EngineCost(NamedTuple):
    """Estimated cost of a run.

    Attributes
    ----------
    memory : float
        Memory in bytes, including everything that is saved.
    products : float
        Expected number of products of the generator with the state.
    entries, sectors : int or None
        Number of stored entries of ρ, and of sectors of the basis if the method determines them.
    """

    memory: float
    products: float
    entries: int | None = None
    sectors: int | None = None


class Propagator(ABC):
    """A task prepared by an engine: its cost and its propagation."""

    memory: float
    """Memory in bytes, including everything that is saved."""

    entries: int | None = None
    """Number of stored entries of ρ; None for a method without ρ."""

    sectors: int | None = None
    """Number of sectors of the basis; None if the method does not determine them."""

    @abstractmethod
    def products(self) -> float:
        """Return the expected number of products of the generator with the state."""

    @abstractmethod
    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:
        """Propagate every initial state from time 0 and record it at all output times.

        Parameters
        ----------
        recorders : list of Recorder
            One recorder per initial state of the task.
        progress : callable, optional
            Receives the completed fraction.
        """


class Engine(ABC):
    """Base class of methods for dρ/dt = −i[H, ρ] + Σ γ D[c]ρ.

    Engines are declared with ``@declare("engine", name)``. Their fields are their options; class
    attributes describe their capabilities.
    """

    bases: ClassVar[frozenset[Basis]] = frozenset({"symmetric", "full"})
    """Supported bases of factors."""

    error: ClassVar[ErrorKind] = "bound"
    """Kind of the error estimate, which determines how tests compare results."""

    matrices: ClassVar[bool] = True
    """Whether the engine uses the matrices of a `Realization`."""

    states: ClassVar[Literal["full", "battery", "none"]] = "full"
    """States that the engine can save: full density matrices, those of the battery, or none."""

    steady: ClassVar[bool] = False
    """Whether the engine computes steady states, that is, solves a task with infinite time."""

    tolerance: float = 1e-9
    """Allowed error of ρ over the whole run; a field of engines in which it can be chosen."""

    @property
    def name(self) -> str:
        """Name in the registry."""
        return registry.name_of("engine", type(self))

    def unsupported(self, task: Task) -> str:
        """Return why the engine cannot solve a task, as a sentence; empty if it can."""
        problem = task.problem
        for name, basis in problem.space.bases.items():
            if basis not in self.bases:
                bases = " and ".join(sorted(self.bases)) or "no"
                return (
                    f"The {self.name} engine supports {bases} bases, but `{name}` is held in the"
                    f" {basis} basis."
                )
        if not self.steady and not np.all(np.isfinite(task.times)):
            return f"The {self.name} engine does not compute steady states. Use steady_state."
        if task.save.battery and self.states == "none":
            return f"The {self.name} engine provides no battery states. Omit merits that need them."
        if task.saved_states and self.states != "full":
            lacking = f"The {self.name} engine provides no density matrices."
            return f"{lacking} Omit merits that need them."
        reasons = [
            *map(self.unsupported_observable, task.observables),
            *map(self.unsupported_jump, problem.jumps),
        ]
        return next(filter(None, reasons), "")

    def unsupported_observable(self, observable: Observable) -> str:
        """Return why the engine cannot compute an observable; empty if it can."""
        if observable.matrices and not self.matrices:
            return f"The {self.name} engine has no matrices, which {observable.label} needs."
        return ""

    def unsupported_jump(self, jump: Jump) -> str:  # noqa: ARG002  # for engines that refuse some
        """Return why the engine cannot handle a jump operator; empty if it can."""
        return ""

    @final
    def cost(self, task: Task) -> EngineCost:
        """Return the estimated cost of a task, without solving it.

        Raises
        ------
        UnsupportedError
            If the engine cannot solve the task.
        """
        propagator = self._accept(task)
        return EngineCost(
            propagator.memory, propagator.products(), propagator.entries, propagator.sectors
        )

    @final
    def solve(self, task: Task, progress: Progress | None = None) -> list[Solution]:
        """Propagate from time 0 and return the solution for every initial state.

        Computations that do not depend on the initial state are shared. Each solution equals that
        of a task with this initial state alone, up to rounding.

        Parameters
        ----------
        task : Task
            The task to solve.
        progress : callable, optional
            Receives the completed fraction.

        Raises
        ------
        UnsupportedError
            If the engine cannot solve the task.
        ResourceError
            If the task does not fit in the free memory.
        """
        propagator = self._accept(task)
        require_memory(self.name, propagator.memory, task.problem.space.dim, task.saved_states)
        readout = Readout(task.realization if self.matrices else None, task.observables)
        integrated = self._integrated(task)
        recorders = [Recorder(task, readout, integrated) for _ in task.initials]
        outcomes = propagator.run(recorders, progress)
        if progress is not None:
            progress(1.0)
        return [
            recorder.solution(self.name, self.error, self.tolerance, outcome)
            for recorder, outcome in zip(recorders, outcomes, strict=True)
        ]

    def _integrated(self, task: Task) -> Readout | None:
        """Return the operators of the observables to integrate; None if there are none.

        If the Hamiltonian is constant, the steps do not resolve pulses, so observables that
        contain pulses are not integrated.
        """
        if not task.integrated or not self.matrices:
            return None
        readout = Readout(task.realization, tuple(dict.fromkeys(task.integrated)))
        return None if readout.pulsed and not task.realization.pulsed else readout

    def _accept(self, task: Task) -> Propagator:
        if reason := self.unsupported(task):
            raise UnsupportedError(reason)
        return self._prepare(task)

    @abstractmethod
    def _prepare(self, task: Task) -> Propagator:
        """Return the propagator of a task that the engine supports."""


def part_of(progress: Progress | None, k: int, count: int) -> Progress | None:
    """Return the callback for the progress of the k-th of several runs."""
    return None if progress is None else lambda done: progress((k + done) / count)


MAX_EIGENVALUE_DIM = 4000
"""Maximum dimension for which eigenvalues of ρ are computed (half a minute and 256 MB)."""


def smallest_eigenvalue(rho: NDArray[np.complex128]) -> float:
    """Return the smallest eigenvalue of ρ; NaN if ρ is too large or not finite."""
    if len(rho) > MAX_EIGENVALUE_DIM or not np.all(np.isfinite(rho)):
        return math.nan
    return float(np.linalg.eigvalsh(rho)[0])


ALWAYS_FREE = 16e6
"""Memory in bytes that is granted without asking the operating system."""


def require_memory(engine: str, needed: float, dim: int, states: int = 0) -> None:
    """Refuse a run that needs more memory than is free; `states` density matrices are saved.

    Raises
    ------
    ResourceError
        If the free memory does not suffice; the message gives both sizes and what to lower.
    """
    if needed <= ALWAYS_FREE:  # asking the system takes longer than a small run
        return
    free = free_memory()
    if needed > free:
        saved = f" and {states} saved density matrices" if states else ""
        cure = "Save them at fewer times, or lower" if states else "Lower"
        raise ResourceError(
            f"The {engine} engine needs {format_bytes(needed)} for {dim} basis states{saved}, but"
            f" only {format_bytes(free)} are free. {cure} max_photons or n_atoms."
        )
