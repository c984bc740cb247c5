"""The four ways to read the factors of two in zhang2024."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

G_VALUES = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""The exchange strengths g of Figs. 2–4."""

FACTORS = {"R1": (0.5, 0.5), "R2": (1.0, 1.0), "R3": (0.5, 1.0), "R4": (1.0, 0.5)}
"""Reading: what the paper's g and g_c are multiplied with to get `interaction`, `coupling`."""

READINGS = {
    "R1": "Eqs. (11) and (12) with S = ½ Σ σ: interaction = g/2, coupling = g_c/2",
    "R2": "Eqs. (3) over ordered pairs and (5), literally: interaction = g, coupling = g_c",
    "R3": "Eq. (3) with each pair once and Eq. (5): interaction = g/2, coupling = g_c",
    "R4": "Eq. (3) over ordered pairs and Eq. (12): interaction = g, coupling = g_c/2",
}
"""What each reading takes from the paper."""

PREFERENCE = ("R2", "R3", "R4", "R1")
"""Which reading is drawn first: Eq. (5) is the usual convention, ordered pairs are literal."""

INTERACTIONS = tuple(sorted({g * factor for g in G_VALUES for factor, _ in FACTORS.values()}))
"""All values of `interaction` that the readings need for the g of Figs. 2–4."""


def preferred(readings: Sequence[str]) -> str:
    """Return the reading to draw among those asked for."""
    return next(reading for reading in PREFERENCE if reading in readings)


def by_reading(scan: xr.Dataset, readings: Sequence[str], g_c: float | None = None) -> xr.Dataset:
    """Return a scan over `interaction` (and `coupling`) as one over ``reading`` and ``g``.

    Parameters
    ----------
    scan : Dataset
        With a dim ``interaction``, and ``coupling`` where `g_c` is given.
    g_c : float, optional
        The paper's g_c, to be multiplied by the factor of the reading.
    """
    parts = []
    for reading in readings:
        factor, coupling_factor = FACTORS[reading]
        part = scan.sel(interaction=[g * factor for g in G_VALUES])
        if g_c is not None:
            part = part.sel(coupling=g_c * coupling_factor, drop=True)
        parts.append(part.assign_coords(interaction=list(G_VALUES)).rename(interaction="g"))
    return xr.concat(parts, dim=xr.Variable("reading", list(readings)))


def why(scan: xr.Dataset, order: str) -> str:
    """Return why a reading is drawn: it was asked for, or `order` singles it out."""
    return order if scan.sizes["reading"] > 1 else "it was asked for"
