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
from qubatt.charging.assessment import Assessment
from qubatt.charging.certified_run import assess, distance_at_start
from qubatt.charging.cutoff_search import search_cutoff
from qubatt.charging.propagate import propagate_each
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
    """Return the search of a result, after a check that it fits the rest of the result."""
    chosen = dict(json.loads(dataset.attrs["cutoff"]))
    tried = chosen["tried"]
    assert dataset.parameters["battery"]["max_photons"] == chosen["chosen"]
    assert tried[-1]["max_photons"] == chosen["chosen"]
    assert tried[-1]["error"] <= chosen["tolerance"] == 1e-6
    assert dataset.certificate["cutoff_relative_error"] == pytest.approx(tried[-1]["error"], 0.01)
    assert all(step["error"] is None or step["error"] > 1e-6 for step in tried[:-1])
    assert dataset.status == "ok"
    return chosen


def assert_near(found: xr.Dataset, known: xr.Dataset) -> None:
    """All merits agree within the limits of the certificate."""
    for name, limit in found.certificate["cutoff_limit"].items():
        error = float(np.abs(found[name] - known[name]).max())
        assert error <= limit, f"{name} differs by {error:.1e}"


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


def test_search_begins_at_the_charger_state() -> None:
    """The first cut-off just holds the charger state, and says nothing yet."""
    battery = qb.DickeBattery(3, 0.3, "auto")
    tried = cutoff_of(qb.charge(battery, times=[1.0], environment=LOSS))["tried"]
    assert tried[0] == {"max_photons": 3, "error": None}
    bright = qb.charge(battery, times=[0.1], charger=qb.CoherentState(9.0), environment=LOSS)
    assert cutoff_of(bright)["tried"][0]["max_photons"] > 20


@pytest.mark.parametrize("strength", [0.2, 0.5])
def test_search_does_not_overshoot(strength: float) -> None:
    """At most 1.3 times the levels that the tolerance requires, by a run with more of them."""
    battery = qb.DickeBattery(3, strength, "auto", interaction=-0.5)
    found = qb.charge(battery, times=TIMES, environment=LOSS)
    chosen = cutoff_of(found)["chosen"]
    exact = qb.charge(
        replace(battery, max_photons=2 * chosen), times=TIMES, environment=LOSS, certificate="bound"
    )
    fewer = replace(battery, max_photons=int(chosen / 1.3))
    few = qb.charge(fewer, times=TIMES, environment=LOSS, certificate="full")
    with pytest.raises(AssertionError, match="differs by"):
        assert_near(few, exact)


def test_a_given_tolerance_is_met() -> None:
    """A larger tolerance needs fewer levels, a smaller one more."""
    battery = qb.DickeBattery(2, 0.4, "auto")
    chosen = []
    for tolerance in (1e-3, 1e-6, 1e-8):
        run = qb.charge(battery, times=TIMES, environment=LOSS, cutoff_tolerance=tolerance)
        assert run.certificate["cutoff_relative_error"] <= tolerance
        chosen.append(json.loads(run.attrs["cutoff"])["chosen"])
    assert chosen[0] < chosen[1] < chosen[2]


def test_levels_that_are_never_reached_need_no_second_try() -> None:
    """Tavis–Cummings conserves excitations: the first cut-off is exact."""
    battery = qb.TavisCummingsBattery(3, 0.5, "auto")
    for result in (
        qb.charge(battery, times=TIMES, environment=LOSS),
        qb.charge(battery, times=TIMES),
        qb.steady_state(battery, environment=LOSS),
    ):
        (tried,) = cutoff_of(result)["tried"]
        assert tried["max_photons"] == 3
        assert result.certificate["cutoff_method"] == "proved"


def test_fixed_cutoffs_are_left_alone() -> None:
    """A number is a number: no attribute, no search."""
    run = qb.charge(qb.TavisCummingsBattery(2, 0.5, 3), times=TIMES, environment=LOSS)
    assert "cutoff" not in run.attrs


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


def test_end_of_memory_tells_how_far_it_came() -> None:
    """The last error, the cut-off that was too large, and the message of the engine."""
    wait: list[int] = []

    def solve(request: Request) -> Assessment:
        wait.append(max_photons(request.battery))
        if len(wait) > 3:
            raise qb.ResourceError("No memory.")
        return solved(request)

    with pytest.raises(
        qb.ResourceError, match=r"ended at \d+, with an error of .*, because \d+ is"
    ):
        search_cutoff(QUESTION, 1e-12, solve)

    def refuse(_: Request) -> Assessment:
        raise qb.ResourceError("No memory.")

    with pytest.raises(qb.ResourceError, match=r"^No memory\.$"):
        search_cutoff(QUESTION, 1e-6, refuse)


def solved(request: Request) -> Assessment:
    """Return the merits of a short run."""
    samples = np.linspace(0.0, 4.0, 65)
    ((run,),) = propagate_each([request], [TIMES], samples=samples)
    return assess(request, run.at(samples), distance_at_start(request))
