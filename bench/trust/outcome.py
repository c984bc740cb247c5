"""One run of a setting at a photon cut-off: its merits, and what its certificate says of them."""

from __future__ import annotations

import inspect
import math
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import qubatt as qb
from bench.trust.setting import Setting
from qubatt.core.realization import realize
from qubatt.merits.selection import select_merits

TOLERANCE = 1e-6
"""Tolerance of the cut-off, relative to the scale of each merit; the default of qubatt."""

CERTIFICATES = ("bound", "auto", "full")
"""Kinds of certificate that are compared."""

MERITS = (
    "energy",
    "power",
    "average_power",
    "maximum_energy",
    "maximum_power",
    "energy_variance",
    "mean_photons",
    "photon_correlation",
    "fano_factor",
    "ergotropy_symmetric",
    "ergotropy_full",
    "ergotropy_atom",
    "incoherent_ergotropy_symmetric",
    "coherent_ergotropy_symmetric",
    "capacity_symmetric",
    "purity",
    "entropy",
    "coherence_l1",
    "coherence_relative_entropy",
)
"""Merits that are judged, where they exist."""

MAXIMA = ("maximum_energy", "maximum_power")
"""Merits judged only without pulses, under which the error of interpolation in time exceeds the
tolerance and depends on the cut-off through the sampling times."""

CHANGING = ("power", "average_power")
"""Merits that vanish in a steady state, and are judged in charging runs only."""

NEGLIGIBLE = 1e-8
"""A merit that never exceeds this is zero up to rounding errors, and its scale is 1."""

TRUTH_ENGINE = "exact:tolerance=1e-10"
"""Engine of the runs that serve as truth."""

HAS_CERTIFICATES = "certificate" in inspect.signature(qb.charge).parameters
"""Whether this qubatt has the argument `certificate`; otherwise its only certificate is judged."""


@dataclass(frozen=True)
class Outcome:
    """Merits of a run, and its certificate.

    Attributes
    ----------
    values : dict of str to array
        Merits over time.
    status, method : str
        Status, and how the certificate was found.
    bound : float or None
        B at the last time.
    estimates, scales : dict of str to float
        Estimated error of each merit, and the scale to which the tolerance is relative.
    seconds : float
        Processor time of the run.
    """

    values: dict[str, NDArray[np.float64]]
    status: str
    seconds: float
    method: str = "none"
    bound: float | None = None
    estimates: dict[str, float] = field(default_factory=dict)
    scales: dict[str, float] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Return everything except the merits, as JSON-compatible data."""
        names = ("status", "method", "bound", "estimates", "scales", "seconds")
        return {name: getattr(self, name) for name in names}


def merits_of(setting: Setting, cutoff: int) -> tuple[str, ...]:
    """Return the names of the judged merits that exist for a setting."""
    arguments = setting.arguments
    battery = setting.build(cutoff)
    realization = realize(battery.problem(arguments["charger"], arguments["environment"]))
    chosen = select_merits("all", realization)
    steady = setting.run == "steady"
    names = {merit.name for merit in chosen if merit.has_steady_value or not steady}
    if steady:
        names -= {*CHANGING}
    if setting.battery.get("pulse"):
        names -= {*MAXIMA}
    return tuple(name for name in MERITS if name in names)


def compute(
    setting: Setting,
    cutoff: int,
    merits: tuple[str, ...],
    certificate: str | None = None,
    tolerance: float = TOLERANCE,
    times: NDArray[np.float64] | None = None,
) -> Outcome:
    """Return the run of a setting at a cut-off; without a certificate, as accurate as possible."""
    options: dict[str, Any] = {"merits": merits, **setting.arguments}
    if HAS_CERTIFICATES:
        options["certificate"] = certificate or "bound"
        options["cutoff_tolerance"] = tolerance
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        battery = setting.build(cutoff)
        if setting.run == "steady":
            run = qb.steady_state(battery, **options)
        else:
            if certificate is None:
                options["engine"] = TRUTH_ENGINE
            run = qb.charge(battery, times=setting.times if times is None else times, **options)
    seconds = time.process_time() - start
    return Outcome(
        {name: np.atleast_1d(run[name].to_numpy()).astype(float) for name in merits},
        status_of(run),
        round(seconds, 4),
        **certificate_of(run, tolerance),
    )


def status_of(run: xr.Dataset) -> str:
    """Return the status of a run, which is a coordinate or an attribute."""
    status = run.status
    return str(status.item() if hasattr(status, "item") else status)


def certificate_of(run: xr.Dataset, tolerance: float) -> dict[str, Any]:
    """Return the numbers of the certificate about the cut-off."""
    numbers = qb.certificate(run)
    return {
        "method": str(numbers.get("cutoff_method") or "none"),
        "bound": finite(numbers.get("cutoff_bound")),
        "estimates": known(numbers.get("cutoff_error")),
        "scales": {
            name: limit / tolerance for name, limit in known(numbers.get("cutoff_limit")).items()
        },
    }


def finite(value: Any) -> float | None:
    """Return a number, or None if it is not known."""
    return None if value is None or not math.isfinite(value) else float(value)


def known(numbers: Mapping[str, Any] | None) -> dict[str, float]:
    """Return the numbers that are known."""
    pairs = {name: finite(value) for name, value in (numbers or {}).items()}
    return {name: value for name, value in pairs.items() if value is not None}


def largest(values: NDArray[np.float64]) -> float:
    """Return the largest finite magnitude, or 0."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def errors(outcome: Outcome, truth: Outcome) -> dict[str, float]:
    """Return the largest error of each merit over time; infinite where only one is a number."""
    result = {}
    for name, exact in truth.values.items():
        value = outcome.values[name]
        with np.errstate(invalid="ignore"):
            same = (value == exact) | (np.isnan(value) & np.isnan(exact))
            change = np.where(same, 0.0, np.abs(value - exact))
        result[name] = float(np.where(np.isnan(change), np.inf, change).max())
    return result


def usual_scales(truth: Outcome) -> dict[str, float]:
    """Return the largest magnitude of each merit over time, where qubatt states no scale."""
    sizes = {name: largest(values) for name, values in truth.values.items()}
    return {name: size if size > NEGLIGIBLE else 1.0 for name, size in sizes.items()}
