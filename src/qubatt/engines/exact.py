"""Exact engine: symmetries found by itself, compiled kernels, Chebyshev or Runge–Kutta steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, choose_basis, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.engines.chebyshev import Chebyshev, enclose
from qubatt.engines.engine import (
    Demand,
    Engine,
    MomentOperator,
    Progress,
    Wanted,
    Watch,
    require_memory,
)
from qubatt.engines.reduced import Functionals, Reduced, Vector
from qubatt.engines.runge_kutta import (
    STAGES,
    RungeKutta,
    breaks_of,
    longest_step,
    runge_kutta_products,
    size_of_generator,
)
from qubatt.engines.threads import single_blas

CHEBYSHEV_VECTORS, RUNGE_KUTTA_VECTORS = 5, STAGES + 6
"""Vectors held at once, an upper estimate."""

SERIES = 1000
"""Terms of one step, an upper estimate."""


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
        """Propagate the reduced master equation; see `Engine.solve`.

        Raises
        ------
        ResourceError
            If memory does not suffice, or more than ten million products would be needed.
        """
        chosen = choose_basis(problem, basis)
        D = problem.space.dim(chosen)
        realization = realize(problem, chosen)
        reduced = Reduced(realization)
        kept_at = np.broadcast_to(states, len(times))
        kept_bytes = np.sum(kept_at) * (32.0 * D**2 + reduced.nbytes)
        require_memory("exact", _memory(reduced) + kept_bytes, D, int(np.sum(kept_at)))
        watch = Watch(realization, moments)
        functionals = reduced.functionals(watch.operators)
        if battery:
            functionals = reduced.battery.followed_by(functionals)
            columns = len(functionals.first) - 1
            kept_bytes += 24.0 * columns * len(times) + 8.0 * columns * SERIES
            require_memory("exact", _memory(reduced) + kept_bytes, D)
        propagate = self._integrate if realization.pulsed else self._expand
        with single_blas():
            table, kept, error, counts, last = propagate(
                reduced, functionals, times, kept_at, progress
            )
            smallest = reduced.smallest_eigenvalue(last)
        parts, table = np.split(table, [-len(watch.operators)], axis=1)
        if progress is not None:
            progress(1.0)
        return Solution(
            times=times,
            moments=watch.moments(times, table),
            trace=table[:, -1],
            error_estimate=error,
            tolerance=self.tolerance,
            statistics={
                "engine": "exact",
                "basis": chosen,
                "dimension": D,
                "tolerance": self.tolerance,
                "sectors": len(reduced.sectors.members),
                "entries": reduced.entries,
                "entries_without_reduction": D * D,
                "threads": len(reduced.shares[0]) - 1,
            }
            | counts,
            smallest_eigenvalue=smallest,
            states=np.array([reduced.unpack(vector) for vector in kept]) if kept else None,
            battery_states=reduced.battery_states(parts) if battery else None,
        )

    def _expand(
        self,
        reduced: Reduced,
        functionals: Functionals,
        times: FloatArray,
        kept_at: NDArray[np.bool_],
        progress: Progress | None,
    ) -> tuple[FloatArray, list[Vector], float, dict[str, Any], Vector]:
        """Propagate a constant Hamiltonian.

        Returns functionals, vectors, error, counts, and the last vector.
        """
        end = float(times[-1])
        steps = Chebyshev(reduced, functionals, end, self.tolerance)
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
        return np.concatenate(values), kept, steps.error, counts, steps.vector

    def _integrate(
        self,
        reduced: Reduced,
        functionals: Functionals,
        times: FloatArray,
        kept_at: NDArray[np.bool_],
        progress: Progress | None,
    ) -> tuple[FloatArray, list[Vector], float, dict[str, Any], Vector]:
        """Propagate a Hamiltonian with pulses; returns the same as `_expand`."""
        realization = reduced.realization
        steps = RungeKutta(
            "exact",
            reduced.apply,
            reduced.pack(realization.initial),
            float(times[-1]),
            self.tolerance,
            size_of_generator(realization, float(times[-1])),
            breaks_of(realization, float(times[-1])),
            longest_step(realization, float(times[-1])),
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
        return values, kept, steps.error, counts, steps.state


def _memory(reduced: Reduced) -> float:
    """Return an upper estimate of the bytes held: vectors, and what contributes to each row."""
    vectors = RUNGE_KUTTA_VECTORS if reduced.realization.pulsed else CHEBYSHEV_VECTORS
    return vectors * float(reduced.nbytes) + reduced.table_bytes
