"""General integrator: adaptive Runge–Kutta of order 8 on the density matrix itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.integrate import DOP853

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.engines.engine import Engine, MomentOperator, Progress, require_memory
from qubatt.engines.generator import Generator

STAGES = 12

ComplexArray = NDArray[np.complex128]


@declare("engine", "matrix")
class MatrixEngine(Engine):
    """Dormand–Prince 8(5,3) on ρ as a matrix, with sparse operators (hairer1993, II.5, II.10).

    The local error of a step of length h, in the Frobenius norm, is kept below
    ``tolerance`` × h / t_end. The exact flow never increases ‖ρ₁ − ρ₂‖ in the trace norm, so the
    sum of the local errors, which is reported, estimates the error of the whole run. Output
    times inside a step come from the interpolant of order 7.

    Cost: 12 to 15 right-hand sides per step; memory about 20 D² complex numbers.
    """

    tolerance: Positive = Field(
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
        """Integrate the master equation; see `Engine.solve`."""
        D = problem.space.dim(basis or "symmetric")
        require_memory("matrix", 16.0 * D**2 * (22 + len(times) * states), D)
        realization = realize(problem, basis)
        stepper = _Stepper(realization, float(times[-1]), self.tolerance)
        functionals = _Functionals(realization, moments)
        values = np.empty((len(times), len(moments) + 1))
        kept: list[ComplexArray] = []
        first = 0
        while first < len(times):
            if times[first] == 0.0:
                last, weights = first + 1, np.ones((1, 1))
                basis_states = stepper.rho[np.newaxis]
            else:
                stepper.advance()
                last = int(np.searchsorted(times, stepper.time, side="right"))
                if last == first:
                    continue
                basis_states = stepper.interpolant()
                weights = stepper.weights(times[first:last])
            values[first:last] = weights @ functionals(basis_states)
            if states:
                kept.extend(np.tensordot(weights, basis_states, axes=1))
            first = last
            if progress is not None:
                progress(first / len(times))
        return Solution(
            times=times,
            moments=dict(zip(moments, values.T, strict=False)),
            trace=values[:, -1],
            error_estimate=stepper.error,
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
    """Expectation values Tr(Oρ) of several operators, and the trace, of a stack of matrices."""

    def __init__(self, realization: Realization, moments: Mapping[str, MomentOperator]) -> None:
        self._operators = [build(realization).tocoo() for build in moments.values()]

    def __call__(self, stack: ComplexArray) -> FloatArray:
        """Return Tr(Oρ) for every ρ of the stack ``(n, D, D)``; shape ``(n, operators + 1)``."""
        columns = [
            (stack[:, matrix.col, matrix.row] @ matrix.data).real for matrix in self._operators
        ]
        columns.append(np.trace(stack, axis1=1, axis2=2).real)
        return np.stack(columns, axis=1)  # (n, operators + 1)


class _Stepper:
    """State of the integration: time, ρ, the stages of the last step, and the step control."""

    def __init__(self, realization: Realization, end: float, tolerance: float) -> None:
        self._generator = Generator(realization)
        self._end = end
        self._tolerance = tolerance
        self.time = 0.0
        self.rho = realization.rho_0
        D = realization.dim
        self._K = np.empty((STAGES + 4, D, D), dtype=np.complex128)
        self._K[0] = self._generator(self.rho)
        self.evaluations = 1
        self.steps = self.rejected = 0
        self.error = 0.0
        rate = float(np.linalg.norm(self._K[0]))
        norms = [abs(matrix).sum(axis=0).max() for matrix in (realization.H, realization.no_jump)]
        self._h = min(end, 0.5 / max(2 * sum(norms), rate, 1e-12))
        self._last_h = self._h
        self._before = self.rho

    def _combine(self, coefficients: FloatArray) -> ComplexArray:
        """Return Σ coefficient × stage over the first stages, shape ``(D, D)``."""
        used = self._K[: len(coefficients)]
        flat = coefficients.astype(np.complex128) @ used.reshape(len(coefficients), -1)
        return flat.reshape(self.rho.shape)

    def advance(self) -> None:
        """Take one accepted step."""
        if self.steps:
            self._K[0] = self._K[STAGES]
        while True:
            h = min(self._h, self._end - self.time)
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
            denominator = np.hypot(fifth, 0.1 * third)
            error = h * fifth**2 / denominator if denominator > 0 else 0.0
            allowed = self._tolerance * h / self._end
            factor = 0.9 * (allowed / error) ** (1 / 8) if error > 0 else 5.0
            if error <= allowed:
                break
            self.rejected += 1
            self._h = h * max(factor, 0.2)
        self._before, self.rho = self.rho, new
        self._last_h = h
        self.time = self._end if h >= self._end - self.time else self.time + h
        self.error += error
        self.steps += 1
        self._h = h * min(factor, 5.0)

    def interpolant(self) -> ComplexArray:
        """Return the matrices that the interpolant of the last step combines, ``(8, D, D)``."""
        h = self._last_h
        for s, row in enumerate(DOP853.A_EXTRA, start=STAGES + 1):
            self._K[s] = self._generator(self._before + h * self._combine(row[:s]))
        self.evaluations += len(DOP853.A_EXTRA)
        first, last = self._K[0], self._K[STAGES]
        change = self.rho - self._before
        parts = [
            self._before,
            change,
            h * first - change,
            2 * change - h * (first + last),
            *(h * self._combine(row) for row in DOP853.D),
        ]
        return np.stack(parts)  # (8, D, D)

    def weights(self, times: FloatArray) -> FloatArray:
        """Return the weights of those matrices at times in the last step, ``(T, 8)``."""
        x = (times - (self.time - self._last_h)) / self._last_h
        columns = [np.ones_like(x)]
        for power in range(7):
            columns.append(columns[-1] * (x if power % 2 == 0 else 1 - x))
        return np.stack(columns, axis=1)  # (T, 8)
