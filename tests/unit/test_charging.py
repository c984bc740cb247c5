"""Charging: from a battery to a labelled Dataset that says how far it can be trusted."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.core.version import __version__

TIMES = np.linspace(0.0, 2.0, 9)
DRIVEN = qb.DrivenBattery(n_atoms=2, drive=1.0)
# H conserves a†a + J_z: two photons never reach the fourth level, so the cut-off is exact
CAVITY = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=3)
LOSS = qb.CavityLoss(0.3)


@pytest.fixture(scope="module")
def run() -> xr.Dataset:
    """Return a lossy run that its cut-off holds exactly."""
    return qb.charge(CAVITY, times=TIMES, environment=[LOSS])


def test_variables_and_labels(run: xr.Dataset) -> None:
    """Every variable and the time axis carry units and a long name; variables a definition."""
    assert list(run.data_vars) == ["energy", "power", "mean_photons", "cutoff_population"]
    for name in ("time", *run.data_vars):
        variable = run.variables[name]
        assert variable.dims == ("time",)
        assert variable.dtype == np.float64
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name
    for variable in run.data_vars.values():
        assert variable.attrs["definition"]
    np.testing.assert_array_equal(run.time, TIMES)


def test_attributes_are_json(run: xr.Dataset) -> None:
    """All but the status and the Hamiltonian are strict JSON with the documented content."""
    assert run.attrs["status"] == "ok"
    loaded = {
        name: json.loads(value, parse_constant=pytest.fail)
        for name, value in run.attrs.items()
        if name not in ("status", "hamiltonian")
    }
    assert set(loaded) == {"certificate", "parameters", "engine", "versions", "citations"}
    assert loaded["parameters"] == {
        "battery": {
            "type": "tavis-cummings",
            "n_atoms": 2,
            "coupling": 0.5,
            "max_photons": 3,
            "interaction": 0.0,
            "omega_atom": 1.0,
            "omega_cavity": 1.0,
            "interaction_z": 0.0,
        },
        "charger": {"type": "fock", "photons": 2},  # the default, written out
        "environment": [{"type": "cavity-loss", "rate": 0.3, "n_thermal": 0.0}],
    }
    assert (loaded["engine"]["engine"], loaded["engine"]["dimension"]) == ("dense", 12)
    assert loaded["versions"]["qubatt"] == __version__
    assert {"python", "numpy", "scipy", "xarray"} < set(loaded["versions"])
    assert any("032211" in source for source in loaded["citations"])
    certificate = loaded["certificate"]
    assert set(certificate) == {
        "trace_drift",
        "error_estimate",
        "smallest_eigenvalue",
        "cutoff_bound",
        "cutoff_method",
        "cutoff_methods",
        "cutoff_tolerance",
        "cutoff_relative_error",
        "cutoff_error",
        "cutoff_limit",
        "cutoff_status",
    }
    assert certificate["cutoff_bound"] == certificate["cutoff_relative_error"] == 0.0
    assert set(certificate["cutoff_error"]) == {"energy", "power", "mean_photons"}
    assert 0 <= certificate["trace_drift"] < 1e-12


def test_driven_battery_has_no_charger_and_no_cutoff() -> None:
    """What does not exist is null or absent, not invented."""
    run = qb.charge(DRIVEN, times=TIMES)
    assert list(run.data_vars) == ["energy", "power"]
    assert json.loads(run.attrs["parameters"])["charger"] is None
    assert json.loads(run.attrs["parameters"])["environment"] == []
    assert "cutoff_population" not in json.loads(run.attrs["certificate"])
    assert run.attrs["status"] == "ok"


def test_rabi_oscillation() -> None:
    """One resonant atom: E(t) = ω_a sin²(Ωt/2) and P = ½ω_aΩ sin Ωt."""
    battery = qb.DrivenBattery(1, drive=0.9, detuning=0.0, omega_atom=1.3)
    run = qb.charge(battery, times=TIMES)
    np.testing.assert_allclose(run.energy, 1.3 * np.sin(0.45 * TIMES) ** 2, atol=1e-13)
    np.testing.assert_allclose(run.power, 0.585 * np.sin(0.9 * TIMES), atol=1e-13)


@pytest.mark.parametrize("engine", ["dense", "matrix"])
def test_energy_is_relative_to_time_zero(engine: str) -> None:
    """Also when time 0 is not asked for, and whatever the time that is."""
    whole = qb.charge(CAVITY, times=TIMES, environment=LOSS, engine=engine)
    late = qb.charge(CAVITY, times=TIMES[3:], environment=LOSS, engine=engine)
    one = qb.charge(CAVITY, times=2.0, environment=LOSS, engine=engine)
    assert whole.energy[0] == 0.0
    assert whole.energy[-1] > 0.1
    np.testing.assert_array_equal(late.time, TIMES[3:])
    np.testing.assert_allclose(late.energy, whole.energy[3:], atol=1e-8)
    np.testing.assert_array_equal(one.time, [2.0])
    np.testing.assert_allclose(one.energy, whole.energy[-1:], atol=1e-8)


@pytest.mark.parametrize("engine", ["dense", "matrix"])
def test_time_zero_alone(engine: str) -> None:
    """A run of no length is empty, charges with power 0 and holds all its photons."""
    run = qb.charge(CAVITY, times=[0.0], engine=engine)
    assert run.sizes == {"time": 1}
    values = {name: float(variable[0]) for name, variable in run.data_vars.items()}
    expected = {"energy": 0.0, "power": 0.0, "mean_photons": 2.0, "cutoff_population": 0.0}
    assert values == pytest.approx(expected, abs=1e-15)


def test_environment_as_object_list_or_tuple(run: xr.Dataset) -> None:
    """One dissipator needs no list; several add up."""
    for environment in (LOSS, [LOSS], (LOSS,), iter([LOSS])):
        xr.testing.assert_identical(qb.charge(CAVITY, times=TIMES, environment=environment), run)
    halves = qb.charge(CAVITY, times=TIMES, environment=[qb.CavityLoss(0.1), qb.CavityLoss(0.2)])
    np.testing.assert_allclose(halves.energy, run.energy, atol=1e-12)


@pytest.mark.blas
def test_merits_are_the_ones_named(run: xr.Dataset) -> None:
    """A subset has the same values; a single name needs no list; none at all is allowed."""
    some = qb.charge(CAVITY, times=TIMES, environment=LOSS, merits=["power", "empty_population"])
    assert list(some.data_vars) == ["power", "empty_population"]
    xr.testing.assert_identical(some.power.variable, run.power.variable)
    assert some.empty_population[0] == 1.0
    only = qb.charge(CAVITY, times=TIMES, environment=LOSS, merits="energy")
    assert list(only.data_vars) == ["energy"]
    assert list(qb.charge(CAVITY, times=TIMES, merits=[]).data_vars) == []


def test_small_cutoff_warns_and_says_so() -> None:
    """Two photons with two kept start in the highest level: status, warning and cure."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=2)
    with pytest.warns(qb.QubattWarning, match="max_photons = 2") as caught:
        run = qb.charge(battery, times=TIMES)
    assert run.attrs["status"].startswith("cutoff-")
    assert json.loads(run.attrs["certificate"])["cutoff_bound"] > 1.0
    assert Path(caught[0].filename).name == Path(__file__).name  # points at the caller


def test_small_cutoff_warns_whatever_is_shown() -> None:
    """The bound covers the whole run, whatever its output times and merits."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=2)
    with pytest.warns(qb.QubattWarning, match="causes in energy is not known"):
        run = qb.charge(battery, times=[1.0, 1.5], merits=["energy"])
    assert run.attrs["status"] == "cutoff-not-resolved"


def test_tolerance_of_the_cutoff() -> None:
    """Eight photons are too few for 1e-6 here, but enough for 1e-3."""
    battery = qb.DickeBattery(1, 0.3, 8)
    with pytest.warns(qb.QubattWarning, match="max_photons = 8 is too low"):
        short = qb.charge(battery, times=TIMES, engine="matrix", cutoff_tolerance=1e-7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        enough = qb.charge(battery, times=TIMES, engine="matrix", cutoff_tolerance=1e-4)
    assert (short.attrs["status"], enough.attrs["status"]) == ("cutoff-too-small", "ok")


@pytest.mark.parametrize(
    ("argument", "value"),
    [("certificate", "none"), ("cutoff_tolerance", 0.0), ("cutoff_tolerance", "tight")],
)
def test_invalid_options_of_the_certificate_are_refused(argument: str, value: Any) -> None:
    """The message names the argument."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.charge(DRIVEN, times=TIMES, **{argument: value})
    assert caught.value.argument == argument


def test_charger_is_used(run: xr.Dataset) -> None:
    """The vacuum charges nothing without counter-rotating terms; one photon charges less."""
    empty = qb.charge(CAVITY, times=TIMES, charger=qb.FockState(0), environment=LOSS)
    np.testing.assert_allclose(empty.energy, 0.0, atol=1e-13)
    one = qb.charge(CAVITY, times=TIMES, charger=qb.FockState(1), environment=LOSS)
    assert 0 < one.energy.max() < run.energy.max()


def test_engine_by_name_and_by_object(run: xr.Dataset) -> None:
    """Name and object are the same thing; the engine used is on record."""
    by_name = qb.charge(CAVITY, times=TIMES, environment=LOSS, engine="matrix")
    xr.testing.assert_identical(
        by_name, qb.charge(CAVITY, times=TIMES, environment=LOSS, engine=qb.MatrixEngine())
    )
    assert json.loads(by_name.attrs["engine"])["engine"] == "matrix"
    np.testing.assert_allclose(by_name.energy, run.energy, atol=1e-8)


def test_progress_is_told() -> None:
    """The fraction reaches 1."""
    fractions: list[float] = []
    qb.charge(DRIVEN, times=TIMES, progress=fractions.append)
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"battery": "dicke"}, "battery"),
        ({"battery": qb.DrivenBattery}, "battery"),
        ({"times": [1.0, 0.5]}, "times"),
        ({"charger": qb.FockState(1)}, "charger"),
        ({"battery": CAVITY, "charger": LOSS}, "charger"),
        ({"battery": CAVITY, "charger": "fokc:3"}, "charger"),
        ({"battery": CAVITY, "charger": "fock:4"}, "photons"),
        ({"battery": CAVITY, "charger": 3}, "charger"),
        ({"battery": CAVITY, "charger": qb.FockState(4)}, "photons"),
        ({"environment": [LOSS, "loss"]}, "environment"),
        ({"environment": "cavity-lost:0.5"}, "environment"),
        ({"environment": "cavity-loss"}, "rate"),
        ({"environment": "cavity-loss:-1"}, "rate"),
        ({"environment": [qb.FockState(2)]}, "environment"),
        ({"engine": "exct"}, "engine"),
        ({"engine": "exact:tolerance=2"}, "tolerance"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], argument: str) -> None:
    """What is wrong is named before anything is computed."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.charge(**{"battery": DRIVEN, "times": TIMES, **arguments})
    assert caught.value.argument == argument


def test_bad_objects_come_with_an_example() -> None:
    """The cure shows what to type."""
    with pytest.raises(qb.ArgumentError, match=r"For example qb\.DrivenBattery\("):
        qb.charge("dicke", times=TIMES)
    with pytest.raises(qb.ArgumentError, match=r"For example qb\.CavityLoss\("):
        qb.charge(DRIVEN, times=TIMES, environment=[0.5])


def test_misfits_are_unsupported() -> None:
    """A dissipator or merit without its factor is refused, an unknown merit is an argument."""
    with pytest.raises(qb.UnsupportedError, match="CavityLoss acts on `cavity`"):
        qb.charge(DRIVEN, times=TIMES, environment=LOSS)
    with pytest.raises(
        qb.UnsupportedError, match="Merit `mean_photons` is not available: it needs a mode"
    ):
        qb.charge(DRIVEN, times=TIMES, merits=["mean_photons"])
    with pytest.raises(qb.ArgumentError, match=r"Best matches are: .*power"):
        qb.charge(DRIVEN, times=TIMES, merits=["powr"])


@pytest.mark.parametrize(
    "arguments", [{"environment": 3}, {"environment": qb.CavityLoss}, {"merits": 3}]
)
def test_what_is_no_sequence_is_named_too(arguments: dict[str, Any]) -> None:
    """The frequent slip of a class without its rate deserves a sentence."""
    with pytest.raises(qb.ArgumentError):
        qb.charge(DRIVEN, times=TIMES, **arguments)


def test_cutoff_that_nothing_leads_above_is_exact() -> None:
    """Tavis–Cummings conserves excitations: as many levels as photons are enough, no warning."""
    battery = qb.TavisCummingsBattery(n_atoms=1, coupling=0.1, max_photons=1)
    run = qb.charge(battery, times=[0.0, np.pi / 0.2])
    assert run.attrs["status"] == "ok"
    assert float(run.energy[-1]) == pytest.approx(1.0, abs=1e-9)
    with pytest.warns(qb.QubattWarning, match="max_photons = 1"):
        qb.charge(battery, times=[0.0, 1.0], environment=qb.CavityLoss(0.1, n_thermal=0.1))
