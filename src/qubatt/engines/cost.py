"""Estimated cost of a run: memory and number of products."""

from __future__ import annotations

import dataclasses
from typing import Any

from numpy.typing import ArrayLike

from qubatt.core.check import check_times
from qubatt.core.errors import ArgumentError
from qubatt.core.format import format_bytes
from qubatt.core.memory import free_memory
from qubatt.core.problem import Problem
from qubatt.core.realization import in_smallest_basis
from qubatt.core.size import SizeError, count_text
from qubatt.core.task import Task
from qubatt.engines.engine import Engine
from qubatt.engines.selection import select_engine


@dataclasses.dataclass(frozen=True)
class Cost:
    """Estimated dimension, memory and work of a run; `print` shows a summary.

    Attributes
    ----------
    engine, reason : str
        The engine that would run, and the reason for its choice.
    basis : str
        Basis of the atoms.
    dimension : int
        Hilbert-space dimension D.
    sectors : int or None
        Number of parts of the basis that the Hamiltonian does not connect; None if the engine does
        not determine them.
    entries, entries_without_reduction : int or None
        Number of entries of ρ that the engine stores, and D²; None for an engine without ρ.
    memory, memory_free : float
        Memory that the engine needs, and free memory, in bytes.
    products : float or None
        Expected number of products of the generator with ρ, which is a low estimate for adaptive
        engines; None for a problem that no engine can store.
    states : int
        Number of full density matrices that are kept; each merit takes about D³ operations per
        density matrix.
    """

    engine: str
    reason: str
    basis: str
    dimension: int
    sectors: int | None
    entries: int | None
    entries_without_reduction: int | None
    memory: float
    memory_free: float
    products: float | None
    states: int = 0

    @property
    def fits(self) -> bool:
        """Whether the free memory suffices."""
        return self.memory <= self.memory_free

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as JSON-compatible values."""
        return dataclasses.asdict(self) | {"fits": self.fits}

    def __str__(self) -> str:
        verdict = "" if self.fits else ": the run would be refused"
        states = f"{count_text(self.dimension)} ({self.basis})"
        if self.sectors is not None:
            states += f", in {self.sectors:,} sectors"
        rows = [("engine", f"{self.engine} ({self.reason})"), ("basis states", states)]
        if self.entries is not None and self.entries_without_reduction is not None:
            share = self.entries / self.entries_without_reduction
            text = f"{self.entries:,} of {self.entries_without_reduction:,} ({share:.2%})"
            rows.append(("entries of rho", text))
        memory = f"{format_bytes(self.memory)} of {format_bytes(self.memory_free)} free{verdict}"
        rows.append(("memory", memory))
        if self.products is not None:
            rows.append(("products", f"about {self.products:,.0f}"))
        if self.states:
            text = f"{self.states:,} of {format_bytes(16.0 * self.dimension**2)} each"
            rows.append(("full states", f"{text}, with about D^3 operations per merit"))
        return "\n".join(f"{name:<16}{text}" for name, text in rows)


def problem_cost(problem: Problem, times: ArrayLike, engine: str | Engine = "auto") -> Cost:
    """Estimate the cost of solving a problem in its smallest basis, without observables.

    Raises
    ------
    ArgumentError
        If `problem` is not a `Problem`, or the times are invalid.
    UnsupportedError
        If the engine cannot solve the problem.
    """
    if not isinstance(problem, Problem):
        cure = "Use, for example, battery.problem(environment=[qb.CavityLoss(0.5)])."
        raise ArgumentError("problem", "be a Problem", problem, cure)
    return task_cost(Task(in_smallest_basis(problem), check_times(times)), engine)


def oversize_cost(error: SizeError) -> Cost:
    """Return the cost of a problem that is too large for the memory, without building a matrix."""
    return Cost(
        engine="none",
        reason="the dimension is too large for the memory",
        basis=error.space.basis,
        dimension=error.space.dim,
        sectors=None,
        entries=None,
        entries_without_reduction=None,
        memory=error.needed,
        memory_free=error.free,
        products=None,
    )


def task_cost(task: Task, engine: str | Engine = "auto") -> Cost:
    """Estimate the cost of a task: engine, memory, number of products.

    Raises
    ------
    UnsupportedError
        If the engine cannot solve the task.
    """
    chosen, reason = select_engine(engine, task)
    demand, space = chosen.cost(task), task.problem.space
    return Cost(
        engine=chosen.name,
        reason=reason,
        basis=space.basis,
        dimension=space.dim,
        sectors=demand.sectors,
        entries=demand.entries,
        entries_without_reduction=None if demand.entries is None else space.dim**2,
        memory=demand.memory,
        memory_free=free_memory(),
        products=demand.products,
        states=task.saved_states,
    )
