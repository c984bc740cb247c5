"""Dense engine: exponential of the full superoperator, the reference for other engines."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.fixed_pattern import to_dense
from qubatt.core.realization import Realization
from qubatt.core.task import Task
from qubatt.engines.engine import Engine, Progress, Propagator, part_of, smallest_eigenvalue
from qubatt.engines.recorder import Outcome, Recorder
from qubatt.engines.threads import single_blas

EPSILON = float(np.finfo(float).eps)

STEP_ROUNDING = 4 * EPSILON
"""Largest difference between two steps, relative to the output time, that counts as rounding."""

MAX_DENSE_DIM = 40
"""Maximum D; one exponential of a 1600 × 1600 matrix then takes about ten seconds."""


@declare("engine", "dense")
class DenseEngine(Engine):
    """Exponential of the D² × D² Liouvillian, ρ(t) = exp(𝓛t) ρ(0), for small problems.

    With the rows of ρ stacked, vec(AρB) = (A ⊗ Bᵀ) vec(ρ), the Liouvillian is

        𝓛 = −i(H ⊗ 1 − 1 ⊗ Hᵀ) + Σ γ (c ⊗ c* − ½ c†c ⊗ 1 − ½ 1 ⊗ (c†c)ᵀ)

    One exponential is computed per distinct spacing of the output times. Time integrals
    q = ∫⟨O⟩ dt, dq/dt = X vec(ρ) with one row vec(Oᵀ) of X for each observable, follow from the
    exponential of the augmented matrix

        exp(t [[𝓛, 0], [X, 0]]) = [[exp(𝓛t), 0], [P(t), 1]],   P(t) = X ∫₀ᵗ exp(𝓛s) ds

    Cost: of the order of D⁶ operations per exponential; memory for 6 D⁴ complex numbers.

    Limits: at most 40 basis states, and a constant Hamiltonian.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=1, drive=1.0, detuning=0.0)
    >>> run = qb.charge(battery, times=[0.0, 1.0], engine=qb.DenseEngine())
    >>> run.energy.values.round(6).tolist()
    [0.0, 0.229849]
    """

    def unsupported(self, task: Task) -> str:
        """Return why a task with D > 40 or pulses cannot be solved; see `Engine.unsupported`."""
        D, cure = task.problem.space.dim, ' Use engine "exact", "matrix" or "auto".'
        if D > MAX_DENSE_DIM:
            return f"The dense engine supports at most {MAX_DENSE_DIM} basis states, not {D}.{cure}"
        if task.problem.has_pulses:
            return (
                "The dense engine does not support pulses, because it needs a constant Hamiltonian."
                f"{cure}"
            )
        return super().unsupported(task)

    def _prepare(self, task: Task) -> Propagator:
        return _Exponentials(task)


class _Exponentials(Propagator):
    """The matrix exponentials of a task, which all initial states share."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._known: dict[float, NDArray[Any]] = {}
        self._integrated: dict[float, NDArray[Any]] = {}
        self._observed = np.empty((0, 0), dtype=np.complex128)  # X
        D = task.problem.space.dim
        self.entries = D * D
        size = D**2 + len(task.integrated)
        self.memory = 6.0 * 16 * size**2 + task.saved_states * 32.0 * D**2  # a few superoperators

    def products(self) -> float:
        """Return 1, counting the exponential as one product."""
        return 1.0

    @cached_property
    def _generator(self) -> NDArray[np.complex128]:
        return superoperator(self._task.realization)

    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:
        """Step from one output time to the next; see `Propagator.run`.

        Equal steps are combined by powers of two. States are propagated one after another, and one
        thread computes the exponentials, so that no bit of a result depends on the number of states
        or threads.
        """
        realization, times = self._task.realization, self._task.times
        D = realization.dim
        outcomes = []
        integrated = recorders[0].integrated
        if integrated is not None:
            operators = integrated.operators[:-1]  # without 1
            self._observed = np.stack([to_dense(each).T.ravel() for each in operators])
        with single_blas():
            for k, initial in enumerate(self._task.initials):
                state = to_dense(realization.density(initial)).astype(np.complex128).ravel()
                states = self._trajectory(state, part_of(progress, k, len(recorders)))
                recorders[k].densities(states.reshape(-1, D, D))
                if integrated is not None:
                    recorders[k].integrals(*self._integrals(state, states))
                outcomes.append(states[-1].reshape(D, D))
        norm = np.abs(self._generator).sum(axis=0).max()
        error = float(EPSILON * (norm * times[-1] + 1.0))
        counts = {"exponentials": len(self._known)}
        return [Outcome(error, counts, smallest_eigenvalue(rho)) for rho in outcomes]

    @property
    def _steps(self) -> FloatArray:
        """Lengths of the intervals that end at the output times, the first of which may be 0."""
        return np.diff(self._task.times, prepend=0.0)

    def _integrals(
        self, start: NDArray[Any], states: NDArray[Any]
    ) -> tuple[FloatArray, FloatArray]:
        """Return the edges and P(step) vec(ρ) for all intervals, from the states at the edges."""
        times, steps = self._task.times, self._steps
        values = np.zeros((len(steps), len(self._observed)))
        for k, (step, time) in enumerate(zip(steps.tolist(), times.tolist(), strict=True)):
            if step > 0.0:
                length = self._known_step(step, time)
                before = start if k == 0 else states[k - 1]
                values[k] = (self._integrated[length] @ before).real * (step / length)
        inside = steps > 0.0
        return np.append(0.0, times[inside]), values[inside]

    def _trajectory(self, state: NDArray[Any], progress: Progress | None) -> NDArray[Any]:
        """Return the states at all times as rows, shape ``(T, D²)``."""
        times, steps = self._task.times, self._steps
        states = np.empty((len(times), len(state)), dtype=np.complex128)
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
        """Fill row k with exp(𝓛 step)^(k + 1) × state; its bits do not depend on later rows."""
        square, wanted, size = self._exponential(step).T, len(states) + 1, 1
        powers = np.empty((1 << (wanted - 1).bit_length(), len(state)), dtype=np.complex128)
        powers[0] = state
        while size < wanted:
            np.matmul(powers[:size], square, out=powers[size : 2 * size])
            size *= 2
            if size < wanted:
                square = square @ square
        states[:] = powers[1:wanted]

    def _known_step(self, step: float, time: float) -> float:
        """Return an earlier step if it equals this one up to rounding, otherwise this one."""
        rounding = STEP_ROUNDING * time
        return next((known for known in self._known if abs(known - step) <= rounding), step)

    def _exponential(self, step: float) -> NDArray[Any]:
        """Return exp(𝓛 step)."""
        if step not in self._known:
            if not len(self._observed):
                self._known[step] = exponential(self._generator * step)
            else:
                self._known[step], self._integrated[step] = _augmented_exponential(
                    self._generator, self._observed, step
                )
        return self._known[step]


def _augmented_exponential(
    L: NDArray[np.complex128], X: NDArray[np.complex128], step: float
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return exp(𝓛t) and P(t), which is linear in X, from one exponential.

    X is scaled by a power of two so that it affects neither the number of squarings nor the order
    of elimination, and therefore exp(𝓛t) only by rounding.
    """
    n, size = len(L), len(L) + len(X)
    norms = [float(np.abs(each).sum(axis=0).max()) for each in (L, X)]
    scale = 2.0 ** math.floor(math.log2(norms[0] / norms[1]) - 20.0) if min(norms) > 0.0 else 1.0
    augmented = np.zeros((size, size), dtype=np.complex128)
    augmented[:n, :n], augmented[n:, :n] = L * step, X * (scale * step)
    result = exponential(augmented)
    return np.ascontiguousarray(result[:n, :n]), result[n:, :n] / scale


PADE = np.array(
    [
        [0.0, 40840800.0, 16380.0, 1.0],  # A⁷, A⁹, A¹¹, A¹³
        [32382376266240000.0, 1187353796428800.0, 10559470521600.0, 33522128640.0],  # A … A⁷
        [0.0, 1323241920.0, 960960.0, 182.0],  # A⁶, A⁸, A¹⁰, A¹²
        [64764752532480000.0, 7771770303897600.0, 129060195264000.0, 670442572800.0],  # 1 … A⁶
    ]
)
"""Numerator of the diagonal Padé approximant of exp of degree 13: coefficients of 1, A², A⁴, A⁶.

The rows belong to the powers beyond A⁷ divided by A⁷, to the odd powers up to A⁷ divided by A, to
the powers beyond A⁶ divided by A⁶, and to the even powers up to A⁶.
"""

LARGEST_NORM = 5.371920351148152
"""Largest 1-norm for which this approximant is exact in double precision (Higham 2005)."""


def exponential(A: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return exp(A) by scaling and squaring, r₁₃(A/2ˢ)^(2ˢ), shape ``(n, n)`` (Higham 2005).

    The algorithm is that of `scipy.linalg.expm` without the selection of the degree, which costs
    more than the products of a small matrix.
    """
    norm = np.abs(A).sum(axis=0).max()
    squarings = max(0, math.ceil(math.log2(norm / LARGEST_NORM))) if norm > 0 else 0
    A = A * 2.0**-squarings
    n = len(A)
    powers = np.empty((4, n, n), dtype=np.complex128)
    powers[0], powers[1] = np.eye(n), A @ A
    powers[2] = powers[1] @ powers[1]
    powers[3] = powers[2] @ powers[1]
    high_odd, low_odd, high_even, low_even = (PADE @ powers.reshape(4, -1)).reshape(4, n, n)
    odd = A @ (powers[3] @ high_odd + low_odd)
    even = powers[3] @ high_even + low_even
    # 1 + … instead of (even − odd)⁻¹(even + odd) leaves steady states unchanged to the last bit
    result = powers[0] + np.linalg.solve(even - odd, 2.0 * odd)
    for _ in range(squarings):
        result = result @ result
    return np.asarray(result, dtype=np.complex128)


def superoperator(realization: Realization) -> NDArray[np.complex128]:
    """Return the matrix of the generator 𝓛, shape ``(D², D²)``, acting on the stacked rows of ρ."""
    D = realization.dim
    G = -1j * to_dense(realization.H) - to_dense(realization.no_jump)
    L = np.zeros((D, D, D, D), dtype=np.complex128)  # [i, j, k, l] maps ρ_kl to ρ_ij
    for rate, c in realization.jumps:
        dense = to_dense(c)
        L += rate * (dense[:, None, :, None] * dense.conj()[None, :, None, :])
    np.einsum("ijkj->jik", L)[...] += G  # views of the diagonals: G ⊗ 1
    np.einsum("ijil->ijl", L)[...] += G.conj()
    return L.reshape(D * D, D * D)
