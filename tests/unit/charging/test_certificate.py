"""Certificates: the numbers behind a status, and what becomes of a bad one."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from agreement import engines_for
from qubatt.charging.certificate import Certificate, certify_run, certify_steady
from qubatt.charging.cutoff_error import CutoffErrors
from qubatt.charging.request import Request
from qubatt.core.registry import registry
from qubatt.core.solution import Solution
from qubatt.engines.steady.solve_steady import SteadySolution
from solving import solve, solve_steady

LOSS = qb.CavityLoss(2.0)
LATE = [25.0]
OPEN = qb.DrivenBattery(2, 1.0).problem(environment=[qb.CollectiveDecay(0.1)])
ENGINES = tuple(engines_for(OPEN, "bound"))


def brief(max_photons: int) -> qb.DickeBattery:
    """Return a battery that holds three photons for a short while only: the cavity leaks fast."""
    return qb.DickeBattery(n_atoms=2, coupling=0.05, max_photons=max_photons)


def loaded(dataset: Any) -> dict[str, Any]:
    """Return the numbers of a certificate; infinities and NaN are no JSON."""
    return dict(json.loads(dataset.attrs["certificate"], parse_constant=pytest.fail))


@pytest.mark.parametrize("engine", ENGINES)
def test_whole_run_counts_when_only_its_end_is_a_result(engine: str) -> None:
    """Long afterwards the cavity is empty, but the bound and the errors cover the whole run."""
    with pytest.warns(qb.QubattWarning, match="max_photons = 3 is too low"):
        run = qb.charge(brief(3), times=LATE, environment=LOSS, engine=engine)
    assert run.status == "cutoff-too-small"
    assert run.time.values.tolist() == LATE
    assert float(run.cutoff_population[0]) < 1e-6
    assert loaded(run)["cutoff_bound"] > 1e-3


def test_times_that_the_runs_share_by_accident_are_not_trusted() -> None:
    """With one or two levels too few, E(t) rises to the last time; it peaks at t = 1.28."""
    few = qb.DickeBattery(n_atoms=1, coupling=0.5, max_photons=1)
    merits = ["charging_time", "maximum_energy_time"]
    times = np.linspace(0.0, 2.0, 15)
    with pytest.warns(qb.QubattWarning, match="max_photons = 1 is too low"):
        run = qb.charge(few, times=times, charger="fock:1", merits=merits)
    assert math.isnan(run.charging_time)
    assert run.maximum_energy_time == 2.0
    assert set(loaded(run)["cutoff_status"].values()) == {"cutoff-too-small"}


def test_advice_where_one_error_is_known_and_another_is_not() -> None:
    """Only the companion reaches a maximum, so the error of its time is not known."""
    few = qb.DickeBattery(n_atoms=1, coupling=0.5, max_photons=2)
    merits = ["charging_time", "maximum_energy_time"]
    with pytest.warns(qb.QubattWarning, match="maximum_energy_time is off by about"):
        run = qb.charge(few, times=np.linspace(0.0, 2.0, 15), charger="fock:2", merits=merits)
    assert loaded(run)["cutoff_status"]["charging_time"] == "cutoff-not-resolved"


def test_steady_states_are_not_valid_until_a_time() -> None:
    """A steady state with too few levels has errors, but no time of validity."""
    few = qb.DickeBattery(n_atoms=1, coupling=0.6, max_photons=5)
    with pytest.warns(qb.QubattWarning, match="max_photons = 5 is too low"):
        end = qb.steady_state(few, environment="cavity-loss:0.5")
    assert "cutoff_valid_until" not in loaded(end)


def test_the_ergotropy_of_one_atom_is_relative_to_one_atom() -> None:
    """Its spread is that of H₁; the ergotropy of all eight atoms has eight times that."""
    battery = qb.DickeBattery(n_atoms=8, coupling=0.1, omega_atom=2.0, max_photons=14)
    run = qb.charge(battery, times=[0.1], merits=["ergotropy_atom", "ergotropy_symmetric"])
    limits = loaded(run)["cutoff_limit"]
    assert limits["ergotropy_atom"] == pytest.approx(2e-6)
    assert limits["ergotropy_symmetric"] == pytest.approx(16e-6)


def test_enough_levels_cause_no_warning() -> None:
    """The same run with four levels more; the warning before was one of the cut-off."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = qb.charge(brief(7), times=LATE, environment=LOSS, strict=True)
    assert run.status == "ok"
    assert loaded(run)["cutoff_relative_error"] < 1e-6


def test_bound_does_not_depend_on_the_output_times() -> None:
    """It is integrated inside the steps; more output times change it by less than a tenth."""
    options = {"environment": LOSS, "certificate": "bound"}
    end = qb.charge(brief(3), times=[6.0], **options)
    dense = qb.charge(brief(3), times=np.linspace(0, 6, 2001), **options)
    assert loaded(end)["cutoff_bound"] == pytest.approx(loaded(dense)["cutoff_bound"], rel=0.1)
    np.testing.assert_allclose(end.energy[0], dense.energy[-1], atol=1e-9)


@pytest.mark.parametrize("merits", [[], ["cutoff_population"]])
def test_a_result_without_judged_merits_is_judged_by_its_state(merits: list[str]) -> None:
    """A large bound is not ok, although no merit can be wrong."""
    battery = qb.DickeBattery(1, 0.6, 4)
    run = qb.charge(battery, times=[5.0], merits=merits)
    assert run.status == "cutoff-not-resolved"
    enough = qb.charge(qb.DickeBattery(1, 0.6, 40), times=[5.0], merits=merits, strict=True)
    assert enough.status == "ok"


def test_strict_refuses_instead_of_warning() -> None:
    """A run and a steady state; status and cure stand in the message."""
    with pytest.raises(qb.CertificateError, match=r"cutoff-too-small: max_photons = 3 is too"):
        qb.charge(brief(3), times=LATE, environment=LOSS, strict=True)
    battery = qb.DickeBattery(n_atoms=4, coupling=0.5, max_photons=5)
    with pytest.raises(qb.CertificateError, match=r"^Status cutoff-.*max_photons = 5"):
        qb.steady_state(battery, environment=qb.CavityLoss(0.5), strict=True)
    with pytest.warns(qb.QubattWarning, match="max_photons = 5") as caught:
        end = qb.steady_state(battery, environment=qb.CavityLoss(0.5))
    assert end.status.startswith("cutoff-")
    assert Path(caught[0].filename).name == Path(__file__).name  # points at the caller


def test_steady_state_with_enough_levels_is_ok() -> None:
    """And its certificate has all numbers; strict changes nothing then."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.3, max_photons=14)
    end = qb.steady_state(battery, environment=qb.CavityLoss(0.5), strict=True)
    assert end.status == "ok"
    numbers = loaded(end)
    assert set(numbers) == {
        "residual",
        "error_estimate",
        "trace_drift",
        "smallest_eigenvalue",
        "steady_states",
        "cutoff_residual",
        "cutoff_method",
        "cutoff_methods",
        "cutoff_tolerance",
        "cutoff_relative_error",
        "cutoff_error",
        "cutoff_limit",
        "cutoff_status",
    }
    assert numbers["steady_states"] == 1
    assert 0 <= numbers["residual"] < 1e-10
    assert 0 < numbers["cutoff_residual"] < 1e-2


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_smallest_eigenvalue(engine: str) -> None:
    """Of ρ at the last time, in the certificate, by whatever engine."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.4, max_photons=6, interaction=0.5)
    bath = [qb.CavityLoss(0.5, n_thermal=0.3), qb.CollectiveDecay(0.2, n_thermal=0.3)]
    with pytest.warns(qb.QubattWarning, match="too low"):
        run = qb.charge(battery, times=[1.0, 4.0], environment=bath, engine=engine)
    problem = battery.problem(environment=bath)
    states = solve(registry.get("engine", engine)(), problem, np.array([1.0, 4.0]), {}, states=True)
    smallest = float(np.linalg.eigvalsh(states.states[-1])[0])
    assert smallest > 1e-6  # warm baths leave no level empty
    assert loaded(run)["smallest_eigenvalue"] == pytest.approx(smallest, abs=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_states_that_are_never_reached_have_the_eigenvalue_zero(engine: str) -> None:
    """Photons in pairs leave odd levels empty, while a hot bath fills all the others."""
    battery = qb.TwoPhotonDickeBattery(n_atoms=1, coupling=0.3, max_photons=3)
    bath = [qb.CollectiveDecay(0.5, n_thermal=2.0), qb.CavityDephasing(0.5)]
    with pytest.warns(qb.QubattWarning, match="too low"):
        run = qb.charge(battery, times=[8.0], environment=bath, engine=engine)
    assert loaded(run)["smallest_eigenvalue"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("cutoff", [6, 7])
def test_pairs_of_photons_do_not_hide_a_cutoff_of_the_other_parity(cutoff: int) -> None:
    """Levels 6 and 8 are reached and 7 is not: both cut-offs are the same, and too low."""
    battery = qb.TwoPhotonDickeBattery(n_atoms=2, coupling=0.2, max_photons=cutoff)
    with pytest.warns(qb.QubattWarning, match=f"max_photons = {cutoff}"):
        run = qb.charge(battery, times=[1.0, 5.0])
    assert run.status == "cutoff-not-resolved"
    other = battery.problem()
    states = solve(qb.DenseEngine(), other, np.array([5.0]), {}, states=True).states[0]
    levels = np.diag(states).real.reshape(cutoff + 1, 3).sum(axis=1)
    assert levels[1::2].max() < 1e-15
    assert float(run.cutoff_population[-1]) == pytest.approx(levels[6], abs=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_eigenvalues_that_are_too_costly_are_left_out(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None in the certificate, and no complaint."""
    for module in ("engine", "exact.reduced_lindbladian"):
        monkeypatch.setattr(f"qubatt.engines.{module}.MAX_EIGENVALUE_DIM", 3)
    run = qb.charge(
        qb.DrivenBattery(4, 1.0), times=[1.0], environment=qb.CollectiveDecay(0.3), engine=engine
    )
    assert loaded(run)["smallest_eigenvalue"] is None
    assert run.status == "ok"


QUESTION = Request.of(brief(7), None, LOSS, None)
CUT = Request.of(brief(3), None, LOSS, None)
TIMES = np.array([0.0, 1.0])
SMALL = CutoffErrors({"energy": 1e-9}, {"energy": 1e-6}, {"energy": "companion"}, 0.1)


@pytest.fixture(scope="module")
def solution() -> Solution:
    """Return a run that is ok."""
    return solve(qb.ExactEngine(), QUESTION.problem, TIMES, QUESTION.observables)


@pytest.fixture(scope="module")
def steady() -> SteadySolution:
    """Return a steady state that is ok."""
    return solve_steady(QUESTION.problem, QUESTION.observables)


RUNS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ok", ""),
    ({"smallest_eigenvalue": -0.9e-7}, "ok", ""),
    ({"smallest_eigenvalue": -1.1e-7}, "not-positive", "eigenvalue of -1.1e-07"),
    ({"smallest_eigenvalue": math.nan}, "ok", ""),
    ({"error_estimate": 1e-3}, "not-converged", "error estimate 1.0e-03"),
    ({"trace": np.array([1.0, 1.001])}, "not-converged", "trace drift 1.0e-03"),
    ({"smallest_eigenvalue": -1e-3, "error_estimate": 1.0}, "not-converged", "not accurate"),
    ({"smallest_eigenvalue": -1e-5, "tolerance": 1e-4}, "ok", ""),
]


@pytest.mark.parametrize(("changes", "status", "advice"), RUNS)
def test_status_of_a_run(
    solution: Solution, changes: dict[str, Any], status: str, advice: str
) -> None:
    """The worst that can be said, with a sentence where it is not good."""
    found = certify_run(QUESTION, replace(solution, **changes), SMALL)
    assert found.status == status
    assert advice in found.advice
    assert bool(found.advice) == (status != "ok")


ENDS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ok", ""),
    ({"smallest_eigenvalue": -1.1e-7}, "not-positive", "eigenvalue of -1.1e-07"),
    ({"smallest_eigenvalue": math.nan, "error_estimate": math.nan}, "ok", ""),
    ({"converged": False, "residual": 1e-4}, "not-converged", "residual 1.0e-04"),
    ({"converged": False, "smallest_eigenvalue": -1.0}, "not-converged", "stronger damping"),
]


@pytest.mark.parametrize(("changes", "status", "advice"), ENDS)
def test_status_of_a_steady_state(
    steady: SteadySolution, changes: dict[str, Any], status: str, advice: str
) -> None:
    """The same for what has no time."""
    found = certify_steady(QUESTION, replace(steady, **changes), SMALL)
    assert found.status == status
    assert advice in found.advice
    numbers = json.loads(found.attributes["certificate"], parse_constant=pytest.fail)
    assert numbers["steady_states"] == 1


def test_cutoff_counts_least(solution: Solution) -> None:
    """A low cut-off is named where nothing worse can be said."""
    low = CutoffErrors({"energy": 1e-3}, {"energy": 1e-6}, {"energy": "companion"}, 0.1)
    unknown = replace(low, errors={"energy": math.inf})
    assert certify_run(QUESTION, solution, low).status == "cutoff-too-small"
    assert certify_run(QUESTION, solution, unknown).status == "cutoff-not-resolved"
    assert certify_run(CUT, solution, low).advice.count("max_photons = 3") == 1
    negative = replace(solution, smallest_eigenvalue=-1.0)
    assert certify_run(QUESTION, negative, low).status == "not-positive"
    rough = replace(solution, error_estimate=1.0)
    assert certify_run(QUESTION, rough, low).status == "not-converged"


def test_certificate_speaks_only_of_what_is_bad() -> None:
    """Nothing is issued for ok."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Certificate("ok", {}).issue(strict=True)
    with pytest.raises(qb.CertificateError, match=r"^Status not-positive: Alas\.$"):
        Certificate("not-positive", {}, "Alas.").issue(strict=True)
