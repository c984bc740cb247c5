"""Fig. 3: stored energy of the driven battery with collective decay for five values of g."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.check import FloatArray
from qubatt.environment import CollectiveDecay
from qubatt.models import DrivenBattery
from qubatt.papers.claim import Claim
from qubatt.papers.paper import Datasets, PaperFigure, Parameter, Table
from qubatt.papers.scans import Scans, charging_scan, steady_scan
from qubatt.papers.zhang2024.drawing import draw_energy, draw_region
from qubatt.papers.zhang2024.growth import (
    first_point,
    grows,
    growth_claim,
    steady_values,
    summarise,
)
from qubatt.papers.zhang2024.reading import (
    FACTORS,
    G_VALUES,
    INTERACTIONS,
    by_reading,
    preferred,
    why,
)
from qubatt.sweeps import Study

RANKED = (1.0, 0.5, 2.0, 0.25, 4.0)
"""Drives in the order of preference for the drawing."""
GAMMAS = (0.4, 0.5)
FRAMES = {"laboratory": 1.0, "resonant": 0.0}
"""Detuning of the drive by frame, in units of ω_q."""
END = 60.0
TIMES: FloatArray = np.linspace(0.0, END, 1201)


def scans_at(frame: str, drive: float, n_atoms: int, gamma: float) -> tuple[Study, Study]:
    """Return the curves and steady states for all interactions at one point of the scan."""
    batteries = tuple(
        DrivenBattery(n_atoms, drive, interaction=g, detuning=FRAMES[frame]) for g in INTERACTIONS
    )
    decay = (CollectiveDecay(gamma),)
    return charging_scan(batteries, decay, TIMES), steady_scan(batteries, decay)


@dataclass(frozen=True)
class Figure3(PaperFigure):
    """Driven collective spin with collective decay, Eqs. (14)–(17), scanned over N and Ω."""

    n_atoms: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8, 10, 12)
    drives: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)

    key = "3"
    title = "Driven battery with collective decay"

    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:
        """Scan frame, drive and N for all readings and both γ, and choose a point."""
        axes: dict[str, Sequence[str] | Sequence[float]] = {
            "frame": list(FRAMES),
            "drive": self.drives,
            "n_atoms": self.n_atoms,
            "gamma": GAMMAS,
        }
        grid = list(product(FRAMES, self.drives, self.n_atoms, GAMMAS))
        curves, ends = zip(*(scans_at(*point) for point in grid), strict=True)
        results = scans.run("Fig. 3: scan of N, drive, frame and readings", [*curves, *ends])
        atoms = np.array([n_atoms for _, _, n_atoms, _ in grid])[:, np.newaxis]
        shape = (*(len(values) for values in axes.values()), len(INTERACTIONS))
        energies = np.stack([result["energy"] for result in results[: len(grid)]])
        energies = (energies / atoms[..., np.newaxis]).reshape(*shape, len(TIMES))
        steady = (steady_values(results[len(grid) :]) / atoms).reshape(shape)
        dims = (*axes, "interaction")
        coords = {name: list(values) for name, values in axes.items()}
        coords["interaction"] = list(INTERACTIONS)
        summary = summarise(TIMES, energies, steady)
        raw = xr.Dataset({name: (dims, v) for name, v in summary.items()}, coords=coords)
        scan = by_reading(raw, readings)
        chosen = self._choose(scan, readings)
        drawable = xr.Dataset(
            {"energy": ((*dims, "time"), energies)}, coords=coords | {"time": TIMES}
        )
        point = {name: chosen[name] for name in ("frame", "drive", "n_atoms")}
        drawn = by_reading(drawable.sel(point, drop=True), [str(chosen["reading"])])
        figure = drawn.isel(reading=0, drop=True).transpose("gamma", "g", "time")
        figure["energy"].attrs = {"units": "omega_q", "long_name": "stored energy per atom"}
        figure["time"].attrs = {"units": "1/omega_q"}
        return {"figure": figure.assign_attrs(chosen), "scan": scan}

    def _holds(self, scan: xr.Dataset) -> xr.DataArray:
        """Return whether maximum and steady value grow with g, dims (value, reading, …, gamma)."""
        values = ["maximum", "steady"]
        return xr.concat([grows(scan[name]) for name in values], dim=xr.Variable("value", values))

    def _choose(self, scan: xr.Dataset, readings: Sequence[str]) -> dict[str, float | int | str]:
        """Return the point to draw: laboratory frame, preferably drive 1, and the smallest N."""
        held = self._holds(scan).all(["value", "gamma"]).sel(frame=["laboratory"])
        with_claims = [str(r) for r in readings if bool(held.sel(reading=r).any())]
        held = held.sel(reading=[preferred(with_claims or readings)])
        rank = xr.DataArray([RANKED.index(drive) for drive in self.drives], dims=["drive"])
        score = xr.zeros_like(held, dtype=float) + 100 * rank + held["n_atoms"]
        return first_point(held, score.transpose(*held.dims))

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return the two panels of the figure, and a map of growth with g."""
        energy = data["figure"]["energy"]
        panels = [
            (f"({letter}) $\\gamma = {gamma:g}$", energy.sel(gamma=gamma))
            for letter, gamma in zip("ab", GAMMAS, strict=True)
        ]
        count = self._holds(data["scan"]).sum(["value", "gamma"])
        same: dict[float, list[str]] = {}  # readings with the same interaction
        for reading in count["reading"].to_numpy():
            same.setdefault(FACTORS[str(reading)][0], []).append(str(reading))
        maps = [
            (f"{', '.join(names)}: {frame}", count.sel(reading=names[0], frame=frame))
            for names in same.values()
            for frame in FRAMES
        ]
        region = draw_region(
            maps,
            x="drive",
            y="n_atoms",
            xlabel=r"drive $\Omega/\omega_q$",
            ylabel="atoms $N$",
            top=4,
        )
        drawing = draw_energy(panels, until=30.0, unit=r"\omega_q", inset=False)
        return {"figure3": drawing, "figure3-map": region}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check F3a and F3b for the maximum and the steady value, and list exceptions (F3c)."""
        claims = []
        for letter, gamma in zip("ab", GAMMAS, strict=True):
            part = data["scan"].sel(gamma=gamma, drop=True)
            for name, value in (("maximum", "maximum"), ("steady value", "steady")):
                claims.append(
                    growth_claim(
                        f"F3{letter} ({name})",
                        f"At γ = {gamma:g} the {name} of the stored energy grows strictly with g.",
                        part,
                        value,
                    )
                )
        held = self._holds(data["scan"]).all("gamma")
        sentences = []
        for name, value in (("maximum", "maximum"), ("steady value", "steady")):
            for frame in FRAMES:
                absent = ~held.sel(value=value, frame=frame, drop=True)
                sentences.append(f"{name}, {frame} frame: {_absence(absent)}")
        exception = Claim(
            "F3c",
            "For some (N, Ω) the stored energy does not grow with g.",
            "fails" if bool(held.all()) else "holds",
            "\n".join(sentences),
            f"both values grow for both γ at {int(held.all('value').sum())} of"
            f" {held.isel(value=0).size} points",
            {"points": int(held.isel(value=0).size), "growing": int(held.all("value").sum())},
        )
        return [*claims, exception]

    def tables(self, data: Datasets) -> list[Table]:  # noqa: ARG002
        """Return no tables, because there is no cut-off to check."""
        return []

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing."""
        chosen = data["figure"].attrs
        factor = FACTORS[str(chosen["reading"])][0]
        held = "" if chosen["all_hold"] else "; here they do not hold at any scanned point"
        return [
            Parameter("g", ", ".join(f"{g:g}" for g in G_VALUES), "stated"),
            Parameter("γ", "0.4 (a), 0.5 (b)", "stated"),
            Parameter("g_c", "0.5", "stated", "without a cavity, perhaps the drive is meant"),
            Parameter("initial state", "all atoms in the ground state", "stated"),
            Parameter(
                "frame of the drive",
                str(chosen["frame"]),
                "not stated",
                "the drive of Eq. (14) is static, so it is detuned by ω_q",
            ),
            Parameter(
                "Ω",
                f"{chosen['drive']:g}",
                "not stated",
                "it is the first of 1 (the amplitude ω of Eq. (14), in units of ω_q), 0.5 (g_c in"
                " the caption), 2, 0.25 and 4 for which all claims hold" + held,
            ),
            Parameter(
                "N",
                str(chosen["n_atoms"]),
                "not stated",
                "it is the smallest for which all claims hold; scanned values: "
                + ", ".join(map(str, self.n_atoms))
                + held,
            ),
            Parameter(
                "reading",
                str(chosen["reading"]),
                "not stated",
                why(data["scan"], "it is the first of R2, R3, R4, R1 for which all claims hold")
                + f"; interaction = {factor:g} g, and the coupling is irrelevant here",
            ),
        ]


def _absence(absent: xr.DataArray) -> str:
    """Return a string that lists the values of N without growth, for each reading and drive."""
    texts: dict[str, list[str]] = {}
    for reading in absent["reading"].to_numpy():
        reasons = []
        for drive in absent["drive"].to_numpy():
            column = absent.sel(reading=reading, drive=drive)
            if bool(column.any()):
                reasons.append(f"Ω = {drive:g}: N = {_runs(column)}")
        texts.setdefault("; ".join(reasons) or "growth at all points", []).append(str(reading))
    return " | ".join(f"{', '.join(names)}: {text}" for text, names in texts.items())


def _runs(column: xr.DataArray) -> str:
    """Return the values of N for which a column is true, as ranges such as "2–8, 12"."""
    numbers, true = column["n_atoms"].to_numpy(), column.to_numpy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(int)))
    runs = [(numbers[a], numbers[b - 1]) for a, b in edges.reshape(-1, 2)]
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
