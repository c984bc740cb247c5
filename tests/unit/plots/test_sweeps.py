"""Pictures of data over parameters: maps, families of curves, what should not be trusted."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb

RATES = xr.Variable("rate", [0.2, 0.4, 0.6, 0.8, 1.0], {"units": "omega_ref", "long_name": "loss"})
EXCHANGE = xr.Variable(
    "interaction", [0.0, 0.4, 0.8, 1.2, 1.6, 2.0], {"units": "omega_ref", "long_name": "exchange"}
)


@pytest.fixture(scope="module")
def steady() -> xr.Dataset:
    """Return steady states over two parameters, put together by hand."""

    def end(rate: float, exchange: float) -> xr.Dataset:
        battery = qb.DickeBattery(1, 0.5, 9, interaction=exchange)
        return qb.steady_state(battery, environment=qb.CavityLoss(rate))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        rows = [
            qb.concat([end(rate, g) for g in EXCHANGE.values], EXCHANGE) for rate in RATES.values
        ]
    return qb.concat(rows, RATES)


@pytest.fixture(scope="module")
def runs() -> xr.Dataset:
    """Return runs over one parameter."""
    g = EXCHANGE[:3]
    batteries = [qb.DickeBattery(1, 0.5, 18, interaction=value) for value in g.values]
    times = np.linspace(0, 5, 51)
    return qb.concat([qb.charge(battery, times=times, merits="all") for battery in batteries], g)


def test_two_parameters_become_a_map(steady: xr.Dataset) -> None:
    """One map per main quantity, light where it is large, with a labelled bar."""
    figure = qb.plot(steady.drop_vars("cutoff_population"))
    energy, photons = figure.axes[:2]
    mesh = energy.collections[0]
    np.testing.assert_allclose(mesh.get_array(), steady.energy.transpose("rate", "interaction"))
    assert energy.get_xlabel().startswith("exchange")
    assert energy.get_ylabel().startswith("loss")
    shades = mesh.cmap(np.linspace(0, 1, 50))[:, :3] @ [0.299, 0.587, 0.114]
    assert np.all(np.diff(shades) > 0)
    bars = [axes.get_xlabel() for axes in figure.axes[3:]]
    assert [bar.split(" (")[0] for bar in bars] == ["stored energy", "mean photon number"]
    assert photons.collections
    assert "status: ok at 30 of 30 points" in figure.axes[2].get_title(loc="left")
    bare = steady.drop_vars(["cutoff_population", "status", "parameters"])
    figure = qb.plot(bare.assign_attrs(certificate="{}"))  # joined by other means
    assert "status of the points not recorded" in figure.axes[2].get_title(loc="left")


def test_sides_of_a_map_can_be_chosen(steady: xr.Dataset) -> None:
    """The same numbers the other way round, also for descending coordinates."""
    falling = steady.isel(rate=slice(None, None, -1))
    for figure in (
        qb.plot(falling, variables="energy", x="rate"),
        qb.plot(steady, y="interaction"),
    ):
        (mesh,) = figure.axes[0].collections
        np.testing.assert_allclose(
            mesh.get_array(), steady.energy.transpose("interaction", "rate").to_numpy()
        )


def cells(axes: Any) -> set[tuple[float, float]]:
    """Return the parameters of the points that are hatched."""
    found = set()
    for patch in axes.patches:
        assert patch.get_hatch()
        low, high = patch.get_xy(), np.add(patch.get_xy(), (patch.get_width(), patch.get_height()))
        found |= {
            (float(rate), float(g))
            for rate in RATES.values
            for g in EXCHANGE.values
            if low[0] < g < high[0] and low[1] < rate < high[1]
        }
    return found


def test_points_of_bad_status_are_hatched(steady: xr.Dataset) -> None:
    """By a status per point; without one, no point is."""
    words = np.full((5, 6), "ok", dtype=object)
    words[0, 2:4] = words[3, 5] = "not-converged"
    judged = steady.assign_coords(status=(("rate", "interaction"), words.astype(str)))
    figure = qb.plot(judged, variables="energy")
    assert cells(figure.axes[0]) == {(0.2, 0.8), (0.2, 1.2), (0.8, 2.0)}
    text = figure.axes[1].get_title(loc="left").replace("\n", " ")
    assert "status: not-converged at 3, ok at 27 of 30 points" in text
    assert text.endswith("hatched: status not ok")
    bare = judged.drop_vars(["status", "parameters"]).assign_attrs(certificate="{}")
    assert not cells(qb.plot(bare, variables="energy").axes[0])


def test_degenerate_levels_are_hatched() -> None:
    """Recharging: where the work depends on how ties are broken, along the other dim, too."""
    cycle = qb.recharge(6, [0.5, 1.0, 2.0, 3.0, 4.5], np.linspace(0.1, 2, 9))
    assert cycle.ambiguous.any()
    assert not cycle.ambiguous.all()
    figure = qb.plot(cycle, variables="work")
    (axes, *_) = figure.axes
    found = {
        round(patch.get_y() + patch.get_height() / 2, 1)
        for patch in axes.patches
        if patch.get_width() > 1.9
    }
    centres = [float(g) for g in cycle.interaction[cycle.ambiguous]]
    assert len(found) == len(centres)
    line = qb.plot(cycle.isel(beta=3), variables="work").axes[0]
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in line.patches]
    for g, bad in zip(cycle.interaction.values, cycle.ambiguous.values, strict=True):
        assert any(first <= g <= last for first, last in spans) == bad


def test_parameter_steps_by_a_factor_have_a_logarithmic_axis() -> None:
    """Evenly on paper, not on a linear axis."""
    beta, g = np.geomspace(0.01, 10, 9), np.linspace(1.0, 4.0, 6)
    figure = qb.plot(qb.recharge(4, g, beta), variables="ergotropy")
    assert figure.axes[0].get_xscale() == "log"
    assert figure.axes[0].get_yscale() == "linear"


def test_runs_over_a_parameter_are_families_of_curves(runs: xr.Dataset) -> None:
    """One curve per value in every panel, one legend for all of them."""
    figure = qb.plot(runs)
    axes = figure.axes[0]
    assert axes.get_ylabel().startswith("stored energy")
    for k, line in enumerate(axes.get_lines()):
        np.testing.assert_array_equal(line.get_ydata(), runs.energy.isel(interaction=k))
    assert len({str(line._dash_pattern) for line in axes.get_lines()}) == 3
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["0", "0.4", "0.8"]
    assert legend.get_title().get_text().startswith("exchange (")


def test_numbers_of_a_run_become_curves_over_the_parameter(runs: xr.Dataset) -> None:
    """What has no time is drawn over what was varied, without time."""
    axes = qb.plot(runs, variables=["maximum_energy", "charging_time"]).axes[0]
    (line,) = axes.get_lines()
    np.testing.assert_array_equal(line.get_xydata()[:, 0], runs.interaction)
    np.testing.assert_array_equal(line.get_xydata()[:, 1], runs.maximum_energy)
    with pytest.raises(qb.ArgumentError, match="Draw it separately"):
        qb.plot(runs, variables=["energy", "maximum_energy"])


def test_time_can_be_a_side_of_a_map(runs: xr.Dataset) -> None:
    """If it is asked for; otherwise time has curves."""
    figure = qb.plot(runs, variables="energy", y="interaction")
    np.testing.assert_allclose(figure.axes[0].collections[0].get_array(), runs.energy)
    assert not qb.plot(runs, variables="energy").axes[0].collections


def test_power_at_rest_is_left_out(steady: xr.Dataset) -> None:
    """It is rounding; by name it is drawn all the same."""
    shown = qb.plot(steady).axes
    assert not any("power" in axes.get_xlabel() for axes in shown)
    assert any("power" in axes.get_xlabel() for axes in qb.plot(steady, variables="power").axes)


def test_words_along_a_dim_are_named_in_the_legend(runs: xr.Dataset) -> None:
    """Chargers or models by name are curves of one panel."""
    kinds = xr.Variable("charger", ["fock", "coherent", "thermal"])
    named = runs.drop_vars("charger").rename(interaction="charger").assign_coords(charger=kinds)
    (legend,) = qb.plot(named, variables="energy").legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["fock", "coherent", "thermal"]


def test_dims_of_one_value_do_not_count(steady: xr.Dataset) -> None:
    """A list of one parameter is no axis."""
    axes = qb.plot(steady.isel(rate=[2]), variables="energy").axes[0]
    assert axes.get_xlabel().startswith("exchange")
    assert len(axes.get_lines()) == 1
