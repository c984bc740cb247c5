"""Power laws: exact ones, noisy ones against other fits, bent ones, points that do not count."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy.stats import linregress

import qubatt as qb

N = np.array([2, 4, 6, 8, 12, 16])


def over_atoms(values: np.ndarray, **attrs: str) -> xr.DataArray:
    """Return values over the number of atoms."""
    return xr.DataArray(values, {"n_atoms": N[: len(values)]}, ["n_atoms"], "energy", attrs)


def test_exact_power_laws_are_found() -> None:
    """One for each place in the other dims, with no error and no drift."""
    g = xr.DataArray([0.5, 1.0, 2.0], {"g": [0.5, 1.0, 2.0]}, ["g"])
    x = xr.DataArray(N.astype(float), {"n_atoms": N}, ["n_atoms"])
    law = qb.scaling(3.0 * g * x**g)
    np.testing.assert_allclose(law.exponent, g, rtol=1e-12)
    np.testing.assert_allclose(law.prefactor, 3.0 * g, rtol=1e-12)
    np.testing.assert_allclose(law.exponent_error, 0.0, atol=1e-12)
    np.testing.assert_allclose(law.drift, 0.0, atol=1e-12)
    assert law.local_exponent.dims == ("g", "n_atoms_midpoint")
    np.testing.assert_allclose(law.local_exponent, np.repeat(g.values[:, None], 5, 1), rtol=1e-12)
    np.testing.assert_allclose(law.n_atoms_midpoint, np.sqrt(N[1:] * N[:-1]))
    assert law.points.values.tolist() == [6, 6, 6]


def test_noisy_laws_agree_with_other_fits() -> None:
    """Slope and standard error of SciPy and of NumPy's covariance."""
    noise = np.random.default_rng(5).normal(0.0, 0.2, len(N))
    y = over_atoms(2.0 * N**1.5 * np.exp(noise))
    law = qb.scaling(y)
    other = linregress(np.log(N), np.log(y))
    assert law.exponent.item() == pytest.approx(other.slope, rel=1e-12)
    assert law.exponent_error.item() == pytest.approx(other.stderr, rel=1e-12)
    assert law.prefactor.item() == pytest.approx(np.exp(other.intercept), rel=1e-12)
    _, covariance = np.polyfit(np.log(N), np.log(y), 1, cov=True)
    assert law.exponent_error.item() == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-12)
    upper = linregress(np.log(N[3:]), np.log(y[3:])).slope
    assert law.drift.item() == pytest.approx(upper - other.slope, rel=1e-12)


def test_drift_stays_where_more_points_shrink_the_standard_error() -> None:
    """N² + 10 N bends from N to N²: the error of 200 points hides it, the drift does not."""

    def law(count: int) -> xr.Dataset:
        x = np.geomspace(1.0, 100.0, count)
        return qb.scaling(xr.DataArray(x**2 + 10 * x, {"x": x}, ["x"]), "x")

    few, many = law(10), law(200)
    assert many.exponent_error < 0.3 * few.exponent_error
    assert many.drift.item() == pytest.approx(few.drift.item(), rel=0.2)
    assert many.drift > 10 * many.exponent_error
    assert abs(2.0 - many.exponent) > 10 * many.exponent_error  # what s_α would have promised
    assert np.all(np.diff(many.local_exponent) > 0)
    x = many.x_midpoint
    np.testing.assert_allclose(many.local_exponent, (2 * x + 10) / (x + 10), rtol=1e-3)


def test_points_that_do_not_count() -> None:
    """Not positive, not finite, not ok, too small an x; the order of x does not matter."""
    values = 5.0 * N**2.0
    values[[0, 2, 3]] = np.nan, -1.0, 1e9
    status = over_atoms(np.array(["ok", "ok", "ok", "failed", "ok", "ok"]))
    y = over_atoms(values)
    law = qb.scaling(y, status=status)
    assert law.points == 3
    assert law.exponent.item() == pytest.approx(2.0)
    np.testing.assert_array_equal(np.isfinite(law.local_exponent), [0, 0, 0, 0, 1])
    assert abs(qb.scaling(y).exponent - 2.0) > 1.0
    assert qb.scaling(y, least=12).points == 2
    turned = qb.scaling(y.isel(n_atoms=slice(None, None, -1)), status=status)
    xr.testing.assert_allclose(turned, law)
    zero = xr.DataArray([1.0, 2.0, 4.0, 8.0], {"g": [0.0, 1.0, 2.0, 4.0]}, ["g"])
    assert qb.scaling(zero, "g").exponent.item() == pytest.approx(1.0)


@pytest.mark.parametrize(("count", "exponent"), [(0, np.nan), (1, np.nan), (2, 1.5)])
def test_too_few_points(count: int, exponent: float) -> None:
    """Two points have an exponent, but nothing tells how far off it is."""
    law = qb.scaling(over_atoms(2.0 * N[:count] ** 1.5))
    np.testing.assert_allclose(law.exponent, exponent)
    assert np.isnan(law.exponent_error)
    assert np.isnan(law.drift)
    assert law.points == count


def test_numbers_are_labelled() -> None:
    """Names, units and what the numbers are of; coordinates of the other dims stay."""
    y = over_atoms(N**2.0, units="omega_ref", long_name="stored energy")
    law = qb.scaling(y.expand_dims(g=[1.0]).assign_coords(at=3.0))
    assert law.prefactor.attrs["units"] == "omega_ref"
    assert "stored energy ∝ n_atoms^α" in law.exponent.attrs["definition"]
    assert {*law.coords} == {"g", "at", "n_atoms_midpoint"}


def test_wrong_arguments_are_named() -> None:
    """In one sentence."""
    y = over_atoms(N**2.0)
    with pytest.raises(qb.ArgumentError, match=r"`dim`.*n_atoms"):
        qb.scaling(y, "n_atom")
    with pytest.raises(qb.ArgumentError, match="`array`"):
        qb.scaling(y.to_dataset())  # type: ignore[arg-type]
    with pytest.raises(qb.ArgumentError, match=r"`dim`.*distinct"):
        qb.scaling(xr.concat([y, y], "n_atoms"))
    with pytest.raises(qb.ArgumentError, match=r"`status`.*only dims"):
        qb.scaling(y, status=xr.DataArray(["ok"], dims="g"))
    with pytest.raises(qb.ArgumentError, match=r"`status`.*every point"):
        qb.scaling(y, status=over_atoms(np.array(["ok", "ok"])))
