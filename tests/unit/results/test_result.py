"""Results in words: everything of xarray stays, print tells what was computed and how well."""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.results.contents import entries
from qubatt.results.result import Result
from qubatt.results.status import FAILED, MEANINGS, MISSING, Status
from qubatt.results.summary import MAX_LINES, summary

LEAKING = (qb.CavityLoss(0.5, n_thermal=0.1), qb.CollectiveDecay(0.2))


def charged(interaction: float = 1.0, max_photons: int = 20, **options: object) -> xr.Dataset:
    """Return a short run of two atoms."""
    battery = qb.DickeBattery(2, 0.5, max_photons, interaction=interaction)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        return qb.charge(battery, times=np.linspace(0, 4, 41), environment=LEAKING, **options)


def row(text: str, name: str) -> list[str]:
    """Return the words of the line that begins with a name."""
    (line,) = [line.split() for line in text.splitlines() if line.split()[:1] == [name]]
    return line


def test_print_tells_parameters_numbers_and_status() -> None:
    """The largest energy and when, the last one, battery, charger, environment, certificate."""
    run = charged()
    text = str(run)
    largest = int(run.energy.argmax("time"))
    expected = [run.energy.min(), run.energy.max(), run.time[largest], run.energy[-1]]
    found = row(text, "energy")
    np.testing.assert_allclose([float(word) for word in found[1:5]], expected, rtol=1e-5)
    assert found[5] == "omega_ref"
    assert "Charging of dicke: n_atoms=2, coupling=0.5, max_photons=20, interaction=1" in text
    assert "charger: fock photons=2" in text
    assert "cavity-loss rate=0.5, n_thermal=0.1; collective-decay rate=0.2" in text
    assert "status: ok (all errors are within their tolerances)" in text
    drift = json.loads(run.attrs["certificate"])["trace_drift"]
    assert f"trace_drift {drift:.1e}" in text


def test_summary_is_short_and_without_json() -> None:
    """Twenty-five lines hold all merits of a run, those left out are named."""
    run = charged(merits="all")
    assert len(run.data_vars) > MAX_LINES
    text = str(run)
    assert len(text.splitlines()) <= MAX_LINES
    assert max(map(len, text.splitlines())) <= 100
    assert "... and " in text
    assert f"charging_time {float(run.charging_time):.6g} 1/omega_ref" in text
    assert not set('{}"') & set(text)
    everything = summary(run, max_lines=None)
    assert all(name.split("[")[0] in everything for name in entries(run))


def test_every_status_has_a_meaning() -> None:
    """A bad one is told with its meaning."""
    assert {*get_args(Status), FAILED, MISSING} == set(MEANINGS)
    bad = charged(max_photons=3)
    text = " ".join(str(bad).split())
    assert "status: cutoff-too-small (the photon cut-off causes errors above the tolerance" in text
    assert "(companion)" in text


def test_entries_of_worded_dims_stand_apart() -> None:
    """One row per environment, each with its own numbers."""
    run = charged(merits=["energy", "heat_current"])
    text = str(run)
    for name in run.environment.values:
        heat = run.heat_current.sel(environment=name)
        found = row(text, f"heat_current[{name}]")
        assert float(found[2]) == pytest.approx(float(heat.max()), rel=1e-5)
        assert float(found[4]) == pytest.approx(float(heat[-1]), rel=1e-5)


def test_steady_state_and_recharging_in_words() -> None:
    """Numbers without dims, one on a line; where the rest lies."""
    battery = qb.DrivenBattery(n_atoms=1, drive=1.0)
    text = str(qb.steady_state(battery, environment=qb.CollectiveDecay(0.5), gap=True))
    assert text.startswith("Steady state of driven: n_atoms=1, drive=1")
    assert row(text, "energy")[1:] == ["0.16", "omega_ref"]
    assert "steady state: unique" in text
    cycle = qb.recharge([2, 6], 4.0, [0.5, 1.0, 2.0])
    text = str(cycle)
    assert "at interaction: 4 omega_ref" in text
    assert "beta: 0.5 to 2 1/omega_ref, 3 values" in text
    best = cycle.work.where(cycle.work == cycle.work.max(), drop=True).squeeze()
    assert row(text, "work")[2:7] == [
        f"{float(best):.6g}",
        "n_atoms",
        f"{int(best.n_atoms)},",
        "beta",
        f"{float(best.beta):g}",
    ]


def test_degenerate_levels_are_told() -> None:
    """Ambiguous points are named only where there are any."""
    cycle = qb.recharge(6, [0.2, 1.0, 3.0, 4.0, 6.0], 1.0)
    told = "degenerate levels" in str(cycle)
    assert bool(cycle.ambiguous.any())
    assert told
    sound = cycle.where(~cycle.ambiguous, drop=True).assign(ambiguous=False)
    assert "degenerate levels" not in summary(sound)


def test_joined_results_have_a_status_per_part() -> None:
    """Along a parameter, or a new dim with labels; print counts each status."""
    g = xr.Variable("interaction", [0.0, 1.0], {"units": "omega_ref"})
    sweep = qb.concat([charged(0.0), charged(1.0)], g)
    assert isinstance(sweep, Result)
    assert "status: ok at 2 points" in str(sweep)
    assert "interaction: 0 to 1" in str(sweep)
    assert "all errors are within their tolerances" in str(sweep.isel(interaction=1))
    judged = sweep.assign_coords(status=("interaction", ["ok", "not-converged"]))
    assert "status: not-converged at 1; ok at 1" in str(judged)


def test_selections_files_and_copies_stay_readable(tmp_path: Path) -> None:
    """Selecting, arithmetic, pickling, saving and loading keep the kind and the contents."""
    run = charged()
    loaded = qb.load(qb.save(run, tmp_path / "run.nc"))
    xr.testing.assert_identical(loaded, run)
    for part in (run.isel(time=3), run.sel(time=slice(1, 2)), run[["energy"]], run * 2, loaded):
        assert isinstance(part, Result)
        assert "Charging of dicke" in str(part) or not part.attrs
    again = pickle.loads(pickle.dumps(run))
    xr.testing.assert_identical(again, run)
    assert str(again) == str(run)
    assert "at time: 0.3 1/omega_ref" in str(run.isel(time=3))


def test_repr_stays_that_of_xarray() -> None:
    """The interpreter shows xarray's view, and notebooks have it below the summary."""
    run = charged()
    plain = xr.Dataset(run.data_vars, run.coords, run.attrs)
    assert repr(run) == repr(plain).replace("xarray.Dataset", "xarray.Result")
    assert "xarray.Dataset" in repr(plain)
    assert "<svg" in run._repr_html_()


@pytest.mark.parametrize(
    "broken",
    [
        {"parameters": "{", "certificate": "no", "status": "odd"},
        {"parameters": "[1]", "certificate": "[1]", "cutoff": "3"},
        {"certificate": '{"trace_drift": null}'},
        {},
    ],
)
def test_damaged_attributes_do_not_stop_print(broken: dict[str, str]) -> None:
    """What cannot be read is left out."""
    data = {"energy": ("time", [1.0, np.nan]), "power": ("time", [np.inf, np.nan])}
    text = str(Result(data, attrs=broken))
    assert row(text, "energy")[1:5] == ["1", "1", "#0", "nan"]
    assert row(text, "power")[1] == "undefined"


def test_nothing_at_all_can_be_printed() -> None:
    """Without variables there is still the question."""
    assert str(Result()) == "Result"
    run = charged()
    assert "Charging of dicke" in str(run.drop_vars(list(run.data_vars)))
    assert "undefined" in str(run.isel(time=slice(0, 0)))
