"""Several processes write to one folder while others read it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import xarray as xr
from small import Starter, assert_same, small, written

from qubatt.core.file import exchange
from qubatt.results.status import status_counts
from qubatt.sweeps import Study, load, sweep
from qubatt.sweeps.store.store import Store


def part(values: list[float]) -> dict:
    """Return a study with other repulsions; every point takes some hundredths of a second."""
    battery = {"type": "dicke", "n_atoms": 4, "coupling": 0.5, "max_photons": 10}
    rates = [0.1, 0.2, 0.3]
    sweep = {"battery.interaction": values, "cavity-loss.rate": rates}
    return small(battery=battery, sweep=sweep)


@pytest.mark.slow
def test_two_at_the_same_study_and_a_reader(tmp_path: Path, qubatt: Starter) -> None:
    """Both end well with all results, and a reader never sees half of anything."""
    study = part([0.0, 0.3, 0.6, 0.9])
    file, folder = written(study, tmp_path / "study.toml"), tmp_path / "out"
    two = [qubatt("sweep", file, "--workers", 1, "--output", folder) for _ in range(2)]
    seen = [0]
    while any(command.is_alive for command in two):
        if (folder / "data.zarr").exists():
            with xr.open_zarr(folder / "data.zarr") as grid:
                grid.load()
            done = 12 - status_counts(load(folder)).get("missing", 0)
            assert done >= 12 - status_counts(grid).get("missing", 0)
            assert Store.open(folder).nbytes > 0
            seen.append(done)
        time.sleep(0.01)
    assert [command.end()[::2] for command in two] == [(0, "")] * 2
    assert seen == sorted(seen)
    assert len(set(seen)) > 1
    assert_same(load(folder), sweep(study))


@pytest.mark.slow
def test_two_studies_that_share_points(tmp_path: Path, qubatt: Starter) -> None:
    """The folder holds the points of both; each study then finds all of its own there."""
    values = [[0.0, 0.3, 0.6], [0.3, 0.6, 0.9]]
    studies = [part(some) for some in values]
    studies[1]["run"] = {**studies[1]["run"], "merits": ["energy", "entropy"]}
    folder = tmp_path / "out"
    files = [written(study, tmp_path / f"{k}.toml") for k, study in enumerate(studies)]
    two = [qubatt("sweep", file, "--workers", 1, "--output", folder) for file in files]
    while any(command.is_alive for command in two):
        if (folder / "data.zarr").exists():
            load(folder)
        time.sleep(0.02)
    assert [command.end()[::2] for command in two] == [(0, "")] * 2
    keys = {point.key for study in studies for point in Study.of(study).points}
    assert len(keys) == 12
    store = Store.open(folder)
    for study in studies:
        for point in Study.of(study).points:
            row = store.get(point.key, study["run"]["merits"])
            assert row is not None
            assert row.covers(study["run"]["merits"])
        assert_same(sweep(study, folder), sweep(study))


def test_merits_of_two_writers_do_not_hide_one_another(tmp_path: Path) -> None:
    """Neither set of merits holds the other; both results of a point count."""
    studies = [
        small(run={**small()["run"], "merits": ["energy", name]}) for name in ("purity", "entropy")
    ]
    folders = [tmp_path / "one", tmp_path / "other"]
    wanted = [sweep(study, folder) for study, folder in zip(studies, folders, strict=True)]
    for path in (folders[1] / "points").iterdir():
        path.rename(folders[0] / "points" / path.name)
    store = Store.open(folders[0])
    for study, data in zip(studies, wanted, strict=True):
        rows = [store.get(str(key), study["run"]["merits"]) for key in data.key.values.flat]
        assert all(row is not None and row.covers(study["run"]["merits"]) for row in rows)
        assert_same(sweep(study, folders[0]), data)


def test_folders_are_exchanged_by_many_at_once(tmp_path: Path) -> None:
    """The first grid too: there is always a whole one, and nobody fails."""
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def put(number: int) -> None:
        start.wait()
        for k in range(50):
            new = tmp_path / f"{number}-{k}"
            new.mkdir()
            (new / "whole").write_text("whole")
            try:
                exchange(new, tmp_path / "place")
                assert (tmp_path / "place" / "whole").read_text() == "whole"
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
