"""Bounds of errors of merits for a given trace distance, on random pairs of states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import qubatt as qb
from qubatt.charging.request import Request
from qubatt.merits import SolvedRun

BATTERIES: dict[str, Any] = {
    "driven": qb.DrivenBattery(n_atoms=3, drive=1.0, interaction=0.7),
    "attractive": qb.DrivenBattery(n_atoms=2, drive=1.0, interaction=-2.0, interaction_z=1.5),
    "one": qb.DrivenBattery(n_atoms=1, drive=1.0),
}


def state(rng: np.random.Generator, dim: int, rank: int) -> NDArray[Any]:
    """Return a random density matrix."""
    kets = rng.normal(size=(dim, rank)) + 1j * rng.normal(size=(dim, rank))
    rho = kets @ kets.conj().T
    return np.asarray(rho / np.trace(rho).real)


def record(request: Request, states: NDArray[Any]) -> SolvedRun:
    """Return a run with the given states at times 0, 1, …"""
    realization = request.realization
    moments = {
        each.label: np.einsum("tij,ji->t", states, realization.observe(each).steady.toarray()).real
        for each in request.observables
    }
    times = np.arange(len(states), dtype=float)
    return SolvedRun(realization, times, moments, states, states)


@pytest.mark.parametrize("name", BATTERIES)
def test_no_merit_changes_by_more_than_its_bound(name: str) -> None:
    """For near and distant pairs of any rank; most bounds are within reach of some pair."""
    battery = BATTERIES[name]
    request = Request.of(battery, None, "collective-decay:0.5", "all")
    dim = request.realization.dim
    rng = np.random.default_rng(0)
    tightest: dict[str, float] = {}
    empty = np.zeros((dim, dim), dtype=complex)
    empty[0, 0] = 1.0
    for rank in (1, 1, 1, 2, dim):
        for size in (1e-6, 1e-3, 0.1, 1.0):
            first = state(rng, dim, rank)
            second = (1.0 - size) * first + size * state(rng, dim, rank)
            distance = float(np.abs(np.linalg.eigvalsh(first - second)).sum())
            one = record(request, np.array([empty, first]))
            other = record(request, np.array([empty, second]))
            for merit in request.merits:
                bound = merit.error_bound(np.array([0.0, distance]), one)
                if bound is None or merit.needs == "curve":  # these states are no curve
                    continue
                change = np.abs(merit.values(one) - merit.values(other)).max()
                assert change <= bound.max() * (1.0 + 1e-9) + 1e-12, (merit.name, rank, size)
                ratio = float(change / bound.max()) if bound.max() > 0 else 1.0
                tightest[merit.name] = max(tightest.get(merit.name, 0.0), ratio)
    assert {"energy", "ergotropy_full", "entropy", "purity"} <= set(tightest)
    assert min(tightest.values()) > 1e-3, tightest


def test_error_of_a_maximum_covers_every_curve_within_the_errors() -> None:
    """Random curves within ±e(t); late errors do not matter where the curve stays far below."""
    rng = np.random.default_rng(0)
    curve = np.array([0.0, 1.0, 0.4, 0.2])
    errors = np.array([0.0, 0.01, 0.1, 0.5])
    bound = SolvedRun.maximum_error(errors, curve)
    assert bound == pytest.approx(0.01)
    for _ in range(100):
        other = curve + rng.uniform(-1, 1, size=4) * errors
        assert abs(other.max() - curve.max()) <= bound
    assert SolvedRun.maximum_error(np.array([0.0, 0.01, 0.1, 0.9]), curve) == pytest.approx(0.1)


def test_scales_have_the_units_of_the_merits() -> None:
    """In other units of energy they change like the merits."""

    def scales(unit: float) -> dict[str, tuple[str, float]]:
        battery = qb.DrivenBattery(2, drive=unit, omega_atom=unit, interaction=0.3 * unit)
        request = Request.of(battery, None, qb.CollectiveDecay(0.5 * unit), "all")
        dim = request.realization.dim
        rng = np.random.default_rng(0)
        run = record(request, np.array([state(rng, dim, 2), state(rng, dim, 2)]))
        run = SolvedRun(run.realization, run.times / unit, run.moments, run.battery_states)
        return {merit.name: (merit.units, merit.scale(run)) for merit in request.merits}

    one, other = scales(1.0), scales(1e3)
    powers = {"omega_ref": 1e3, "omega_ref^2": 1e6, "1/omega_ref": 1e-3}
    for name, (units, scale) in one.items():
        assert other[name][1] == pytest.approx(scale * powers.get(units, 1.0), rel=1e-9), name
