"""Self-discharge: what is left when the charger is off."""

from __future__ import annotations

import json
from importlib import import_module

import numpy as np
import pytest

import qubatt as qb
from qubatt.charging.certificate import Certificate

TIMES = np.linspace(0.0, 12.0, 25)


def test_one_atom_decays_exponentially() -> None:
    """E = e^{−γt} and W = max(0, 2e^{−γt} − 1), whatever drove it before; half-life ln 2/γ."""
    gamma = 0.3
    left = qb.discharge(
        qb.DrivenBattery(1, 2.0),
        times=TIMES,
        environment=qb.CollectiveDecay(gamma),
        merits=["remaining_energy", "half_life", "ergotropy_full"],
    )
    decay = np.exp(-gamma * TIMES)
    np.testing.assert_allclose(left.remaining_energy, decay, atol=1e-9)
    np.testing.assert_allclose(left.ergotropy_full, np.maximum(0, 2 * decay - 1), atol=1e-9)
    assert float(left.half_life) == pytest.approx(np.log(2) / gamma, abs=1e-8)


def test_two_atoms_are_superradiant() -> None:
    """E = 2e^{−2γt}(1 + γt) from both excited, interaction or not in the leak."""
    gamma = 0.2
    left = qb.discharge(
        qb.DrivenBattery(2, 1.0), times=TIMES, environment=qb.CollectiveDecay(gamma)
    )
    expected = 2 * np.exp(-2 * gamma * TIMES) * (1 + gamma * TIMES)
    np.testing.assert_allclose(left.remaining_energy, expected, atol=1e-9)
    slope = -2 * gamma * np.exp(-2 * gamma * TIMES) * (1 + 2 * gamma * TIMES)
    np.testing.assert_allclose(left.power, slope, atol=1e-9)
    half = float(left.half_life)
    assert np.exp(-2 * gamma * half) * (1 + gamma * half) == pytest.approx(0.5, abs=1e-8)


def test_it_begins_where_charging_ended() -> None:
    """The energy at time 0 is that of the charging run; the cavity is forgotten."""
    battery = qb.DickeBattery(2, 0.4, 16, interaction=0.5)
    bath = [qb.CavityLoss(0.2), qb.CollectiveDecay(0.1, n_thermal=0.2)]
    charged = qb.charge(battery, times=[1.5], environment=bath)
    left = qb.discharge(battery, times=TIMES, environment=bath, start=1.5)
    assert float(left.remaining_energy[0]) == pytest.approx(float(charged.energy[0]), abs=1e-9)
    assert float(left.remaining_energy[-1]) < float(charged.energy[0])
    assert left.attrs["start"] == "1.5"
    assert 0.0 < json.loads(left.attrs["charging_certificate"])["cutoff_bound"] < 1e-4
    other = qb.discharge(battery, times=TIMES, environment=bath[1], start=1.5)
    assert abs(float(other.remaining_energy[0]) - float(left.remaining_energy[0])) > 1e-3


def test_a_bad_charging_run_is_not_forgotten() -> None:
    """Its status is that of the result, with its warning."""
    battery = qb.DickeBattery(3, 0.8, 14)
    with pytest.warns(qb.QubattWarning, match="max_photons = 14 is too low"):
        left = qb.discharge(battery, times=TIMES, environment=qb.CollectiveDecay(0.1), start=1.0)
    assert left.status == "cutoff-too-small"
    with pytest.raises(qb.CertificateError, match="cutoff-too-small"):
        qb.discharge(
            battery, times=TIMES, environment=qb.CollectiveDecay(0.1), start=1.0, strict=True
        )
    assert qb.discharge(battery, times=TIMES, environment=qb.CollectiveDecay(0.1)).status == "ok"


def test_the_bound_covers_charging_and_discharging() -> None:
    """A warm bath lifts a battery that is an oscillator above its cut-off in both runs."""
    a, one = np.diag(np.sqrt(np.arange(1.0, 6.0)), 1), np.eye(6)
    H = np.kron(a.T @ a, one) + np.kron(one, a.T @ a) + 0.3 * (np.kron(a, a.T) + np.kron(a.T, a))
    dims = {"cavity": 6, "battery": 6}
    gain = [(0.3, np.kron(one, a)), (0.05, np.kron(one, a.T))]
    battery = qb.CustomBattery(a.T @ a, H, gain, dims, roles={"battery": "mode"})
    left = qb.discharge(battery, times=TIMES, charger="fock:1", start=1.0, cutoff_tolerance=0.5)
    both, charging = (
        json.loads(left.attrs[name])["cutoff_bound"]
        for name in ("certificate", "charging_certificate")
    )
    assert both > 1.5 * charging > 0.0


def test_an_inaccurate_charging_run_is_worse_than_a_low_cutoff(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The status is the more severe one of both runs."""

    def poor(*_args: object) -> Certificate:
        return Certificate("not-converged", {"error_estimate": 0.1}, "The run is not accurate.")

    module = import_module("qubatt.charging.discharge")  # the function has the same name
    monkeypatch.setattr(module, "certify_run", poor)
    battery = qb.DickeBattery(3, 0.8, 14)
    with pytest.warns(qb.QubattWarning, match="not accurate"):
        left = qb.discharge(battery, times=TIMES, environment="collective-decay:0.1", start=1.0)
    numbers = json.loads(left.attrs["certificate"])
    assert left.status == "not-converged"
    assert numbers["error_estimate"] == 0.1
    assert numbers["cutoff_status"]["remaining_energy"] == "cutoff-too-small"


def test_local_decay_and_three_levels() -> None:
    """N atoms from |m…m⟩ with one dissipator each lose Δ_m e^{−γt} per atom."""
    left = qb.discharge(
        qb.CascadeBattery(detuning_middle=0.9, detuning_excited=1.4, max_photons=2),
        times=TIMES,
        environment=[qb.LevelDecay("excited", "ground", 0.3)],
    )
    np.testing.assert_allclose(left.remaining_energy, 2 * 1.4 * np.exp(-0.3 * TIMES), atol=1e-8)


def test_half_life_beyond_the_times_is_not_a_number() -> None:
    """It is not extrapolated."""
    left = qb.discharge(
        qb.DrivenBattery(1, 1.0), times=[0.0, 1.0], environment=qb.CollectiveDecay(0.1)
    )
    assert np.isnan(left.half_life)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"environment": qb.CavityLoss(0.1)}, qb.UnsupportedError, "The battery loses no energy"),
        ({"environment": None}, qb.UnsupportedError, "The battery loses no energy"),
        ({"start": "empty"}, qb.ArgumentError, '`start` must be "full" or a time'),
        (
            {"start": 0.0},
            qb.ArgumentError,
            "`start` must be positive.*At time 0",
        ),
        ({"merits": "mean_photons"}, qb.UnsupportedError, "it needs a mode"),
        ({"times": [2.0, 1.0]}, qb.ArgumentError, "ascend"),
    ],
)
def test_bad_input(arguments: dict[str, object], error: type[Exception], message: str) -> None:
    """One sentence that says what is wrong."""
    given = {"times": TIMES, "environment": qb.CollectiveDecay(0.1)} | arguments
    with pytest.raises(error, match=message):
        qb.discharge(qb.DickeBattery(2, 0.3, 4), **given)


def test_half_life_belongs_to_a_charged_battery() -> None:
    """A charging run begins empty, and says where to go."""
    with pytest.raises(qb.UnsupportedError, match=r"use qb\.discharge to start"):
        qb.charge(qb.DrivenBattery(1, 1.0), times=TIMES, merits="half_life")
