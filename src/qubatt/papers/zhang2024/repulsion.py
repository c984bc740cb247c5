"""Maps of the steady energy with and without repulsion, in addition to the paper's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from numpy.typing import NDArray

from qubatt.environment import CavityLoss, CollectiveDecay
from qubatt.models import DickeBattery, DrivenBattery
from qubatt.papers.claim import Claim, judge, symbol
from qubatt.papers.paper import Datasets, PaperFigure, Parameter, Table
from qubatt.papers.scans import Scans, Values, steady_scan
from qubatt.papers.zhang2024.growth import steady_values
from qubatt.papers.zhang2024.reading import FACTORS, preferred
from qubatt.plots import draw_change, draw_zero, new_figure, styled
from qubatt.sweeps import Study

G_COMPARED = (-0.5, 0.0, 0.5)
"""Values of g: attraction, no interaction, repulsion."""
N_DICKE = 4
GAMMA = 0.5
PANELS = {"dicke": ("g_c", "kappa"), "driven": ("drive", "n_atoms")}
"""Axes (x, y) of the maps."""


def enough_photons(n_atoms: int, coupling: float) -> int:
    """Return a sufficient cut-off, above the (N g_c)² photons of fully polarised atoms."""
    return 12 + round(2.5 * (n_atoms * coupling) ** 2)


def dicke_scan(kappa: float, g_c: float, reading: str) -> Study:
    """Return the steady states of the Dicke battery for three values of g."""
    factor, coupling_factor = FACTORS[reading]
    coupling = g_c * coupling_factor
    photons = enough_photons(N_DICKE, coupling)
    batteries = tuple(
        DickeBattery(N_DICKE, coupling, photons, interaction=g * factor) for g in G_COMPARED
    )
    return steady_scan(batteries, [CavityLoss(kappa)], method="flow")


def driven_scan(n_atoms: int, drive: float, reading: str) -> Study:
    """Return steady states of the driven battery in the laboratory frame for three values of g."""
    factor, _ = FACTORS[reading]
    batteries = tuple(
        DrivenBattery(n_atoms, drive, interaction=g * factor, detuning=1.0) for g in G_COMPARED
    )
    return steady_scan(batteries, [CollectiveDecay(GAMMA)])


@dataclass(frozen=True)
class Repulsion(PaperFigure):
    """Steady energy at g = ½ minus that at g = 0, on grids of (κ, g_c) and of (N, Ω)."""

    kappa: tuple[float, ...] = tuple(round(0.125 * 2 ** (k / 2), 3) for k in range(12))
    g_c: tuple[float, ...] = tuple(round(0.05 * k, 2) for k in range(2, 14))
    n_atoms: tuple[int, ...] = tuple(range(2, 17))
    drives: tuple[float, ...] = tuple(round(0.125 * 2 ** (k / 2), 3) for k in range(13))

    key = "repulsion"
    title = "effect of repulsion between the atoms"
    caption = (
        "Change of the steady stored energy per atom due to a repulsion g = ½: increase (blue),"
        " decrease (red), and zero change (solid line). On the dashed line an attraction g = −½"
        " stores the same energy as the repulsion. (a) Dicke battery. (b) Driven battery, with the"
        " drive in the laboratory frame. Hatched: the status of one of the states is not ok."
    )

    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:
        """Compute the steady states for attraction, no interaction and repulsion."""
        reading = preferred(readings)
        dicke = list(product(self.kappa, self.g_c))
        driven = list(product(self.n_atoms, self.drives))
        studies = [dicke_scan(*point, reading) for point in dicke]
        studies += [driven_scan(*point, reading) for point in driven]
        results = scans.run("Maps of the effect of repulsion", studies)
        counts = np.array([n_atoms for n_atoms, _ in driven])
        dicke_axes = {"kappa": self.kappa, "g_c": self.g_c}
        driven_axes = {"n_atoms": self.n_atoms, "drive": self.drives}
        parts = [
            _labelled("dicke", results[: len(dicke)], np.full(len(dicke), N_DICKE), dicke_axes),
            _labelled("driven", results[len(dicke) :], counts, driven_axes),
        ]
        return {"figure": xr.merge(parts).assign_attrs(reading=reading)}

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return the two maps."""
        maps = data["figure"]
        figure, panels = new_figure(columns=2, panel=(4.6, 3.5))
        labels = {
            "dicke": (r"coupling $g_c$", r"cavity loss $\kappa/\omega_q$", ["kappa"]),
            "driven": (r"drive $\Omega/\omega_q$", "atoms $N$", ["drive"]),
        }
        titles = {
            "dicke": f"(a) Dicke battery, $N = {N_DICKE}$",
            "driven": f"(b) driven battery, $\\gamma = {GAMMA:g}$",
        }
        for axes, (name, (x, y)) in zip(panels, PANELS.items(), strict=True):
            xlabel, ylabel, logarithmic = labels[name]
            doubtful = (maps[f"{name}_trusted"] == 0).any("g")
            draw_change(
                axes,
                gain(maps, name),
                x,
                y,
                xlabel=xlabel,
                ylabel=ylabel,
                doubtful=doubtful,
                logarithmic=logarithmic,
            )
            with styled():
                draw_zero(axes, excess(maps, name), x, y, linestyle="dashed")
                axes.set_title(titles[name], loc="left")
        return {self.stem: figure}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check whether repulsion always increases the energy, as it does in the paper."""
        maps = data["figure"]
        names = {
            "M1": ("dicke", f"the Dicke battery (N = {N_DICKE}) for all κ and g_c"),
            "M2": ("driven", f"the driven battery (γ = {GAMMA:g}) for all N and Ω"),
        }
        claims = []
        for key, (name, which) in names.items():
            change, over = gain(maps, name), excess(maps, name)
            statement = f"Repulsion (g = ½) increases the steady stored energy of {which}."
            more = int((over > 0).sum())
            evidence = (
                f"it changes E by {float(change.min()):+.4f} to {float(change.max()):+.4f} ω per"
                f" atom, least at {_place(change, change.argmin(...))}, most at"
                f" {_place(change, change.argmax(...))}; it stores more than attraction (g = −½)"
                f" at {more} of {over.size} points"
            )
            numbers = {
                "least": float(change.min()),
                "most": float(change.max()),
                "better_than_attraction": more,
                "doubtful": int((maps[f"{name}_trusted"] == 0).any("g").sum()),
            }
            claims.append(judge(key, statement, change > 0, evidence, numbers))
        return claims

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of both maps."""
        reading = str(data["figure"].attrs["reading"])
        few = "it is the value in the reproduced Fig. 2"
        return [
            Parameter("g", ", ".join(f"{g:g}" for g in G_COMPARED), "stated"),
            Parameter(
                "reading", reading, "not stated", "it is the first requested one of R2, R3, R4, R1"
            ),
            Parameter("N (a)", f"{N_DICKE}", "not stated", few),
            Parameter(
                "highest Fock level (a)",
                f"12 + 2.5 (N g_c)², {enough_photons(N_DICKE, max(self.g_c))} at most",
                "not stated",
                "the certificate requires more photons than the paper's 20 at large g_c",
            ),
            Parameter("γ (b)", f"{GAMMA:g}", "stated"),
            Parameter(
                "frame of the drive (b)",
                "laboratory",
                "not stated",
                "the drive of Eq. (14) is static",
            ),
        ]

    def tables(self, data: Datasets) -> list[Table]:  # noqa: ARG002
        """Return no tables, because maps and verdicts are sufficient."""
        return []


def gain(maps: xr.Dataset, name: str) -> xr.DataArray:
    """Return the steady energy per atom with repulsion minus that without interaction."""
    _, none, repulsion = G_COMPARED
    energy = maps[f"{name}_energy"]
    change = energy.sel(g=repulsion, drop=True) - energy.sel(g=none, drop=True)
    label = r"$[E(g = 1/2) - E(0)]\,/\,N$"
    return change.assign_attrs(long_name=label, units=r"$\omega_q$")


def excess(maps: xr.Dataset, name: str) -> xr.DataArray:
    """Return the steady energy per atom with repulsion minus that with attraction."""
    attraction, _, repulsion = G_COMPARED
    energy = maps[f"{name}_energy"]
    return energy.sel(g=repulsion, drop=True) - energy.sel(g=attraction, drop=True)


def _labelled(
    name: str,
    results: Sequence[Values],
    n_atoms: NDArray[np.int64],
    axes: Mapping[str, Sequence[float]],
) -> xr.Dataset:
    """Return energies per atom, and whether they are trusted, with the dims of a map and g."""
    shape = (*(len(values) for values in axes.values()), len(G_COMPARED))
    dims = (*axes, "g")
    energy = steady_values(results) / n_atoms[:, np.newaxis]
    trusted = np.stack([result["trusted"] for result in results])
    attributes = {"units": "omega_q", "long_name": "steady stored energy per atom"}
    return xr.Dataset(
        {
            f"{name}_energy": (dims, energy.reshape(shape), attributes),
            f"{name}_trusted": (dims, trusted.reshape(shape), {"units": "1"}),
        },
        coords={key: list(values) for key, values in axes.items()} | {"g": list(G_COMPARED)},
    )


def _place(values: xr.DataArray, index: Any) -> str:
    """Return the coordinates of a point as text."""
    point = values.isel(index)
    return " and ".join(f"{symbol(str(dim))} = {point[dim].item():g}" for dim in values.dims)
