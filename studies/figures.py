"""Draw the figures of the studies: ``python -m studies.figures results/studies --output docs``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import xarray as xr

from qubatt.plots import save_figure
from qubatt.plots.figure import Picture
from qubatt.sweeps import load
from studies.power import draw_power, exponents
from studies.repulsion import counts, draw_dicke, draw_driven

FOLDER = Path(__file__).parent

FIGURES: dict[str, tuple[Callable[..., Picture], tuple[str, ...]]] = {
    "repulsion-dicke": (draw_dicke, ("repulsion-dicke", "repulsion-dicke-charging")),
    "repulsion-driven": (draw_driven, ("repulsion-driven", "repulsion-driven-charging")),
    "power": (draw_power, ("power", "power-normalised", "power-photons")),
}
"""Figures: how they are drawn, and of which studies."""


def tell(found: dict[str, xr.Dataset]) -> str:
    """Return the numbers that docs/studies.md quotes."""
    rows = []
    for name, grid in found.items():
        if name.startswith("repulsion"):
            rows += [f"{name}: {row}" for row in counts(grid)]
    for name in ("power", "power-normalised"):
        for (battery, kappa), one in exponents(found[name]).items():
            rows.append(
                f"{name}: {battery}, kappa {kappa:g}: fitted {one.fitted:.3f} ± {one.residual:.3f},"
                f" last {one.last:.3f}, limit"
                f" {one.limit:.3f} ± {one.spread:.3f}"
            )
    return "\n".join(rows)


def main() -> None:
    """Draw all figures from the folders of results and print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="folder with a folder for each study")
    parser.add_argument("--output", type=Path, default=Path("docs"), help="where figures go")
    given = parser.parse_args()
    names = dict.fromkeys(name for _, needed in FIGURES.values() for name in needed)
    found = {name: load(given.results / name) for name in names}
    for name, (draw, needed) in FIGURES.items():
        path = given.output / f"study-{name}.png"
        print(save_figure(draw(*(found[part] for part in needed)), path), "written")
    print(tell(found))


if __name__ == "__main__":
    main()
