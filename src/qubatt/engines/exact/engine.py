"""Exact engine: symmetry reduction, compiled kernels, Chebyshev or Runge–Kutta steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.core.task import Task
from qubatt.engines.engine import Engine, Progress, Propagator, part_of
from qubatt.engines.exact.chebyshev import Chebyshev
from qubatt.engines.exact.ellipse import Ellipse, enclose
from qubatt.engines.exact.reduced_lindbladian import Functionals, ReducedLindbladian, Vector
from qubatt.engines.exact.sectors import Pair, find_sectors
from qubatt.engines.integrals import RunningIntegrals
from qubatt.engines.recorder import Outcome, Readout, Recorder
from qubatt.engines.runge_kutta import (
    STAGES,
    Equation,
    RungeKutta,
    StepLimits,
    runge_kutta_products,
    step_limits,
)
from qubatt.engines.threads import single_blas

CHEBYSHEV_VECTORS, RUNGE_KUTTA_VECTORS = 5, STAGES + 6
"""Upper estimates of the number of vectors in memory at once."""

MAX_TERMS = 1000
"""Upper estimate of the number of terms of one step."""


class _Evolution(NamedTuple):
    """Result of a propagation: functionals, kept vectors, error, counts, last vector, integrals."""

    table: FloatArray
    kept: list[Vector]
    error: float
    counts: dict[str, Any]
    last: Vector
    integrals: RunningIntegrals | None


class _Integrand(NamedTuple):
    """Observables whose time integrals are requested, and their functionals."""

    readout: Readout
    functionals: Functionals

    def at(self, time: float, vector: Vector) -> FloatArray:
        """Return the expectation values, pulses included."""
        return self.readout.totals(time, self.functionals.of(vector))


class _Outputs(NamedTuple):
    """Functionals to record, output times, whether each vector is saved, and the integrand."""

    functionals: Functionals
    times: FloatArray
    is_saved: NDArray[np.bool_]
    integrand: _Integrand | None


Propagate = Callable[[ReducedLindbladian, Vector, _Outputs, Progress | None], _Evolution]


@declare("engine", "exact")
class ExactEngine(Engine):
    """Symmetry-reduced Lindblad propagation with compiled kernels.

        dρ/dt = −i[H(t), ρ] + Σ γ (cρc† − ½ {c†c, ρ})

    is propagated on the blocks of ρ that can become nonzero (`find_sectors`, `Layout`).
    Under a constant Hamiltonian, exp(t𝓛) is expanded in Chebyshev polynomials (`Chebyshev`); with
    pulses, adaptive Runge–Kutta steps of order 8 are used (`RungeKutta`). Expectation values are
    computed during the propagation; density matrices are saved only on request.

    Cost: about 1.6 w t products of 𝓛 with ρ up to time t, where w is the spectral width of H;
    memory for 5 vectors of the size of the stored part of ρ, 18 with pulses.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=30, drive=1.0, detuning=0.0)
    >>> engine = qb.ExactEngine(tolerance=1e-10)
    >>> run = qb.charge(battery, times=[0.0, 1.0], engine=engine)
    >>> run.energy.values.round(6).tolist()
    [0.0, 6.895465]
    """

    tolerance: Annotated[Positive, Field(ge=1e-12, le=1e-2)] = Field(
        default=1e-9, description="Allowed error of ρ over the whole run", examples=[1e-9]
    )

    def _prepare(self, task: Task) -> Propagator:
        return _Reduction(task, self.tolerance)


class _Reduction(Propagator):
    """Propagator restricted to the blocks of ρ that become nonzero from the initial states.

    Initial states for which the same blocks of ρ become nonzero share the tables and are propagated
    one after another: a joint propagation would take longer and force them to use the same steps.
    """

    def __init__(self, task: Task, tolerance: float) -> None:
        self._task, self._tolerance = task, tolerance
        realization = task.realization
        self._initials = [realization.density(initial) for initial in task.initials]
        self._groups = _group_by_blocks(realization, self._initials)
        largest = max((reduced for reduced, _ in self._groups), key=lambda part: part.entries)
        self.entries, self.sectors = largest.entries, len(largest.sectors.members)
        self.memory = _memory(task, self._groups)

    def products(self) -> float:
        """Return the expected number of products, for the method that the task requires."""
        realization, end = self._task.realization, float(self._task.times[-1])
        if realization.pulsed:
            return runge_kutta_products(realization, end, self._tolerance)
        return enclose(realization).products(end)

    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:
        """Propagate the reduced master equation; this works only once; see `Propagator.run`.

        Raises
        ------
        ResourceError
            If more than ten million products would be needed.
        """
        realization, times = self._task.realization, self._task.times
        save = self._task.save
        propagate: Propagate = (
            partial(self._integrate, step_limits(realization, float(times[-1])))
            if realization.pulsed
            else partial(self._expand, enclose(realization))
        )
        outcomes: dict[int, Outcome] = {}
        while self._groups:
            reduced, chosen = self._groups.pop()  # so that its tables are freed
            functionals = reduced.functionals(recorders[0].readout.operators)
            if save.battery:
                functionals = reduced.battery.followed_by(functionals)
            integrand = _integrand(reduced, recorders[0].integrated)
            outputs = _Outputs(functionals, times, save.states_at(times), integrand)
            for k in chosen:
                report = part_of(progress, len(outcomes), len(recorders))
                with single_blas():
                    start = reduced.pack(self._initials[k])
                    run = propagate(reduced, start, outputs, report)
                    _record(recorders[k], reduced, run, save.battery)
                    outcomes[k] = self._outcome(reduced, run)
        return [outcomes[k] for k in range(len(recorders))]

    def _outcome(self, reduced: ReducedLindbladian, run: _Evolution) -> Outcome:
        """Return the accuracy and the statistics of a propagation."""
        counts = {
            "tolerance": self._tolerance,
            "sectors": len(reduced.sectors.members),
            "entries": reduced.entries,
            "entries_without_reduction": reduced.realization.dim**2,
            "threads": len(reduced.shares[0]) - 1,
        }
        return Outcome(run.error, counts | run.counts, reduced.smallest_eigenvalue(run.last))

    def _expand(
        self,
        ellipse: Ellipse,
        reduced: ReducedLindbladian,
        start: Vector,
        outputs: _Outputs,
        progress: Progress | None,
    ) -> _Evolution:
        """Propagate under a constant Hamiltonian."""
        functionals, times, is_saved, integrand = outputs
        end = float(times[-1])
        integrated = None if integrand is None else integrand.functionals
        steps = Chebyshev(reduced, ellipse, start, functionals, end, self._tolerance, integrated)
        values, vectors_saved = [], []
        if times[0] == 0.0:
            values.append(functionals.of(steps.vector)[np.newaxis])
            vectors_saved += [steps.vector.copy()] if is_saved[0] else []
        while steps.time < end:
            later = times > steps.time
            values_inside, vectors = steps.advance(times[later], is_saved[later])
            values.append(values_inside)
            vectors_saved.extend(vectors)
            if progress is not None:
                progress(steps.time / end)
        counts = {"method": "chebyshev", "steps": steps.steps, "products": steps.products}
        table = np.concatenate(values)
        integrals = None if integrand is None else steps.integrals
        return _Evolution(table, vectors_saved, steps.error, counts, steps.vector, integrals)

    def _integrate(
        self,
        limits: StepLimits,
        reduced: ReducedLindbladian,
        start: Vector,
        outputs: _Outputs,
        progress: Progress | None,
    ) -> _Evolution:
        """Propagate under a Hamiltonian with pulses."""
        functionals, times, is_saved, integrand = outputs
        integrate = None if integrand is None else integrand.at
        # blocks off the diagonal are stored once
        equation = Equation(reduced.apply, scale=math.sqrt(2.0), integrand=integrate)
        end = float(times[-1])
        steps = RungeKutta("exact", equation, start, end, self._tolerance, limits)
        values = np.empty((len(times), len(functionals.first) - 1))
        vectors = []
        for k, time in enumerate(times):
            steps.advance(float(time), progress)
            values[k] = functionals.of(steps.state)
            vectors += [steps.state] if is_saved[k] else []
        counts = {
            "method": "runge-kutta",
            "steps": steps.steps,
            "rejected": steps.rejected,
            "products": steps.evaluations,
        }
        integrals = None if integrand is None else steps.integrals
        return _Evolution(values, vectors, steps.error, counts, steps.state, integrals)


def _group_by_blocks(
    realization: Realization, initials: Sequence[Operator]
) -> list[tuple[ReducedLindbladian, list[int]]]:
    """Group initial states by the blocks that become nonzero; return reductions and state indices.

    A common, larger reduction would contain zeros that slow down every product.
    """
    sectors = find_sectors(realization)
    groups: dict[tuple[Pair, ...], tuple[ReducedLindbladian, list[int]]] = {}
    for k, rho in enumerate(initials):
        reached = sectors.reached_from([rho])
        if reached.pairs not in groups:
            groups[reached.pairs] = ReducedLindbladian(realization, reached), []
        groups[reached.pairs][1].append(k)
    return list(groups.values())


def _integrand(reduced: ReducedLindbladian, readout: Readout | None) -> _Integrand | None:
    """Return the functionals of the observables whose time integrals are requested, if any."""
    if readout is None:
        return None
    operators = readout.operators[:-1]  # without 1
    return _Integrand(readout, reduced.functionals(operators))


def _record(
    recorder: Recorder, reduced: ReducedLindbladian, run: _Evolution, battery: bool
) -> None:
    """Record the result of a propagation."""
    parts, values = np.split(run.table, [-len(recorder.readout.operators)], axis=1)
    states = [reduced.unpack(vector) for vector in run.kept]
    recorder.table(values, reduced.battery_states(parts) if battery else None, states)
    if run.integrals is not None:
        recorder.integrals(run.integrals.edges, run.integrals.values)


def _memory(task: Task, groups: list[tuple[ReducedLindbladian, list[int]]]) -> float:
    """Return an upper estimate of the memory in bytes for one run at a time and all results."""
    D, runs = task.realization.dim, len(task.initials)
    vectors = RUNGE_KUTTA_VECTORS if task.realization.pulsed else CHEBYSHEV_VECTORS
    needed = max(vectors * float(part.nbytes) + part.table_bytes for part, _ in groups)
    largest = max(float(part.nbytes) for part, _ in groups)
    needed += task.saved_states / runs * (16.0 * D**2 * (runs + 1) + largest)
    if task.save.battery:
        numbers = task.battery_dim * (task.battery_dim + 1)
        needed += 8.0 * numbers * (len(task.times) * (2 * runs + 1) + MAX_TERMS)
    return needed
