"""Figures: labels with units, curves told apart, files by suffix."""

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.plots import add_inset, draw_change, draw_curves, new_figure, save_figure
from qubatt.plots.curves import axis_label


@pytest.fixture
def cycle():
    """Recharging over N and β."""
    return qb.recharge([6, 10, 12], 4.0, np.linspace(0.1, 3, 20))


def test_plot_has_a_labelled_panel_per_variable(cycle):
    """Every axis carries a name, and units where there are any."""
    figure = qb.plot(cycle)
    panels = figure.axes[:4]
    words = ["ergotropy", "work", "heat", "efficiency"]
    for axes, word in zip(panels, words, strict=True):
        assert word in axes.get_ylabel()
        assert ("omega" in axes.get_ylabel()) == (word != "efficiency")
    assert all("inverse temperature" in axes.get_xlabel() for axes in panels[2:])  # the lowest row


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
    with pytest.raises(qb.ArgumentError, match="dimension"):
        qb.plot(qb.recharge(2, 1.0, 1.0))


def test_many_curves_get_a_colour_bar():
    """Above eight curves a legend would cover them."""
    data = qb.recharge(6, np.linspace(0.5, 20, 30), np.linspace(0.1, 3, 10))
    figure = qb.plot(data, variables="work", family="interaction")
    axes, _, bar = figure.axes
    assert len(axes.get_lines()) == 30
    assert axes.get_legend() is None
    assert not figure.legends
    assert "interaction" in bar.get_ylabel()
    few = qb.plot(data.isel(interaction=slice(8)), variables="work", family="interaction")
    (legend,) = few.legends
    assert [text.get_text() for text in legend.get_texts()][:2] == ["0.5", "1.172"]
    assert "exchange interaction" in legend.get_title().get_text()
    assert len(few.axes) == 2


def test_change_is_white_at_zero_with_a_line_between_the_signs():
    """Blue above 0, red below, cells around their values, also on a logarithmic axis."""
    x, y = np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.0])
    values = xr.DataArray([[-2.0, -1.0, 1.0], [-1.0, 1.0, 4.0]], {"b": y, "a": x}, ["b", "a"])
    values.attrs = {"long_name": "change", "units": "eV"}
    figure, (axes,) = new_figure()
    draw_change(axes, values.T, "a", "b", xlabel="A", ylabel="B", logarithmic=["a"])
    mesh, line = axes.collections
    red, blue = mesh.cmap(mesh.norm(-4.0)), mesh.cmap(mesh.norm(4.0))
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert mesh.norm(0.0) == pytest.approx(0.5)
    np.testing.assert_allclose(mesh.get_array(), values)
    edges = mesh.get_coordinates()[0, :, 0]
    np.testing.assert_allclose(edges, 2.0 ** np.array([-0.5, 0.5, 1.5, 2.5]))
    np.testing.assert_allclose(mesh.get_coordinates()[:, 0, 1], [-0.5, 0.5, 1.5])
    crossings = np.concatenate([path.vertices for path in line.get_paths()])
    assert [3.0, 0.0] in crossings.round(9).tolist()  # halfway from −1 to 1
    assert figure.axes[1].get_ylabel() == "change (eV)"


def test_change_of_one_sign_has_no_line():
    """Nothing is drawn where there is no border, and a map of zeros can be drawn."""
    for value in (1.0, 0.0):
        values = xr.DataArray(np.full((2, 2), value), {"b": [0, 1], "a": [0, 1]}, ["b", "a"])
        _, (axes,) = new_figure()
        draw_change(axes, values, "a", "b", xlabel="A", ylabel="B")
        assert len(axes.collections) == 1


def test_mathematics_in_labels_stays_mathematics() -> None:
    """Pairs of $ enclose it, in names and units; a lone one is a letter."""
    array = xr.DataArray(1.0, attrs={"long_name": r"$E/N$ at $g = 1$", "units": r"$\omega_q$"})
    assert axis_label(array) == r"$E/N$ at $g = 1$ ($\omega_q$)"
    assert axis_label(array.assign_attrs(long_name="price in $", units="1")) == r"price in \$"
