"""Maxima at the last time of a run are stored for each point of a study and marked in figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import qubatt as qb
from qubatt.plots.late_marks import NOTE
from qubatt.results.late_maxima import late_maxima
from qubatt.sweeps.store.point_result import PointResult, stack, unstack

LATE = "maximum_energy, maximum_energy_time"


def study(**sweep: Any) -> dict[str, Any]:
    """Return a study of one resonantly driven atom, whose energy rises until the time π/F."""
    run = {
        "type": "charge",
        "t_end": 2.0,
        "points": 11,
        "merits": ["maximum_energy", "maximum_energy_time"],
    }
    battery = {"type": "driven", "n_atoms": 1, "detuning": 0.0}
    axes = {f"battery.{name}": values for name, values in sweep.items()}
    return {"battery": battery, "run": run, "sweep": axes}


def triangles(axes: Axes) -> list[tuple[float, float]]:
    """Return the positions of the marks in a panel."""
    lines = [line for line in axes.get_lines() if line.get_marker() == "^"]
    return [point for line in lines for point in zip(*line.get_data(), strict=True)]


def is_explained(figure: Figure) -> bool:
    """Whether the strip of a figure explains the marks."""
    titles = [" ".join(axes.get_title(loc="left").split()) for axes in figure.axes]
    return any(NOTE in title for title in titles)


def test_a_study_keeps_them_for_each_point(tmp_path: Path) -> None:
    """They follow from the runs, without curves in the result, and also after loading."""
    data = qb.sweep(study(drive=[0.5, 1.0, 2.0]), tmp_path)
    assert data.still_rising.values.tolist() == [LATE, LATE, ""]
    loaded = qb.load(tmp_path)
    assert loaded.still_rising.values.tolist() == [LATE, LATE, ""]
    mask = late_maxima(loaded, "maximum_energy")
    assert mask is not None
    assert mask.values.tolist() == [True, True, False]
    assert "maximum_energy at 2 of 3 points" in " ".join(str(loaded).split())
    assert "may still rise: maximum_energy, maximum_energy_time" in str(loaded.isel(drive=0))
    assert "may still rise" not in str(loaded.isel(drive=2))


def test_only_requested_maxima_are_named(tmp_path: Path) -> None:
    """A point that was computed with further maxima names those of the study only."""
    qb.sweep(study(drive=[0.5]), tmp_path)
    fewer = study(drive=[0.5])
    fewer["run"]["merits"] = ["maximum_energy"]
    assert qb.sweep(fewer, tmp_path).still_rising.values.tolist() == ["maximum_energy"]


def test_no_variable_without_late_maxima() -> None:
    """If all maxima lie before the last time, nothing is stored and nothing is marked."""
    data = qb.sweep(study(drive=[2.0, 3.0]))
    assert "still_rising" not in data
    assert not is_explained(qb.plot(data, "maximum_energy"))


def test_points_of_older_versions_load_without_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older versions did not store the names."""
    of: Callable[..., PointResult] = PointResult.of

    def older(key: str, names: tuple[str, ...], dataset: xr.Dataset, *rest: Any) -> PointResult:
        without = dataset.copy()
        without.attrs.pop("still_rising", None)
        return of(key, names, without, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(PointResult, "of", older)
        qb.sweep(study(drive=[0.5, 1.0]), tmp_path)
    data = qb.load(tmp_path)
    assert "still_rising" not in data
    assert data.status.values.tolist() == ["ok", "ok"]
    assert not is_explained(qb.plot(data, "maximum_energy"))
    longer = qb.sweep(study(drive=[0.5, 0.25]), tmp_path)
    assert longer.still_rising.values.tolist() == ["", LATE]


def test_packed_points_keep_them() -> None:
    """Packing several points into one file keeps the names of each."""
    runs = [
        qb.charge(
            qb.DrivenBattery(n_atoms=1, drive=drive, detuning=0.0),
            times=np.linspace(0.0, 2.0, 11),
            merits=["maximum_energy"],
        )
        for drive in (1.0, 2.0)
    ]
    results = [PointResult.of(f"{k}", ("maximum_energy",), run) for k, run in enumerate(runs)]
    again = [point.attributes.get("still_rising") for point in unstack(stack(results))]
    assert again == ['["maximum_energy"]', None]


def test_maps_mark_them() -> None:
    """One mark for each point, explained under the map."""
    data = qb.sweep(study(drive=[1.0, 2.0], interaction=[0.0, 0.5, 1.0]))
    figure = qb.plot(data, "maximum_energy", x="drive", y="interaction")
    assert sorted(triangles(figure.axes[0])) == [(1.0, 0.0), (1.0, 0.5), (1.0, 1.0)]
    assert is_explained(figure)


@pytest.mark.parametrize("family", [None, "interaction"])
def test_curves_mark_them(family: str | None) -> None:
    """One mark at each point of one curve, or of each curve of a family."""
    sweep = {"drive": [1.0, 2.0]} | ({family: [0.0, 0.5, 1.0]} if family else {})
    data = qb.sweep(study(**sweep))
    figure = qb.plot(data, "maximum_energy", x="drive", family=family)
    marks = triangles(figure.axes[0])
    assert len(marks) == (3 if family else 1)
    energy = float(data.maximum_energy.sel(drive=1.0).max())
    assert all(x == 1.0 and y == pytest.approx(energy) for x, y in marks)
    assert is_explained(figure)


def test_joined_runs_mark_them() -> None:
    """`concat` keeps the names of each run, whether joined once or twice."""

    def run(drive: float, interaction: float) -> xr.Dataset:
        battery = qb.DrivenBattery(n_atoms=1, drive=drive, detuning=0.0, interaction=interaction)
        return qb.charge(battery, times=np.linspace(0.0, 2.0, 11), merits=["maximum_energy"])

    rows = [qb.concat([run(1.0, g), run(2.0, g)], "drive") for g in (0.0, 0.5)]
    assert rows[0].still_rising.values.tolist() == ["maximum_energy", ""]
    figure = qb.plot(rows[0], "maximum_energy")
    assert [x for x, _ in triangles(figure.axes[0])] == [1.0]
    both = qb.concat(rows, "interaction")
    figure = qb.plot(both, "maximum_energy", x="drive", y="interaction")
    assert sorted(triangles(figure.axes[0])) == [(1.0, 0.0), (1.0, 0.5)]
    late = qb.concat([run(2.0, 0.0), run(3.0, 0.0)], "drive")
    assert "still_rising" not in late.coords
    mixed = qb.concat(
        [rows[0], late.assign_coords(drive=[1.0, 2.0])],
        xr.DataArray([0, 1], dims="case", name="case"),
    )
    assert mixed.still_rising.values.tolist() == [["maximum_energy", ""], ["", ""]]
