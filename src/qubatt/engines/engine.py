"""Base classes of engines and propagators, and the refusal of tasks that do not fit."""

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
"""Receives the fraction of the run that is done, from 0 to 1."""


class EngineCost(NamedTuple):
    """What a run needs.

    Attributes
    ----------
    memory : float
        Bytes held, with all that is saved.
    products : float
        Expected products of the generator with the state.
    entries, sectors : int or None
        Entries of ρ that are held; sectors of the basis, for a method that finds them.
    """

    memory: float
    products: float
    entries: int | None = None
    sectors: int | None = None


class Propagator(ABC):
    """A task that an engine has prepared: what it costs, and how it runs."""

    memory: float
    """Bytes held, with all that is saved."""

    entries: int | None = None
    """Entries of ρ that are held; None for a method without ρ."""

    sectors: int | None = None
    """Sectors of the basis, for a method that finds them."""

    @abstractmethod
    def products(self) -> float:
        """Return the expected number of products of the generator with the state."""

    @abstractmethod
    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:
        """Propagate every initial state from time 0 and record it at all output times.

        Parameters
        ----------
        recorders : list of Recorder
            One for each initial state of the task.
        progress : callable, optional
            Receives the fraction done.
        """


class Engine(ABC):
    """A method for dρ/dt = −i[H, ρ] + Σ γ D[c]ρ; declared with ``@declare("engine", name)``.

    Its fields are its options, and only its own. Class attributes say what it can do.
    """

    bases: ClassVar[frozenset[Basis]] = frozenset({"symmetric", "full"})
    """Bases of factors that it holds."""

    error: ClassVar[ErrorKind] = "bound"
    """What its error is, by which tests choose how to compare it."""

    matrices: ClassVar[bool] = True
    """Whether it works with the matrices of a `Realization`."""

    states: ClassVar[Literal["full", "battery", "none"]] = "full"
    """Which states it can save: ρ, or those of the battery only, or neither."""

    steady: ClassVar[bool] = False
    """Whether it finds steady states, a task with infinity as its time."""

    tolerance: float = 1e-9
    """Error allowed in ρ over the whole run; a field where it can be chosen."""

    @property
    def name(self) -> str:
        """Name in the registry."""
        return registry.name_of("engine", type(self))

    def unsupported(self, task: Task) -> str:
        """Return why the engine cannot solve a task, a sentence; empty if it can."""
        problem = task.problem
        for name, basis in problem.space.bases.items():
            if basis not in self.bases:
                bases = " and ".join(sorted(self.bases)) or "no"
                return f"The {self.name} engine holds {bases} bases, but `{name}` is in {basis}."
        if not self.steady and not np.all(np.isfinite(task.times)):
            return f"The {self.name} engine finds no steady states. Use steady_state."
        if task.save.battery and self.states == "none":
            return f"The {self.name} engine has no states of the battery. Leave out such merits."
        if task.saved_states and self.states != "full":
            return f"The {self.name} engine has no density matrices. Leave out merits of them."
        reasons = [
            *map(self.unsupported_observable, task.observables),
            *map(self.unsupported_jump, problem.jumps),
        ]
        return next(filter(None, reasons), "")

    def unsupported_observable(self, observable: Observable) -> str:
        """Return why the engine cannot give an observable; empty if it can."""
        if observable.matrices and not self.matrices:
            return f"The {self.name} engine has no matrices, which {observable.label} needs."
        return ""

    def unsupported_jump(self, jump: Jump) -> str:  # noqa: ARG002  # for those that refuse some
        """Return why the engine cannot treat a jump; empty if it can."""
        return ""

    @final
    def cost(self, task: Task) -> EngineCost:
        """Return what a task needs, without solving it.

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

        Initial states share what does not depend on them; every solution is the one that the
        state alone would have, up to rounding.

        Parameters
        ----------
        task : Task
            What to solve.
        progress : callable, optional
            Receives the fraction done.

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
        recorders = [Recorder(task, readout) for _ in task.initials]
        outcomes = propagator.run(recorders, progress)
        if progress is not None:
            progress(1.0)
        return [
            recorder.solution(self.name, self.error, self.tolerance, outcome)
            for recorder, outcome in zip(recorders, outcomes, strict=True)
        ]

    def _accept(self, task: Task) -> Propagator:
        if reason := self.unsupported(task):
            raise UnsupportedError(reason)
        return self._prepare(task)

    @abstractmethod
    def _prepare(self, task: Task) -> Propagator:
        """Return a task that the engine can solve, ready to run."""


def part_of(progress: Progress | None, k: int, count: int) -> Progress | None:
    """Return what receives the progress of the k-th of several runs."""
    return None if progress is None else lambda done: progress((k + done) / count)


MAX_EIGENVALUE_DIM = 4000
"""States up to which the eigenvalues of ρ are computed: half a minute and 256 MB."""


def smallest_eigenvalue(rho: NDArray[np.complex128]) -> float:
    """Return the smallest eigenvalue of ρ; NaN where it is too large, or not finite."""
    if len(rho) > MAX_EIGENVALUE_DIM or not np.all(np.isfinite(rho)):
        return math.nan
    return float(np.linalg.eigvalsh(rho)[0])


ALWAYS_FREE = 16e6
"""Bytes that are not worth a question to the system."""


def require_memory(engine: str, needed: float, dim: int, states: int = 0) -> None:
    """Refuse a run that needs more memory than is free; it saves so many states.

    Raises
    ------
    ResourceError
        With both numbers and the cure.
    """
    if needed <= ALWAYS_FREE:  # asking the system takes longer than a small run
        return
    free = free_memory()
    if needed > free:
        saved = f", of which it keeps {states} density matrices" if states else ""
        cure = "Ask for them at fewer times, or lower" if states else "Lower"
        raise ResourceError(
            f"The {engine} engine needs {format_bytes(needed)} for {dim} states{saved}, but"
            f" {format_bytes(free)} are free. {cure} max_photons or n_atoms."
        )
