"""Pictures of studies: axes of words, coordinates that go together, points that failed, laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes

import qubatt as qb
from tests.unit.synthetic_study import VALUES, study

FAILED = {(1,): "cutoff-too-small", (3,): "failed"}


def rings(axes: Axes) -> list[Any]:
    """Return the lines of hollow points."""
    return [line for line in axes.get_lines() if str(line.get_markerfacecolor()) == "white"]


def words(figure: Any) -> str:
    """Return what is written beneath the panels."""
    texts = [axes.get_title(loc="left").replace("\n", " ") for axes in figure.axes]
    return next(text for text in texts if text)


def test_merits_over_one_axis_are_marked_lines() -> None:
    """A panel each; what is not ok is hollow and hatched, what failed is a gap; checks stay out."""
    data = study("n_atoms", bad=FAILED)
    figure = qb.plot(data)
    labels = [axes.get_ylabel().replace("\n", " ") for axes in figure.axes[:-1]]
    assert [label.split(" (")[0] for label in labels] == [
        "largest stored energy",
        "largest charging power",
        "charging time",
    ]
    line, ring = figure.axes[0].get_lines()
    np.testing.assert_array_equal(line.get_ydata(), data.maximum_energy)
    assert line.get_marker() == "o"
    np.testing.assert_array_equal(ring.get_xydata(), [[4.0, data.maximum_energy[1]]])
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in figure.axes[0].patches]
    assert spans == [(3.0, 5.0), (7.0, 10.0)]
    assert "cutoff-too-small at 1, failed at 1, ok at 3 of 5 points" in words(figure)
    assert figure.caption.startswith(f"Study: {data.attrs['title']}")


def test_what_goes_together_with_an_axis_can_be_x() -> None:
    """In its own order, at its own values."""
    data = study("n_atoms", "charger", bad={(1, 0): "not-positive"})
    axes = qb.plot(data, "maximum_power", x="coupling").axes[0]
    assert axes.get_xlabel().startswith("coupling (")
    np.testing.assert_allclose(axes.get_lines()[0].get_xdata(), np.sort(data.coupling))
    expected = data.maximum_power.isel(charger=0).sortby("coupling")
    np.testing.assert_array_equal(axes.get_lines()[0].get_ydata(), expected)
    (ring,) = rings(axes)
    np.testing.assert_array_equal(ring.get_xdata(), data.coupling[1:2])


def test_words_are_points_side_by_side() -> None:
    """No line leads from one charger to another; as a family they are curves."""
    data = study("n_atoms", "charger", bad={(1, 2): "cutoff-too-small"})
    axes = qb.plot(data, "maximum_energy", x="charger").axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == VALUES["charger"]
    assert {line.get_linestyle() for line in axes.get_lines()} == {"None"}
    np.testing.assert_array_equal(rings(axes)[0].get_xydata(), [[2.0, data.maximum_energy[1, 2]]])
    figure = qb.plot(data, "maximum_energy")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == VALUES["charger"]
    assert figure.axes[0].get_xlabel() == "number of atoms"
    single = qb.plot(study("charger", bad={(1,): "failed"}), "maximum_energy").axes[0]
    assert [(p.get_x(), p.get_width()) for p in single.patches] == [(0.5, 1.0)]


def test_maps_leave_what_failed_white() -> None:
    """Hatched like all that is not ok, and without a colour; words may be a side."""
    bad = {(1, 2): "cutoff-too-small", (3, 4): "failed", (0, 0): "missing"}
    data = study("n_atoms", "interaction", bad=bad)
    axes = qb.plot(data, "maximum_energy").axes[0]
    mask = np.ma.getmaskarray(axes.collections[0].get_array())
    assert {tuple(place) for place in np.argwhere(mask)} == {(3, 4), (0, 0)}
    assert len(axes.patches) == 3
    axes = qb.plot(study("n_atoms", "charger"), "maximum_energy", x="n_atoms", y="charger").axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == VALUES["charger"]


def test_axis_by_factors_is_logarithmic() -> None:
    """Also beneath curves."""
    axes = qb.plot(study("n_atoms", "cavity_loss_rate"), x="cavity_loss_rate").axes[0]
    assert axes.get_xscale() == "log"
    assert qb.plot(study("n_atoms")).axes[0].get_xscale() == "linear"


def test_other_axes_are_fixed_with_at() -> None:
    """By value, but for rounding; by what goes together with an axis; the error knows them."""
    data = study("n_atoms", "interaction", "charger")
    figure = qb.plot(data, "maximum_energy", at={"n_atoms": 4, "interaction": 1.5 + 1e-15})
    expected = data.maximum_energy.sel(n_atoms=4, interaction=1.5)
    np.testing.assert_array_equal(figure.axes[0].get_lines()[0].get_ydata(), expected)
    assert "of 3 points" in words(figure)
    other = qb.plot(data, "maximum_energy", at={"coupling": 0.5, "charger": "fock:4"})
    expected = data.maximum_energy.sel(n_atoms=4, charger="fock:4")
    np.testing.assert_array_equal(other.axes[0].get_lines()[0].get_ydata(), expected)
    with pytest.raises(qb.ArgumentError, match=r"at=\{'n_atoms': 2\}"):
        qb.plot(data)
    with pytest.raises(qb.ArgumentError, match="value of n_atoms.*2, 4, 6, 8, 12"):  # noqa: RUF043
        qb.plot(data, at={"n_atoms": 5})
    with pytest.raises(qb.ArgumentError, match=r"value of n_atoms"):
        qb.plot(data, at={"n_atoms": "four"})
    with pytest.raises(qb.ArgumentError, match=r"charger.*fock:4, coherent:4"):
        qb.plot(data, at={"charger": "cat:4"})
    with pytest.raises(qb.ArgumentError, match=r"`at`.*n_atoms"):
        qb.plot(data, at={"n_atom": 4})


def test_single_numbers_are_drawn_where_curves_have_too_many_axes() -> None:
    """Two axes and time are too many, two axes are a map; by name the error comes."""
    data = study("n_atoms", "interaction", curves=True)
    assert len([axes for axes in qb.plot(data).axes if axes.collections]) > 2
    with pytest.raises(qb.ArgumentError, match="at="):
        qb.plot(data, "energy")
    axes = qb.plot(data, "energy", at={"interaction": 0.5}).axes[0]
    assert axes.get_xlabel().startswith("time")


def test_times_of_each_point() -> None:
    """Curves end where their runs do; one run alone has its own times as an axis."""
    bad = {(1, 2): "not-converged"}
    data = study("n_atoms", "charger", curves=True, ragged=True, bad=bad)
    figure = qb.plot(data, "energy", at={"charger": "thermal:4"})
    lines = [line for line in figure.axes[0].get_lines() if line not in rings(figure.axes[0])]
    for line, n in zip(lines, VALUES["n_atoms"], strict=True):
        one = data.sel(n_atoms=n, charger="thermal:4")
        np.testing.assert_array_equal(line.get_xdata(), one.time)
        np.testing.assert_array_equal(line.get_ydata(), one.energy)
    (ring,) = rings(figure.axes[0])
    assert {*ring.get_ydata()} <= {*data.energy.sel(n_atoms=4, charger="thermal:4").values}
    assert figure.axes[0].get_xlim() == (0.0, float(data.time.max()))
    alone = qb.plot(data, "energy", at={"charger": "thermal:4", "n_atoms": 4})
    assert alone.axes[0].get_xlabel().startswith("time (")
    assert np.isfinite(alone.axes[0].get_lines()[0].get_xdata()).all()
    assert "status: not-converged (" in words(alone)
    with pytest.raises(qb.ArgumentError, match="different times"):
        qb.plot(data, "energy", at={"charger": "fock:4"}, y="n_atoms")


def test_scaling_shows_the_law_and_its_exponent() -> None:
    """Fitted to what is ok only, dashed on logarithmic axes."""
    data = study("n_atoms", bad={(1,): "not-converged"})
    spoilt = data.maximum_energy.copy()
    spoilt[1] *= 10
    figure = qb.plot(data.assign(maximum_energy=spoilt), scaling=True)
    energy, power = figure.axes[:2]
    assert energy.get_xscale() == energy.get_yscale() == "log"
    names = [text.get_text() for text in energy.get_legend().get_texts()]
    assert names == ["α = 1.0000 ± 0.0000"]
    law = qb.scaling(data.maximum_power, status=data.status)
    told = power.get_legend().get_texts()[0].get_text()
    error, drift = law.exponent_error.item(), law.drift.item()
    assert told == f"α = {law.exponent.item():.3f} ± {error:.3f}, drift {drift:+.3f}"
    dashed = [line for line in power.get_lines() if line.get_linestyle() == "--"]
    np.testing.assert_allclose(
        dashed[0].get_ydata(), law.prefactor.item() * np.array([2.0, 12.0]) ** law.exponent.item()
    )
    assert len(rings(energy)) == 1
    assert "hollow, not fitted: status not ok" in words(figure)


def test_scaling_of_a_family() -> None:
    """One exponent for each member, over atoms by itself; more than eight are refused."""
    data = study("n_atoms", "charger")
    legend = qb.plot(data, "maximum_power", scaling=True).axes[0].get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert [name.split(": α")[0] for name in names] == VALUES["charger"]
    wide = xr.concat([study("n_atoms")] * 9, xr.Variable("g", np.arange(9.0)))
    with pytest.raises(qb.ArgumentError, match="at most 8"):
        qb.plot(wide, scaling=True)
    negative = data.map(lambda array: -array if array.dtype.kind == "f" else array)
    with pytest.raises(qb.ArgumentError, match="two positive values"):
        qb.plot(negative, scaling=True)
    with pytest.raises(qb.ArgumentError, match="`y`"):
        qb.plot(data, y="charger", scaling=True)
    with pytest.raises(qb.ArgumentError, match=r"`dim`|`x`"):
        qb.plot(data, x="charger", scaling=True)


def test_times_until_each_point_is_steady_have_room() -> None:
    """Those that lie ever farther apart are drawn as those of one run are."""
    n = xr.DataArray([1.0, 2.0], {"n": [1, 2]}, ["n"])
    step = xr.DataArray(np.arange(30), dims="step")
    time = (0.1 * (1.35**step - 1) * n).where(step < 20 + 5 * n)
    data = (n * time / (1 + time)).to_dataset(name="energy").assign_coords(time=time)
    axes = qb.plot(data).axes[0]
    assert axes.get_xscale() == "asinh"
    assert axes.get_xlim() == (0.0, float(time.max()))
    even = data.assign_coords(time=(step * n).where(step < 20 + 5 * n))
    assert qb.plot(even).axes[0].get_xscale() == "linear"
