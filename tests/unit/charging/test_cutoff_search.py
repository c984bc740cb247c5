"""max_photons="auto": found, reported, and refused where nothing finds it."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.charging.certificate import Certificate, CertifiedResult
from qubatt.charging.cutoff_search import FIRST_MARGIN, converge
from qubatt.charging.request import Request
from qubatt.engines.cost import problem_cost
from qubatt.models import Battery
from qubatt.models.photon_cutoff import max_photons

LOSS = qb.CavityLoss(0.5)
WARM = qb.CavityLoss(0.5, n_thermal=0.3)
TIMES = np.linspace(0, 4, 9)
CASES: list[tuple[Battery, Any, Any]] = [
    (qb.DickeBattery(2, 0.3, "auto", interaction=0.6), LOSS, None),
    (qb.DickeBattery(1, 0.5, "auto"), WARM, qb.FockState(2)),
    (qb.TavisCummingsBattery(2, 0.3, "auto"), WARM, None),
    (qb.DickeBattery(1, 0.3, "auto"), LOSS, qb.CoherentState(2.0, phase=0.5)),
    (qb.CascadeBattery(max_photons="auto", coupling=0.4), qb.CavityLoss(1.0), None),
    (qb.TwoPhotonDickeBattery(1, 0.15, "auto"), LOSS, None),
]
every_case = pytest.mark.parametrize(("battery", "environment", "charger"), CASES)
GENEROUS = 60


def cutoff_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Return what the result says of its cut-off, having checked that it fits the rest."""
    chosen = dict(json.loads(dataset.attrs["cutoff"]))
    assert dataset.parameters["battery"]["max_photons"] == chosen["chosen"]
    assert dataset.certificate["cutoff_change"] == chosen["tried"][-1]["change"]
    assert chosen["tried"][-1]["max_photons"] == chosen["chosen"]
    assert chosen["tried"][-1]["change"] <= chosen["tolerance"] == 1e-6
    assert all(step["change"] is None or step["change"] > 1e-6 for step in chosen["tried"][:-1])
    assert dataset.status == "ok"
    return chosen


def assert_near(found: xr.Dataset, known: xr.Dataset) -> None:
    """All merits agree within 1e-6 of the larger of 1 and their largest value."""
    for name in set(known.data_vars) - {"cutoff_population"}:
        scale = max(1.0, float(np.abs(known[name]).max()))
        error = float(np.abs(found[name] - known[name]).max()) / scale
        assert error <= 1e-6, f"{name} differs by {error:.1e}"


@every_case
def test_steady_state_finds_its_cutoff(battery: Any, environment: Any, charger: Any) -> None:
    """The same as with a generous cut-off that is given."""
    found = qb.steady_state(battery, environment=environment, charger=charger, strict=True)
    chosen = cutoff_of(found)
    generous = replace(battery, max_photons=min(GENEROUS, 2 * chosen["chosen"]))
    assert_near(found, qb.steady_state(generous, environment=environment, charger=charger))


@every_case
def test_run_finds_its_cutoff(battery: Any, environment: Any, charger: Any) -> None:
    """The same over time, at the times asked for."""
    found = qb.charge(battery, times=TIMES, charger=charger, environment=environment, strict=True)
    chosen = cutoff_of(found)
    np.testing.assert_array_equal(found.time, TIMES)
    generous = replace(battery, max_photons=min(GENEROUS, 2 * chosen["chosen"]))
    assert_near(found, qb.charge(generous, times=TIMES, charger=charger, environment=environment))


def test_too_few_levels_would_have_been_noticed() -> None:
    """The comparison above fails for the first cut-off that was tried."""
    battery = qb.DickeBattery(2, 0.5, "auto", interaction=0.6)
    found = qb.steady_state(battery, environment=WARM)
    first = cutoff_of(found)["tried"][0]["max_photons"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        few = qb.steady_state(replace(battery, max_photons=first), environment=WARM)
    with pytest.raises(AssertionError, match="differs by"):
        assert_near(few, found)


def test_search_begins_above_the_charger_state() -> None:
    """Eight levels above the last that the light needs, then twice that margin."""
    battery = qb.DickeBattery(3, 0.3, "auto")
    tried = cutoff_of(qb.charge(battery, times=[1.0], environment=LOSS))["tried"]
    assert [step["max_photons"] for step in tried[:2]] == [3 + FIRST_MARGIN, 3 + 2 * FIRST_MARGIN]
    assert tried[0]["change"] is None
    bright = qb.charge(battery, times=[0.1], charger=qb.CoherentState(9.0), environment=LOSS)
    assert cutoff_of(bright)["tried"][0]["max_photons"] > 20 + FIRST_MARGIN


def test_levels_that_are_never_reached_need_no_second_try() -> None:
    """Tavis–Cummings conserves excitations: nothing above the photons given is ever met."""
    battery = qb.TavisCummingsBattery(3, 0.5, "auto")
    for result in (
        qb.charge(battery, times=TIMES, environment=LOSS),
        qb.charge(battery, times=TIMES),
        qb.steady_state(battery, environment=LOSS),
    ):
        tried = cutoff_of(result)["tried"]
        assert tried == [{"max_photons": 3 + FIRST_MARGIN, "change": 0.0}]


def test_fixed_cutoffs_are_left_alone() -> None:
    """A number is a number: no attribute, no search."""
    run = qb.charge(qb.TavisCummingsBattery(2, 0.5, 3), times=TIMES, environment=LOSS)
    assert "cutoff" not in run.attrs
    assert "cutoff_change" not in run.certificate


def test_cutoff_and_times_are_found_together() -> None:
    """Both fit each other: the run ends steady at the cut-off that was chosen."""
    battery = qb.DickeBattery(1, 0.4, "auto", interaction=0.6)
    run = qb.charge(battery, times="auto", environment=LOSS)
    chosen = cutoff_of(run)["chosen"]
    end = qb.steady_state(replace(battery, max_photons=chosen), environment=LOSS)
    assert float(run.energy[-1]) == pytest.approx(float(end.energy), abs=1.1e-6)
    assert len(run.time) == 401


def test_price_of_an_open_cutoff_is_refused() -> None:
    """What it costs depends on what is to be found; the message says who finds it."""
    battery = qb.DickeBattery(2, 0.5, "auto")
    with pytest.raises(
        qb.ArgumentError, match=r"`max_photons` must be a number in this call, but is 'auto'"
    ):
        problem_cost(battery.problem(environment=[LOSS]), [1.0])
    with pytest.raises(qb.ArgumentError, match="Only charge and steady_state determine it"):
        battery.problem()


@pytest.mark.parametrize("wrong", ["automatic", "", 0, 2.5, None, True, -3])
def test_other_cutoffs_are_refused(wrong: Any) -> None:
    """A whole number from 1 on, or the word."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.DickeBattery(2, 0.5, wrong)
    assert caught.value.argument == "max_photons"


QUESTION = Request.of(qb.DickeBattery(2, 0.3, "auto"), None, LOSS, None)


def answering(values: dict[int, float]) -> Any:
    """Return a function that answers with an energy for each cut-off, and runs out of memory."""

    def answer(asked: Request) -> CertifiedResult:
        cutoff = max_photons(asked.battery)
        if cutoff not in values:
            raise qb.ResourceError("No memory.")
        dataset = xr.Dataset({"energy": values[cutoff], "cutoff_population": np.nan})
        dataset.attrs["engine"] = json.dumps({"basis": "symmetric"})
        return CertifiedResult(dataset, Certificate("ok", {}))

    return answer


def test_search_ends_when_nothing_changes() -> None:
    """Changes count relative to the larger of 1 and the value; the population of the top not."""
    found = converge(QUESTION, answering({10: 500.0, 18: 400.1, 34: 400.0, 66: 400.0003, 130: 1.0}))
    tried = json.loads(found.dataset.attrs["cutoff"])["tried"]
    assert [step["max_photons"] for step in tried] == [10, 18, 34, 66]
    assert tried[1]["change"] == pytest.approx(99.9 / 400.1)
    assert tried[-1]["change"] == pytest.approx(0.0003 / 400.0003)


def test_end_of_memory_tells_how_far_it_came() -> None:
    """The last change, the cut-off that was too large, and what the engine said."""
    with pytest.raises(qb.ResourceError, match=r"18 changed the merits by 5\.0e-01, and 34 is too"):
        converge(QUESTION, answering({10: 0.5, 18: 1.0}))
    with pytest.raises(qb.ResourceError, match=r"^No memory\.$"):
        converge(QUESTION, answering({}))
    with pytest.raises(qb.ResourceError, match="found no cut-off: raising it to 10 changed"):
        converge(QUESTION, answering({10: 0.5}))
