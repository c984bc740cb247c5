"""Maxima at the end of a run are marked on maps of a study."""

from __future__ import annotations

import numpy as np
import xarray as xr

import qubatt as qb
from qubatt.plots.rising import NOTE, still_rising


def study(late: float) -> xr.Dataset:
    """Return maxima of sin(ωt) over two parameters, the last time given."""
    time, omega = np.linspace(0.0, late, 21), xr.DataArray([0.5, 1.0], dims="omega")
    factor = xr.DataArray([1.0, 2.0, 3.0], dims="factor")
    energy = factor * np.sin(omega * xr.DataArray(time, dims="time"))
    data = xr.Dataset({"energy": energy, "maximum_energy": energy.max("time")})
    return data.assign_coords(time=time, omega=[0.5, 1.0], factor=[1.0, 2.0, 3.0])


def test_points_at_the_end_are_known() -> None:
    """After time 2 only the slower sine still rises; after time 5 neither."""
    data = study(2.0)
    mask = still_rising(data, data.maximum_energy)
    assert mask is not None
    assert mask.transpose("omega", "factor").values.tolist() == [[True] * 3, [False] * 3]
    late = study(5.0)
    assert still_rising(late, late.maximum_energy) is None
    assert still_rising(data.drop_vars("energy"), data.maximum_energy) is None
    assert still_rising(data, data.energy) is None


def test_maps_mark_them() -> None:
    """One dot for each point, explained under the map."""
    sweep = {"battery.drive": [0.1, 0.2], "battery.interaction": [0.0, 0.5, 1.0]}
    run = {"type": "charge", "t_end": 1.0, "points": 11, "merits": ["energy", "maximum_energy"]}
    data = qb.sweep(
        {"battery": {"type": "driven", "n_atoms": 1}, "run": run, "sweep": sweep}, workers=1
    )
    figure = qb.plot(data, "maximum_energy", x="drive", y="interaction")
    (line,) = figure.axes[0].get_lines()
    assert len(line.get_xdata()) == 6
    assert any(NOTE[:20] in " ".join(axes.get_title(loc="left").split()) for axes in figure.axes)
