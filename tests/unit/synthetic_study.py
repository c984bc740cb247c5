"""Studies made by hand, with numbers in closed form: what a sweep leaves, without computing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

NAMES = {
    "n_atoms": ("number of atoms", "1"),
    "interaction": ("exchange interaction", "omega_ref"),
    "cavity_loss_rate": ("cavity loss rate", "omega_ref"),
    "charger": ("charger state", "1"),
    "coupling": ("coupling", "omega_ref"),
}
PARAMETERS = {
    "n_atoms": "battery.n_atoms",
    "interaction": "battery.interaction",
    "cavity_loss_rate": "cavity-loss.rate",
    "charger": "charger",
    "coupling": "battery.coupling",
}
VALUES: dict[str, list[Any]] = {
    "n_atoms": [2, 4, 6, 8, 12],
    "interaction": [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0],
    "cavity_loss_rate": [0.01, 0.1, 1.0, 10.0],
    "charger": ["fock:4", "coherent:4", "thermal:4"],
}
MERITS = {
    "maximum_energy": ("largest stored energy", "omega_ref"),
    "maximum_power": ("largest charging power", "omega_ref^2"),
    "charging_time": ("charging time", "1/omega_ref"),
}


def _numbers(array: xr.DataArray) -> xr.DataArray:
    """Return the values of an axis as numbers, those of words counted from 1."""
    words = array.dtype.kind in "OSUT"
    return array.copy(data=np.arange(1.0, array.size + 1)) if words else array.astype(float)


def study(
    *axes: str,
    bad: dict[tuple[int, ...], str] | None = None,
    curves: bool = False,
    ragged: bool = False,
) -> xr.Dataset:
    """Return a study over axes of `VALUES`.

    Parameters
    ----------
    bad : dict, optional
        Status by the place of a point; at those ``failed`` or ``missing`` there are no numbers.
    curves : bool
        Add the stored energy over time.
    ragged : bool
        The curves have times of their own at each point, fewer at smaller n_atoms.
    """
    coords = {
        a: xr.Variable(a, VALUES[a], dict(zip(("long_name", "units"), NAMES[a], strict=True)))
        for a in axes
    }
    data = xr.Dataset(coords=coords)
    shape = tuple(data.sizes[a] for a in axes)
    n = _numbers(data["n_atoms"]) if "n_atoms" in axes else xr.DataArray(4.0)
    factor = sum((0.1 * _numbers(data[a]) for a in axes if a != "n_atoms"), xr.DataArray(1.0))
    energy, power = n * factor, 0.3 * n**1.5 * factor * (1 + 1 / n)
    for name, values in zip(MERITS, (energy, power, np.pi / np.sqrt(n) / factor), strict=True):
        data[name] = values.broadcast_like(data) if axes else values
    if curves:
        data = _with_curves(data, energy, n, ragged)
    status = np.full(shape, "ok", dtype="<U19")
    for place, word in (bad or {}).items():
        status[place] = word
    data["status"] = (axes, status)
    data["key"] = (axes, np.array([f"{k:08x}" for k in range(status.size)]).reshape(shape))
    known = ~data["status"].isin(["failed", "missing"])
    rank = xr.DataArray(np.arange(status.size).reshape(shape), dims=axes)
    data["certificate_error_estimate"] = 1e-9 * (1.0 + rank)
    data["certificate_smallest_eigenvalue"] = -1e-12 * (1.0 + rank)
    data["certificate_cutoff_relative_error"] = 1e-7 * (1.0 + rank)
    for name, array in data.data_vars.items():
        if array.dtype.kind == "f":
            data[name] = array.where(known)
    for name, (long_name, units) in (MERITS | {"energy": ("stored energy", "omega_ref")}).items():
        if name in data:
            data[name].attrs = {"long_name": long_name, "units": units}
            data[name].attrs["definition"] = f"made by hand for <{name}>"
    if "n_atoms" in axes:
        coupling = {"long_name": NAMES["coupling"][0], "units": NAMES["coupling"][1]}
        data = data.assign_coords(coupling=("n_atoms", 1 / np.sqrt(VALUES["n_atoms"]), coupling))
    for name, parameter in PARAMETERS.items():
        if name in data.coords:
            data[name].attrs["parameter"] = parameter
    data.attrs = _attributes(data, bad or {}, axes)
    return data


def _with_curves(
    data: xr.Dataset, energy: xr.DataArray, n: xr.DataArray, ragged: bool
) -> xr.Dataset:
    """Add sine-like charging curves over common times, or over times of each point."""
    label = {"long_name": "time", "units": "1/omega_ref"}
    if not ragged:
        time = xr.DataArray(np.linspace(0.0, 6.0, 61), dims="time")
        data = data.assign_coords(time=("time", time.values, label))
    else:
        step = xr.DataArray(np.arange(61), dims="step")
        time = (step / (10.0 + n)).where(step < 20 + 3 * n)
        data = data.assign_coords(time=time.assign_attrs(label))
    data["energy"] = energy * np.sin(np.sqrt(n) * time / 2) ** 2
    return data


def _attributes(
    data: xr.Dataset, bad: dict[tuple[int, ...], str], axes: tuple[str, ...]
) -> dict[str, str]:
    """Return what a study says of itself."""
    tables = {
        "battery": {"type": "dicke", "coupling": 0.5, "max_photons": "auto"},
        "charger": {"type": "fock", "photons": 4},
        "environment": [{"type": "cavity-loss", "rate": 0.5}],
        "run": {"t_end": 6.0, "points": 61},
        "sweep": {PARAMETERS[axis]: VALUES[axis] for axis in axes}
        | ({PARAMETERS["coupling"]: "1 / sqrt(n_atoms)"} if "n_atoms" in axes else {}),
    }
    failures = [
        {
            "key": str(data["key"].values[place]),
            "parameters": {a: data[a].values[k].item() for a, k in zip(axes, place, strict=True)},
            "message": "Argument `max_photons` must be at most 9, but is <b>12</b>.",
        }
        for place, word in bad.items()
        if word == "failed"
    ]
    return {
        "title": "Scaling of <the> Dicke battery",
        "description": "How energy & power grow.",
        "study": json.dumps(tables),
        "versions": json.dumps({"qubatt": "0.1.0", "numpy": "2.0"}),
        "citations": json.dumps(["R. H. Dicke, Phys. Rev. 93, 99 (1954)"]),
        "failures": json.dumps(failures),
    }
