"""General integrator: adaptive Runge–Kutta of order 8 on the density matrix itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.integrate import DOP853
from threadpoolctl import threadpool_limits

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.errors import ResourceError
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, choose_basis, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.engines.engine import Engine, MomentOperator, Progress, require_memory
from qubatt.engines.generator import Generator

STAGES = 12

MOST_STEPS = 1e7
"""Steps from which on a run is refused: it would take hours at least."""

ComplexArray = NDArray[np.complex128]


@declare("engine", "matrix")
class MatrixEngine(Engine):
    """Dormand–Prince 8(5,3) on ρ as a matrix, with sparse operators (hairer1993, II.5, II.10).

    The local error of a step of length h, in the Frobenius norm, is kept below
    ``tolerance`` × h / t_end. The exact flow never increases ‖ρ₁ − ρ₂‖ in the trace norm, so the
    sum of the local errors, which is reported, estimates the error of the whole run. Steps end
    at the output times; nothing is interpolated.

    Cost: 12 right-hand sides per step; memory about 20 D² complex numbers.
    """

    tolerance: Annotated[Positive, Field(ge=1e-13, le=1e-2)] = Field(
        default=1e-9, description="Error allowed in ρ over the whole run", examples=[1e-9]
    )

    def solve(
        self,
        problem: Problem,
        times: FloatArray,
        moments: Mapping[str, MomentOperator],
        *,
        basis: Basis | None = None,
        states: bool = False,
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
        require_memory("matrix", 16.0 * D**2 * (20 + len(times) * states), D)
        realization = realize(problem, chosen)
        functionals = _Functionals(realization, moments)
        values = np.empty((len(times), len(moments) + 1))
        kept: list[ComplexArray] = []
        with threadpool_limits(1, user_api="blas"):  # products this small only lose by threads
            stepper = _Stepper(realization, float(times[-1]), self.tolerance)
            for k, time in enumerate(times):
                stepper.advance(float(time))
                values[k] = functionals(stepper.rho)
                if states:
                    kept.append(stepper.rho)
                if progress is not None:
                    progress((k + 1) / len(times))
        return Solution(
            times=times,
            moments=dict(zip(moments, values.T, strict=False)),
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
            states=np.array(kept) if states else None,
        )


class _Functionals:
    """Expectation values Tr(Oρ) of several operators, and the trace."""

    def __init__(self, realization: Realization, moments: Mapping[str, MomentOperator]) -> None:
        self._operators = [build(realization).tocoo() for build in moments.values()]

    def __call__(self, rho: ComplexArray) -> list[float]:
        """Return Tr(Oρ) for every operator, then Tr ρ."""
        values = [
            float((rho[matrix.col, matrix.row] @ matrix.data).real) for matrix in self._operators
        ]
        return [*values, float(np.trace(rho).real)]


class _Stepper:
    """State of the integration: time, ρ, the stages of the last step, and the step control."""

    def __init__(self, realization: Realization, end: float, tolerance: float) -> None:
        self._generator = Generator(realization)
        self._end = end
        self._tolerance = tolerance
        self.time = 0.0
        self.rho = realization.rho_0
        D = realization.dim
        self._K = np.empty((STAGES + 1, D, D), dtype=np.complex128)
        self._K[0] = self._generator(self.rho)
        self.evaluations = 1
        self.steps = self.rejected = 0
        self.error = 0.0
        parts = (realization.H, realization.no_jump)
        norm = 2.0 * sum(float(abs(matrix).sum(axis=0).max()) for matrix in parts)
        if not norm * end < 4.0 * MOST_STEPS:
            raise ResourceError(
                f"The matrix engine would need about {norm * end / 4.0:.0e} steps to time {end:g}:"
                f" energies and rates reach {norm:.1e}. Use smaller ones, or a smaller last time."
            )
        self._h = 0.5 / max(norm, 1e-12)

    def _combine(self, coefficients: FloatArray) -> ComplexArray:
        """Return Σ coefficient × stage over the first stages, shape ``(D, D)``."""
        used = self._K[: len(coefficients)]
        flat = coefficients.astype(np.complex128) @ used.reshape(len(coefficients), -1)
        return np.asarray(flat.reshape(self.rho.shape))

    def advance(self, time: float) -> None:
        """Step to `time`, in steps of equal length as far as the error allows."""
        while (left := time - self.time) > 0:
            count = math.ceil(left / self._h)
            h, largest = left / count, self._h
            factor = self._step(h)
            if factor >= 1.0:
                self.time = time if count == 1 else self.time + h
                self._h = max(largest, h * min(factor, 5.0))
            else:
                self._h = h * max(factor, 0.2)

    def _step(self, h: float) -> float:
        """Try a step of length h; return how much longer the next may be, below 1 if rejected."""
        if self.steps + self.rejected >= MOST_STEPS:
            raise ResourceError(
                f"The matrix engine took {MOST_STEPS:.0e} steps to time {self.time:g}."
                " Use smaller energies and rates, or a larger tolerance."
            )
        for s in range(1, STAGES):
            increment = self._combine(DOP853.A[s, :s])
            increment *= h
            increment += self.rho
            self._K[s] = self._generator(increment)
        new = self._combine(DOP853.B)
        new *= h
        new += self.rho
        new = 0.5 * (new + new.conj().T)  # the generator assumes it; rounding would grow
        self._K[STAGES] = self._generator(new)
        self.evaluations += STAGES
        fifth = float(np.linalg.norm(self._combine(DOP853.E5)))
        third = float(np.linalg.norm(self._combine(DOP853.E3)))
        denominator = math.hypot(fifth, 0.1 * third)
        error = h * fifth**2 / denominator if denominator > 0 else 0.0
        allowed = self._tolerance * h / self._end
        if not error <= allowed:
            self.rejected += 1
            return min(0.9 * (allowed / error) ** (1 / 8), 0.9) if math.isfinite(error) else 0.2
        self.rho = new
        self._K[0] = self._K[STAGES]
        self.error += error
        self.steps += 1
        return max(0.9 * (allowed / error) ** (1 / 8), 1.0) if error > 0 else 5.0
