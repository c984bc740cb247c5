"""No solver remembers: a limit is the same to the bit whatever was computed before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.direct import SparseLU
from qubatt.engines.steady.krylov import GMRESProjector, PropagationProjector
from qubatt.engines.steady.projector import SteadyEstimate, SteadyProjector, StopRule
from qubatt.engines.steady.resolvent import ResolventProjector
from qubatt.engines.steady.secular import TIGHT_RESIDUAL, SecularGMRES
from qubatt.engines.steady.step_propagator import StepPropagator
from qubatt.engines.threads import single_blas

LARGE = 1e3
"""σ so far above all rates that one step leaves most of the residual, and σ shrinks."""

GOAL = StopRule(1e-11)
DICKE = qb.DickeBattery(2, 0.3, 3, interaction=0.7).problem(
    environment=[qb.CavityLoss(0.4, n_thermal=0.2)]
)
SPIN = qb.DrivenBattery(3, drive=0.1)
"""Thermal light on it makes the longest step of the flow lose digits on some vectors."""

LIMITERS: dict[str, Callable[[Coordinates], SteadyProjector]] = {
    "direct": lambda coordinates: ResolventProjector(coordinates, SparseLU(coordinates), LARGE),
    "secular": lambda coordinates: ResolventProjector(
        coordinates, SecularGMRES(coordinates), LARGE
    ),
    "secular, careful": lambda coordinates: ResolventProjector(
        coordinates, SecularGMRES(coordinates, TIGHT_RESIDUAL), LARGE
    ),
    "flow": GMRESProjector,
    "flow, careful": PropagationProjector,
}
every_limiter = pytest.mark.parametrize("name", LIMITERS)


RATES = {"flow": 0.1, "flow, careful": 0.5}
"""Rates at which h shrinks for one of the two starts and stays for the other."""


def coordinates_of(name: str) -> Coordinates:
    """Return the coordinates of a problem in which σ or h of that solver shrinks."""
    problem = DICKE
    if name in RATES:
        problem = SPIN.problem(environment=[qb.CollectiveDecay(RATES[name], n_thermal=1.0)])
    return Coordinates(ReducedLindbladian(realize(problem)))


def two_starts(coordinates: Coordinates) -> tuple[np.ndarray, np.ndarray]:
    """Return a state and some small x."""
    other = np.random.default_rng(3).normal(size=len(coordinates))
    return coordinates.initial, 1e-4 * other / np.linalg.norm(other)


def sample_times(projector: SteadyProjector, monkeypatch: pytest.MonkeyPatch) -> set[float]:
    """Return a set that collects every σ or h that is used."""
    used: set[float] = set()
    if isinstance(projector, ResolventProjector):
        owner, method = type(projector._shifted), "prepare"
    else:
        owner, method = StepPropagator, "__call__"
    original = getattr(owner, method)

    def noted(self: Any, *arguments: Any) -> Any:
        used.add(arguments[-1])
        return original(self, *arguments)

    monkeypatch.setattr(owner, method, noted)
    return used


def assert_same(found: SteadyEstimate, wanted: SteadyEstimate) -> None:
    """All of it, to the bit."""
    np.testing.assert_array_equal(found.x, wanted.x)
    np.testing.assert_array_equal(found.ritz_values, wanted.ritz_values)
    np.testing.assert_array_equal(
        [found.residual, found.error, found.rate], [wanted.residual, wanted.error, wanted.rate]
    )


@every_limiter
def test_limit_does_not_depend_on_the_one_before(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In either order, although σ or h shrank for one of them."""
    coordinates = coordinates_of(name)
    starts = two_starts(coordinates)
    with single_blas():
        alone = [LIMITERS[name](coordinates).project(x, GOAL) for x in starts]
        used = sample_times(LIMITERS[name](coordinates), monkeypatch)
        for order in ((0, 1, 0), (1, 0, 1)):
            projector = LIMITERS[name](coordinates)
            for k in order:
                assert_same(projector.project(starts[k], GOAL), alone[k])
        assert len(used) > 1


def test_first_and_last_factorisation_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other; and where memory is short only one, which changes no result."""
    coordinates = coordinates_of("direct")
    x = coordinates.apply(np.random.default_rng(4).normal(size=len(coordinates)))
    solutions = {}
    for free in (1e12, 1.0):
        factorization = SparseLU(coordinates)
        monkeypatch.setattr("qubatt.engines.steady.direct.spare_memory", lambda free=free: free)
        for sigma in (1.0, 1.0, 1e-2, 1.0, 1e-2, 1e-4, 1.0, 1e-2):
            factorization.prepare(sigma)
            found = factorization.solve(x)
            assert np.array_equal(found, solutions.setdefault(sigma, found))
            assert len(factorization._held) <= (2 if free > 1.0 else 1)
        # 1, 1e-2, 1e-4, 1e-2 again; or each but the repeated one
        assert factorization.statistics()["factorizations"] == (4 if free > 1.0 else 7)
