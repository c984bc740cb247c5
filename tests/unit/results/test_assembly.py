"""Assembly from templates: each result has its own numbers, also with several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import xarray as xr

import qubatt as qb
from qubatt.results.assembly import assemble

TIMES = np.linspace(0.0, 1.0, 5)


def charged(drive: float) -> xr.Dataset:
    """Return a run of one structure."""
    battery = qb.DrivenBattery(n_atoms=1, drive=drive)
    return qb.charge(battery, times=TIMES, environment="collective-decay:0.5", merits=["energy"])


def test_results_of_one_structure_do_not_share_numbers() -> None:
    """Neither values nor attributes; what is changed in one stays as it was in the other."""
    first = charged(0.3)
    before = first.copy(deep=True)
    second = charged(0.6)
    second["energy"][:] = 7.0
    second.attrs["status"] = "odd"
    second["energy"].attrs["units"] = "odd"
    second["n_atoms"] = 5
    xr.testing.assert_identical(first, before)
    xr.testing.assert_identical(charged(0.3), before)
    assert float(charged(0.6).coords["battery_drive" if "drive" in first.dims else "drive"]) == 0.6


def test_threads_do_not_mix_parameters() -> None:
    """Every thread finds its own drive in coordinates, parameters and energy."""
    drives = np.linspace(0.1, 2.0, 60)
    alone = [float(charged(drive).energy[-1]) for drive in drives]
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(charged, drives))
    for drive, energy, run in zip(drives, alone, runs, strict=True):
        assert float(run.coords["drive"]) == drive
        assert run.parameters["battery"]["drive"] == drive
        assert float(run.energy[-1]) == energy


def test_it_is_the_dataset_of_xarray() -> None:
    """The same as if xarray had made it from the arrays."""
    rng = np.random.default_rng(0)
    time = {"units": "1/omega_ref"}
    for _ in range(2):
        energy, words = rng.normal(size=5), np.array(["a", "bc"])
        made = assemble(
            {"energy": (["kind", "time"], np.stack([energy, energy]), {"units": "omega_ref"}),
             "best": ([], np.asarray(energy.max()), {})},
            {"time": (TIMES, time), "kind": (words, {})},
            {"n_atoms": (3, {"describes": "battery.n_atoms"}), "status": ("ok", {})},
            {"status": "ok"},
        )  # fmt: skip
        expected = xr.Dataset(
            {"energy": (("kind", "time"), np.stack([energy, energy]), {"units": "omega_ref"}),
             "best": ((), energy.max())},
            {"time": ("time", TIMES, time), "kind": ("kind", words),
             "n_atoms": ((), 3, {"describes": "battery.n_atoms"}), "status": ((), "ok")},
            {"status": "ok"},
        )  # fmt: skip
        xr.testing.assert_identical(xr.Dataset(made.data_vars, made.coords, made.attrs), expected)
