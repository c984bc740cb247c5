"""All merits at once, in runs that could trip them up."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.models import Battery

LEVELS = [
    qb.LevelDecay("middle", "ground", 0.3),
    qb.LevelDecay("excited", "middle", 0.2),
    qb.CavityLoss(0.5, n_thermal=0.05),
]
HARD: dict[str, tuple[Battery, Any, Any]] = {
    "one atom": (qb.DrivenBattery(1, 1.0), None, qb.CollectiveDecay(0.2, 0.1)),
    "no splitting": (qb.DrivenBattery(3, 1.0, omega_atom=0.0), None, qb.CollectiveDecay(0.2)),
    "levels cross": (qb.DrivenBattery(4, 1.0, interaction=2.0), None, qb.CollectiveDecay(0.2)),
    "hundred atoms": (
        qb.DrivenBattery(100, 1.0, interaction=-0.4),
        None,
        qb.CollectiveDecay(0.01, 0.2),
    ),
    "empty cavity": (qb.TavisCummingsBattery(2, 0.5, 4), qb.FockState(0), qb.CavityLoss(0.2)),
    "complex": (
        qb.DickeBattery(2, 0.2, 12, interaction=0.5),
        qb.CoherentState(0.5, phase=0.7),
        [qb.CavityLoss(0.2), qb.CollectiveDecay(0.1)],
    ),
    "atoms apart": (
        qb.CascadeBattery(0.5, coupling=0.3, pump=0.3, control=0.2, max_photons=8),
        qb.FockState(1),
        LEVELS,
    ),
    "never charged": (qb.DrivenBattery(2, 0.0), None, None),
}
UNDEFINED = {
    "charging_time",
    "time_to_fraction",
    "spin_squeezing",
    "spin_squeezing_wineland",
    "photon_correlation",
    "mandel_q",
    "fano_factor",
}
"""Merits that may be NaN."""


@pytest.mark.parametrize("times", [[0.0], [3.0], np.linspace(1.0, 4.0, 9)], ids=len)
@pytest.mark.parametrize("case", HARD)
def test_every_merit_has_a_value(case: str, times: Any) -> None:
    """A number within its bounds at every time, or NaN where its definition says so."""
    battery, charger, environment = HARD[case]
    run = qb.charge(battery, times=times, charger=charger, environment=environment, merits="all")
    for name, values in run.data_vars.items():
        assert name in UNDEFINED or np.isfinite(values).all(), name
        low, high = qb.merit(name).bounds
        known = values.values[np.isfinite(values)]
        assert np.all((known >= low - 1e-9) & (known <= high + 1e-9)), name
    assert {"ergotropy_full", "free_energy", "maximum_energy"} <= set(run.data_vars)


@pytest.mark.parametrize(
    ("battery", "environment"),
    [
        (qb.DrivenBattery(3, 1.0), qb.CollectiveDecay(0.3, 0.2)),
        (qb.TavisCummingsBattery(2, 0.3, "auto"), qb.CavityLoss(0.4)),
        (qb.TavisCummingsBattery(1, 0.3, "auto"), qb.CavityLoss(0.8, n_thermal=0.02)),
    ],
)
def test_every_merit_where_times_and_photons_are_found(battery: Battery, environment: Any) -> None:
    """Merits of the curve and NaN among them, and those of the full state beside."""
    wanted = ["all", "speed_limit"]
    if battery.default_charger() is not None:
        wanted.append("negativity")
    run = qb.charge(battery, times="auto", environment=environment, merits=wanted)
    end = qb.steady_state(battery, environment=environment, merits=wanted)
    assert "charging_time" in run
    assert "charging_time" not in end
    assert set(end.data_vars) < set(run.data_vars)
    for name in ("energy", "ergotropy_full", "entropy", "passive_energy_symmetric"):
        assert float(run[name][-1]) == pytest.approx(float(end[name]), abs=2e-5), name


def test_steady_states_refuse_what_is_named_and_leave_out_what_is_not() -> None:
    """A charging time of a steady state is an error; "all" does not ask for it."""
    battery, decay = qb.DrivenBattery(2, 1.0), qb.CollectiveDecay(0.3)
    both = qb.steady_state(battery, environment=decay, merits=["all", "speed_limit"])
    alone = qb.steady_state(battery, environment=decay, merits="all")
    assert set(both.data_vars) == {*alone.data_vars, "speed_limit"}
    for wanted in ("charging_time", ["energy", "charging_time"]):
        with pytest.raises(qb.UnsupportedError, match="`charging_time` is not available"):
            qb.steady_state(battery, environment=decay, merits=wanted)


def test_full_states_at_times_of_their_own() -> None:
    """Between, before and after the output times: the values are those of a run with them."""
    battery, loss = qb.TavisCummingsBattery(2, 0.5, 4), qb.CavityLoss(0.3, n_thermal=0.02)
    looks = [0.0, 0.35, 2.0, 7.0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        wanted = ["energy", "negativity", "entropy_production", "charging_time"]
        run = qb.charge(
            battery, times=[1.0, 2.0], environment=loss, merits=wanted, state_times=looks
        )
        same = qb.charge(battery, times=looks, environment=loss, merits=wanted)
    assert run.energy.dims == ("time",)
    assert run.negativity.dims == ("state_time",)
    assert run.entropy_production.dims == ("environment", "state_time")
    np.testing.assert_array_equal(run.state_time, looks)
    np.testing.assert_allclose(run.negativity, same.negativity, atol=1e-9)
    np.testing.assert_allclose(run.entropy_production, same.entropy_production, rtol=1e-6)
    assert float(run.energy[1]) == pytest.approx(float(same.energy[2]), abs=1e-9)


def test_results_with_all_dims_survive_a_file(tmp_path: Any) -> None:
    """Named environments and drives, numbers without dims, NaN and infinity."""
    battery = qb.CascadeBattery(coupling=0.3, pump=0.3, control=0.2, max_photons=8)
    parts = [qb.CavityLoss(0.4, 0.05), qb.CavityLoss(0.2)]
    wanted = ["all", "negativity", "entropy_production", "free_energy:beta=2"]
    run = qb.charge(
        battery,
        times=[0.0, 1.0],
        charger=qb.FockState(0),
        environment=parts,
        merits=wanted,
        state_times=[0.0, 0.4],
    )
    assert run.work_flow.dims == ("drive", "time")
    assert np.isinf(run.entropy_production).any()
    assert np.isnan(run.entropy_production).any()
    xr.testing.assert_identical(qb.load(qb.save(run, tmp_path / "run.nc")), run)
    end = qb.steady_state(
        battery, environment=parts, merits=["heat_current", "negativity", "work_flow"]
    )
    xr.testing.assert_identical(qb.load(qb.save(end, tmp_path / "end.nc")), end)
