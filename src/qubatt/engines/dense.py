"""The oracle: the whole superoperator, exponentiated. Slow, small and plain."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import scipy.linalg as la
from numpy.typing import NDArray

from qubatt.core.declaration import declare
from qubatt.core.fixed_pattern import to_dense
from qubatt.core.realization import Realization
from qubatt.core.task import Task
from qubatt.engines.engine import Engine, Progress, Propagator, part_of, smallest_eigenvalue
from qubatt.engines.recorder import Outcome, Recorder
from qubatt.engines.threads import single_blas

EPSILON = float(np.finfo(float).eps)

STEP_ROUNDING = 4 * EPSILON
"""Differences of steps that are rounding of the times, in units of the time."""

MAX_DENSE_DIM = 40
"""Largest D: exponentials of a 1600 × 1600 matrix then take some ten seconds each."""


@declare("engine", "dense")
class DenseEngine(Engine):
    """ρ(t) = exp(𝓛t) ρ(0) with the D² × D² matrix 𝓛, stepping from output time to output time.

    Rows are stacked, vec(AρB) = (A ⊗ Bᵀ) vec(ρ), so

        𝓛 = −i(H ⊗ 1 − 1 ⊗ Hᵀ) + Σ γ (c ⊗ c* − ½ c†c ⊗ 1 − ½ 1 ⊗ (c†c)ᵀ)

    One exponential is computed per distinct spacing of the output times.
    """

    def unsupported(self, task: Task) -> str:
        """Return why not: above D = 40, and for pulses."""
        D, cure = task.problem.space.dim, ' Use engine "exact", "matrix" or "auto".'
        if D > MAX_DENSE_DIM:
            return f"The dense engine holds at most {MAX_DENSE_DIM} states, not {D}.{cure}"
        if task.problem.has_pulses:
            return (
                "The dense engine cannot do pulses: its exponentials need a constant Hamiltonian."
                f"{cure}"
            )
        return super().unsupported(task)

    def _prepare(self, task: Task) -> Propagator:
        return _Exponentials(task)


class _Exponentials(Propagator):
    """The matrix exponentials of one task, which all initial states share."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._known: dict[float, NDArray[Any]] = {}
        D = task.problem.space.dim
        self.entries = D * D
        self.memory = 6.0 * 16 * D**4 + task.saved_states * 32.0 * D**2  # a few superoperators

    def products(self) -> float:
        """Return 1: one exponential."""
        return 1.0

    @cached_property
    def _generator(self) -> NDArray[np.complex128]:
        return superoperator(self._task.realization)

    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:
        """Step from output time to output time; see `Propagator.run`.

        Of equal steps, powers of two are taken at once. States go one after the other and
        exponentials by one thread: bits do not depend on how many states and threads there are.
        """
        realization, times = self._task.realization, self._task.times
        D = realization.dim
        outcomes = []
        with single_blas():
            for k, initial in enumerate(self._task.initials):
                state = to_dense(realization.density(initial)).astype(np.complex128).ravel()
                states = self._trajectory(state, part_of(progress, k, len(recorders)))
                recorders[k].densities(states.reshape(-1, D, D))
                outcomes.append(states[-1].reshape(D, D))
        norm = np.abs(self._generator).sum(axis=0).max()
        error = float(EPSILON * (norm * times[-1] + 1.0))
        counts = {"exponentials": len(self._known)}
        return [Outcome(error, counts, smallest_eigenvalue(rho)) for rho in outcomes]

    def _trajectory(self, state: NDArray[Any], progress: Progress | None) -> NDArray[Any]:
        """Return the states at all times as rows, shape ``(T, D²)``."""
        times = self._task.times
        states = np.empty((len(times), len(state)), dtype=np.complex128)
        steps = np.diff(times, prepend=0.0)
        k = 0
        while k < len(times):
            if steps[k] <= 0.0:
                states[k] = state
                k += 1
                continue
            length = self._known_step(float(steps[k]), float(times[k]))
            rounding = STEP_ROUNDING * times[k:]
            other = np.abs(steps[k:] - length) > rounding
            end = k + int(np.argmax(other)) if other.any() else len(times)
            self._power(length, state, states[k:end])
            state, k = states[end - 1], end
            if progress is not None:
                progress(k / len(times))
        return states

    def _power(self, step: float, state: NDArray[Any], states: NDArray[Any]) -> None:
        """Fill rows with exp(𝓛 step)^(k + 1) state; a row depends on k alone."""
        propagator = self._exponential(step)
        done = np.empty((1, len(state)), dtype=np.complex128)
        done[0] = state
        missing, squares = len(states), propagator
        while len(done) <= missing:
            done = np.concatenate([done, done @ squares.T])
            squares = squares @ squares if len(done) <= missing else squares
        states[:] = done[1 : missing + 1]

    def _known_step(self, step: float, time: float) -> float:
        """Return a step whose exponential is known and that differs by rounding, or the step."""
        rounding = STEP_ROUNDING * time
        return next((known for known in self._known if abs(known - step) <= rounding), step)

    def _exponential(self, step: float) -> NDArray[Any]:
        """Return exp(𝓛 step)."""
        if step not in self._known:
            self._known[step] = la.expm(self._generator * step)
        return self._known[step]


def superoperator(realization: Realization) -> NDArray[np.complex128]:
    """Return the matrix 𝓛 of the generator, shape ``(D², D²)``, for stacked rows of ρ."""
    D = realization.dim
    G = -1j * to_dense(realization.H) - to_dense(realization.no_jump)
    L = np.zeros((D, D, D, D), dtype=np.complex128)  # ρ_kl to ρ_ij at [i, j, k, l]
    level = np.arange(D)
    L[:, level, :, level] += G
    L[level, :, level, :] += G.conj()
    for rate, c in realization.jumps:
        dense = to_dense(c)
        L += rate * (dense[:, None, :, None] * dense.conj()[None, :, None, :])
    return L.reshape(D * D, D * D)
