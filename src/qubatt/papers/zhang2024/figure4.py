"""Fig. 4: stored energy of the cascade battery for five values of g and two pairs of rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.check import FloatArray
from qubatt.environment import CavityLoss, LevelDecay
from qubatt.models import CascadeBattery
from qubatt.papers.claim import Claim
from qubatt.papers.paper import Datasets, PaperFigure, Parameter, Table
from qubatt.papers.scans import Scans, charging_scan, steady_scan
from qubatt.papers.zhang2024.cutoff import cutoff_claim, cutoff_dataset
from qubatt.papers.zhang2024.drawing import draw_energy, draw_region
from qubatt.papers.zhang2024.growth import (
    first_point,
    grows,
    growth_claim,
    steady_values,
    summarise,
)
from qubatt.papers.zhang2024.reading import G_VALUES
from qubatt.sweeps import Study

DECAYS = {"a": (0.1, 0.01), "b": (0.2, 0.1)}
"""Decay rates γ_e and γ_m by panel."""
KAPPA = 0.5
MAX_PHOTONS = 10
TIME_STEP = 0.05


def scan_of(
    detuning: float,
    coupling: float,
    panel: str,
    g: float,
    times: FloatArray,
    max_photons: int = MAX_PHOTONS,
) -> tuple[Study, Study]:
    """Return the scans of a charging curve and of its steady state.

    Eqs. (22) and (23) contain twice the standard form of the dissipators.
    """
    gamma_e, gamma_m = DECAYS[panel]
    battery = CascadeBattery(
        interaction=g,
        coupling=coupling,
        pump=1.0,
        control=1.0,
        detuning_middle=detuning,
        detuning_excited=detuning,
        detuning_cavity=detuning,
        max_photons=max_photons,
    )
    environment = (
        CavityLoss(2 * KAPPA),
        LevelDecay("excited", "middle", 2 * gamma_e),
        LevelDecay("middle", "ground", 2 * gamma_m),
    )
    merits = ("energy", "cutoff_population")
    curve = charging_scan([battery], environment, times, merits)
    return curve, steady_scan([battery], environment)


@dataclass(frozen=True)
class Figure4(PaperFigure):
    """Two three-level atoms in a cavity, Eqs. (18)–(24), scanned over detuning and g_1.

    Detunings Δ_m = Δ_e = Δ_cav and couplings are in units of the fields Ω_a = Ω_b = 1.
    """

    detunings: tuple[float, ...] = (0.5, 1.0, 2.0)
    couplings: tuple[float, ...] = (0.5, 1.0, 2.0)
    end: float = 40.0

    key = "4"
    title = "Cascade battery: two three-level atoms"

    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:  # noqa: ARG002
        """Scan detuning and g_1 for both pairs of rates, choose a point and check its cut-off."""
        axes: dict[str, Sequence[str] | Sequence[float]] = {
            "detuning": self.detunings,
            "coupling": self.couplings,
            "panel": list(DECAYS),
            "g": G_VALUES,
        }
        grid = list(product(self.detunings, self.couplings, DECAYS, G_VALUES))
        times: FloatArray = np.linspace(0.0, self.end, round(self.end / TIME_STEP) + 1)
        curve_scans, end_scans = zip(*(scan_of(*point, times) for point in grid), strict=True)
        values = scans.run("Fig. 4: scan of detuning and g_1", [*curve_scans, *end_scans])
        results, ends = values[: len(grid)], values[len(grid) :]
        shape = tuple(len(values) for values in axes.values())
        unit = 2 * np.array([detuning for detuning, *_ in grid])  # two atoms, in units of Δ_m
        energies = np.stack([result["energy"][0] for result in results]) / unit[:, np.newaxis]
        energies = energies.reshape(*shape, len(times))
        steady = (steady_values(ends)[:, 0] / unit).reshape(shape)
        populations = np.array([result["cutoff_population"].max() for result in results])
        coords = {name: list(values) for name, values in axes.items()}
        summary = summarise(times, energies, steady) | {
            "cutoff_population": populations.reshape(shape)
        }
        scan = xr.Dataset({name: (tuple(axes), v) for name, v in summary.items()}, coords=coords)
        chosen = self._choose(scan)
        point = {name: chosen[name] for name in ("detuning", "coupling")}
        curves = xr.DataArray(
            energies,
            dims=(*axes, "time"),
            coords=coords | {"time": times},
            attrs={"units": "Delta_m", "long_name": "stored energy per atom"},
        )
        figure = xr.Dataset({"energy": curves.sel(point, drop=True)}, attrs=chosen)
        detuning, coupling = float(chosen["detuning"]), float(chosen["coupling"])
        figure["time"].attrs = {"units": "inverse of Omega_a"}
        checks = {}
        for panel in DECAYS:
            larger = [
                scan_of(detuning, coupling, panel, g, times, MAX_PHOTONS * 3 // 2)[0]
                for g in G_VALUES
            ]
            checked = scans.run(f"Fig. 4{panel}: cut-off raised by half", larger)
            population = scan["cutoff_population"].sel(point).sel(panel=panel)
            checks[panel] = cutoff_dataset(
                figure.sel(panel=panel), checked, population.to_numpy(), per=2 * detuning
            )
        cutoff = xr.concat(list(checks.values()), dim=xr.Variable("panel", list(checks)))
        return {"figure": figure, "scan": scan, "cutoff": cutoff}

    def _choose(self, scan: xr.Dataset) -> dict[str, float | int | str]:
        """Return the point to draw: detuning 1 and g_1 = 1 if all claims hold there."""
        held = self._holds(scan).all(["value", "panel"]).transpose("detuning", "coupling")
        distance = abs(held["detuning"] - 1.0) + abs(held["coupling"] - 1.0)
        return first_point(held, distance)

    def _holds(self, scan: xr.Dataset) -> xr.DataArray:
        """Return whether the maximum and the steady value grow with g.

        The dimensions are (value, detuning, coupling, panel).
        """
        values = ["maximum", "steady"]
        return xr.concat([grows(scan[name]) for name in values], dim=xr.Variable("value", values))

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return the two panels with insets, and a map of growth with g."""
        detuning = float(data["figure"].attrs["detuning"])
        energy = data["figure"]["energy"]
        energy = energy.assign_coords(time=energy["time"] * detuning)  # in units of 1/Δ_m
        panels = [
            (f"({panel}) $\\gamma_e = {e:g}$, $\\gamma_m = {m:g}$", energy.sel(panel=panel))
            for panel, (e, m) in DECAYS.items()
        ]
        count = self._holds(data["scan"]).sum(["value", "panel"])
        region = draw_region(
            [("both pairs", count)],
            x="coupling",
            y="detuning",
            xlabel=r"coupling $g_1/\Omega_a$",
            ylabel=r"detuning $\Delta/\Omega_a$",
            top=4,
        )
        drawing = draw_energy(panels, until=20.0, unit=r"\Delta_m")
        return {"figure4": drawing, "figure4-map": region}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check F4a and F4b for the maximum and the steady value, and the cut-off (F4c and T1)."""
        claims = []
        for panel, (gamma_e, gamma_m) in DECAYS.items():
            part = data["scan"].sel(panel=panel, drop=True)
            for name, value in (("maximum", "maximum"), ("steady value", "steady")):
                statement = (
                    f"At γ_e = {gamma_e:g}, γ_m = {gamma_m:g} the {name} of the stored energy grows"
                    " strictly with g."
                )
                claims.append(growth_claim(f"F4{panel} ({name})", statement, part, value, "Δ_m"))
        return [*claims, cutoff_claim("F4c, T1 (Fig. 4)", data["cutoff"], MAX_PHOTONS)]

    def tables(self, data: Datasets) -> list[Table]:  # noqa: ARG002
        """Return no tables, because ten photons are far more than necessary."""
        return []

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing."""
        chosen = data["figure"].attrs
        return [
            Parameter("g", ", ".join(f"{g:g}" for g in G_VALUES), "stated"),
            Parameter("Ω_a = Ω_b", "1", "stated"),
            Parameter("κ", "0.5, entered as 2κ (Eq. 22)", "stated"),
            Parameter(
                "γ_e, γ_m", "0.1, 0.01 (a); 0.2, 0.1 (b), entered doubled (Eq. 23)", "stated"
            ),
            Parameter("N_ph (highest Fock level)", str(MAX_PHOTONS), "stated"),
            Parameter("initial number of photons", "2", "stated"),
            Parameter("Δ_m = Δ_e = Δ_cav", "equal (text below Eq. 24)", "stated"),
            Parameter(
                "Δ_m",
                f"{chosen['detuning']:g} Ω_a",
                "not stated",
                "energies are in units of Δ_m and the fields are 1; scanned values: "
                + ", ".join(map(str, self.detunings)),
            ),
            Parameter(
                "g_1 = g_2",
                f"{chosen['coupling']:g} Ω_a",
                "not stated",
                "the caption lists g_1 with Ω_a = Ω_b = 1; scanned values: "
                + ", ".join(map(str, self.couplings)),
            ),
        ]
