"""Programs that make floating-point errors fatal get the same results."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
import qubatt.engines  # registers engines and steady solvers
from qubatt.core.registry import registry

TIMES = np.linspace(0.0, 3.0, 4)
CAVITY = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=12)
DRIVEN = qb.DrivenBattery(n_atoms=2, drive=0.7)
LOSSES = [qb.CavityLoss(0.3), qb.CollectiveDecay(0.1)]
STUDY = {
    "battery": {"type": "driven", "drive": 1.0},
    "environment": ["collective-decay:0.5"],
    "run": {"type": "steady", "merits": ["energy"]},
    "sweep": {"battery.n_atoms": [1, 2, 3]},
}

NO_ARITHMETIC = {"certificate", "concat", "engine_of", "load", "merit", "parameters", "save"}
"""Public functions that compute nothing."""


@pytest.fixture(autouse=True)
def fatal() -> Iterator[None]:
    """Make every floating-point error fatal, underflow included."""
    with np.errstate(all="raise"):
        yield


def same(compute: Callable[[], xr.Dataset]) -> None:
    """Check that a result is the one that NumPy's defaults give."""
    strict = compute()
    with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
        usual = compute()
    xr.testing.assert_equal(strict, usual)


@pytest.mark.parametrize("engine", registry.items("engine"))
def test_engines(engine: str) -> None:
    """All merits, times that are chosen, a pulse that is 0 nearly everywhere."""
    same(lambda: qb.charge(CAVITY, times=TIMES, environment=LOSSES, engine=engine, merits="all"))
    same(lambda: qb.charge(DRIVEN, times="auto", environment=[LOSSES[1]], engine=engine))
    pulse = qb.GaussianPulse(amplitude=1.0, centre=1.0, width=0.05)
    battery = qb.DrivenBattery(n_atoms=2, drive=pulse)
    if engine != "dense":  # takes no pulses
        same(lambda: qb.charge(battery, times=TIMES, engine=engine))


@pytest.mark.parametrize("method", registry.items("steady-solver"))
def test_steady_solvers(method: str) -> None:
    """With the relaxation rate."""
    kwargs = {"environment": LOSSES, "method": method, "gap": True, "merits": "all"}
    same(lambda: qb.steady_state(CAVITY, **kwargs))


def test_other_verbs(tmp_path: Path) -> None:
    """Discharge, recharging at low temperature, a cut-off that is found, tiny matrices, studies."""
    same(lambda: qb.discharge(CAVITY, times=TIMES, environment=LOSSES))
    betas = [1e-3, 1.0, 500.0]
    same(lambda: qb.recharge(n_atoms=[2, 30], interaction=[0.0, 4.0], beta=betas))
    same(lambda: qb.recharge(n_atoms=[2, 6], interaction=4.0, beta=betas, basis="full"))
    battery = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons="auto")
    same(lambda: qb.charge(battery, times="auto", environment=LOSSES))
    one = np.array([[0.0, 1.0], [1.0, 0.0]])
    same(lambda: qb.charge(qb.CustomBattery(1e-200 * np.diag([0, 1]), 1e-200 * one), times=TIMES))
    same(lambda: qb.sweep(STUDY, tmp_path / "study"))
    assert qb.report(tmp_path / "study").is_file()


def test_text_and_pictures() -> None:
    """A result is printed and drawn."""
    run = qb.charge(CAVITY, times=TIMES, environment=LOSSES, merits="all")
    assert "status: ok" in str(run)
    qb.plot(run)
    cycle = qb.recharge(n_atoms=[2, 8, 30], interaction=4.0, beta=[1e-3, 1.0, 500.0])
    qb.plot(cycle)


def test_every_public_function_is_shielded() -> None:
    """A new one is decorated with `usual_float_errors`, or named in `NO_ARITHMETIC`."""
    functions = {name: getattr(qb, name) for name in qb.__all__}
    plain = {
        name
        for name, one in functions.items()
        if inspect.isfunction(one) and not hasattr(one, "__wrapped__")
    }
    assert plain == NO_ARITHMETIC
