"""Fig. 2: stored energy of the Dicke battery in a lossy cavity for five values of g."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from qubatt.core.check import FloatArray
from qubatt.environment import CavityLoss
from qubatt.models import DickeBattery
from qubatt.papers.claim import Claim, judge
from qubatt.papers.paper import Datasets, PaperFigure, Parameter, Table
from qubatt.papers.scans import Scans, Values, charging_scan, steady_scan
from qubatt.papers.zhang2024.convergence import (
    compare_cutoffs,
    convergence_claims,
    convergence_table,
)
from qubatt.papers.zhang2024.cutoff import cutoff_claim, cutoff_dataset
from qubatt.papers.zhang2024.drawing import draw_energy, draw_region
from qubatt.papers.zhang2024.growth import (
    COMPARED_SPAN,
    MAX_DISTANCE,
    first_point,
    grows,
    growth_claim,
    steady_values,
    summarise,
)
from qubatt.papers.zhang2024.reading import FACTORS, G_VALUES, by_reading, preferred, why
from qubatt.sweeps import Study

KAPPA_DRAWN = 0.5
"""Value of κ in Fig. 4, the only one stated in the paper."""
MAX_TOP_POPULATION = 1e-3
"""Population of the highest Fock level up to which a point is preferred for the drawing."""
G_C = 0.5
MAX_PHOTONS = 20
END = 60.0
TIMES: FloatArray = np.linspace(0.0, END, 1201)


def curve_scan(n_atoms: int, kappa: float, coupling: float, g: float, max_photons: int) -> Study:
    """Return one charging curve of the scan."""
    battery = DickeBattery(n_atoms, coupling, max_photons, interaction=g)
    merits = ("energy", "cutoff_population")
    return charging_scan([battery], [CavityLoss(kappa)], TIMES, merits)


def end_scan(n_atoms: int, kappa: float, coupling: float, g: float) -> Study:
    """Return one steady state of the scan."""
    battery = DickeBattery(n_atoms, coupling, MAX_PHOTONS, interaction=g)
    merits = ("energy", "mean_photons", "empty_population")
    return steady_scan([battery], [CavityLoss(kappa)], merits, method="flow")


@dataclass(frozen=True)
class Figure2(PaperFigure):
    """Dicke battery with cavity loss, Eqs. (1)–(13), scanned over N and κ."""

    n_atoms: tuple[int, ...] = (2, 4, 6, 8, 10)
    kappa: tuple[float, ...] = (0.2, 0.5, 1.0)

    key = "2"
    title = "Dicke battery in a lossy cavity"

    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:
        """Scan N and κ for all readings, choose a point, and check the cut-offs."""
        couplings = sorted({G_C * FACTORS[reading][1] for reading in readings})
        interactions = sorted({g * FACTORS[reading][0] for reading in readings for g in G_VALUES})
        grid = list(product(self.n_atoms, self.kappa, couplings, interactions))
        curve_scans = [curve_scan(*point, MAX_PHOTONS) for point in grid]
        end_scans = [end_scan(*point) for point in grid]
        values = scans.run("Fig. 2: scan of N, κ and readings", [*curve_scans, *end_scans])
        results, steady = values[: len(grid)], values[len(grid) :]
        curves = {
            (*point,): result["energy"][0] / point[0]
            for point, result in zip(grid, results, strict=True)
        }
        axes = {
            "n_atoms": self.n_atoms,
            "kappa": self.kappa,
            "coupling": couplings,
            "interaction": interactions,
        }
        scan = by_reading(_scan(TIMES, grid, results, steady, axes), readings, G_C)
        chosen = self._choose(scan, readings)
        reading, n_atoms, kappa = chosen["reading"], int(chosen["n_atoms"]), float(chosen["kappa"])
        factor, coupling_factor = FACTORS[str(reading)]
        drawn = np.stack(
            [curves[n_atoms, kappa, G_C * coupling_factor, g * factor] for g in G_VALUES]
        )
        figure = xr.Dataset(
            {
                "energy": (
                    ("g", "time"),
                    drawn,
                    {"units": "omega_q", "long_name": "stored energy per atom"},
                )
            },
            coords={"g": list(G_VALUES), "time": ("time", TIMES, {"units": "1/omega_q"})},
            attrs=chosen | {"g_c": G_C, "max_photons": MAX_PHOTONS},
        )
        larger = [
            curve_scan(n_atoms, kappa, G_C * coupling_factor, g * factor, MAX_PHOTONS * 3 // 2)
            for g in G_VALUES
        ]
        checks = scans.run("Fig. 2: cut-off raised by half", larger)
        population = scan["cutoff_population"].sel(reading=reading, n_atoms=n_atoms, kappa=kappa)
        return {
            "figure": figure,
            "scan": scan,
            "cutoff": cutoff_dataset(figure, checks, population.to_numpy(), n_atoms),
            "steady": compare_cutoffs(scans, scan, readings, G_C, self._kappa()),
        }

    def _kappa(self) -> float:
        """Return κ of Fig. 4 if it is scanned, otherwise the first scanned value."""
        return KAPPA_DRAWN if KAPPA_DRAWN in self.kappa else self.kappa[0]

    def _choose(self, scan: xr.Dataset, readings: Sequence[str]) -> dict[str, float | int | str]:
        """Return the point to draw: κ of Fig. 4, and the largest N that is suitable.

        At a suitable N all claims hold and the cut-off is sufficient.
        """
        held = self._holds(scan).all("claim").sel(kappa=[self._kappa()])
        with_claims = [str(r) for r in readings if bool(held.sel(reading=r).any())]
        held = held.sel(reading=[preferred(with_claims or readings)])
        full = scan["cutoff_population"].max("g").sel(kappa=held["kappa"], reading=held["reading"])
        return first_point(held, (full > MAX_TOP_POPULATION) * 1000 - scan["n_atoms"])

    def _holds(self, scan: xr.Dataset) -> xr.DataArray:
        """Return whether F2a–F2d hold, dims (claim, reading, n_atoms, kappa)."""
        parts = {
            "F2a": grows(scan["steady"]),
            "F2b": grows(scan["maximum"]),
            "F2c": (scan["distance"] < MAX_DISTANCE).all("g"),
            "F2d": (scan["left_empty"] > 0.01).all("g"),
        }
        return xr.concat(list(parts.values()), dim=xr.Variable("claim", list(parts)))

    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return the figure with its inset, and a map of the number of claims that hold."""
        count = self._holds(data["scan"]).sum("claim")
        panels = [
            (f"{reading}", count.sel(reading=reading)) for reading in count["reading"].to_numpy()
        ]
        region = draw_region(
            panels,
            x="kappa",
            y="n_atoms",
            xlabel=r"cavity loss $\kappa/\omega_q$",
            ylabel="atoms $N$",
            top=4,
        )
        drawing = draw_energy([("", data["figure"]["energy"])], until=30.0, unit=r"\omega_q")
        return {"figure2": drawing, "figure2-map": region}

    def judge(self, data: Datasets) -> list[Claim]:
        """Check F2a–F2d over the scan, and the cut-off at the drawn point."""
        scan = data["scan"]
        holds = self._holds(scan)
        distance, moved = float(scan["distance"].max()), float(scan["left_empty"].min())
        slow = int(((scan["variation"] < MAX_DISTANCE) & (scan["distance"] >= MAX_DISTANCE)).sum())
        return [
            growth_claim("F2a", "The steady stored energy grows strictly with g.", scan, "steady"),
            growth_claim(
                "F2b", "The maximum stored energy grows strictly with g.", scan, "maximum"
            ),
            judge(
                "F2c",
                "The stored energy becomes constant for all g.",
                holds.sel(claim="F2c", drop=True),
                f"over the last {COMPARED_SPAN:g} of {END:g} time units the energy differs from its"
                f" steady value by at most {distance:.4f} ω per atom (constant: below"
                f" {MAX_DISTANCE:g}); {slow} of {scan['distance'].size} curves vary by less than"
                " this but have not reached their steady value",
                {"largest_distance": distance, "curves_that_look_constant": slow},
            ),
            judge(
                "F2d",
                "The battery does not return to its empty state in the steady state.",
                holds.sel(claim="F2d", drop=True),
                f"the population of the empty state decreases by at least {moved:.3f}",
                {"smallest_population_outside_empty": moved},
            ),
            self._cutoff(data),
            *convergence_claims(data["steady"], MAX_PHOTONS),
        ]

    def _cutoff(self, data: Datasets) -> Claim:
        """Check T1 at the drawn point, and add the highest level's population at other points."""
        claim = cutoff_claim("T1 (Fig. 2)", data["cutoff"], MAX_PHOTONS)
        others = [dim for dim in data["scan"]["cutoff_population"].dims if dim != "n_atoms"]
        largest = data["scan"]["cutoff_population"].max(others)
        listed = ", ".join(f"N = {n}: {float(largest.sel(n_atoms=n)):.1e}" for n in self.n_atoms)
        evidence = f"{claim.evidence}; largest population in the scan: {listed}"
        return replace(claim, evidence=evidence)

    def _why_n(self, all_hold: bool) -> str:
        """Return the reason for the choice of N, which depends on whether all claims hold."""
        scanned = ", ".join(map(str, self.n_atoms))
        condition = f"the population of the highest level stays below {MAX_TOP_POPULATION:g}"
        if all_hold:
            return f"it is the largest of {scanned} for which all claims hold and {condition}"
        return (
            "there is no point at which all claims hold, and it is the largest of"
            f" {scanned} for which {condition}"
        )

    def tables(self, data: Datasets) -> list[Table]:
        """Return the steady states at the paper's cut-off and at a sufficient one."""
        return [convergence_table(data["steady"], MAX_PHOTONS)]

    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing."""
        chosen = data["figure"].attrs
        return [
            Parameter("g", ", ".join(f"{g:g}" for g in G_VALUES), "stated"),
            Parameter("g_c", f"{G_C:g}", "stated"),
            Parameter("N_ph (highest Fock level)", str(MAX_PHOTONS), "stated"),
            Parameter("initial state", "|N⟩ photons, all atoms in the ground state", "stated"),
            Parameter("ω_e = ω_q", "1", "stated"),
            Parameter(
                "reading",
                str(chosen["reading"]),
                "not stated",
                why(
                    data["scan"],
                    "it is the first of R2, R3, R4, R1 for which all claims hold at one point",
                ),
            ),
            Parameter(
                "N",
                str(chosen["n_atoms"]),
                "not stated",
                self._why_n(bool(chosen["all_hold"])),
            ),
            Parameter(
                "κ",
                f"{chosen['kappa']:g}",
                "not stated",
                "it is the value stated for Fig. 4; scanned values: "
                + ", ".join(map(str, self.kappa)),
            ),
        ]


def _scan(
    times: np.ndarray,
    grid: list[tuple[int, float, float, float]],
    results: Sequence[Values],
    ends: Sequence[Values],
    axes: dict[str, Sequence[float]],
) -> xr.Dataset:
    """Return summaries of all curves and steady states of the scan."""
    shape = tuple(len(values) for values in axes.values())
    atoms = np.array([n_atoms for n_atoms, *_ in grid])
    energies = np.stack([result["energy"][0] for result in results]) / atoms[:, np.newaxis]
    summary = summarise(times, energies, steady_values(ends)[:, 0] / atoms) | {
        "cutoff_population": np.array([r["cutoff_population"].max() for r in results]),
        "left_empty": 1.0 - steady_values(ends, "empty_population")[:, 0],
        "photons": steady_values(ends, "mean_photons")[:, 0],
    }
    data = {name: (tuple(axes), values.reshape(shape)) for name, values in summary.items()}
    return xr.Dataset(data, coords={name: list(values) for name, values in axes.items()})
