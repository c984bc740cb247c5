"""solve_steady: what it is asked, what it refuses, what it reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import realize
from qubatt.core.space import Space
from qubatt.engines.steady import gap as relaxation
from qubatt.operators import Atoms, Mode
from solving import solve_steady

METHODS = ("direct", "secular", "flow")
DICKE = qb.DickeBattery(2, 0.3, 6, interaction=0.5)
LOSS = [qb.CavityLoss(0.4, n_thermal=0.1)]
PROBLEM = DICKE.problem(environment=LOSS)
MOMENTS = {
    "energy": lambda realization: realization.H_B,
    "photons": lambda realization: realization.operator([Term(1.0, {"cavity": "n"})]),
}


@pytest.mark.parametrize("method", ["auto", *METHODS])
def test_moments_are_those_of_the_state(method: str) -> None:
    """Tr(Oρ) at the end and at the start; ρ itself is kept only where it is asked for."""
    found = solve_steady(PROBLEM, MOMENTS, method=method, state=True)
    realization = realize(PROBLEM)
    assert found.state.shape == (realization.dim,) * 2
    for name, build in MOMENTS.items():
        operator = build(realization).toarray()
        assert found.moments[name] == pytest.approx(
            np.trace(operator @ found.state).real, abs=1e-12
        )
        start = np.trace(operator @ realization.rho_0).real
        assert found.initial_moments[name] == pytest.approx(start, abs=1e-12)
    assert solve_steady(PROBLEM, {}, method=method).state is None
    assert found.smallest_eigenvalue == pytest.approx(np.linalg.eigvalsh(found.state)[0], abs=1e-14)
    assert found.trace_drift < 1e-9
    assert found.residual < 1e-10


@pytest.mark.parametrize("method", METHODS)
def test_statistics_name_method_and_size(method: str) -> None:
    """What ran, in which basis, on how much."""
    found = solve_steady(PROBLEM, {}, method=method)
    reported = {key: found.statistics[key] for key in ("method", "basis", "dimension", "entries")}
    assert reported == {"method": method, "basis": "symmetric", "dimension": 21, "entries": 221}
    assert found.relaxation_rate is None


def test_methods_are_chosen_by_size_and_damping() -> None:
    """A spin alone is factored; a cavity of many states is not; weak damping is secular."""
    spin = qb.DrivenBattery(20, drive=1.0).problem(environment=[qb.CollectiveDecay(0.1)])
    cavity = qb.DickeBattery(6, 0.5, 20, interaction=1.0)
    strong, weak = (cavity.problem(environment=[qb.CavityLoss(rate)]) for rate in (0.5, 1e-3))
    chosen = [solve_steady(p, {}).statistics["method"] for p in (spin, strong, weak)]
    assert chosen == ["direct", "flow", "secular"]


@pytest.mark.parametrize("method", METHODS)
def test_progress_goes_from_little_to_one(method: str) -> None:
    """Fractions between 0 and 1; the last one is 1."""
    told: list[float] = []
    solve_steady(PROBLEM, {}, method=method, progress=told.append)
    assert told[-1] == 1.0
    assert 0.0 <= min(told) < 0.5
    assert all(fraction <= 1.0 for fraction in told)


def test_what_cannot_be_steady_is_refused() -> None:
    """No environment, rates of 0, pulses, and a method that does not exist."""
    with pytest.raises(qb.UnsupportedError, match="Without an environment"):
        solve_steady(DICKE.problem(), {})
    with pytest.raises(qb.UnsupportedError, match="Without an environment"):
        solve_steady(DICKE.problem(environment=[qb.CavityLoss(0.0)]), {})
    with pytest.raises(qb.UnsupportedError, match="this battery are: collective-decay") as error:
        solve_steady(qb.DrivenBattery(2, drive=1.0).problem(), {})
    assert "cavity" not in str(error.value)  # the cure fits the battery
    pulsed = replace(DICKE, coupling=qb.GaussianPulse(0.5, centre=1.0, width=0.5))
    with pytest.raises(qb.UnsupportedError, match="has pulses"):
        solve_steady(pulsed.problem(environment=LOSS), {})
    wanted = "name a registered steady-solver, but is 'lu'. Known are: auto, direct, flow, secular"
    with pytest.raises(qb.ArgumentError, match=wanted):
        solve_steady(PROBLEM, {}, method="lu")


def test_too_little_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Krylov vectors are counted before they are made."""

    class Full:
        available = 1e4

    monkeypatch.setattr("psutil.virtual_memory", Full)

    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    with pytest.raises(qb.ResourceError, match="steady-state engine needs"):
        solve_steady(PROBLEM, {}, method="flow")


@pytest.mark.parametrize("method", METHODS)
def test_lower_cutoff_is_a_place_to_begin(method: str) -> None:
    """The same end with less work than from ρ(0)."""
    known = solve_steady(replace(DICKE, max_photons=4).problem(environment=LOSS), {}, state=True)
    fresh = solve_steady(PROBLEM, MOMENTS, method=method, state=True)
    warm = solve_steady(PROBLEM, MOMENTS, method=method, state=True, warm_start=known)
    np.testing.assert_allclose(warm.state, fresh.state, atol=1e-10)
    assert warm.initial_moments == fresh.initial_moments
    assert warm.count == 1
    counted = [
        sum(
            found.statistics.get(key, 0) for key in ("applications", "iterations", "implicit_steps")
        )
        for found in (warm, fresh)
    ]
    assert counted[0] < counted[1]


def dispersive(levels: int, atom: np.ndarray) -> Problem:
    """Return a driven leaking cavity that an atom detunes, which keeps its populations.

    For each level of the atom the cavity ends in a coherent state, with κ/2.
    """
    drive = (Term(0.5, {"cavity": "a"}), Term(0.5, {"cavity": "a+"}))
    return Problem(
        space=Space({"cavity": Mode(levels - 1), "atoms": Atoms(1)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}),),
        charging_terms=(Term(1.4, {"cavity": "n", "atoms": "Jz"}), *drive),
        jumps=(Jump(1.0, {"cavity": "a"}),),
        initial={"atoms": atom},
    )


@pytest.mark.parametrize("levels", [8, 22])
def test_relaxation_rate_next_to_several_steady_states(levels: int) -> None:
    """κ/2, by all eigenvalues and by few; the two zeros of the two steady states do not count."""
    found = solve_steady(dispersive(levels, np.diag([0.3, 0.7])), {}, gap=True, state=True)
    assert found.count == 2
    assert found.statistics["entries"] == 2 * levels**2
    assert (found.statistics["entries"] > relaxation.MAX_DENSE_COORDINATES) == (levels == 22)
    assert found.relaxation_rate == pytest.approx(0.5, abs=1e-3 if levels == 8 else 1e-6)
    excited = found.state.reshape(levels, 2, levels, 2)[:, 1, :, 1]
    assert np.trace(excited).real == pytest.approx(0.7, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_populations_that_are_conserved_stay_as_they_are(method: str) -> None:
    """However small κ is next to the drive, and however many steps that takes."""
    atom = np.diag([0.3, 0.7])
    problem = replace(dispersive(12, atom), jumps=(Jump(0.05, {"cavity": "a"}),))
    found = solve_steady(problem, {}, method=method, state=True)
    assert found.count == 2
    assert found.converged
    reduced = np.einsum("ijik->jk", found.state.reshape(12, 2, 12, 2))
    np.testing.assert_allclose(reduced, atom, atol=1e-10)


def test_number_of_steady_states_is_not_taken_from_a_lower_cutoff() -> None:
    """Where several are steady they are counted anew, and the start decides."""
    known = solve_steady(dispersive(6, np.diag([0.3, 0.7])), {}, state=True)
    problem = dispersive(8, np.diag([0.3, 0.7]))
    options: dict[str, Any] = {"state": True, "gap": True}
    warm = solve_steady(problem, {}, warm_start=known, **options)
    fresh = solve_steady(problem, {}, **options)
    assert warm.count == fresh.count == 2
    assert warm.relaxation_rate == pytest.approx(fresh.relaxation_rate, rel=1e-9)
    np.testing.assert_allclose(warm.state, fresh.state, atol=1e-10)


def test_slow_decay_is_not_taken_for_a_steady_state() -> None:
    """An atom that decays with 4g²/κ = 4e-6 through its cavity has one end, the ground state."""
    battery = qb.TavisCummingsBattery(1, coupling=1e-3, max_photons=1)
    problem = battery.problem(environment=[qb.CavityLoss(1.0)])
    found = solve_steady(problem, MOMENTS, gap=True)
    assert found.count == 1
    assert found.converged
    assert found.moments["energy"] == pytest.approx(-0.5, abs=1e-7)
    assert found.relaxation_rate == pytest.approx(4e-6, rel=1e-3)  # 4g²/κ, Purcell


@pytest.mark.parametrize("interaction", [1e3, 1e5])
def test_slow_relaxation_next_to_large_energies_is_not_called_ok(interaction: float) -> None:
    """Rounding hides a gap of κ (g_c/g)²: the result may be far off, and says so."""
    battery = qb.DickeBattery(3, 0.5, 8, interaction=interaction)
    found = solve_steady(battery.problem(environment=[qb.CavityLoss(0.5)]), {}, gap=True)
    assert not found.converged
    assert np.isnan(found.relaxation_rate)


@pytest.mark.parametrize(("cavity", "atoms"), [(0.5, 1e8), (1e-3, 1e6)])
def test_rates_far_apart_leave_one_steady_state(cavity: float, atoms: float) -> None:
    """What decays slowly next to something quick is not steady; the gap is the slow rate."""
    battery = qb.TavisCummingsBattery(1, 0.0, 3)
    environment = [qb.CavityLoss(cavity), qb.CollectiveDecay(atoms)]
    found = solve_steady(battery.problem(qb.FockState(2), environment), {}, gap=True)
    assert found.converged
    assert found.count == 1
    assert found.relaxation_rate == pytest.approx(cavity)
