"""The cases of the benchmark build, export and keep what was measured."""

import json

import numpy as np
import pytest

from bench.cases import CASES, QUICK, SMOKE, STEADY, export, find_case
from bench.results import Results
from bench.run import parse
from bench.workers import problem_file


@pytest.mark.parametrize("name", [name for name in (*CASES, *STEADY) if name not in ("C", "D")])
def test_case_builds(name):
    """Hamiltonian and jumps exist and act on the same space."""
    case = find_case(name)
    realization = case.realization()
    assert realization.H.shape == (case.dim, case.dim)
    assert realization.jumps
    assert case.title
    assert case.times[0] == 0.0


def test_dimensions_are_those_asked_for():
    """(N + 1)(max_photons + 1), and 9 states for two three-level atoms."""
    expected = {"A": 451, "B": 147, "E": 201, "F": 99, "growth-4": 65}
    assert {name: find_case(name).dim for name in expected} == expected
    assert find_case("growth-30").battery == CASES["C"].battery


def test_export_is_what_qubatt_solves(tmp_path):
    """Matrices, √rate c and times survive the file."""
    path = tmp_path / "problem.npz"
    export(SMOKE, path)
    found, expected = problem_file.read(str(path)), SMOKE.realization()
    assert abs(found.H - expected.H).max() == 0.0
    assert abs(found.energy - expected.H_B).max() == 0.0
    assert abs(found.rho_0 - expected.initial).max() == 0.0
    ((rate, c),) = expected.jumps
    assert abs(found.jumps[0] - np.sqrt(rate) * c).max() == 0.0
    np.testing.assert_array_equal(found.times, SMOKE.times)


def test_options():
    """A quick run has its cases, repeats and folder; an unknown case is refused."""
    quick = parse(["--quick", "--docs", "page.md"])
    assert (quick.cases, quick.repeats, quick.docs) == (list(QUICK), 3, None)
    assert parse([]).cases == [*CASES, *STEADY, "growth"]
    assert parse(["--cases", "steady-B"]).cases == ["steady-B"]
    with pytest.raises(SystemExit):
        parse(["--cases", "nonsense"])


def test_cases_stand_in_order(tmp_path):
    """Whatever was measured first."""
    results = Results(tmp_path / "bench.json", {}, "abc")
    for name in ("steady-B", "F", "smoke", "B"):
        results.describe(find_case(name))
    assert list(results.data["cases"]) == ["B", "F", "steady-B", "smoke"]
    assert results.data["cases"]["B"]["dim"] == 147


def test_results_are_kept_step_by_step(tmp_path):
    """A step is computed once, also by a later run; another machine starts anew."""
    path = tmp_path / "bench.json"
    results = Results(path, {"processor": "a"}, "abc")
    assert results.step("X/one", lambda: 1) == 1
    again = Results(path, {"processor": "a"}, "def")
    assert again.step("X/one", lambda: 2) == 1
    again.forget("X")
    assert again.step("X/one", lambda: 3) == 3
    other = Results(path, {"processor": "b"}, "def")
    assert other.step("X/one", lambda: 4) == 4
    aside = json.loads((tmp_path / "bench-other-machine.json").read_text())
    assert aside["steps"]["X/one"]["value"] == 3
