"""The oracle: the whole superoperator, exponentiated. Slow, small and plain, for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.linalg as la
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.errors import UnsupportedError
from qubatt.core.problem import Problem, Start
from qubatt.core.realization import Realization, realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
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
from qubatt.engines.threads import single_blas

LARGEST_DIM = 40
"""Largest D: exponentials of a 1600 × 1600 matrix then take some ten seconds each."""


@declare("engine", "dense")
class DenseEngine(Engine):
    """ρ(t) = exp(𝓛t) ρ(0) with the D² × D² matrix 𝓛, stepping from output time to output time.

    Rows are stacked, vec(AρB) = (A ⊗ Bᵀ) vec(ρ), so

        𝓛 = −i(H ⊗ 1 − 1 ⊗ Hᵀ) + Σ γ (c ⊗ c* − ½ c†c ⊗ 1 − ½ 1 ⊗ (c†c)ᵀ)

    One exponential is computed per distinct spacing of the output times.
    """

    def demand(self, realization: Realization, end: float) -> Demand:  # noqa: ARG002  # any time
        """Return memory and products of one exponential; see `Engine.demand`.

        Raises
        ------
        UnsupportedError
            Above D = 40, and for pulses.
        """
        D = realization.dim
        if D > LARGEST_DIM:
            raise UnsupportedError(
                f"The dense engine holds at most {LARGEST_DIM} states, not {D}."
                ' Use engine "exact", "matrix" or "auto".'
            )
        if realization.pulsed:
            raise UnsupportedError(
                "The dense engine cannot do pulses: its exponentials need a constant Hamiltonian."
                ' Use engine "exact", "matrix" or "auto".'
            )
        return Demand(6.0 * 16 * D**4, 1.0)

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
        """Propagate by matrix exponentials, which all states share; see `Engine.solve_each`.

        Products with states, and sums over their entries, are made one by one, exponentials by one
        thread: bits do not depend on how many states, moments and threads there are.

        Raises
        ------
        UnsupportedError
            Above D = 40.
        """
        realization = realize(problem, basis).starting(starts[0])
        D = realization.dim
        needed = self.demand(realization, float(times[-1])).memory
        kept_at = np.broadcast_to(states, len(times))
        kept = int(np.sum(kept_at)) * len(starts)
        require_memory("dense", needed + kept * 32.0 * D**2, D, kept)
        L = superoperator(realization)
        watch = Watch(realization, moments)
        functionals = np.array([matrix.toarray().T.ravel() for matrix in watch.operators])
        rho = np.stack([realization.starting(start).rho_0.ravel() for start in starts])
        values = np.empty((len(times), len(functionals), len(starts)))
        found: list[NDArray[Any]] = []
        reduced: list[list[NDArray[Any]]] = []
        propagators: dict[float, NDArray[Any]] = {}
        with single_blas():
            for k, step in enumerate(np.diff(times, prepend=0.0)):
                if step > 0:
                    propagator = _propagator(L, float(step), float(times[k]), propagators)
                    rho = np.stack([propagator @ one for one in rho])
                values[k] = (functionals[:, np.newaxis] * rho).sum(axis=-1).real
                whole = rho.reshape(-1, D, D)  # (starts, D, D)
                if kept_at[k]:
                    found.append(whole)
                if battery:
                    space, name = problem.space, problem.battery
                    parts = [space.marginal(part, name, realization.basis) for part in whole]
                    reduced.append(parts)
                if progress is not None:
                    progress((k + 1) / len(times))
        return [
            Solution(
                times=times,
                moments=watch.moments(times, values[:, :, k]),
                trace=values[:, -1, k],
                error_estimate=float(np.finfo(float).eps * (la.norm(L, 1) * times[-1] + 1.0)),
                tolerance=1e-9,
                statistics={
                    "engine": "dense",
                    "basis": realization.basis,
                    "dimension": D,
                    "exponentials": len(propagators),
                },
                smallest_eigenvalue=smallest_eigenvalue(whole[k]),
                states=np.array([part[k] for part in found]) if found else None,
                battery_states=np.array([part[k] for part in reduced]) if battery else None,
            )
            for k in range(len(starts))
        ]


def _propagator(
    L: NDArray[np.complex128], step: float, time: float, known: dict[float, NDArray[Any]]
) -> NDArray[Any]:
    """Return exp(L × step), taken from those known if it is the same but for rounding."""
    rounding = 4 * np.finfo(float).eps * time
    near = [other for other in known if abs(other - step) <= rounding]
    key = near[0] if near else step
    if not near:
        known[key] = la.expm(L * key)
    return known[key]


def superoperator(realization: Realization) -> NDArray[np.complex128]:
    """Return the matrix 𝓛 of the generator, shape ``(D², D²)``, for stacked rows of ρ."""
    one = np.eye(realization.dim)
    G = -1j * realization.H.toarray() - realization.no_jump.toarray()
    L = np.kron(G, one) + np.kron(one, G.conj())
    for rate, c in realization.jumps:
        dense = c.toarray()
        L = L + rate * np.kron(dense, dense.conj())
    return np.asarray(L, dtype=np.complex128)
