"""General integrator: adaptive Runge–Kutta of order 8 on the density matrix itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem
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
    require_memory,
    smallest_eigenvalue,
)
from qubatt.engines.generator import Generator
from qubatt.engines.runge_kutta import (
    STAGES,
    RungeKutta,
    breaks_of,
    longest_step,
    runge_kutta_products,
    size_of_generator,
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
        """Integrate the master equation; see `Engine.solve`.

        Raises
        ------
        ResourceError
            If memory does not suffice, or more than ten million steps would be needed.
        """
        chosen = choose_basis(problem, basis)
        D = problem.space.dim(chosen)
        kept_at = np.broadcast_to(states, len(times))
        count = int(np.sum(kept_at))
        require_memory("matrix", 16.0 * D**2 * (VECTORS + 2 * count), D, count)
        realization = realize(problem, chosen)
        watch = Watch(realization, moments)
        values = np.empty((len(times), len(watch.operators)))
        kept: list[ComplexArray] = []
        reduced: list[ComplexArray] = []
        with single_blas():
            stepper = RungeKutta(
                "matrix",
                Generator(realization),
                realization.rho_0,
                float(times[-1]),
                self.tolerance,
                size_of_generator(realization, float(times[-1])),
                breaks_of(realization, float(times[-1])),
                longest_step(realization, float(times[-1])),
                tidy=_hermitian,
            )
            for k, time in enumerate(times):
                stepper.advance(float(time), progress)
                values[k] = _expectations(watch.operators, stepper.state)
                if kept_at[k]:
                    kept.append(stepper.state)
                if battery:
                    reduced.append(problem.space.marginal(stepper.state, problem.battery, chosen))
        if progress is not None:
            progress(1.0)
        return Solution(
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
