"""Pictures of charging runs: what shares a panel, what is marked, how trust is shown."""

from __future__ import annotations

import io
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import qubatt as qb
from qubatt.plots import save_figure, styled

FULL = ["negativity", "logarithmic_negativity", "mutual_information", "speed_limit"]


def charged(battery: Any, environment: Any, **options: Any) -> xr.Dataset:
    """Return a run, also a bad one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        return qb.charge(battery, times=np.linspace(0, 8, 81), environment=environment, **options)


@pytest.fixture(scope="module")
def dicke() -> xr.Dataset:
    """Return a run with everything in it."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=20, interaction=0.5)
    leaks = [qb.CavityLoss(0.5), qb.CollectiveDecay(0.1)]
    return charged(battery, leaks, merits=["all", *FULL], state_times=np.linspace(0, 8, 9))


@pytest.fixture(scope="module")
def cascade() -> xr.Dataset:
    """Return a run with several environments and drives, and too low a cut-off."""
    battery = qb.CascadeBattery(interaction=1.0, coupling=0.5, pump=0.4, control=0.3, max_photons=3)
    leaks = [qb.CavityLoss(0.5), qb.LevelDecay("excited", "middle", rate=0.1)]
    return charged(battery, leaks, merits="all")


@pytest.fixture(scope="module")
def bad() -> xr.Dataset:
    """Return a run whose cut-off is too low from some time on."""
    return charged(qb.DickeBattery(4, 0.5, 9), qb.CavityLoss(0.5))


def panel(figure: Figure, label: str) -> Axes:
    """Return the panel whose vertical axis is labelled so."""
    (found,) = [axes for axes in figure.axes if axes.get_ylabel().startswith(label)]
    return found


def curves(axes: Axes) -> dict[str, Any]:
    """Return the lines of a panel by their names."""
    lines = {str(line.get_label()).replace("\n", " "): line for line in axes.get_lines()}
    return {name: line for name, line in lines.items() if not name.startswith("_")}


def test_ergotropies_share_a_panel_above_the_stored_energy(dicke: xr.Dataset) -> None:
    """Told apart by colour and dash, named by their definition."""
    figure = qb.plot(dicke)
    axes = panel(figure, "ergotropy (")
    lines = curves(axes)
    assert list(lines) == [
        "symmetric",
        "full",
        "incoherent, symmetric",
        "incoherent, full",
        "coherent, symmetric",
        "coherent, full",
    ]
    np.testing.assert_array_equal(lines["full"].get_ydata(), dicke.ergotropy_full)
    styles = {(str(line._dash_pattern), tuple(line.get_color())) for line in lines.values()}
    assert len(styles) == len(lines)
    (beneath,) = axes.collections
    assert beneath.get_datalim(axes.transData).y1 == pytest.approx(float(dicke.energy.max()))
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["stored energy", *lines]
    single = panel(figure, "ergotropy of one\natom")  # of a single atom, not of all of them
    assert not single.collections


def test_maxima_are_marked_where_they_are(dicke: xr.Dataset) -> None:
    """Numbers of the whole curve lie on it, between the output times."""
    figure = qb.plot(dicke)
    lines = curves(panel(figure, "stored energy"))
    place = lines["largest"].get_xydata()[0]
    np.testing.assert_allclose(place, [dicke.maximum_energy_time, dicke.maximum_energy])
    time, energy = lines["90% of the largest"].get_xydata()[0]
    assert time == float(dicke.time_to_fraction)
    assert energy == pytest.approx(0.9 * float(dicke.maximum_energy), rel=1e-2)
    power = curves(panel(figure, "power"))
    np.testing.assert_allclose(
        power["largest average"].get_xydata()[0],
        [dicke.maximum_average_power_time, dicke.maximum_average_power],
    )
    plain = curves(panel(qb.plot(dicke[["energy", "power"]]), "stored energy"))
    assert "largest" not in plain


def test_bounds_are_thin_and_do_not_flatten_the_power(dicke: xr.Dataset) -> None:
    """A bound ten times as high leaves the panel; infinities break the line only."""
    far = dicke.assign(power_bound=10 * dicke.power_bound)
    far["power_bound"].attrs = dicke.power_bound.attrs
    axes = panel(qb.plot(far, variables=["power", "power_bound", "speed_limit"]), "power")
    lines = curves(axes)
    (bound,) = [name for name in lines if name.startswith("bound")]
    assert bound.endswith("beyond the panel)")
    assert lines[bound].get_linewidth() < lines["charging power"].get_linewidth()
    top = axes.get_ylim()[1]
    assert float(dicke.power.max()) < top < float(far.power_bound.max())
    endless = dicke.assign(power=dicke.power, speed_limit=dicke.speed_limit * np.inf)
    axes = panel(qb.plot(endless, variables=["power", "speed_limit"]), "power")
    assert np.isfinite(axes.get_ylim()).all()


def test_flows_of_all_environments_and_drives_share_a_panel(cascade: xr.Dataset) -> None:
    """One curve each, with its own numbers."""
    lines = curves(panel(qb.plot(cascade), "energy flow"))
    names = ["heat: cavity-loss", "heat: level-decay", "work: pump", "work: control"]
    assert list(lines) == names
    expected = cascade.work_flow.sel(drive="control")
    np.testing.assert_array_equal(lines["work: control"].get_ydata(), expected)


def test_merits_of_few_states_show_their_points(dicke: xr.Dataset) -> None:
    """Over state_time with markers, over time without."""
    lines = curves(panel(qb.plot(dicke), "correlation"))
    assert lines["negativity"].get_marker() == "o"
    np.testing.assert_array_equal(lines["negativity"].get_xdata(), dicke.state_time)
    assert lines["concurrence"].get_marker() in ("None", None)


def test_quantities_in_a_panel_have_the_same_units(dicke: xr.Dataset) -> None:
    """A theme is split where units differ."""
    other = dicke[["power", "average_power"]].copy()
    other["average_power"].attrs["units"] = "W"
    labels = [axes.get_ylabel() for axes in qb.plot(other).axes[:2]]
    assert any("W" in label for label in labels)
    assert len({*labels}) == 2


def test_a_page_is_not_exceeded_and_the_rest_named(dicke: xr.Dataset) -> None:
    """Twelve panels at most; what is left out can be asked for."""
    figure = qb.plot(dicke)
    left = figure.get_supxlabel()
    assert left.startswith("Not shown: ")
    assert "fisher_information" in left
    assert len([axes for axes in figure.axes if axes.get_ylabel()]) == 12
    alone = qb.plot(dicke, variables="fisher_information")
    assert "Fisher" in alone.axes[0].get_ylabel()
    assert alone.get_supxlabel() == ""


def hatched(axes: Axes) -> list[tuple[float, float]]:
    """Return the stretches of an axis that are hatched."""
    spans = [patch for patch in axes.patches if patch.get_hatch()]
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in spans]


def test_good_runs_have_a_plain_strip(dicke: xr.Dataset) -> None:
    """Status and the numbers behind it as text."""
    strip = qb.plot(dicke).axes[-1]
    assert dicke.attrs["status"] == "ok"
    assert strip.patches
    assert not hatched(strip)
    assert not strip.texts
    words = strip.get_title(loc="left").replace("\n", " ")
    assert "status: ok (all errors are within their tolerances)" in words
    assert "cutoff_relative_error" in words
    assert "first law within" in words


def test_strip_is_hatched_while_the_cutoff_is_too_low(bad: xr.Dataset) -> None:
    """From the first time with too large an error on, with a tag that is seen at once."""
    strip = qb.plot(bad).axes[-1]
    above = bad.time.to_numpy() > qb.certificate(bad)["cutoff_valid_until"]
    assert not above[0]
    assert above.any()
    found = hatched(strip)
    for time, is_above in zip(bad.time.values, above, strict=True):
        assert any(first <= time <= last for first, last in found) == is_above
    (tag,) = strip.texts
    assert tag.get_text() == "cutoff-too-small"
    assert tag.get_bbox_patch().get_facecolor()[:3] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("status", ["not-converged", "not-positive", "cutoff-too-small"])
def test_other_bad_status_hatches_the_whole_strip(dicke: xr.Dataset, status: str) -> None:
    """Also where the certificate names no time until which the errors are small."""
    strip = qb.plot(dicke.assign_coords(status=status)).axes[-1]
    assert hatched(strip) == [(0.0, 8.0)]
    assert strip.texts[0].get_text() == status


def test_results_without_large_errors_are_not_doubtful(bad: xr.Dataset) -> None:
    """The status has the last word."""
    assert not hatched(qb.plot(bad.assign_coords(status="ok")).axes[-1])


def darkness(figure: Figure, axes: Axes) -> float:
    """Return how dark a part of a figure is in grey print."""
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=100)
    image = np.asarray(Image.open(target).convert("L"), dtype=float)
    box = axes.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    height = image.shape[0]
    rows = slice(int(height - 100 * box.y1) + 1, int(height - 100 * box.y0))
    return 255.0 - float(image[rows, int(100 * box.x0) : int(100 * box.x1)].mean())


def test_bad_strips_look_different_in_grey(dicke: xr.Dataset) -> None:
    """Hatching and tag are dark next to the plain band."""
    good, other = (
        qb.plot(data, variables="energy")
        for data in (dicke, dicke.assign_coords(status="not-converged"))
    )
    assert darkness(other, other.axes[-1]) > 1.5 * darkness(good, good.axes[-1])


@pytest.mark.parametrize("name", ["dicke", "cascade", "bad"])
def test_nothing_is_clipped_or_covered(name: str, request: pytest.FixtureRequest) -> None:
    """Everything lies inside the figure; legends stand above their panels, beside each other."""
    figure = qb.plot(request.getfixturevalue(name))
    canvas = FigureCanvasAgg(figure)
    with styled(**figure.style):  # type: ignore[attr-defined]  # of a Picture
        canvas.draw()
    renderer = canvas.get_renderer()
    whole, page = figure.get_tightbbox(renderer), figure.get_size_inches()
    assert whole.x0 > -0.01
    assert whole.y0 > -0.01
    assert whole.x1 < page[0] + 0.01
    assert whole.y1 < page[1] + 0.01
    boxes = [axes.get_window_extent(renderer) for axes in figure.axes]
    for axes in figure.axes:
        if (legend := axes.get_legend()) is not None:
            box = legend.get_window_extent(renderer)
            assert all(not box.shrunk(0.98, 0.98).overlaps(other) for other in boxes)
    labels = [axes.yaxis.label.get_window_extent(renderer) for axes in figure.axes]
    tall = [box for box in labels if box.height > 0]
    for k, box in enumerate(tall):
        assert not any(box.overlaps(other) for other in tall[k + 1 :])


def test_late_times_do_not_squeeze_early_ones() -> None:
    """Times until the steady state lie ever farther apart: the axis follows, ticks keep apart."""
    battery = qb.DickeBattery(n_atoms=1, coupling=0.5, max_photons=12)
    run = qb.charge(battery, times="auto", environment=qb.CavityLoss(0.03))
    figure = qb.plot(run, variables="energy")
    axes, strip = figure.axes
    assert axes.get_xscale() == strip.get_xscale() == "asinh"
    early = axes.transAxes.inverted().transform(axes.transData.transform((20.0, 0.0)))[0]
    assert early > 3 * 20.0 / float(run.time[-1])
    figure.savefig(io.BytesIO(), format="png")
    words = [label for label in axes.get_xticklabels() if label.get_text()]
    boxes = [label.get_window_extent() for label in words]
    assert len(boxes) >= 3
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    even = qb.plot(run.sel(time=slice(0, 3)), variables="energy")
    assert even.axes[0].get_xscale() == "linear"


def test_captions_define_what_is_shown_and_go_into_files(bad: xr.Dataset, tmp_path: Path) -> None:
    """Parameters, definitions and status, in the picture file as well."""
    figure = qb.plot(bad)
    assert "dicke: n_atoms=4" in figure.caption  # type: ignore[attr-defined]  # of a Picture
    assert bad.energy.attrs["definition"] in figure.caption  # type: ignore[attr-defined]
    assert "cutoff-too-small" in figure.caption  # type: ignore[attr-defined]
    png = save_figure(figure, tmp_path / "run.png")
    with Image.open(png) as image:
        assert image.text["Description"] == figure.caption  # type: ignore[attr-defined]
    figure.savefig(tmp_path / "run.svg")
    assert "⟨a†a⟩" in (tmp_path / "run.svg").read_text()


def test_fonts_are_embedded_and_files_small(dicke: xr.Dataset, tmp_path: Path) -> None:
    """TrueType instead of Type 3 fonts, also with the plain savefig; long runs stay small."""
    with matplotlib.rc_context({"pdf.compression": 0}):
        qb.plot(dicke).savefig(tmp_path / "plain.pdf")
    content = (tmp_path / "plain.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Subtype /Type3" not in content
    time = np.linspace(0, 100, 100_001)
    long = xr.Dataset({"energy": ("time", np.sin(30 * time))}, {"time": time})
    save_figure(qb.plot(long), tmp_path / "long.pdf")
    assert (tmp_path / "long.pdf").stat().st_size < 100_000


def test_settings_of_matplotlib_stay_untouched(dicke: xr.Dataset, tmp_path: Path) -> None:
    """Other figures of the same session look as they did."""
    before = dict(matplotlib.rcParams)
    figure = qb.plot(dicke, variables=["energy", "power"])
    save_figure(figure, tmp_path / "run.pdf")
    figure._repr_png_()  # type: ignore[attr-defined]  # what notebooks call
    assert dict(matplotlib.rcParams) == before


def test_a_picture_shows_itself(dicke: xr.Dataset) -> None:
    """Notebooks get a PNG, as wide as a column of a journal."""
    figure = qb.plot(dicke, variables="energy")
    assert isinstance(figure, Figure)
    with Image.open(io.BytesIO(figure._repr_png_())) as image:  # type: ignore[attr-defined]
        assert image.size[0] == pytest.approx(3.4 * 200, abs=1)
    assert qb.plot(dicke).get_size_inches()[0] == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"variables": "enrgy"}, ["`variables`", "enrgy", "energy"]),
        ({"variables": ["energy", 3]}, ["`variables`", "3"]),
        ({"variables": "charging_time"}, ["`variables`", "charging_time", "print"]),
        ({"x": "tme"}, ["`x`", "tme", "Best matches are: time"]),
        ({"family": "n_atoms"}, ["`family`", "n_atoms"]),
        ({"x": "time", "y": "time"}, ["`x`", "differ"]),
        ({"family": "time", "y": "time"}, ["`y`", "not be combined"]),
    ],
)
def test_what_is_unknown_is_named(
    dicke: xr.Dataset, options: dict[str, Any], words: list[str]
) -> None:
    """The error names the argument, its value and the nearest names."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.plot(dicke, **options)
    for word in words:
        assert word in str(caught.value)


def test_numbers_without_dims_are_nothing_to_draw() -> None:
    """A single steady state is printed instead."""
    end = qb.steady_state(
        qb.DrivenBattery(1, 1.0), environment=qb.CollectiveDecay(0.5), merits="all"
    )
    with pytest.raises(qb.ArgumentError, match=r"one steady state. Show them by print\(dataset\)"):
        qb.plot(end)
    for nothing in (xr.Dataset(), end.drop_vars(list(end.data_vars))):
        with pytest.raises(qb.ArgumentError, match="dimension"):
            qb.plot(nothing)
    with pytest.raises(qb.ArgumentError, match=r"xarray\.Dataset"):
        qb.plot(3)  # type: ignore[arg-type]  # on purpose


def test_odd_data_can_be_drawn(dicke: xr.Dataset) -> None:
    """One time, nothing known, no labels, dollar signs."""
    data = xr.Dataset({"power": ("time", [np.nan, np.nan]), "a": ("time", [1.0, 2.0])})
    data["power_bound"] = ("time", [np.inf, np.inf])
    data["a"].attrs = {"long_name": "costs in $ or $_x", "units": "$"}
    for odd in (data, dicke.isel(time=[3]), dicke[["negativity"]], dicke.isel(environment=0)):
        qb.plot(odd).savefig(io.BytesIO(), format="png", dpi=50)


def test_one_ergotropy_says_of_what() -> None:
    """The axis of a single kind has its whole name, however many curves there are."""
    battery = qb.TavisCummingsBattery(2, 0.5, 4)
    states = {"two": qb.FockState(2), "three": qb.FockState(3)}
    runs = [
        qb.charge(battery, times=[0.0, 1.0, 2.0], charger=state, merits="ergotropy_full")
        for state in states.values()
    ]
    figure = qb.plot(qb.concat(runs, "charger").assign_coords(charger=list(states)))
    assert "ergotropy on the full space" in figure.axes[0].get_ylabel().replace("\n", " ")
