"""Parameters, certificate and engine of results: single, joined, selected, stored, of a study."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb

TIMES = np.linspace(0.0, 5.0, 21)
LOSS = "cavity-loss:0.5"


@pytest.fixture(scope="module")
def runs() -> list[xr.Dataset]:
    """Three charger states with their own cut-offs, the first too low."""
    charged = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        for charger, levels in (("fock:2", 12), ("coherent:2", 31), (qb.ThermalState(2), 83)):
            battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=levels)
            charged.append(
                qb.charge(
                    battery, times=TIMES, charger=charger, environment=LOSS, merits=["energy"]
                )
            )
    return charged


def test_one_result(runs: list[xr.Dataset]) -> None:
    """Plain dicts, as functions and as attributes of the result."""
    run = runs[1]
    assert qb.parameters(run)["battery"]["max_photons"] == 31
    assert qb.parameters(run)["charger"] == {"type": "coherent", "mean_photons": 2.0, "phase": 0.0}
    assert qb.certificate(run)["status"] == "ok"
    assert 0 <= qb.certificate(run)["error_estimate"] < 1e-9
    assert qb.engine_of(run)["dimension"] == 3 * 32
    assert run.parameters == qb.parameters(run)
    assert run.certificate == qb.certificate(run)
    assert run.engine == qb.engine_of(run)
    assert run.status == "ok"
    assert f"{run.status}" == "ok"


def test_scalar_coordinates_repeat_the_parameters(runs: list[xr.Dataset]) -> None:
    """They have the names of the fields, and say what they describe."""
    run = runs[0]
    assert int(run.n_atoms) == 2
    assert float(run.coords["coupling"]) == 0.5
    assert str(run.coords["charger"].item()) == "fock photons=2"
    assert run.coords["max_photons"].attrs == {"describes": "battery.max_photons"}
    numbers = qb.certificate(run)
    assert float(run.certificate_cutoff_bound) == numbers["cutoff_bound"] > 1e-2
    assert str(run.certificate_cutoff_method.item()) == "companion"
    error = float(run.certificate_cutoff_error_energy)
    assert error == numbers["cutoff_error"]["energy"] > numbers["cutoff_limit"]["energy"]
    assert 0.0 < numbers["cutoff_valid_until"] < TIMES[-1]


@pytest.mark.parametrize("join", [qb.concat, xr.concat])
def test_joined_results_keep_what_describes_each(runs: list[xr.Dataset], join: Any) -> None:
    """Nothing of the first part speaks for all: not in print, not in a selection."""
    joined = join(runs, "part")
    assert joined.status.values.tolist() == ["cutoff-too-small", "ok", "ok"]
    assert joined.max_photons.values.tolist() == [12, 31, 83]
    assert qb.certificate(joined)["status"] == ["cutoff-too-small", "ok", "ok"]
    parameters = qb.parameters(joined)
    assert parameters["battery"]["n_atoms"] == 2
    assert parameters["battery"]["max_photons"] == [12, 31, 83]
    assert [part["type"] for part in parameters["charger"]] == ["fock", "coherent", "thermal"]
    assert qb.engine_of(joined)["dimension"] == [39, 96, 252]
    text = str(joined)
    assert "fock photons=2 | coherent mean_photons=2, phase=0 | thermal mean_photons=2" in text
    assert "cutoff-too-small at 1; ok at 2 points" in text
    part = joined.isel(part=2)
    assert qb.parameters(part) == qb.parameters(runs[2])
    single = ("cutoff_limit", "cutoff_status", "cutoff_methods", "cutoff_tolerance")
    own = {name: one for name, one in qb.certificate(runs[2]).items() if name not in single}
    assert qb.certificate(part) == own
    assert part.status == "ok"


def test_a_parameter_becomes_the_axis(runs: list[xr.Dataset]) -> None:
    """`concat` along the name of a scalar coordinate."""
    joined = qb.concat(runs, "max_photons")
    assert joined.energy.dims[0] == "max_photons"
    np.testing.assert_array_equal(joined.energy.sel(max_photons=31), runs[1].energy)


def test_different_batteries_and_merits_are_joined(runs: list[xr.Dataset]) -> None:
    """What a part lacks is NaN there; each part still knows its own parameters."""
    driven = qb.charge(
        qb.DrivenBattery(n_atoms=3, drive=1.0), times=TIMES, environment="collective-decay:0.5"
    )
    joined = qb.concat([runs[0], driven], "part")
    assert joined.n_atoms.values.tolist() == [2, 3]
    assert np.isnan(joined.coords["drive"].values).tolist() == [True, False]
    assert np.isnan(joined.power.isel(part=0)).all()
    np.testing.assert_array_equal(joined.power.isel(part=1), driven.power)
    assert [part["type"] for part in qb.parameters(joined)["battery"]] == ["dicke", "driven"]
    assert "several batteries" in str(joined)
    assert "versions" in joined.attrs
    assert "status" not in joined.attrs
    assert qb.parameters(joined.isel(part=1)) == qb.parameters(driven)


def test_joined_without_coordinates_says_so(runs: list[xr.Dataset]) -> None:
    """Where only the attributes of the first part are left, they are not shown for all."""
    bare = [run.drop_vars([n for n in run.coords if n != "time"]) for run in runs]
    joined = xr.concat(bare, "part")
    assert qb.parameters(joined) == {}
    assert "join results with qb.concat" in str(joined)
    assert "fock" not in str(joined)


def test_files_keep_the_coordinates(runs: list[xr.Dataset], tmp_path: Path) -> None:
    """Joined and single results come back as they were."""
    for result in (runs[0], qb.concat(runs, "part")):
        loaded = qb.load(qb.save(result, tmp_path / "result.nc"))
        assert qb.parameters(loaded) == qb.parameters(result)
        assert qb.certificate(loaded) == qb.certificate(result)
        assert str(loaded) == str(result)


def test_names_that_are_taken_get_a_prefix() -> None:
    """`drive` is a dim of the work flow, so the drive amplitude is `battery_drive`."""
    battery = qb.DrivenBattery(n_atoms=1, drive=0.7)
    run = qb.charge(battery, times=[1.0], environment="collective-decay:0.5", merits="all")
    assert run.coords["drive"].dims == ("drive",)
    assert float(run.coords["battery_drive"]) == 0.7
    assert qb.parameters(run)["battery"]["drive"] == 0.7


def test_other_verbs_and_studies() -> None:
    """Steady states, discharge, recharging and studies; any other Dataset has nothing."""
    battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    end = qb.steady_state(battery, environment="collective-decay:0.5")
    assert qb.certificate(end)["steady_states"] == 1
    left = qb.discharge(battery, times=[1.0], environment="collective-decay:0.5")
    assert qb.parameters(left)["battery"]["type"] == "driven"
    cycle = qb.recharge(n_atoms=2, interaction=4.0, beta=1.0, basis="full")
    assert qb.parameters(cycle) == {"omega_atom": 1.0, "basis": "full"}
    study = {
        "battery": {"type": "driven", "drive": 1.0},
        "environment": ["collective-decay:0.5"],
        "run": {"type": "steady", "merits": ["energy"]},
        "sweep": {"battery.n_atoms": [1, 2]},
    }
    data = qb.sweep(study)
    assert qb.parameters(data)["sweep"] == {"battery.n_atoms": [1, 2]}
    assert qb.certificate(data)["status"] == ["ok", "ok"]
    assert len(qb.certificate(data)["residual"]) == 2
    nothing = xr.Dataset({"x": ("t", [1.0])})
    assert (qb.parameters(nothing), qb.certificate(nothing), qb.engine_of(nothing)) == ({}, {}, {})


@pytest.mark.parametrize("parts", [[], [1], "run"])
def test_concat_refuses_what_is_no_result(parts: Any) -> None:
    """The argument is named."""
    with pytest.raises(qb.ArgumentError, match="results"):
        qb.concat(parts, "part")


@pytest.mark.parametrize(("name", "units"), [("drive", "omega_ref"), ("n_atoms", None)])
def test_joined_results_have_the_units_of_study_axes(name: str, units: str | None) -> None:
    """The coordinate of a parameter has the same units in both."""
    values = {"n_atoms": 1, "drive": 1.0}
    batteries = [qb.DrivenBattery(**values | {name: value}) for value in (1, 2)]
    joined = qb.concat([qb.charge(battery, times=[0.0, 1.0]) for battery in batteries], name)
    table = {"type": "driven", **{key: value for key, value in values.items() if key != name}}
    run = {"type": "charge", "times": [0.0, 1.0]}
    swept = qb.sweep({"battery": table, "run": run, "sweep": {f"battery.{name}": [1, 2]}})
    assert joined[name].attrs.get("units") == swept[name].attrs.get("units") == units
