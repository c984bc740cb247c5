"""Recording of a propagation: expectation values, battery states, density matrices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.fixed_pattern import identity, on_pattern, pattern_of
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem, Pulse, pulse_value
from qubatt.core.realization import Realization
from qubatt.core.solution import ErrorKind, Integrals, Solution
from qubatt.core.space import Operator
from qubatt.core.task import Task

States = NDArray[np.complex128]


class Readout:
    """The operators of observables, with their pulsed parts, and 1 for the trace.

    Without a realisation there are no operators: an engine without matrices records one column
    per observable and one for the trace.
    """

    def __init__(self, realization: Realization | None, observables: Sequence[Observable]) -> None:
        self.operators: list[Operator] = []
        self._parts: dict[str, list[tuple[Pulse | None, int]]] = {}
        if realization is None:
            self._parts = {each.label: [(None, k)] for k, each in enumerate(observables)}
            return
        for observable in observables:
            operator = realization.observe(observable)
            parts = [(None, operator.steady), *operator.pulsed]
            parts = [(pulse, on_pattern(part)) for pulse, part in parts]
            self._parts[observable.label] = [
                (pulse, len(self.operators) + k) for k, (pulse, _) in enumerate(parts)
            ]
            self.operators += [part for _, part in parts]
        self.operators.append(identity(realization.dim))

    @property
    def labels(self) -> list[str]:
        """Labels of the observables."""
        return list(self._parts)

    @cached_property
    def pulsed(self) -> bool:
        """Whether any observable contains pulses; if not, each observable has one operator."""
        return any(pulse is not None for parts in self._parts.values() for pulse, _ in parts)

    def of_density(self, rho: States) -> FloatArray:
        """Return the expectation values in states ``(…, D, D)``, shape ``(…, operators)``."""
        index, value, first, is_empty = self._entries
        entries = rho.reshape(*rho.shape[:-2], -1)
        products = np.zeros((*entries.shape[:-1], len(index) + 1), dtype=np.complex128)
        np.multiply(entries[..., index], value, out=products[..., :-1])
        values = np.add.reduceat(products, first, axis=-1).real
        return np.where(is_empty, 0.0, values) if is_empty.any() else values

    @cached_property
    def _entries(self) -> tuple[NDArray[np.intp], NDArray[Any], NDArray[np.intp], NDArray[Any]]:
        """Indices into ρ, their factors, first index of each operator, mask of zero operators."""
        index = [pattern_of(operator).transposed for operator in self.operators]  # ρ_ji for O_ij
        first = np.cumsum([0, *map(len, index)])
        values = np.concatenate([operator.data for operator in self.operators])
        return np.concatenate(index), values, first[:-1], np.diff(first) == 0

    def of_kets(self, kets: NDArray[Any]) -> FloatArray:
        """Return the expectation values for kets as rows ``(K, D)``, shape ``(K, operators)``."""
        columns = kets.T
        return np.stack(
            [np.sum(columns.conj() * (each @ columns), axis=0).real for each in self.operators],
            axis=1,
        )

    def moments(self, times: FloatArray, table: FloatArray) -> dict[str, FloatArray]:
        """Return the moments, shape ``(T,)``, from expectation values ``(T, operators)``.

        The table may also be that of a single trajectory.
        """
        moments = {}
        for label, parts in self._parts.items():
            total = np.zeros(len(times))
            for pulse, column in parts:
                factor = 1.0 if pulse is None else [pulse_value(pulse, float(t)) for t in times]
                total += np.multiply(factor, table[:, column])
            moments[label] = total
        return moments

    def totals(self, time: float, values: FloatArray) -> FloatArray:
        """Return the moment of each label at one time, from expectation values ``(operators,)``."""
        return np.array(
            [
                sum(
                    (1.0 if pulse is None else pulse_value(pulse, time)) * values[column]
                    for pulse, column in parts
                )
                for parts in self._parts.values()
            ]
        )


class Outcome(NamedTuple):
    """Accuracy and statistics of the propagation of one initial state.

    Attributes
    ----------
    error : float
        Estimate of the largest ‖ρ_computed − ρ‖ over the run; 2‖δψ‖ for a ket with the error δψ.
    statistics : dict
        Counts of the engine.
    smallest_eigenvalue : float
        Smallest eigenvalue of ρ at the end; NaN if it is too expensive, 0 if there are fewer kets
        than basis states.
    standard_errors : dict of str to array
        Standard errors by label of the observable, if the error is statistical.
    samples, seed : int or None
        Number of samples, and seed, if the error is statistical.
    """

    error: float
    statistics: dict[str, Any]
    smallest_eigenvalue: float = float("nan")
    standard_errors: dict[str, FloatArray] = {}  # noqa: RUF012  # a field of a named tuple
    samples: int | None = None
    seed: int | None = None


class Recorder:
    """Results of one initial state, recorded by the engine once per output time, in order.

    The recorder accepts density matrices, kets with weights, or tables of expectation values. Its
    sums avoid BLAS, so that the bits of a value do not depend on other recorded values.
    """

    def __init__(self, task: Task, readout: Readout, integrated: Readout | None = None) -> None:
        self.readout = readout
        """Operators in the order of the table columns, and the moments that follow from them."""
        self.integrated = integrated
        """Operators of the observables to integrate over time; None if there are none."""
        self._integrals: Integrals | None = None
        self._task = task
        self._keeps = task.save.states_at(task.times)
        self._count = 0
        self._values: list[FloatArray] = []
        self._battery: list[States] = []
        self._states: list[States] = []

    def density(self, rho: States) -> None:
        """Record the density matrix at the next output time, shape ``(D, D)``."""
        problem = self._task.problem
        battery = problem.space.marginal(rho, problem.battery) if self._task.save.battery else None
        saved = rho if self._keeps[self._count] else None
        self._add(self.readout.of_density(rho), battery, saved)

    def densities(self, states: States) -> None:
        """Record the density matrices at all output times, shape ``(T, D, D)``."""
        problem, save = self._task.problem, self._task.save
        battery = problem.space.marginal(states, problem.battery) if save.battery else None
        self.table(self.readout.of_density(states), battery, [*states[self._keeps]])

    def ensemble(self, weights: FloatArray, kets: NDArray[Any]) -> None:
        """Record an ensemble: weights ``(K,)``, and kets as rows ``(K, D)``."""
        values = np.sum(weights[:, np.newaxis] * self.readout.of_kets(kets), axis=0)
        battery = None
        if self._task.save.battery:
            battery = battery_state(self._task.problem, weights, kets)
        is_saved = self._keeps[self._count]
        self._add(values, battery, (weights * kets.T) @ kets.conj() if is_saved else None)

    def _add(self, values: FloatArray, battery: States | None, state: States | None) -> None:
        self._values.append(values[np.newaxis])
        if battery is not None:
            self._battery.append(battery[np.newaxis])
        if state is not None:
            self._states.append(state)
        self._count += 1

    def table(
        self, values: FloatArray, battery: States | None = None, states: Sequence[States] = ()
    ) -> None:
        """Record several output times at once.

        Parameters
        ----------
        values : array, shape (times, operators)
            Expectation values of the operators of `readout`; for an engine without matrices, one
            column per observable of the task and one for the trace.
        battery : array, shape (times, d, d), optional
            Reduced states of the battery, if they are saved.
        states : sequence of arrays, each of shape (D, D)
            The density matrices that are saved at these times.
        """
        self._values.append(values)
        if battery is not None:
            self._battery.append(battery)
        self._states.extend(states)
        self._count += len(values)

    def integrals(self, edges: FloatArray, values: FloatArray) -> None:
        """Record time integrals, once; an engine that cannot compute them omits this call.

        Parameters
        ----------
        edges : array, shape (K + 1,)
            Limits of the intervals, from 0 to the last output time.
        values : array, shape (K, observables)
            Integrals over the intervals, in the order of `Readout.labels` of `integrated`.
        """
        if self.integrated is not None:
            columns = zip(self.integrated.labels, values.T, strict=True)
            self._integrals = Integrals(edges, dict(columns))

    def solution(
        self, engine: str, error: ErrorKind, tolerance: float, outcome: Outcome
    ) -> Solution:
        """Return everything that was recorded."""
        task, values = self._task, np.concatenate(self._values)
        space = task.problem.space
        return Solution(
            times=task.times,
            moments=self.readout.moments(task.times, values),
            trace=values[:, -1],
            error_estimate=outcome.error,
            tolerance=tolerance,
            statistics={"engine": engine, "basis": space.basis, "dimension": space.dim}
            | outcome.statistics,
            smallest_eigenvalue=outcome.smallest_eigenvalue,
            states=np.array(self._states) if self._states else None,
            battery_states=np.concatenate(self._battery) if task.save.battery else None,
            basis=space.bases,
            error=error,
            standard_errors=outcome.standard_errors,
            samples=outcome.samples,
            seed=outcome.seed,
            integrals=self._integrals,
        )


def battery_state(problem: Problem, weights: FloatArray, kets: NDArray[Any]) -> States:
    """Return the reduced state of the battery in Σ w |ψ⟩⟨ψ|, shape ``(d, d)``, without forming ρ.

    Kets are rows, ``(K, D)``.
    """
    space, position = problem.space, problem.space.position(problem.battery)
    split = np.moveaxis(kets.reshape(-1, *space.dims), position + 1, 1)
    split = split.reshape(len(kets), space.dims[position], -1)  # (K, d, rest)
    return np.asarray(np.einsum("k,kdr,ker->de", weights, split, split.conj()))
