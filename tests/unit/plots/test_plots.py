"""Figures: labels with units, curves told apart, files by suffix."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.plots import add_inset, draw_curves, new_figure, save_figure


@pytest.fixture
def cycle():
    """Recharging over N and β."""
    return qb.recharge([6, 10, 12], 4.0, np.linspace(0.1, 3, 20))


def test_plot_has_a_labelled_panel_per_variable(cycle):
    """Every axis carries a name, and units where there are any."""
    figure = qb.plot(cycle)
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert len(labels) == 3
    assert "omega" in labels[0]
    assert all("inverse temperature" in axes.get_xlabel() for axes in figure.axes)


def test_curves_differ_in_dash_and_lightness(cycle):
    """In grey print, neighbouring curves still differ."""
    figure = qb.plot(cycle)
    lines = figure.axes[0].get_lines()
    lightness = [np.dot(line.get_color()[:3], [0.299, 0.587, 0.114]) for line in lines]
    assert np.all(np.diff(lightness) > 0.15)
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines}) == 3


def test_inset_repeats_the_curves_in_range(cycle):
    """An inset has the same data, limited to the range asked for."""
    _, (axes,) = new_figure()
    draw_curves(axes, cycle["work"], "beta", "n_atoms")
    place = {"bounds": (0.5, 0.5, 0.4, 0.4), "limits": (0.1, 1.0)}
    add_inset(axes, cycle["work"], "beta", "n_atoms", **place)
    (inset,) = axes.child_axes
    assert inset.get_xlim() == (0.1, 1.0)
    for line, copy in zip(axes.get_lines(), inset.get_lines(), strict=True):
        assert tuple(copy.get_color()) == tuple(line.get_color())
        assert copy._unscaled_dash_pattern == line._unscaled_dash_pattern
        inside = line.get_xdata() <= 1.0
        np.testing.assert_array_equal(copy.get_ydata(), line.get_ydata()[inside])


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_same_figure_gives_the_same_file(cycle, tmp_path, suffix):
    """Files carry no time stamp."""
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    save_figure(qb.plot(cycle), first)
    save_figure(qb.plot(cycle), second)
    if suffix != ".svg":  # SVG ids are salted
        assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 1000


def test_unknown_suffix_is_refused(cycle, tmp_path):
    """The error lists the suffixes that exist."""
    with pytest.raises(qb.ArgumentError, match=r"\.png"):
        save_figure(qb.plot(cycle), tmp_path / "a.bmp")


def test_too_many_dims_are_refused():
    """A picture has one or two dims; the cure says how to select."""
    data = qb.recharge([2, 4], [1.0, 2.0], [0.5, 1.0])
    with pytest.raises(qb.ArgumentError, match="sel"):
        qb.plot(data)
    with pytest.raises(qb.ArgumentError, match="dims"):
        qb.plot(qb.recharge(2, 1.0, 1.0))


def test_many_curves_get_a_colour_bar():
    """Above eight curves a legend would cover them."""
    data = qb.recharge(6, np.linspace(0.5, 20, 30), np.linspace(0.1, 3, 10))
    figure = qb.plot(data)
    assert len(figure.axes) == 6
    assert figure.axes[0].get_legend() is None
    assert "interaction" in figure.axes[3].get_ylabel()
