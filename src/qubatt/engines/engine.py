"""What every engine offers, and the refusal of problems that do not fit in memory."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, final

import numpy as np
import psutil
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError, ResourceError
from qubatt.core.problem import Problem, Pulse, Start
from qubatt.core.realization import Observable, Realization
from qubatt.core.registry import registry
from qubatt.core.solution import Solution
from qubatt.core.space import Basis, Operator

MomentOperator = Callable[[Realization], Operator | Observable]
"""Builds the operator whose expectation value is wanted, shape ``(D, D)``, Hermitian."""

Wanted = bool | NDArray[np.bool_]
"""Whether something is wanted, at all output times or at each of them."""

Progress = Callable[[float], None]
"""Told the fraction of the run that is done, from 0 to 1."""


class Watch:
    """Operators to watch: those of the moments, their pulsed parts, and 1 for the trace."""

    def __init__(self, realization: Realization, moments: Mapping[str, MomentOperator]) -> None:
        self.operators: list[Operator] = []
        self._parts: dict[str, list[tuple[Pulse | None, int]]] = {}
        for name, build in moments.items():
            built = build(realization)
            observable = built if isinstance(built, Observable) else Observable(built)
            parts = [(None, observable.steady), *observable.pulsed]
            self._parts[name] = [
                (pulse, len(self.operators) + k) for k, (pulse, _) in enumerate(parts)
            ]
            self.operators += [operator for _, operator in parts]
        self.operators.append(sp.csr_array(sp.eye_array(realization.dim)))

    def moments(self, times: FloatArray, table: FloatArray) -> dict[str, FloatArray]:
        """Return the moments, shape ``(T,)``, from expectation values ``(T, operators)``."""
        found = {}
        for name, parts in self._parts.items():
            total = np.zeros(len(times))
            for pulse, column in parts:
                factor = 1.0 if pulse is None else [strength(pulse, float(t)) for t in times]
                total += np.multiply(factor, table[:, column])
            found[name] = total
        return found


def strength(pulse: Pulse, time: float) -> float:
    """Return f(t) of a pulse.

    Raises
    ------
    ArgumentError
        If it is not a finite real number, naming the time.
    """
    value = pulse(float(time))
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentError("pulse", f"be a finite real number at time {time:.6g}", value)
    return number


class Demand(NamedTuple):
    """What a run asks for: bytes held, and expected products of the generator with ρ."""

    memory: float
    products: float


class Engine(ABC):
    """A method for dρ/dt = −i[H, ρ] + Σ γ D[c]ρ; declared with ``@declare("engine", name)``.

    Its fields are its options, and only its own.
    """

    @property
    def name(self) -> str:
        """Name in the registry."""
        return registry.name_of("engine", type(self))

    @abstractmethod
    def demand(self, realization: Realization, end: float) -> Demand:
        """Return what a run to time `end` would take, moments only.

        Raises
        ------
        UnsupportedError
            If the engine cannot solve the problem.
        """

    @final
    def solve(
        self,
        problem: Problem,
        times: FloatArray,
        moments: Mapping[str, MomentOperator],
        *,
        basis: Basis | None = None,
        states: Wanted = False,
        battery: bool = False,
        progress: Progress | None = None,
    ) -> Solution:
        """Propagate from time 0 and return the moments at the output times.

        Parameters
        ----------
        problem : Problem
            What to solve.
        times : array, shape (T,)
            Output times, strictly ascending, ≥ 0.
        moments : mapping of str to MomentOperator
            Operators whose expectation values are wanted.
        basis : {"symmetric", "full"}, optional
            Basis of the atoms; the smallest that holds the problem by default.
        states : bool or array of bool, shape (T,)
            Keep the density matrices too, at all output times or some: D² × 16 bytes each.
        battery : bool
            Keep the reduced density matrices of the battery, read off without forming ρ.
        progress : callable, optional
            Called with the fraction done.

        Raises
        ------
        ResourceError
            If the problem does not fit in the free memory.
        """
        (solution,) = self.solve_each(
            problem,
            [problem.initial],
            times,
            moments,
            basis=basis,
            states=states,
            battery=battery,
            progress=progress,
        )
        return solution

    @abstractmethod
    def solve_each(
        self,
        problem: Problem,
        starts: Sequence[Start],
        times: FloatArray,
        moments: Mapping[str, MomentOperator],
        *,
        basis: Basis | None = None,
        states: Wanted = False,
        battery: bool = False,
        progress: Progress | None = None,
    ) -> list[Solution]:
        """Propagate several initial states, and return the solution for each of them.

        Every solution is the one that `solve` would return, up to rounding: what is shared is
        all that does not depend on the initial state.

        Parameters
        ----------
        problem : Problem
            What to solve; its own initial state is left out.
        starts : sequence of mappings
            Initial states, as in `Problem.initial`.
        times, moments, basis, states, battery, progress
            As for `solve`; the operators of moments must be the same for all initial states.

        Raises
        ------
        ResourceError
            If one of them, or all results together, do not fit in the free memory.
        """


def part_of(progress: Progress | None, k: int, count: int) -> Progress | None:
    """Return what the k-th of several runs tells its progress to."""
    return None if progress is None else lambda done: progress((k + done) / count)


LARGEST_BLOCK = 4000
"""States up to which the eigenvalues of ρ are computed: half a minute and 256 MB."""


def smallest_eigenvalue(rho: NDArray[np.complex128]) -> float:
    """Return the smallest eigenvalue of ρ; NaN where it is too large to look at, or not finite."""
    if len(rho) > LARGEST_BLOCK or not np.all(np.isfinite(rho)):
        return math.nan
    return float(np.linalg.eigvalsh(rho)[0])


def require_memory(engine: str, needed: float, dim: int, states: int = 0) -> None:
    """Refuse a run that needs more memory than is free; it keeps so many states.

    Raises
    ------
    ResourceError
        With both numbers and the cure.
    """
    free = psutil.virtual_memory().available
    if needed > free:
        kept = f", of which it keeps {states} density matrices" if states else ""
        cure = "Ask for them at fewer times, or lower" if states else "Lower"
        raise ResourceError(
            f"The {engine} engine needs {needed / 1e9:.1f} GB for {dim} states{kept}, but"
            f" {free / 1e9:.1f} GB are free. {cure} max_photons or n_atoms."
        )
