"""Strip below a figure with the status and the certificate of the result."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from qubatt.plots.axis_range import stretches
from qubatt.results.checks import certificate_text
from qubatt.results.coordinates import VALID_UNTIL
from qubatt.results.dims import varied_parameters
from qubatt.results.reading import certificate
from qubatt.results.status import MEANINGS, one_status, status_counts

DOUBTFUL_STYLE: dict[str, Any] = {
    "facecolor": "white",
    "edgecolor": "black",
    "hatch": "//////",
    "linewidth": 0.6,
}
GOOD_STYLE: dict[str, Any] = {"facecolor": "0.85", "edgecolor": "0.6", "linewidth": 0.6}
STRIP_LABEL = "time of the result: grey where it can be trusted, hatched where not"
TAG_STYLE: dict[str, Any] = {
    "boxstyle": "square,pad=0.25",
    "facecolor": "black",
    "edgecolor": "black",
}


def draw_strip(axes: Axes, dataset: xr.Dataset, width: int) -> None:
    """Draw a band over time with status and certificate, hatched where the cut-off is too small.

    Parameters
    ----------
    axes : Axes
        Thin axes, as wide as the panels.
    dataset : Dataset
        Result. If the photon cut-off affects only late times, only these are hatched.
    width : int
        Number of characters per line of text.
    """
    for first, last, doubt in stretches(*_doubtful_times(dataset)):
        axes.axvspan(first, last, **(DOUBTFUL_STYLE if doubt else GOOD_STYLE))
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(labelsize=6.0, length=2.0, pad=1.5)
    axes.set_xlabel(STRIP_LABEL, fontsize=6.5, labelpad=1.5)
    write_trust(axes, trust(dataset), width)
    if (status := one_status(dataset)) not in ("ok", ""):
        tag = axes.text(0.5, 0.5, status, transform=axes.transAxes, ha="center", va="center")
        tag.set(color="white", fontsize=7.0, fontweight="bold", bbox=TAG_STYLE)


def write_trust(axes: Axes, text: str, width: int) -> None:
    """Write the status and the certificate above the strip."""
    axes.set_title(fill(text, width), loc="left", fontsize=6.5, pad=3.0, linespacing=1.15)


def trust(dataset: xr.Dataset) -> str:
    """Return the status and the certificate as one string, empty if there are none."""
    status, texts = one_status(dataset), []
    if counts := status_counts(dataset):
        each = ", ".join(f"{name} at {count}" for name, count in counts.items())
        texts = [f"status: {each} of {dataset['status'].size} points"]
    elif parameters := varied_parameters(dataset):
        texts = [f"varied: {', '.join(parameters)}; status of the points not recorded"]
    if texts:
        return ", ".join(texts)
    meaning = f" ({MEANINGS[status]})" if status in MEANINGS else ""
    texts = [f"status: {status}{meaning}" if status else "", certificate_text(dataset)]
    if "first_law_residual" in dataset:
        worst = float(np.abs(dataset["first_law_residual"]).max())
        texts += [f"first law within {worst:.1e}"]
    return ", ".join(filter(None, texts))


def doubtful_points(dataset: xr.Dataset) -> tuple[xr.DataArray | None, str]:
    """Return a mask of the doubtful points of swept data, or None, and the reason."""
    for name in [*dataset.coords, *dataset.data_vars]:
        array = dataset[name]
        if array.ndim and str(name).endswith("status") and array.dtype.kind in "OSUT":
            return array.astype(str) != "ok", f"{name} not ok"
    if "ambiguous" in dataset and dataset["ambiguous"].dtype == bool:
        return dataset["ambiguous"], "work and heat depend on the order of degenerate levels"
    return None, ""


def _doubtful_times(dataset: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the times and a mask of doubtful times, which accounts for the overall status."""
    name = "time" if "time" in dataset.dims else "state_time"
    time, status = dataset[name].to_numpy(), one_status(dataset)
    until = certificate(dataset).get(VALID_UNTIL) if status.startswith("cutoff") else None
    if isinstance(until, float | int) and name == "time":
        return time, time > until
    return time, np.full(len(time), status not in ("ok", ""))
