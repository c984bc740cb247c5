"""Power-law fits, for example of a figure of merit against the number of atoms."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import xarray as xr

from qubatt.core.call import explained_call
from qubatt.core.check import FloatArray
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.float_errors import usual_float_errors


class _Law(NamedTuple):
    """A straight-line fit of ln y against ln x; NaN if there are too few points."""

    exponent: float = math.nan
    exponent_error: float = math.nan
    drift: float = math.nan
    prefactor: float = math.nan
    points: int = 0


@explained_call
@usual_float_errors
def scaling(
    array: xr.DataArray,
    dim: str = "n_atoms",
    least: float | None = None,
    status: xr.DataArray | None = None,
) -> xr.Dataset:
    r"""Fit a power law y = A x^α along a dim by linear least squares of ln y against ln x.

    .. math:: \ln y_k = \ln A + \alpha \ln x_k + r_k, \qquad
        s_\alpha = \sqrt{\frac{\sum_k r_k^2}{(n - 2) \sum_k (\ln x_k - \overline{\ln x})^2}}

    Parameters
    ----------
    array : DataArray
        y, with `dim` and any other dims; each point of the other dims is fitted separately.
    dim : str
        Dim whose coordinate is x.
    least : float, optional
        Smallest x that enters the fit.
    status : DataArray of str, optional
        Status of each point, with dims of `array`; points that are not ``"ok"`` are left out, as
        are all points at which x or y is not positive and finite.

    Returns
    -------
    Dataset
        One fit per point of the other dims: ``exponent`` α; ``exponent_error``, its standard error
        s_α; ``drift``, α of the ⌈n/2⌉ points with the largest x minus α of all n points;
        ``prefactor`` A, in the units of y; ``points`` n; and ``local_exponent``
        Δ ln y / Δ ln x between neighbours, along ``x_midpoint`` = √(x_k x_{k+1}) for a dim x.
        NaN if too few points are left: α and A need two, s_α and ``drift`` need three.

    Raises
    ------
    ArgumentError
        If `dim` is not a dim of `array` with distinct numbers, or `status` does not match `array`.

    Notes
    -----
    s_α is the uncertainty of α if the residuals r_k are independent, with mean 0 and equal
    variance. Residuals of exact computations are not: y bends on a log–log plot towards its
    asymptotic law, and s_α falls as 1/√n when more points are added on the same curve. ``drift``
    does not decrease with the number of points: it is the change of α when the points with the
    smallest x are left out. Quote the larger of s_α and |``drift``| as the uncertainty; if
    |``drift``| is larger, α has not reached its limit for x → ∞.

    Examples
    --------
    >>> import xarray as xr
    >>> y = xr.DataArray([3.0, 12.0, 48.0], {"n_atoms": [1, 2, 4]}, ["n_atoms"])
    >>> law = scaling(y)
    >>> round(law.exponent.item(), 9), round(law.prefactor.item(), 9)
    (2.0, 3.0)
    """
    array = _checked(array, dim, least)
    counts = (array > 0) & np.isfinite(array) & (array[dim] > 0)
    if status is not None:
        counts = counts & _is_ok(array, status)
    y = array.where(counts).sortby(dim)
    y = y.isel({dim: np.flatnonzero(y[dim].to_numpy() > 0)})
    others = [name for name in y.dims if name != dim]
    logs = np.log(y.transpose(*others, dim).to_numpy().astype(float))
    x = np.log(y[dim].to_numpy().astype(float))
    laws = [_fit(x, logs[index]) for index in np.ndindex(logs.shape[:-1])]
    local = np.diff(logs, axis=-1) / np.diff(x)
    midpoint = f"{dim}_midpoint"
    coords = {str(name): c for name, c in y.coords.items() if dim not in c.dims}
    coords[midpoint] = xr.Variable(midpoint, np.exp(0.5 * (x[1:] + x[:-1])), dict(array[dim].attrs))
    fitted = xr.Dataset({"local_exponent": ([*others, midpoint], local)}, coords)
    for k, name in enumerate(_Law._fields):
        fitted[name] = (others, np.reshape([law[k] for law in laws], logs.shape[:-1]))
    return _with_labels(fitted, array, dim)


def _checked(array: xr.DataArray, dim: str, least: float | None) -> xr.DataArray:
    """Validate the array, and return the part with x ≥ `least`."""
    if not isinstance(array, xr.DataArray) or array.dtype.kind not in "iuf":
        raise ArgumentError("array", "be an xarray.DataArray of numbers", type(array).__name__)
    if dim not in array.dims:
        dims = [str(name) for name in array.dims]
        raise ArgumentError("dim", "be a dim of the array", dim, suggest(str(dim), dims))
    x = array[dim].to_numpy()
    if x.dtype.kind not in "iuf" or not np.isfinite(x).all() or len(np.unique(x)) < len(x):
        raise ArgumentError("dim", "have distinct finite numbers as its coordinate", dim)
    return array if least is None else array.isel({dim: np.flatnonzero(x >= least)})


def _is_ok(array: xr.DataArray, status: xr.DataArray) -> xr.DataArray:
    """Return whether the status is ``"ok"``, for each point of `array`."""
    if not isinstance(status, xr.DataArray) or not {*status.dims} <= {*array.dims}:
        shown = list(status.dims) if isinstance(status, xr.DataArray) else type(status).__name__
        cure = "Select the same part of both."
        raise ArgumentError("status", "have only dims of the array", shown, cure)
    try:
        return (status == "ok").sel({dim: array[dim] for dim in status.dims})
    except KeyError:
        raise ArgumentError("status", "hold every point of the array", status.shape) from None


def _fit(x: FloatArray, y: FloatArray) -> _Law:
    """Fit a straight line to ln y as a function of ascending ln x, leaving out NaN in ln y."""
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    n = len(x)
    if n < 3:
        slope, offset = np.polyfit(x, y, 1) if n == 2 else (math.nan, math.nan)
        return _Law(float(slope), prefactor=math.exp(offset), points=n)
    (slope, offset), covariance = np.polyfit(x, y, 1, cov=True)
    drift = np.polyfit(x[n // 2 :], y[n // 2 :], 1)[0] - slope
    return _Law(float(slope), math.sqrt(covariance[0, 0]), float(drift), math.exp(offset), n)


def _with_labels(fitted: xr.Dataset, array: xr.DataArray, dim: str) -> xr.Dataset:
    """Return the fits with a name, units and a definition for each number."""
    of = str(array.attrs.get("long_name", array.name or "y"))
    texts = {
        "exponent": ("1", f"α of {of} ∝ {dim}^α, linear least-squares fit of the logarithms"),
        "exponent_error": ("1", "standard error of α, if the residuals are independent"),
        "drift": ("1", f"α of the half of the points with the largest {dim} minus α of all points"),
        "prefactor": (str(array.attrs.get("units", "1")), f"A of {of} = A {dim}^α"),
        "points": ("1", "number of fitted points"),
        "local_exponent": ("1", f"d ln({of}) / d ln({dim}) between neighbours"),
    }
    for name, (units, text) in texts.items():
        label = name.replace("_", " ")
        fitted[name].attrs = {"units": units, "long_name": label, "definition": text}
    return fitted[list(texts)]
