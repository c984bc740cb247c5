"""What was computed once is used again whenever it is the same, and never when it is not."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from small import assert_same, computed, driven, new_points, points, small

from qubatt.charging import certified_run
from qubatt.core.declaration import fields_of
from qubatt.core.registry import registry
from qubatt.results.status import status_counts
from qubatt.sweeps import Study, load, sweep
from qubatt.sweeps.study import charge_run, discharge_run, steady_run

pytestmark = pytest.mark.blas

REPULSION, RATE = "battery.interaction", "cavity-loss.rate"
BASE = {REPULSION: [0.0, 0.5, 1.0, 1.5], RATE: [0.1, 0.2, 0.3]}


def grid(**values: Any) -> dict[str, Any]:
    """Return a study with other values on its axes."""
    return small(sweep={REPULSION: BASE[REPULSION], RATE: BASE[RATE]} | values)


@pytest.mark.parametrize(
    ("axes", "new"),
    [
        ({RATE: [0.1, 0.2, 0.3, 0.4]}, 4),
        ({RATE: [0.05, 0.1, 0.2, 0.3]}, 4),
        ({RATE: [0.1, 0.15, 0.2, 0.25, 0.3]}, 8),
        ({RATE: [0.3, 0.2, 0.1]}, 0),
        ({RATE: [0.2]}, 0),
        ({RATE: {"start": 0.1, "stop": 0.3, "count": 3}}, 0),
        ({RATE: {"start": 0.1, "stop": 0.5, "count": 5}}, 8),
        ({RATE: {"start": 0.0, "stop": 0.3, "step": 0.1}}, 4),
        ({RATE: {"start": 0.1, "stop": 0.3, "count": 5}}, 8),
        ({RATE: {"values": [0.1, 0.2, 0.3], "name": "kappa", "labels": ["a", "b", "c"]}}, 0),
        ({"battery.omega_cavity": [1.0, 1.5]}, 12),
        ({"battery.n_atoms": [2, 3]}, 12),
        ({"charger": ["fock:2", "coherent:0.1"]}, 12),
        ({"run.t_end": [2.0, 4.0]}, 12),
        ({"run.points": [5, 9]}, 12),
    ],
)
def test_only_new_points_are_computed(tmp_path: Path, axes: dict[str, Any], new: int) -> None:
    """Axes longer at either end, finer, turned round, given otherwise, or one more of them."""
    sweep(grid(), tmp_path)
    wanted, found = new_points(grid(**axes), tmp_path)
    assert found == new
    # points that share a propagation to a later time have other steps: equal within the tolerance
    same = assert_near if {"run.t_end", "run.points"} & axes.keys() else assert_same
    same(wanted, sweep(grid(**axes)))
    assert new_points(grid(), tmp_path)[1] == 0
    assert_same(load(tmp_path), sweep(grid()))


def test_order_of_axes(tmp_path: Path) -> None:
    """The same points in another order of dims."""
    first = sweep(grid(), tmp_path)
    turned = small(sweep={RATE: BASE[RATE], REPULSION: BASE[REPULSION]})
    second, new = new_points(turned, tmp_path)
    assert new == 0
    assert second.energy.dims == ("cavity_loss_rate", "interaction", "time")
    assert_same(second.transpose(*first.energy.dims), first)


def test_together_is_the_diagonal(tmp_path: Path) -> None:
    """Parameters that vary as one take what is on the grid already."""
    sweep(grid(), tmp_path)
    rows = {REPULSION: [0.0, 0.5, 1.0], RATE: [0.1, 0.2, 0.3], "together": [[REPULSION, RATE]]}
    wanted, new = new_points(small(sweep=rows), tmp_path)
    assert new == 0
    assert wanted.key.dims == ("interaction",)


def variations() -> list[tuple[str, dict[str, Any]]]:
    """Return studies of one point that each differ from the first one in one parameter."""
    base = {
        "battery": {"type": "dicke", "n_atoms": 2, "coupling": 0.5, "max_photons": 8},
        "charger": {"type": "displaced-squeezed", "mean_photons": 0.1},
        "environment": [{"type": "cavity-loss", "rate": 0.5}],
        "run": {"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy", "negativity"]},
    }
    found = [("base", base)]
    for table, kind in (
        ("battery", "battery"),
        ("charger", "charger"),
        ("environment", "environment"),
        ("run", "run"),
    ):
        whole = table == "environment"
        part = base[table][0] if whole else base[table]
        for name, entry in fields_of(registry.get(kind, part["type"])).items():
            if name in ("merits", "on"):  # nothing else here could lose photons
                continue
            changed = OTHER.get(name) or (part.get(name, entry.default) or 0) * 1.25 + 0.01
            rest = {
                key: value
                for key, value in part.items()
                if name != "times" or key not in ("t_end", "points")
            }
            new = rest | {name: changed}
            found.append((f"{table}.{name}", base | {table: [new] if whole else new}))
    found.append(
        ("more environment", base | {"environment": [*base["environment"], "collective-decay:0.1"]})
    )
    found.append(("no environment", base | {"environment": []}))
    found.append(
        ("other battery", base | {"battery": base["battery"] | {"type": "tavis-cummings"}})
    )
    found.append(("other run", base | {"run": {"type": "discharge", "t_end": 2.0, "points": 5}}))
    return found


OTHER = {
    "n_atoms": 3,
    "max_photons": 9,
    "points": 6,
    "times": [0.0, 1.0],
    "engine": "matrix",
    "state_times": [1.0],
    "certificate": "full",
}


@pytest.mark.parametrize(
    ("name", "study"), variations()[1:], ids=lambda part: part if isinstance(part, str) else ""
)
def test_other_physics_has_another_key(tmp_path: Path, name: str, study: dict[str, Any]) -> None:
    """Every field of battery, charger, environment and run, merits aside, makes another result."""
    base = variations()[0][1]
    first, _ = new_points(base, tmp_path)
    second, new = new_points(study, tmp_path)
    assert new == 1, name
    assert str(first.key.item()) != str(second.key.item())
    assert_same(second, sweep(study))


def test_no_two_variations_share_a_key() -> None:
    """All of them are different from one another, too."""
    keys = [points(study)[0] for _, study in variations()]
    assert len(set(keys)) == len(keys)
    assert len(keys) > 20


def merits(*names: str, run: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a study that asks for these."""
    return small(run=(run or {"type": "charge", "t_end": 2.0, "points": 5}) | {"merits": [*names]})


@contextlib.contextmanager
def no_dynamics() -> Iterator[list[str]]:
    """Let every propagation and every search of a steady state fail, and be told of."""
    calls: list[str] = []

    def refuse(name: str, *_: Any, **__: Any) -> None:
        calls.append(name)
        raise AssertionError("computed again")

    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (certified_run, "propagate_each"),
            (charge_run, "solve"),
            (steady_run, "certified_states"),
            (steady_run, "find_steady_state"),
            (discharge_run, "find_discharge"),
        ):
            patch.setattr(module, name, functools.partial(refuse, name))
        yield calls


def assert_near(one: xr.Dataset, other: xr.Dataset, tolerance: float = 1e-9) -> None:
    """Check that two results hold the same within a tolerance; status and key to the letter.

    Certificates are those of the whole propagation, so that they depend on who shared it.
    """
    assert set(one.variables) == set(other.variables)
    words = ["status", "key"]
    xr.testing.assert_equal(one[words], other[words])
    words += [str(name) for name in one if str(name).startswith("certificate_")]
    one, other = one.drop_vars(words), other.drop_vars(words)
    xr.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


ROUNDING = 1e-14
"""What other selections of merits may change, relative to the largest value of a variable: some
tens of roundings, where the dense engine takes other steps; elsewhere they change nothing."""


def assert_rounded(one: xr.Dataset, other: xr.Dataset) -> None:
    """Check that two results agree within `ROUNDING`; status and key to the letter."""
    names = [name for name in other if not str(name).startswith("certificate_")]
    assert set(one) == set(other)
    for name in names:
        ours, theirs = one[name].values, other[name].values
        if theirs.dtype.kind == "f":
            scale = float(np.nanmax(np.abs(theirs)))
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=ROUNDING * scale)
        else:
            np.testing.assert_array_equal(ours, theirs)


STEADY = {"type": "steady"}


@pytest.mark.parametrize("run", [None, STEADY, STEADY | {"gap": True}])
def test_further_merits_are_read_off(tmp_path: Path, run: Any) -> None:
    """States of the battery are kept: no dynamics for further merits, and they are the same."""
    some = merits("energy", run=run)
    more = merits("purity", "energy", "ergotropy_full", "free_energy:beta=2", run=run)
    sweep(some, tmp_path)
    with no_dynamics() as calls:
        found, new = new_points(more, tmp_path)
    assert (new, calls) == (12, [])
    assert_same(found, sweep(more))
    assert_same(sweep(some, tmp_path), sweep(some))


def test_dynamics_that_are_forbidden_are_missed(tmp_path: Path) -> None:
    """What forbids them in the test above does forbid them."""
    with no_dynamics() as calls:
        data = sweep(merits("energy"), tmp_path)
    assert (data.status == "failed").all()
    assert set(calls) == {"propagate_each"}


@pytest.mark.parametrize("name", ["negativity", "maximum_power"])
def test_merits_that_need_more_are_computed_again(tmp_path: Path, name: str) -> None:
    """The full state is never kept; nor are times between the output times, unless asked for."""
    sweep(merits("energy"), tmp_path)
    found, new = new_points(merits("energy", name), tmp_path)
    assert new == 12
    assert np.isfinite(found[name]).all()
    assert_rounded(found, sweep(merits("energy", name)))


@pytest.mark.parametrize("make", [small, driven])
@pytest.mark.parametrize("more", ["ergotropy_full", "entropy", "maximum_power"])
def test_other_selections_of_merits(make: Any, more: str) -> None:
    """To the bit where they are read at the same times; times between are other dense steps."""
    run = {"type": "charge", "t_end": 2.0, "points": 5}
    few = sweep(make(run=run | {"merits": ["energy"]}))
    many = sweep(make(run=run | {"merits": ["energy", more]}))
    if make is small or more != "maximum_power":
        np.testing.assert_array_equal(many.energy, few.energy)
    assert_rounded(many[["energy", "key"]], few[["energy", "key"]])
    with pytest.raises(AssertionError):
        assert_rounded(many.assign(energy=many.energy * (1 + 2e-14))[["energy"]], few[["energy"]])


def test_merits_left_out_and_in_another_order(tmp_path: Path) -> None:
    """Neither costs anything; what is not asked for is not shown."""
    sweep(merits("energy", "purity"), tmp_path)
    for names in (["purity", "energy"], ["energy"], ["energy", "purity"], ["purity"]):
        data, new = new_points(merits(*names), tmp_path)
        assert new == 0
        assert {"purity", "energy"} & set(data) == set(names)
        assert_same(data, sweep(merits(*names)))


def test_half_of_the_merits_read_off_is_not_all_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study stopped while merits were added says which points lack them."""
    sweep(merits("energy"), tmp_path)

    def stop(state: Any) -> None:
        if state.done >= 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("qubatt.sweeps.execution.study_computation.CHUNK_SECONDS", 0.0)
    with pytest.raises(KeyboardInterrupt):
        sweep(merits("energy", "purity"), tmp_path, progress=stop)
    half = load(tmp_path)
    assert status_counts(half)["missing"] == 8
    assert np.isfinite(half.energy).all()
    assert (np.isnan(half.purity).any("time") == (half.status == "missing")).all()


def test_nothing_kept_means_computed_again(tmp_path: Path) -> None:
    """With keep=False there is nothing to read further merits off."""
    sweep(merits("energy"), tmp_path, keep=False)
    assert not [*(tmp_path / "states").iterdir()]
    both = merits("energy", "purity")
    assert_same(sweep(both, tmp_path), sweep(both))


def test_runs_of_several_kinds(tmp_path: Path) -> None:
    """Merits asked for differ from point to point; each counts as done by its own."""
    runs = [
        {"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy"]},
        {"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy", "purity"]},
    ]
    study = driven(
        sweep={"run": {"values": runs, "labels": ["a", "b"]}, "battery.drive": [0.5, 1.0]}
    )
    data = sweep(study, tmp_path)
    assert status_counts(data) == {"ok": 4}
    assert status_counts(load(tmp_path)) == {"ok": 4}
    assert computed(study, tmp_path)[1].reused == 4


def test_one_point_without_axes(tmp_path: Path) -> None:
    """A study without anything that varies is a grid of one point."""
    study = driven(sweep={})
    assert len(Study.of(study)) == 1
    data = sweep(study, tmp_path)
    assert data.status.item() == "ok"
    assert_same(load(tmp_path), data)
    assert new_points(study, tmp_path)[1] == 0
