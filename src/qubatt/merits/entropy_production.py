"""Entropy production by each thermal environment."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.problem import Jump, OperatorProduct, Problem, Term
from qubatt.core.realization import Realization
from qubatt.core.space import Operator
from qubatt.merits.first_law import environments
from qubatt.merits.full_state import FullStateMerit, State
from qubatt.merits.solved_run import SolvedRun

EMPTY = 1e-15
"""Eigenvalue of ρ below which it counts as 0."""

FILLING = 1e-9
"""Rate at which an empty state gains population, below which it counts as a rounding error."""


@declare("merit", "entropy_production")
class EntropyProduction(FullStateMerit):
    """Entropy production rate of each thermal environment, in Spohn's form."""

    long_name = "entropy production rate"
    units = "omega_ref"
    definition = (
        "σ = −Tr[D(ρ)(ln ρ − ln ρ_th)], where D is the dissipator of one environment and ρ_th its"
        " stationary state; infinite while D fills empty states, NaN at zero temperature, where"
        " ln ρ_th does not exist"
    )
    bounds = (0.0, math.inf)
    citations = ("spohn1978",)

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        problem = realization.problem
        if not problem.jumps:
            return "it needs an environment"
        if all(_thermal(problem, source) is None for source in environments(problem)):
            return (
                "it is undefined at zero temperature, where jumps only lower the energy; use an"
                " environment with a temperature, for example qb.CavityLoss(0.5, n_thermal=0.1)"
            )
        return ""

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the environments."""
        return {"environment": environments(problem)}

    def of(self, rho: State, run: SolvedRun) -> FloatArray:
        """Return σ, shape ``(environments,)``."""
        populations, vectors = np.linalg.eigh(rho)
        occupied = populations > EMPTY
        logarithm = np.log(np.where(occupied, populations, EMPTY))
        productions = []
        for source in environments(run.problem):
            terms = _thermal(run.problem, source)
            if terms is None:
                productions.append(math.nan)
                continue
            change = dissipation(run.realization, source, rho)
            rates = np.sum(vectors.conj() * (change @ vectors), axis=0).real
            if np.any(rates[~occupied] > FILLING):
                productions.append(math.inf)
                continue
            number = run.realization.operator(terms)
            exchanged = float(np.sum(number.T.toarray() * change).real) if number.nnz else 0.0
            productions.append(float(-rates @ logarithm) - exchanged)
        return np.array(productions)


def dissipation(realization: Realization, source: str | None, rho: State) -> State:
    """Return D(ρ) of one environment, or of all environments if `source` is None."""
    change = np.zeros_like(rho)
    for rate, c in realization.jumps_of(source):
        loss = sp.csr_array(c.conj().T @ c)
        change += rate * (_sandwich(c, rho) - 0.5 * (loss @ rho + (loss @ rho.conj().T).conj().T))
    return change


def _sandwich(c: Operator, rho: State) -> State:
    """Return cρc†."""
    return np.asarray((c @ (c @ rho).conj().T).conj().T)


def _thermal(problem: Problem, source: str) -> list[Term] | None:
    """Return −ln ρ_th up to a constant, Σ x N with x = ln(γ↓/γ↑) and [N, c] = −c.

    The result is None at zero temperature, where a jump has no reverse. Hermitian jumps leave
    the maximally mixed state stationary and contribute nothing.
    """
    jumps = [jump for jump in problem.jumps if jump.source == source]
    baths = []
    for jump in jumps:
        if len(jump.operators) != 1:
            return None
        ((factor, names),) = jump.operators.items()
        if len(names) != 1:
            return None
        (name,) = names
        if name in ("Jz", "n"):
            continue
        if name not in _NUMBER and not _lowers(name, problem, factor):
            if _partner(jump, jumps) is None:
                return None
            continue
        up = _partner(jump, jumps)
        if up is None:
            return None
        x = math.log(jump.rate / up.rate)
        baths += [Term(x * weight, {factor: number}) for weight, number in _number(name)]
    return baths


_NUMBER = {"a": "n", "J-": "Jz"}


def _number(name: str) -> list[tuple[float, str]]:
    """Return the number operator N of a lowering operator as weighted named operators."""
    if name in _NUMBER:
        return [(1.0, _NUMBER[name])]
    low, high = name[-2], name[-1]
    return [(0.5, f"S_{high}{high}"), (-0.5, f"S_{low}{low}")]


def _lowers(name: str, problem: Problem, factor: str) -> bool:
    """Return whether S_jk is a transition from a higher level k to a lower level j."""
    if not name.startswith("S_") or len(name) != 4:
        return False
    initials = [level[0] for level in problem.space.factors[factor].levels]
    return initials.index(name[2]) < initials.index(name[3])


def _partner(jump: Jump, jumps: list[Jump]) -> Jump | None:
    """Return the reverse jump, or None if there is none."""
    adjoint = {"a": "a+", "a+": "a", "J-": "J+", "J+": "J-"}
    ((factor, (name,)),) = jump.operators.items()
    if name.startswith("S_") and len(name) == 4:
        adjoint[name] = f"S_{name[3]}{name[2]}"
    wanted = OperatorProduct({factor: adjoint.get(name, "")})
    return next((other for other in jumps if other.operators == wanted), None)
