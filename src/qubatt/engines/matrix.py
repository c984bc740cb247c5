"""General integrator: adaptive Runge–Kutta of order 8 on the density matrix itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem, Start
from qubatt.core.realization import Realization, choose_basis, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis, Operator
from qubatt.engines.engine import (
    Demand,
    Engine,
    MomentOperator,
    Progress,
    Wanted,
    Watch,
    part_of,
    require_memory,
    smallest_eigenvalue,
)
from qubatt.engines.generator import Generator
from qubatt.engines.runge_kutta import (
    STAGES,
    RungeKutta,
    pace_of,
    runge_kutta_products,
)
from qubatt.engines.threads import single_blas

VECTORS = STAGES + 8
"""Matrices of the size of ρ held at once, an upper estimate."""

ComplexArray = NDArray[np.complex128]


@declare("engine", "matrix")
class MatrixEngine(Engine):
    """Adaptive Runge–Kutta (`RungeKutta`) on ρ as a matrix, with sparse operators.

    Steps end at the output times; nothing is interpolated. Hamiltonians may have pulses.

    Cost: 12 right-hand sides per step; memory about 20 D² complex numbers.
    """

    tolerance: Annotated[Positive, Field(ge=1e-13, le=1e-2)] = Field(
        default=1e-9, description="Error allowed in ρ over the whole run", examples=[1e-9]
    )

    def demand(self, realization: Realization, end: float) -> Demand:
        """Return memory and products of the Runge–Kutta steps; see `Engine.demand`."""
        products = runge_kutta_products(realization, end, self.tolerance)
        return Demand(16.0 * realization.dim**2 * VECTORS, products)

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
        """Integrate the master equation, one state after the other; see `Engine.solve_each`.

        Raises
        ------
        ResourceError
            If memory does not suffice, or more than ten million steps would be needed.
        """
        chosen = choose_basis(problem, basis)
        D = problem.space.dim(chosen)
        kept_at = np.broadcast_to(states, len(times))
        count = int(np.sum(kept_at))
        needed = 16.0 * D**2 * (VECTORS + count * (1 + len(starts)))
        require_memory("matrix", needed, D, count * len(starts))
        realization = realize(problem, chosen)
        watch = Watch(realization, moments)
        rhs, pace = Generator(realization), pace_of(realization, float(times[-1]))
        found = []
        for k, start in enumerate(starts):
            tell = part_of(progress, k, len(starts))
            rho = realization.starting(start).rho_0
            values = np.empty((len(times), len(watch.operators)))
            kept: list[ComplexArray] = []
            reduced: list[ComplexArray] = []
            with single_blas():
                stepper = RungeKutta(
                    "matrix", rhs, rho, float(times[-1]), self.tolerance, *pace, tidy=_hermitian
                )
                for i, time in enumerate(times):
                    stepper.advance(float(time), tell)
                    values[i] = _expectations(watch.operators, stepper.state)
                    if kept_at[i]:
                        kept.append(stepper.state)
                    if battery:
                        marginal = problem.space.marginal(stepper.state, problem.battery, chosen)
                        reduced.append(marginal)
            found.append(
                Solution(
                    times=times,
                    moments=watch.moments(times, values),
                    trace=values[:, -1],
                    error_estimate=stepper.error,
                    tolerance=self.tolerance,
                    statistics={
                        "engine": "matrix",
                        "basis": realization.basis,
                        "dimension": realization.dim,
                        "tolerance": self.tolerance,
                        "steps": stepper.steps,
                        "rejected": stepper.rejected,
                        "right_hand_sides": stepper.evaluations,
                    },
                    smallest_eigenvalue=smallest_eigenvalue(stepper.state),
                    states=np.array(kept) if kept_at.any() else None,
                    battery_states=np.array(reduced) if battery else None,
                )
            )
        if progress is not None:
            progress(1.0)
        return found


def _hermitian(rho: ComplexArray) -> ComplexArray:
    """Return the Hermitian part: the generator assumes it, and rounding would grow."""
    return np.asarray(0.5 * (rho + rho.conj().T))


def _expectations(operators: list[Operator], rho: ComplexArray) -> list[float]:
    """Return Tr(Oρ) for every operator."""
    values = []
    for operator in operators:
        coo = operator.tocoo()
        row, column = coo.coords
        values.append(float((rho[column, row] @ coo.data).real))
    return values
