"""Wherever a study is computed, the numbers are the same."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import ROUNDED, assert_same, dice, driven, environment, noise, ramp, small, wave

import qubatt as qb
from qubatt.core.errors import ArgumentError, QubattWarning
from qubatt.sweeps import sweep
from qubatt.sweeps.execution import runner
from qubatt.sweeps.execution.executor import WorkerPool
from qubatt.sweeps.execution.pool import open_pool


def pulses(*functions: Any) -> dict[str, Any]:
    """Return a study over functions of time."""
    values = {"values": [qb.FunctionPulse(f) for f in functions], "name": "drive"}
    values["labels"] = [*range(len(functions))]
    return driven(sweep={"battery.drive": values, "run.t_end": [1.0, 2.0]})


def kinds() -> dict[str, Any]:
    """Return studies of every kind of run."""
    auto = {"type": "dicke", "n_atoms": 1, "coupling": 0.5, "max_photons": "auto"}
    steady = {"type": "steady", "merits": ["energy", "ergotropy_full"], "gap": True}
    ends = small()["sweep"] | {"run.t_end": [0.5, 1.0, 2.0], "charger": ["fock:2", "coherent:0.1"]}
    return {
        "charge": small(),
        "shared": small(sweep=ends),
        "steady": small(run=steady),
        "discharge": driven(run={"type": "discharge", "t_end": 2.0, "points": 5}),
        "auto": small(battery=auto, sweep={"cavity-loss.rate": [0.5, 0.6]}),
        "functions": pulses(wave, ramp),
        "noise": pulses(noise, wave),
        "dice": pulses(dice, wave),
    }


@pytest.fixture(scope="module")
def here() -> dict[str, Any]:
    """Return the results of this process."""
    return {name: sweep(study) for name, study in kinds().items()}


@pytest.fixture(scope="module")
def processes() -> Iterator[WorkerPool]:
    """Return two processes that all tests share, as they take seconds to start."""
    with open_pool(2, None) as pool:
        yield pool


@pytest.mark.slow
@pytest.mark.blas
@pytest.mark.parametrize("name", kinds())
def test_processes(
    here: dict[str, Any], processes: WorkerPool, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Processes give the bits of one process; norms alone depend on its threads."""
    monkeypatch.setattr(runner, "open_pool", lambda *_: contextlib.nullcontext(processes))
    there = sweep(kinds()[name], workers=2)
    assert not (there.status == "failed").any()
    assert_same(there, here[name], but=ROUNDED)
    if ROUNDED in there:
        np.testing.assert_allclose(there[ROUNDED], here[name][ROUNDED], rtol=1e-3, atol=1e-12)


def test_as_charge_alone(here: dict[str, Any]) -> None:
    """Points that share a propagation are those of `charge` by itself."""
    data = here["shared"]
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=6, interaction=0.5)
    chargers = [qb.FockState(2), qb.CoherentState(0.1)]
    for (k, end), (j, charger) in itertools.product(
        enumerate(data.t_end.values), enumerate(chargers)
    ):
        row = data.isel(interaction=1, cavity_loss_rate=1, t_end=k, charger=j)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", QubattWarning)
            times, losses = np.linspace(0.0, end, 5), qb.CavityLoss(0.2)
            alone = qb.charge(
                battery,
                times=times,
                charger=charger,
                environment=losses,
                merits=["energy", "purity"],
            )
        np.testing.assert_allclose(row.energy, alone.energy, rtol=0, atol=1e-9)
        np.testing.assert_allclose(row.purity, alone.purity, rtol=0, atol=1e-9)
        assert row.status.item() == alone.attrs["status"]


def test_random_numbers_leave_those_of_others_alone() -> None:
    """A study draws its own; what comes next in this process is what would have come."""
    np.random.seed(7)  # noqa: NPY002
    wanted = np.random.random(3)  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    sweep(pulses(noise))
    np.testing.assert_array_equal(np.random.random(3), wanted)  # noqa: NPY002


def test_noise_is_noise(here: dict[str, Any]) -> None:
    """The test above would see other random numbers: they change the result."""
    battery = qb.DrivenBattery(n_atoms=2, drive=qb.FunctionPulse(noise))
    times, losses = np.linspace(0.0, 2.0, 5), qb.CollectiveDecay(0.5)
    alone = qb.charge(battery, times=times, environment=losses, merits=["energy"])
    assert (alone.energy.values != here["noise"].energy[0, 1].values).any()
    np.testing.assert_allclose(alone.energy, here["noise"].energy[0, 1], atol=1e-6)


def test_what_cannot_be_sent_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    """A function within a function is fine here, and refused with the cure for processes."""
    study = pulses(lambda time: 0.5 + 0.1 * time, wave)
    with pytest.raises(
        ArgumentError, match=r"`workers` must be 1 for this study.*top level of a module"
    ):
        sweep(study, tmp_path, workers=2)
    assert not [*(tmp_path / "points").iterdir()]
    assert_same(sweep(study, tmp_path), sweep(pulses(wave, wave)).assign(key=sweep(study).key))


SCRIPT = """
import qubatt as qb
from qubatt.sweeps import Study, sweep

def wave(time):
    return 0.5 + 0.1 * time

def work():
    study = Study(
        battery=qb.DrivenBattery(n_atoms=2, drive=qb.FunctionPulse(wave)),
        environment=[qb.CollectiveDecay(0.5)],
        run="charge:2.0,5",
        sweep={"collective-decay.rate": [0.1, 0.2]},
    )
    try:
        print(sweep(study, workers=2).status.values)
    except ValueError as error:
        print("refused:", error)
"""


@pytest.mark.slow
def test_script_without_guard(tmp_path: Path) -> None:
    """Processes would run the script again; the error says what to write."""
    (tmp_path / "script.py").write_text(f"{SCRIPT}\n\nwork()\n")
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "refused: Argument `workers` must be 1 here" in done.stdout
    assert 'if __name__ == "__main__":' in done.stdout
