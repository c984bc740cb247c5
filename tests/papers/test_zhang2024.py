"""The claims of zhang2024, on small scans and against numbers known independently."""

import json

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.papers import ZHANG2024, reproduce
from qubatt.papers.runner import Runner
from qubatt.papers.zhang2024.figure2 import Figure2
from qubatt.papers.zhang2024.figure3 import Figure3
from qubatt.papers.zhang2024.figure4 import Figure4
from qubatt.papers.zhang2024.figure7 import kinks_in_g
from qubatt.papers.zhang2024.reading import FACTORS, G_VALUES, INTERACTIONS, by_reading
from qubatt.papers.zhang2024.recharging import energy_laws, large_g_coefficients

ALL = tuple(FACTORS)


def claims_of(figure, data):
    """Return the claims of a figure by key."""
    return {claim.key: claim for claim in figure.judge(data)}


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """Cache shared by the tests of this module."""
    return Runner(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def recharging(runner):
    """Data and claims of Figs. 5–7 in all readings."""
    found = {}
    for figure in ZHANG2024.figures[3:]:
        data = figure.compute(runner, ALL)
        found[figure.number] = data, claims_of(figure, data)
    return found


def test_readings_select_interaction_and_coupling():
    """R1 halves both, R2 none, R3 the interaction, R4 the coupling."""
    couplings = [0.25, 0.5]
    values = np.add.outer(100 * np.array(couplings), INTERACTIONS)
    scan = xr.Dataset(
        {"v": (("coupling", "interaction"), values)},
        coords={"coupling": couplings, "interaction": list(INTERACTIONS)},
    )
    table = by_reading(scan, ALL, g_c=0.5)["v"]
    g = np.array(G_VALUES)
    np.testing.assert_allclose(table.sel(reading="R1"), 25 + g / 2)
    np.testing.assert_allclose(table.sel(reading="R2"), 50 + g)
    np.testing.assert_allclose(table.sel(reading="R3"), 50 + g / 2)
    np.testing.assert_allclose(table.sel(reading="R4"), 25 + g)


@pytest.mark.slow
def test_figure2_late_energies_and_verdicts(runner):
    """N = 4, κ = 0.5: known steady energies per atom; R2 and R3 follow the paper, R1 does not."""
    figure = Figure2(n_atoms=(4,), kappa=(0.5,))
    data = figure.compute(runner, ALL)
    late = data["scan"]["late"].sel(n_atoms=4, kappa=0.5)
    known = {
        ("R1", 0): 0.067,
        ("R2", 0): 0.358,
        ("R2", 1): 0.513,
        ("R3", 1): 0.471,
        ("R4", 0): 0.067,
    }
    for (reading, g), energy in known.items():  # steady values; the others relax more slowly
        assert float(late.sel(reading=reading, g=g)) == pytest.approx(energy, abs=0.001)
    claims = claims_of(figure, data)
    assert claims["F2a"].where.startswith("R1, R4: no; R2, R3: yes")
    assert claims["F2a"].verdict == "holds where"
    assert claims["F2d"].verdict == "holds"
    assert data["figure"].attrs["reading"] == "R2"
    reasons = {parameter.name: parameter.reason for parameter in figure.parameters(data)}
    assert "all claims hold and" in reasons["N"]
    alone = figure.compute(runner, ["R1"])  # cached; F2a fails in R1, and the report must say so
    reasons = {parameter.name: parameter.reason for parameter in figure.parameters(alone)}
    assert "hold together nowhere" in reasons["N"]
    assert reasons["reading"] == "it was asked for"
    assert claims["T1 (Fig. 2)"].numbers["largest_population_of_highest_level"] > 0


def test_figure3_growth_depends_on_drive_and_atoms(runner):
    """Laboratory frame, R2: steady energies of an independent solver at Ω = 2, verdicts."""
    figure = Figure3(n_atoms=(2, 3, 12), drives=(1.0, 2.0))
    data = figure.compute(runner, ALL)
    place = {"frame": "laboratory", "reading": "R2"}
    late = data["scan"]["late"].sel(place).sel(drive=2.0)
    known = {
        (2, 0.4): [0.13649, 0.23331, 0.30360, 0.34242, 0.35520],
        (3, 0.4): [0.07694, 0.19569, 0.28665, 0.33179, 0.33131],
        (3, 0.5): [0.07095, 0.18878, 0.27848, 0.32317, 0.32379],
    }
    for (n_atoms, gamma), energies in known.items():
        np.testing.assert_allclose(late.sel(n_atoms=n_atoms, gamma=gamma), energies, atol=1e-5)
    grows = figure._holds(data["scan"]).sel(place).sel(value="late")
    assert bool(grows.sel(drive=2.0, n_atoms=2).all())
    assert not bool(grows.sel(drive=2.0, n_atoms=3, gamma=0.4))
    assert bool(grows.sel(drive=2.0, n_atoms=3, gamma=0.5))
    assert bool(grows.sel(drive=1.0, n_atoms=12).all())
    assert not bool(grows.sel(drive=1.0, n_atoms=2).any())
    claims = claims_of(figure, data)
    assert claims["F3a (steady value)"].verdict == "holds where"
    assert "Ω = 1: N = 2–3" in claims["F3c"].where


@pytest.mark.slow
def test_figure4_ten_photons_are_enough(runner):
    """At detuning 1 and g_1 = 1 the energy grows with g and ten photons suffice."""
    figure = Figure4(detunings=(1.0,), couplings=(1.0,), end=15.0)
    data = figure.compute(runner, ["R2"])
    claims = claims_of(figure, data)
    assert claims["F4a (maximum)"].verdict == "holds"
    assert claims["F4c, T1 (Fig. 4)"].verdict == "holds"


def test_figure5_claims(recharging):
    """η rises with g once no levels cross, tends to 1, and never falls with N there."""
    data, claims = recharging[5]
    assert claims["F5a"].verdict == "holds where"
    assert claims["F5d"].verdict == "holds"
    assert claims["F5e"].numbers["failures_beyond_crossings"] == 0
    assert claims["A2 (H₀ = nH_B)"].verdict == "holds"
    assert claims["A2 (η = 1/2)"].verdict == "fails"
    eta = data["figure"]["efficiency"].sel(n_atoms=10).interp(g=60.0)
    A, B = 3.201517, 2.179910  # worked out apart, β = 1
    assert float(eta) == pytest.approx(1 - B / (A * 2 * 60 / 10), abs=1e-4)


@pytest.mark.parametrize(
    ("n_atoms", "A", "B"),
    [(4, 0.741869, 0.592924), (6, 1.519758, 1.109012), (10, 3.201517, 2.179910)],
)
def test_closed_form_at_large_g(n_atoms, A, B):
    """A and B at β = 1 agree with numbers worked out apart, and with the sorted levels."""
    found = large_g_coefficients(n_atoms, 1.0)
    np.testing.assert_allclose(found, (A, B), atol=6e-7)
    cycle = qb.recharge(n_atoms, interaction=2.0 * n_atoms, beta=1.0)  # c = 4
    assert float(cycle.work) == pytest.approx(4 * found[0], rel=1e-12)
    assert float(cycle.heat) == pytest.approx(-found[1], rel=1e-12)


def test_figure6_claims(recharging):
    """One maximum, vanishing at large β and growth with N hold on the ladder, not in full space."""
    data, claims = recharging[6]
    for key in ("F6a", "F6b", "F6c"):
        assert claims[key].verdict == "holds where"
    highest = data["scan"]["work"].max("beta")
    ladder = highest.sel(space="ladder", reading="R2")
    assert np.all(np.diff(ladder) > 0)
    assert not np.all(np.diff(highest.sel(space="full 2^N space", reading="R2")) > 0)
    assert "R1, N = 12" in claims["F6a"].evidence  # degenerate levels at c = g/N, N = 12


def test_figure7_claims(recharging):
    """Straight between the kinks, nothing below the threshold, slope growing with N."""
    _, claims = recharging[7]
    assert claims["F7a"].verdict == "holds where"
    assert claims["F7a"].numbers["largest_work_below_threshold"] == 0.0
    assert claims["F7a"].numbers["largest_departure_between_kinks"] < 1e-10
    assert claims["F7b"].verdict == "holds"


def test_kinks_are_where_levels_cross():
    """Between neighbouring kinks the slope changes; c = ω/s in either reading."""
    assert kinks_in_g(4, 1.0) == pytest.approx([2 / 3, 1.0, 2.0])
    kink, step = 1.0, 1e-3
    work = qb.recharge(4, [kink - step, kink, kink + step], 1.0)["work"].to_numpy()
    assert abs(work[2] - 2 * work[1] + work[0]) > 1e-5


@pytest.mark.parametrize("number", [5, 6, 7])
def test_energy_balance_holds_everywhere(recharging, number):
    """W = W_R + Q_R, Q_R ≤ 0, W_R ≥ W ≥ 0 at every point scanned; a wrong sign is noticed."""
    data, claims = recharging[number]
    assert claims[f"A1 (Fig. {number})"].verdict == "holds"
    broken = data["scan"].assign(heat=-data["scan"]["heat"])
    assert energy_laws(number, broken).verdict != "holds"


def test_reproduction_writes_whole_files(tmp_path):
    """Data, drawings, claims and report of a figure; nothing temporary is left."""
    claims = reproduce(ZHANG2024, tmp_path, figures=[7], reading="R2")
    names = {path.name for path in tmp_path.iterdir()}
    assert {"figure7.nc", "figure7.png", "figure7.pdf", "claims.json", "report.html"} <= names
    assert not [name for name in names if name.startswith(".")]
    content = json.loads((tmp_path / "claims.json").read_text())
    assert [claim["key"] for claim in content["claims"]] == [claim.key for claim in claims]
    report = (tmp_path / "report.html").read_text()
    assert "data:image/png;base64," in report
    assert "not stated: chosen because" in report
    assert 'src="http' not in report
    assert qb.load(tmp_path / "figure7.nc").work.dims == ("n_atoms", "g")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"figures": [1]}, "figures"), ({"reading": "R5"}, "reading")],
)
def test_unknown_figures_and_readings_are_refused(tmp_path, arguments, named):
    """The error names the argument and what there is; nothing is written."""
    with pytest.raises(qb.ArgumentError, match=f"`{named}`"):
        reproduce(ZHANG2024, tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()
