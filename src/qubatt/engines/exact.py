"""Exact engine: symmetries found by itself, compiled kernels, Chebyshev or Runge–Kutta steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem, Start
from qubatt.core.realization import Realization, choose_basis, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis, Operator
from qubatt.engines.chebyshev import Chebyshev, Ellipse, enclose
from qubatt.engines.engine import (
    Demand,
    Engine,
    MomentOperator,
    Progress,
    Wanted,
    Watch,
    part_of,
    require_memory,
)
from qubatt.engines.reduced import Functionals, Reduced, Vector
from qubatt.engines.runge_kutta import (
    STAGES,
    Pace,
    RungeKutta,
    pace_of,
    runge_kutta_products,
)
from qubatt.engines.sectors import Pair, find_sectors
from qubatt.engines.threads import single_blas

CHEBYSHEV_VECTORS, RUNGE_KUTTA_VECTORS = 5, STAGES + 6
"""Vectors held at once, an upper estimate."""

SERIES = 1000
"""Terms of one step, an upper estimate."""


class _Run(NamedTuple):
    """What was propagated: functionals, vectors, error, counts, and the last vector."""

    table: FloatArray
    kept: list[Vector]
    error: float
    counts: dict[str, Any]
    last: Vector


Propagate = Callable[
    [Reduced, Vector, Functionals, FloatArray, NDArray[np.bool_], Progress | None], _Run
]


@declare("engine", "exact")
class ExactEngine(Engine):
    """Only the part of ρ = ρ† that symmetries let be reached, in real numbers, by rows.

    The blocks are found by `find_sectors`, stored by `Layout`. A constant Hamiltonian is
    propagated by Chebyshev polynomials (`Chebyshev`), one with pulses by adaptive Runge–Kutta
    steps of order 8 (`RungeKutta`). Moments are read off on the way; states are kept only if
    asked for.

    Cost: about 1.6 w t products with w the width of the spectrum of H; 5 vectors, 18 with pulses.
    """

    tolerance: Annotated[Positive, Field(ge=1e-12, le=1e-2)] = Field(
        default=1e-9, description="Error allowed in ρ over the whole run", examples=[1e-9]
    )

    def demand(self, realization: Realization, end: float) -> Demand:
        """Return memory and products of the method that fits; see `Engine.demand`."""
        memory = _memory(Reduced(realization))
        if realization.pulsed:
            return Demand(memory, runge_kutta_products(realization, end, self.tolerance))
        return Demand(memory, enclose(realization).products(end))

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
        """Propagate the reduced master equation; see `Engine.solve_each`.

        Initial states that reach the same blocks of ρ share these, and go one after the other:
        side by side their products would take longer, and their steps could not differ.

        Raises
        ------
        ResourceError
            If memory does not suffice, or more than ten million products would be needed.
        """
        realization = realize(problem, choose_basis(problem, basis)).starting(starts[0])
        initials = [realization.starting(start).initial for start in starts]
        kept_at = np.broadcast_to(states, len(times))
        groups = _alike(realization, initials)
        _require(groups, len(starts), len(times), int(np.sum(kept_at)), battery)
        end, watch = float(times[-1]), Watch(realization, moments)
        propagate: Propagate = (
            partial(self._integrate, pace_of(realization, end))
            if realization.pulsed
            else partial(self._expand, enclose(realization))
        )
        found: dict[int, Solution] = {}
        while groups:
            reduced, chosen = groups.pop()  # so that its tables are freed
            functionals = reduced.functionals(watch.operators)
            if battery:
                functionals = reduced.battery.followed_by(functionals)
            for k in chosen:
                tell = part_of(progress, len(found), len(starts))
                with single_blas():
                    start = reduced.pack(initials[k])
                    run = propagate(reduced, start, functionals, times, kept_at, tell)
                    found[k] = self._solution(reduced, watch, times, run, battery)
        if progress is not None:
            progress(1.0)
        return [found[k] for k in range(len(starts))]

    def _solution(
        self, reduced: Reduced, watch: Watch, times: FloatArray, run: _Run, battery: bool
    ) -> Solution:
        """Return what was propagated as a solution."""
        parts, table = np.split(run.table, [-len(watch.operators)], axis=1)
        D = reduced.realization.dim
        return Solution(
            times=times,
            moments=watch.moments(times, table),
            trace=table[:, -1],
            error_estimate=run.error,
            tolerance=self.tolerance,
            statistics={
                "engine": "exact",
                "basis": reduced.realization.basis,
                "dimension": D,
                "tolerance": self.tolerance,
                "sectors": len(reduced.sectors.members),
                "entries": reduced.entries,
                "entries_without_reduction": D * D,
                "threads": len(reduced.shares[0]) - 1,
            }
            | run.counts,
            smallest_eigenvalue=reduced.smallest_eigenvalue(run.last),
            states=np.array([reduced.unpack(vector) for vector in run.kept]) if run.kept else None,
            battery_states=reduced.battery_states(parts) if battery else None,
        )

    def _expand(
        self,
        ellipse: Ellipse,
        reduced: Reduced,
        start: Vector,
        functionals: Functionals,
        times: FloatArray,
        kept_at: NDArray[np.bool_],
        progress: Progress | None,
    ) -> _Run:
        """Propagate a constant Hamiltonian."""
        end = float(times[-1])
        steps = Chebyshev(reduced, ellipse, start, functionals, end, self.tolerance)
        values, kept = [], []
        if times[0] == 0.0:
            values.append(functionals.of(steps.vector)[np.newaxis])
            kept += [steps.vector.copy()] if kept_at[0] else []
        while steps.time < end:
            later = times > steps.time
            found, vectors = steps.advance(times[later], kept_at[later])
            values.append(found)
            kept.extend(vectors)
            if progress is not None:
                progress(steps.time / end)
        counts = {"method": "chebyshev", "steps": steps.steps, "products": steps.products}
        return _Run(np.concatenate(values), kept, steps.error, counts, steps.vector)

    def _integrate(
        self,
        pace: Pace,
        reduced: Reduced,
        start: Vector,
        functionals: Functionals,
        times: FloatArray,
        kept_at: NDArray[np.bool_],
        progress: Progress | None,
    ) -> _Run:
        """Propagate a Hamiltonian with pulses."""
        steps = RungeKutta(
            "exact",
            reduced.apply,
            start,
            float(times[-1]),
            self.tolerance,
            *pace,
            scale=math.sqrt(2.0),  # blocks off the diagonal are stored once
        )
        values = np.empty((len(times), len(functionals.first) - 1))
        kept = []
        for k, time in enumerate(times):
            steps.advance(float(time), progress)
            values[k] = functionals.of(steps.state)
            kept += [steps.state] if kept_at[k] else []
        counts = {
            "method": "runge-kutta",
            "steps": steps.steps,
            "rejected": steps.rejected,
            "products": steps.evaluations,
        }
        return _Run(values, kept, steps.error, counts, steps.state)


def _alike(
    realization: Realization, initials: Sequence[Operator]
) -> list[tuple[Reduced, list[int]]]:
    """Return what initial states reach, and the places of those that reach just that.

    A larger part would hold zeros of which every product would take account.
    """
    sectors = find_sectors(realization)
    found: dict[tuple[Pair, ...], tuple[Reduced, list[int]]] = {}
    for k, rho in enumerate(initials):
        reached = sectors.reached_from([rho])
        if reached.pairs not in found:
            found[reached.pairs] = Reduced(realization, reached), []
        found[reached.pairs][1].append(k)
    return list(found.values())


def _require(
    groups: list[tuple[Reduced, list[int]]], runs: int, times: int, kept: int, battery: bool
) -> None:
    """Refuse more than fits: one run at a time, and the results of all."""
    realization = groups[0][0].realization
    D, largest = realization.dim, max(float(reduced.nbytes) for reduced, _ in groups)
    needed = max(_memory(reduced) for reduced, _ in groups)
    needed += kept * (16.0 * D**2 * (runs + 1) + largest)
    if battery:
        space = realization.problem.space
        d = dict(zip(space.factors, space.dims(realization.basis), strict=True))
        numbers = d[realization.problem.battery] * (d[realization.problem.battery] + 1)
        needed += 8.0 * numbers * (times * (2 * runs + 1) + SERIES)
    require_memory("exact", needed, D, kept * runs)


def _memory(reduced: Reduced) -> float:
    """Return an upper estimate of the bytes held: vectors, and what contributes to each row."""
    vectors = RUNGE_KUTTA_VECTORS if reduced.realization.pulsed else CHEBYSHEV_VECTORS
    return vectors * float(reduced.nbytes) + reduced.table_bytes
