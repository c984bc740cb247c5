"""Errors of photon cut-offs against exact states, and inputs that fooled a threshold."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import qubatt as qb
from qubatt.charging.certified_run import assess, distance_at_start
from qubatt.charging.propagate import propagate_each
from qubatt.charging.request import Request

KAPPA, DRIVE = 0.5, 1.0
TIMES = np.linspace(0.0, 8.0, 41)


def lowering(levels: int) -> NDArray[Any]:
    """Return a on the lowest levels."""
    return np.diag(np.sqrt(np.arange(1.0, levels)), 1)


def driven_cavity(levels: int) -> qb.CustomBattery:
    """Return a lossy cavity with the drive F(a + a†), beside an idle qubit."""
    a, one = lowering(levels), np.eye(2)
    H = DRIVE * np.kron(a + a.T, one)
    return qb.CustomBattery(
        np.diag([0.0, 1.0]), H, [(KAPPA, np.kron(a, one))], {"cavity": levels, "battery": 2}
    )


def amplitude(time: float) -> complex:
    """Return α(t) = −i(2F/κ)(1 − e^(−κt/2)) of the coherent state of the cavity."""
    return -2j * DRIVE / KAPPA * (1.0 - math.exp(-KAPPA * time / 2))


def coherent(alpha: complex, levels: int) -> NDArray[Any]:
    """Return the amplitudes of a coherent state."""
    ratios = alpha / np.sqrt(np.arange(1.0, levels))
    return np.asarray(np.cumprod(np.append(math.exp(-0.5 * abs(alpha) ** 2), ratios)))


@pytest.mark.parametrize("levels", [10, 20, 30, 40])
def test_bound_of_a_driven_cavity(levels: int) -> None:
    """B is at least the exact trace distance, and at most a few times as large."""
    request = Request.of(driven_cavity(levels), qb.FockState(0), None, ["energy"])
    ((run,),) = propagate_each([request], [TIMES], state_times=TIMES)
    bound = assess(request, run, distance_at_start(request)).bound
    assert bound is not None
    engine = qb.ExactEngine(tolerance=1e-11)
    for time in (2.0, 5.0, 8.0):
        task = request.task(np.array([0.0, time]), _states())
        (solution,) = engine.solve(task)
        rho = request.problem.space.marginal(solution.states[-1], "cavity")
        exact = coherent(amplitude(time), 120)
        difference = np.outer(exact, exact.conj())
        difference[:levels, :levels] -= rho
        distance = float(np.linalg.svd(difference, compute_uv=False).sum())
        B = float(bound.at(np.array([time]))[0])
        assert distance - 1e-9 <= B
        if distance > 1e-5:
            assert max(20.0 * distance, 0.1) > B


def _states() -> Any:
    from qubatt.core.task import Save

    return Save(states=True)


def test_status_follows_the_exact_error() -> None:
    """Photon numbers of a driven cavity: ok within the tolerance, and not far below it only."""
    tolerance, seen = 1e-4, set()
    for levels in range(24, 46, 3):
        run = qb.charge(
            driven_cavity(levels),
            times=TIMES,
            charger=qb.FockState(0),
            merits=["mean_photons"],
            cutoff_tolerance=tolerance,
        )
        exact = np.abs([amplitude(time) for time in TIMES]) ** 2
        error = float(np.abs(run.mean_photons - exact).max()) / (1.0 + exact.max())
        seen.add(run.status)
        if run.status == "ok":
            assert error <= tolerance
        else:
            assert error > tolerance / 60
    assert {"ok", "cutoff-too-small"} <= seen


@pytest.mark.slow
def test_estimates_are_rarely_below_the_errors() -> None:
    """Two atoms with 18 couplings at three cut-offs, against a run with many more levels."""
    merits = ["energy", "mean_photons", "ergotropy_symmetric"]
    times = np.linspace(0.0, 10.0, 51)
    ratios = []
    for interaction, coupling, kappa in product((-1.0, 0.0, 1.0), (0.1, 0.5), (0.0, 0.1, 0.5)):

        def charged(cutoff: int, certificate: Any, *options: float) -> Any:
            g, g_c, rate = options
            battery = qb.DickeBattery(2, g_c, cutoff, interaction=g)
            loss = qb.CavityLoss(rate) if rate else None
            return qb.charge(
                battery, times=times, environment=loss, merits=merits, certificate=certificate
            )

        first = 6 if coupling == 0.1 else 10
        exact = charged(3 * first + 18, "bound", interaction, coupling, kappa)
        for cutoff in (first, first + 4, first + 8):
            run = charged(cutoff, "full", interaction, coupling, kappa)
            for name, estimate in run.certificate["cutoff_error"].items():
                error = float(np.abs(run[name] - exact[name]).max())
                if error > 1e-9 and estimate is not None:
                    ratios.append(estimate / error)
    assert len(ratios) > 60
    assert np.mean(np.array(ratios) >= 1.0) >= 0.99
    assert min(ratios) > 0.5
    assert np.median(ratios) < 10.0


def test_long_runs_add_up_small_amplitudes() -> None:
    """E = 0.885906 at t = 95; twelve photons give 0.879918, with an empty highest level."""
    few = qb.DickeBattery(n_atoms=1, coupling=0.66, omega_atom=1.8, max_photons=12)
    run = qb.charge(few, times=[95.0, 100.0], charger=qb.FockState(1))
    assert float(run.energy[0]) == pytest.approx(0.879918, abs=1e-6)
    assert run.status == "cutoff-too-small"
    assert run.certificate["cutoff_error"]["energy"] > 0.885906 - 0.879918
    many = qb.DickeBattery(n_atoms=1, coupling=0.66, omega_atom=1.8, max_photons="auto")
    run = qb.charge(many, times=[95.0, 100.0], charger=qb.FockState(1))
    assert float(run.energy[0]) == pytest.approx(0.885906, abs=2e-6)
    assert run.status == "ok"


def pairs(n: int) -> qb.CustomBattery:
    """Return a qubit that absorbs photon pairs, as matrices with the highest level n."""
    a = lowering(n + 1)
    H = np.kron(0.5 * a.T @ a, np.eye(2)) + 0.2 * np.kron(a @ a + a.T @ a.T, [[0, 1], [1, 0]])
    return qb.CustomBattery(np.diag([0, 1.0]), H, dims={"cavity": n + 1, "battery": 2})


def test_a_level_of_the_wrong_parity_hides_nothing() -> None:
    """Level 5 is never reached: the largest energy is 0.920358 with it, and 0.619629 exactly."""
    times = np.linspace(0, 10, 101)
    few = qb.charge(pairs(5), times=times, charger=qb.FockState(2))
    assert float(few.energy.max()) == pytest.approx(0.920358, abs=1e-6)
    assert few.status in ("cutoff-too-small", "cutoff-not-resolved")
    many = qb.charge(
        pairs(101), times=times, charger=qb.FockState(2), merits=["maximum_energy"], strict=True
    )
    assert float(many.maximum_energy) == pytest.approx(0.6196294, abs=2e-5)


def test_an_empty_highest_level_at_the_start_hides_nothing() -> None:
    """Squeezed light has no odd photon numbers; energies are off by 8e-6 per atom."""
    options: dict[str, Any] = {
        "interaction": 1.6092699,
        "interaction_z": -0.8465345,
        "omega_atom": 0.8174060,
    }
    light, decay = qb.SqueezedState(0.3921008), qb.CollectiveDecay(0.4884870)
    times = np.linspace(0.0, 6.0, 21)

    def charged(cutoff: Any) -> Any:
        battery = qb.TavisCummingsBattery(3, 0.3261803, cutoff, **options)
        return qb.charge(battery, times=times, charger=light, environment=decay)

    few, many = charged(15), charged("auto")
    assert few.status == "cutoff-too-small"
    assert many.status == "ok"
    error = float(np.abs(few.energy - many.energy).max()) / 3
    assert error == pytest.approx(7.6e-6, rel=0.05)
    assert few.certificate["cutoff_error"]["energy"] / 3 > error


def test_an_oscillator_as_battery_is_certified() -> None:
    """Driven cavity and oscillator: the largest energy is 6.22783, by moments of both modes."""
    times = np.linspace(0.0, 15.0, 151)

    def charged(cavity: int, levels: int) -> Any:
        a = np.kron(lowering(cavity), np.eye(levels))
        b = np.kron(np.eye(cavity), lowering(levels))
        H = 0.2 * (a.T @ b + b.T @ a) + 0.3 * (a + a.T)
        number = np.diag(np.arange(float(levels)))
        H = H - np.kron(np.eye(cavity), number)  # rotating frame
        battery = qb.CustomBattery(
            number,
            H,
            [(0.1, a)],
            {"cavity": cavity, "battery": levels},
            roles={"battery": "mode"},
        )
        return qb.charge(
            battery,
            times=times,
            charger=qb.FockState(0),
            merits=["energy"],
            cutoff_tolerance=1e-3,
        )

    for levels in (5, 8):
        assert charged(20, levels).status != "ok"
    run = charged(20, 26)
    assert float(run.energy.max()) == pytest.approx(6.22783, abs=2e-3)
    assert run.status == "ok"


def test_an_early_maximum_is_not_spoilt_by_late_errors() -> None:
    """The status of the maximum stays ok where the curve fails later; the exact value agrees."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, interaction=-1.0, max_photons=16)
    merits = ["energy", "maximum_energy"]
    times = np.linspace(0.0, 10.0, 101)
    run = qb.charge(battery, times=times, environment="cavity-loss:0.5", merits=merits)
    statuses = run.certificate["cutoff_status"]
    assert statuses == {"energy": "cutoff-too-small", "maximum_energy": "ok"}
    assert 0.3 < run.certificate["cutoff_valid_until"] < 10.0
    alone = qb.charge(
        battery, times=times, environment="cavity-loss:0.5", merits="maximum_energy", strict=True
    )
    exact = qb.charge(
        qb.DickeBattery(n_atoms=2, coupling=0.5, interaction=-1.0, max_photons=40),
        times=times,
        environment="cavity-loss:0.5",
        merits="maximum_energy",
    )
    assert float(alone.maximum_energy) == pytest.approx(float(exact.maximum_energy), abs=1e-8)


def test_bounds_add_up() -> None:
    """B at an earlier time is that of a shorter run, and B never falls."""
    request = Request.of(
        qb.DickeBattery(2, 0.5, 12, interaction=-1.0), None, "cavity-loss:0.5", ["energy"]
    )
    bounds = []
    for end in (4.0, 10.0):
        ((run,),) = propagate_each([request], [np.array([0.0, end])])
        bound = assess(request, run, 0.0).bound
        assert bound is not None
        assert np.all(np.diff(bound.leaked) >= 0.0)
        bounds.append(float(bound.at(np.array([4.0]))[0]))
    assert bounds[1] == pytest.approx(bounds[0], rel=0.15)  # intervals end at other times


@pytest.mark.parametrize("scale", [1e-3, 1e6])
def test_certificates_do_not_depend_on_the_unit_of_energy(scale: float) -> None:
    """Relative errors, bound and status are the same in other units."""

    def charged(unit: float) -> Any:
        battery = qb.DickeBattery(2, 0.5, 14, omega_atom=unit, omega_cavity=unit)
        return qb.charge(
            battery,
            times=np.linspace(0.0, 6.0, 31) / unit,
            environment=qb.CavityLoss(0.5 * unit),
            merits=["energy", "power", "mean_photons", "entropy", "maximum_energy"],
        )

    one, other = charged(1.0), charged(scale)
    assert other.status == one.status
    for name in ("cutoff_bound", "cutoff_relative_error"):
        assert other.certificate[name] == pytest.approx(one.certificate[name], rel=1e-3)


def test_the_cut_initial_state_counts_if_there_are_several_steady_states() -> None:
    """Dephasing keeps the excitations: each number of them relaxes separately."""

    def settled(cutoff: int) -> Any:
        battery = qb.TavisCummingsBattery(n_atoms=1, coupling=0.3, max_photons=cutoff)
        thermal, dephasing = qb.ThermalState(0.3), qb.CollectiveDephasing(0.5)
        return qb.steady_state(battery, charger=thermal, environment=dephasing)

    exact = 0.3 - 0.5 * 0.3 / 1.3  # all excitations, less those of the atom: ½ unless there is none
    with pytest.warns(qb.QubattWarning, match="max_photons = 8 is too low"):
        few = settled(8)
    certificate = qb.certificate(few)
    error = abs(float(few.mean_photons) - exact)
    assert certificate["cutoff_limit"]["mean_photons"] < error
    assert error < certificate["cutoff_error"]["mean_photons"]
    assert certificate["cutoff_residual"] == 0.0
    enough = settled(25)
    assert enough.status == "ok"
    assert float(enough.mean_photons) == pytest.approx(exact, abs=1e-9)
