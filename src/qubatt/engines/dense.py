"""The oracle: the whole superoperator, exponentiated. Slow, small and plain."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import scipy.linalg as la
from numpy.typing import NDArray

from qubatt.core.declaration import declare
from qubatt.core.realization import Realization
from qubatt.core.task import Task
from qubatt.engines.engine import Engine, Progress, Propagator, smallest_eigenvalue
from qubatt.engines.recorder import Outcome, Recorder
from qubatt.engines.threads import single_blas

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

        Products with states are made one by one, exponentials by one thread: bits do not depend
        on how many states and threads there are.
        """
        realization, times = self._task.realization, self._task.times
        D = realization.dim
        states = [
            np.asarray(realization.density(initial).toarray(), dtype=np.complex128).ravel()
            for initial in self._task.initials
        ]
        with single_blas():
            for k, step in enumerate(np.diff(times, prepend=0.0)):
                if step > 0:
                    propagator = self._exponential(float(step), float(times[k]))
                    states = [propagator @ state for state in states]
                for recorder, state in zip(recorders, states, strict=True):
                    recorder.density(state.reshape(D, D))
                if progress is not None:
                    progress((k + 1) / len(times))
        norm = la.norm(self._generator, 1)
        error = float(np.finfo(float).eps * (norm * times[-1] + 1.0))
        counts = {"exponentials": len(self._known)}
        ends = [state.reshape(D, D) for state in states]
        return [Outcome(error, counts, smallest_eigenvalue(rho)) for rho in ends]

    def _exponential(self, step: float, time: float) -> NDArray[Any]:
        """Return exp(𝓛 step), the same one for steps that differ by the rounding of times."""
        rounding = 4 * np.finfo(float).eps * time
        near = [cached for cached in self._known if abs(cached - step) <= rounding]
        key = near[0] if near else step
        if not near:
            self._known[key] = la.expm(self._generator * key)
        return self._known[key]


def superoperator(realization: Realization) -> NDArray[np.complex128]:
    """Return the matrix 𝓛 of the generator, shape ``(D², D²)``, for stacked rows of ρ."""
    one = np.eye(realization.dim)
    G = -1j * realization.H.toarray() - realization.no_jump.toarray()
    L = np.kron(G, one) + np.kron(one, G.conj())
    for rate, c in realization.jumps:
        dense = c.toarray()
        L = L + rate * np.kron(dense, dense.conj())
    return np.asarray(L, dtype=np.complex128)
