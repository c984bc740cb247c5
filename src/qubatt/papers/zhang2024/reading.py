"""Four interpretations (readings) of the factors of two in zhang2024."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

G_VALUES = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Values of the exchange g in Figs. 2–4."""

FACTORS = {"R1": (0.5, 0.5), "R2": (1.0, 1.0), "R3": (0.5, 1.0), "R4": (1.0, 0.5)}
"""Factors, by reading, that convert the paper's g and g_c to `interaction` and `coupling`."""

READINGS = {
    "R1": "Eqs. (11) and (12) with S = ½ Σ σ: interaction = g/2, coupling = g_c/2",
    "R2": "Eq. (3) over ordered pairs and Eq. (5), literally: interaction = g, coupling = g_c",
    "R3": "Eq. (3) over unordered pairs and Eq. (5): interaction = g/2, coupling = g_c",
    "R4": "Eq. (3) over ordered pairs and Eq. (12): interaction = g, coupling = g_c/2",
}
"""Descriptions of the readings."""

PREFERENCE = ("R2", "R3", "R4", "R1")
"""Readings in order of preference: first those with Eq. (5), the standard form; of these, the one
in which the sum of Eq. (3) runs over ordered pairs, as it is written.
"""

INTERACTIONS = tuple(sorted({g * factor for g in G_VALUES for factor, _ in FACTORS.values()}))
"""All values of `interaction` for the readings and the values of g in Figs. 2–4."""


def preferred(readings: Sequence[str]) -> str:
    """Return the reading to draw among the requested ones."""
    return next(reading for reading in PREFERENCE if reading in readings)


def by_reading(scan: xr.Dataset, readings: Sequence[str], g_c: float | None = None) -> xr.Dataset:
    """Convert a scan over `interaction` (and `coupling`) to one over ``reading`` and ``g``.

    Parameters
    ----------
    scan : Dataset
        Scan with the dimension ``interaction`` and, if `g_c` is not None, ``coupling``.
    g_c : float, optional
        The paper's g_c, which is multiplied by the factor of the reading.
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
    """Return why an interpretation of the paper is plotted: `order`, or that it was requested."""
    return order if scan.sizes["reading"] > 1 else "it was requested"
