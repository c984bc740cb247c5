"""How large the charging power can be at most, from fluctuations alone."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.problem import Problem, Pulse, Term
from qubatt.core.realization import Observable, Realization
from qubatt.core.space import Operator
from qubatt.merits.energy_variance import variance
from qubatt.merits.first_law import environments
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import ENERGY, ENERGY_SQUARE
from qubatt.merits.record import Record


@declare("merit", "power_bound")
class PowerBound(Merit):
    """Upper bound of the charging power."""

    long_name = "bound of the charging power"
    units = "omega_ref^2"
    definition = (
        "|P| ≤ 2 ΔV ΔH_B + Σ |Tr[H_B D(ρ)]| with V the terms of H that do not commute with H_B and"
        " D the dissipators"
    )
    bounds = (0.0, math.inf)
    citations = ("juliafarre2020",)

    def moments(self, problem: Problem) -> Moments:
        """Return H_B, V, their squares, and D†(H_B) of each environment."""
        leaks = {f"leak {source}": _leak(source) for source in environments(problem)}
        return {**ENERGY, **ENERGY_SQUARE, "V": _charging, "V V": _charging_square, **leaks}

    def values(self, record: Record) -> FloatArray:
        """Return the bound, shape ``(T,)``."""
        moments = record.moments
        spread = np.maximum(moments["V V"] - moments["V"] ** 2, 0.0)
        leaks = sum(np.abs(moments[f"leak {name}"]) for name in environments(record.problem))
        return 2.0 * np.sqrt(spread * variance(record)) + leaks


def _leak(source: str) -> Callable[[Realization], Operator]:
    return lambda realization: realization.dissipated(realization.H_B, source)


def _parts(realization: Realization) -> list[tuple[Pulse | None, Operator]]:
    """Return the terms of H that do not commute with H_B, with their pulses."""
    H_B, found = realization.H_B, []
    for term in realization.problem.charging_terms:
        part = realization.operator([Term(term.coefficient, term.operators)])
        commutator = part @ H_B - H_B @ part
        if commutator.nnz and abs(commutator).max() > 1e-13 * abs(part).max() * abs(H_B).max():
            found.append((term.pulse, part))
    return found


def _charging(realization: Realization) -> Observable:
    """Return V."""
    nothing = sp.csr_array((realization.dim, realization.dim))
    return _sum(nothing, _parts(realization))


def _charging_square(realization: Realization) -> Observable:
    """Return V²."""
    nothing = sp.csr_array((realization.dim, realization.dim))
    parts = _parts(realization)
    products = [
        (_both(pulse, other), sp.csr_array(part @ partner))
        for pulse, part in parts
        for other, partner in parts
    ]
    return _sum(nothing, products)


def _sum(nothing: Operator, parts: list[tuple[Pulse | None, Operator]]) -> Observable:
    """Return Σ f(t) O as an observable, with one operator per pulse."""
    steady = nothing
    pulsed: dict[tuple[int, ...], tuple[Pulse, Operator]] = {}
    for pulse, part in parts:
        if pulse is None:
            steady = sp.csr_array(steady + part)
        else:
            same = tuple(sorted(map(id, _factors(pulse))))  # not all pulses can be hashed
            _, before = pulsed.get(same, (pulse, nothing))
            pulsed[same] = (pulse, sp.csr_array(before + part))
    return Observable(steady, tuple(pulsed.values()))


class _Product:
    """The product of two pulses."""

    def __init__(self, one: Pulse, other: Pulse) -> None:
        self.factors = one, other

    def __call__(self, time: float) -> float:
        one, other = self.factors
        return one(time) * other(time)


def _factors(pulse: Pulse) -> tuple[Pulse, ...]:
    """Return the pulses that a pulse is the product of."""
    return pulse.factors if isinstance(pulse, _Product) else (pulse,)


def _both(one: Pulse | None, other: Pulse | None) -> Pulse | None:
    """Return the product of two pulses, None standing for 1."""
    if one is None or other is None:
        return other if one is None else one
    return _Product(one, other)
