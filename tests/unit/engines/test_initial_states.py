"""Several initial states together: every one as if it were alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.declaration import example_of
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.registry import registry
from qubatt.core.solution import Solution
from qubatt.core.space import Space
from qubatt.engines.exact import engine, reduced_lindbladian
from qubatt.engines.steady import solve_steady as steady
from qubatt.operators import Atoms, Mode
from qubatt.states import ChargerState
from solving import solve, solve_each, solve_steady, solve_steady_each

pytestmark = pytest.mark.blas

TIMES = np.linspace(0.0, 3.0, 7)
LOSS = [qb.CavityLoss(0.5, n_thermal=0.1)]
CHARGERS: dict[str, ChargerState] = {
    name: example_of(cls) for name, cls in registry.items("charger").items()
} | {
    "turned": qb.CoherentState(0.3, phase=0.7),  # complex
    "odd": qb.FockState(1),  # of another parity
    "vacuum": qb.FockState(0),
    "custom": qb.CustomState(np.diag([0.5, 0.2, 0.0, 0.3])),
}
BATTERIES = {
    "parity": qb.DickeBattery(2, 0.4, 30, interaction=0.5),
    "excitations": qb.TavisCummingsBattery(1, 0.7, 30),
}
MOMENTS = {
    "energy": lambda realization: realization.H_B,
    "photons": lambda realization: realization.operator([Term(1.0, {"cavity": "n"})]),
}


def starts(battery: qb.Battery, names: list[str]) -> list[Any]:
    """Return the initial states of a battery with these chargers."""
    return [battery.problem(CHARGERS[name]).initial for name in names]


def same(one: Solution, other: Solution, within: float = 0.0) -> None:
    """Assert that two solutions agree in everything, certificates too."""
    for name, values in other.moments.items():
        np.testing.assert_allclose(one.moments[name], values, rtol=0, atol=within)
    for part in ("trace", "states", "battery_states", "smallest_eigenvalue", "error_estimate"):
        ours, theirs = getattr(one, part), getattr(other, part)
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=within)
    assert one.statistics == other.statistics


@pytest.mark.parametrize("name", BATTERIES)
def test_every_charger_state_runs_as_if_alone(name: str) -> None:
    """To the bit: moments, states, error and trace, whatever the others are."""
    battery = BATTERIES[name]
    problem = battery.problem(environment=LOSS)
    keep = {"states": TIMES > 2.0, "battery": True}
    together = solve_each(
        qb.ExactEngine(), problem, starts(battery, [*CHARGERS]), TIMES, MOMENTS, **keep
    )
    for charger, found in zip(CHARGERS.values(), together, strict=True):
        alone = solve(qb.ExactEngine(), battery.problem(charger, LOSS), TIMES, MOMENTS, **keep)
        same(found, alone)
    assert (
        len({found.statistics["entries"] for found in together}) > 1
    )  # they reach different parts
    assert len({found.error_estimate for found in together}) > 4  # and each has its own error


def test_agreement_is_not_for_lack_of_difference() -> None:
    """The comparison tells one state from another, and an error from another."""
    battery = BATTERIES["parity"]
    fock, coherent = solve_each(
        qb.ExactEngine(),
        battery.problem(environment=LOSS),
        starts(battery, ["fock", "turned"]),
        TIMES,
        MOMENTS,
    )
    with pytest.raises(AssertionError):
        same(fock, coherent, 1e-10)
    with pytest.raises(AssertionError):
        same(fock, replace(fock, error_estimate=2 * fock.error_estimate))


@pytest.mark.parametrize("engine", [qb.DenseEngine(), qb.MatrixEngine(1e-8), qb.ExactEngine(1e-8)])
def test_all_engines(engine: qb.Engine) -> None:
    """Also those that hold all of ρ."""
    battery = qb.DickeBattery(2, 0.4, 8, interaction=0.5)
    names = ["odd", "vacuum", "turned"]
    given = starts(battery, names)
    together = solve_each(
        engine, battery.problem(environment=LOSS), given, TIMES, MOMENTS, states=True, battery=True
    )
    for name, found in zip(names, together, strict=True):
        problem = battery.problem(CHARGERS[name], LOSS)
        alone = solve(engine, problem, TIMES, MOMENTS, states=True, battery=True)
        same(found, alone)


@pytest.mark.parametrize("engine", [qb.DenseEngine(), qb.MatrixEngine(1e-8), qb.ExactEngine(1e-8)])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_moments_have_the_same_bits_whatever_else_is_read(engine: qb.Engine, count: int) -> None:
    """Other moments, states of the battery and full states change nothing."""
    problem = qb.DickeBattery(2, 0.4, 8, interaction=0.5).problem(environment=LOSS)
    few = solve(engine, problem, TIMES, {"energy": MOMENTS["energy"]})
    others = {f"other {k}": MOMENTS["photons"] for k in range(count)}
    many = solve(engine, problem, TIMES, others | MOMENTS, states=TIMES > 2.0, battery=True)
    np.testing.assert_array_equal(many.moments["energy"], few.moments["energy"])
    np.testing.assert_array_equal(many.trace, few.trace)
    assert many.error_estimate == few.error_estimate


def test_pulses() -> None:
    """Steps are as long as each state allows."""
    coupling = qb.GaussianPulse(0.5, centre=1.0, width=0.5)
    battery = qb.DickeBattery(2, coupling, 8, interaction=0.5)
    names = ["odd", "vacuum", "turned"]
    together = solve_each(
        qb.ExactEngine(1e-7),
        battery.problem(environment=LOSS),
        starts(battery, names),
        TIMES,
        MOMENTS,
    )
    for name, found in zip(names, together, strict=True):
        problem = battery.problem(CHARGERS[name], LOSS)
        same(found, solve(qb.ExactEngine(1e-7), problem, TIMES, MOMENTS))
    assert len({found.error_estimate for found in together}) == 3


def test_matrices_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables once for those that reach the same, the width of the spectrum once for all."""
    made: list[str] = []
    for module, name in ((engine, "enclose"), (reduced_lindbladian, "tables_of")):
        original = getattr(module, name)

        def counted(*args: Any, what: str = name, call: Any = original) -> Any:
            made.append(what)
            return call(*args)

        monkeypatch.setattr(module, name, counted)
    battery = BATTERIES["parity"]
    names = ["fock", "vacuum", "turned", "coherent", "squeezed"]
    solve_each(
        qb.ExactEngine(), battery.problem(environment=LOSS), starts(battery, names), TIMES, {}
    )
    assert sorted(made) == [
        "enclose",
        "tables_of",
        "tables_of",
    ]  # parities alone, and coherences too


@pytest.mark.parametrize("engine", [qb.DenseEngine(), qb.MatrixEngine(), qb.ExactEngine()])
def test_memory_counts_all_results(engine: qb.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One state with its density matrices fits, sixteen do not."""
    battery = qb.TavisCummingsBattery(1, 0.5, 8)
    problem, times = battery.problem(environment=LOSS), np.linspace(0.0, 1.0, 2001)
    free = SimpleNamespace(available=1.2e8)  # those of one take 10 MB, twice in the making
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    assert solve(engine, problem, times, {}, states=True).states is not None
    with pytest.raises(qb.ResourceError, match="density matrices"):
        solve_each(engine, problem, [problem.initial] * 16, times, {}, states=True)


def test_progress_goes_on_to_one() -> None:
    """Over all states."""
    told: list[float] = []
    battery = BATTERIES["parity"]
    given = starts(battery, ["odd", "turned", "vacuum"])
    problem = battery.problem(environment=LOSS)
    solve_each(qb.ExactEngine(), problem, given, TIMES, {}, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert told[0] < 0.4


@pytest.mark.parametrize("name", BATTERIES)
def test_unique_steady_state_is_found_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every charger state ends there, with the energy that it began with; one search suffices."""
    searches = watched_settle(monkeypatch)
    battery = replace(BATTERIES[name], max_photons=20)
    names = [name for name in CHARGERS if fits(battery, name)]
    problem = battery.problem(environment=LOSS)
    together = solve_steady_each(problem, starts(battery, names), MOMENTS, state=True, battery=True)
    assert len(searches) == 1
    for charger, found in zip(names, together, strict=True):
        own = battery.problem(CHARGERS[charger], LOSS)
        alone = solve_steady(own, MOMENTS, state=True, battery=True)
        np.testing.assert_allclose(found.state, alone.state, atol=1e-10)
        np.testing.assert_allclose(found.battery_states, alone.battery_states, atol=1e-10)
        assert found.initial_moments == pytest.approx(alone.initial_moments, abs=1e-12)
        assert found.count == alone.count == 1
        assert found.converged
    assert len({found.initial_moments["photons"] for found in together}) > 4


def fits(battery: qb.Battery, name: str) -> bool:
    """Return whether a charger state lies below the cut-off."""
    try:
        battery.problem(CHARGERS[name])
    except qb.ArgumentError:
        return False
    return True


def watched_settle(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with every search for a steady state: sizes."""
    searches: list[int] = []
    original = steady.find_steady

    def counted(coordinates: Any, *rest: Any) -> Any:
        searches.append(len(coordinates))
        return original(coordinates, *rest)

    monkeypatch.setattr(steady, "find_steady", counted)
    return searches


def dispersive(kappa: float = 1.0) -> Problem:
    """Return a driven leaking cavity that an atom detunes, which keeps its populations."""
    drive = (Term(0.5, {"cavity": "a"}), Term(0.5, {"cavity": "a+"}))
    return Problem(
        space=Space({"cavity": Mode(9), "atoms": Atoms(1)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}),),
        charging_terms=(Term(1.4, {"cavity": "n", "atoms": "Jz"}), *drive),
        jumps=(Jump(kappa, {"cavity": "a"}),),
    )


@pytest.mark.parametrize("method", ["direct", "secular", "flow"])
@pytest.mark.parametrize("gap", [False, True])
def test_where_several_are_steady_each_start_decides(
    method: Any, gap: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Populations of the atom stay; those that reach the same share one search."""
    problem = dispersive(0.05 if method == "secular" else 1.0)
    atoms = [np.diag([p, 1 - p]) for p in (0.3, 0.8, 0.0, 0.5, 0.0)]
    given = [{"atoms": rho} for rho in atoms]
    options: dict[str, Any] = {"method": method, "state": True, "gap": gap}
    alone = [solve_steady(replace(problem, initial=start), {}, **options) for start in given]
    searches = watched_settle(monkeypatch)
    together = solve_steady_each(problem, given, {}, **options)
    assert len(searches) == (2 if gap else 3)  # all; the three alike; the two of one level
    for found, own, rho in zip(together, alone, atoms, strict=True):
        np.testing.assert_allclose(found.state, own.state, atol=1e-10)
        assert (found.count, found.converged) == (own.count, own.converged)
        assert found.statistics["entries"] == own.statistics["entries"]
        kept = np.einsum("ijik->jk", found.state.reshape(10, 2, 10, 2))
        np.testing.assert_allclose(kept, rho, atol=1e-10)
        if gap:
            assert found.relaxation_rate == pytest.approx(own.relaxation_rate, rel=1e-6)
    assert [found.count for found in together] == [2, 2, 1, 2, 1]


def test_parities_that_nothing_mixes_end_apart() -> None:
    """Dephasing keeps them: even, odd and mixed light end in different states."""
    battery = qb.DickeBattery(1, 0.3, 7, interaction=0.5)
    leak = [qb.CavityDephasing(0.5), qb.CollectiveDephasing(0.3)]
    names = ["vacuum", "odd", "turned", "custom"]
    together = solve_steady_each(
        battery.problem(environment=leak), starts(battery, names), MOMENTS, state=True
    )
    for name, found in zip(names, together, strict=True):
        alone = solve_steady(battery.problem(CHARGERS[name], leak), MOMENTS, state=True)
        np.testing.assert_allclose(found.state, alone.state, atol=1e-10)
        assert found.count == alone.count
    assert [found.count for found in together][:2] == [1, 1]
    assert together[2].count > 1
    assert abs(together[0].state - together[1].state).max() > 0.01


def test_gap_is_that_within_reach_of_each() -> None:
    """Coherences between parities may decay more slowly than all that even light can reach."""
    battery = qb.DickeBattery(1, 0.3, 7, interaction=0.5)
    names = ["vacuum", "turned"]
    together = solve_steady_each(
        battery.problem(environment=LOSS), starts(battery, names), {}, gap=True
    )
    for name, found in zip(names, together, strict=True):
        alone = solve_steady(battery.problem(CHARGERS[name], LOSS), {}, gap=True)
        assert found.relaxation_rate == pytest.approx(alone.relaxation_rate, rel=1e-9)
    assert together[0].relaxation_rate != pytest.approx(together[1].relaxation_rate, rel=1e-3)


def test_memory_at_rest_counts_all_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """ρ of every initial state is kept."""
    battery = qb.TavisCummingsBattery(1, 0.5, 200)
    problem = battery.problem(environment=LOSS)
    free = SimpleNamespace(available=9e6)  # ρ takes 2.6 MB
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    assert solve_steady(problem, {}, state=True).converged
    with pytest.raises(qb.ResourceError, match="Lower"):
        solve_steady_each(problem, [problem.initial] * 16, {}, state=True)
