"""The claims of zhang2024, on small scans and against numbers known independently."""

import json

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.papers import ZHANG2024, reproduce
from qubatt.papers.scans import Scans
from qubatt.papers.zhang2024 import convergence, figure4
from qubatt.papers.zhang2024.figure2 import Figure2
from qubatt.papers.zhang2024.figure3 import Figure3
from qubatt.papers.zhang2024.figure4 import Figure4
from qubatt.papers.zhang2024.figure7 import kinks_in_g
from qubatt.papers.zhang2024.growth import grows, steady_values, summarise
from qubatt.papers.zhang2024.reading import FACTORS, G_VALUES, INTERACTIONS, by_reading
from qubatt.papers.zhang2024.recharging import energy_laws, large_g_coefficients
from qubatt.papers.zhang2024.repulsion import Repulsion, excess, gain

ALL = tuple(FACTORS)


def claims_of(figure, data):
    """Return the claims of a figure by key."""
    return {claim.key: claim for claim in figure.judge(data)}


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """Cache shared by the tests of this module."""
    with Scans(tmp_path_factory.mktemp("cache")) as scans:
        yield scans


@pytest.fixture(scope="module")
def recharging(runner):
    """Data and claims of Figs. 5–7 in all readings."""
    found = {}
    for figure in ZHANG2024.figures[3:6]:
        data = figure.compute(runner, ALL)
        found[int(figure.key)] = data, claims_of(figure, data)
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
def test_figure2_steady_energies_and_verdicts(runner):
    """N = 4, κ = 0.5: known steady energies per atom; R2 and R3 follow the paper, R1 does not."""
    figure = Figure2(n_atoms=(4,), kappa=(0.5,))
    data = figure.compute(runner, ALL)
    steady = data["scan"]["steady"].sel(n_atoms=4, kappa=0.5)
    known = {
        ("R1", 0): 0.067,
        ("R2", 0): 0.358,
        ("R2", 1): 0.513,
        ("R3", 1): 0.471,
        ("R4", 0): 0.067,
    }
    known |= {("R1", -1): 0.075, ("R2", -1): 0.024, ("R3", -1): 0.203, ("R4", -1): -0.051}
    known |= {("R1", 1): 0.067, ("R4", 1): 0.129}
    for (reading, g), energy in known.items():
        assert float(steady.sel(reading=reading, g=g)) == pytest.approx(energy, abs=0.001)
    claims = claims_of(figure, data)
    assert claims["F2a"].where.startswith("R1, R4: no; R2, R3: yes")
    assert claims["F2a"].verdict == "holds where"
    assert claims["F2d"].verdict == "holds"
    assert data["figure"].attrs["reading"] == "R2"
    reasons = {parameter.name: parameter.reason for parameter in figure.parameters(data)}
    assert "all claims hold and" in reasons["N"]
    alone = figure.compute(runner, ["R1"])  # cached; F2a fails in R1, and the report must say so
    reasons = {parameter.name: parameter.reason for parameter in figure.parameters(alone)}
    assert "no point at which all claims hold" in reasons["N"]
    assert reasons["reading"] == "it was requested"
    assert claims["T1 (Fig. 2)"].numbers["largest_population_of_highest_level"] > 0


def test_figure3_growth_depends_on_drive_and_atoms(runner):
    """Laboratory frame, R2: steady energies of an independent solver at Ω = 2, verdicts."""
    figure = Figure3(n_atoms=(2, 3, 12), drives=(1.0, 2.0))
    data = figure.compute(runner, ALL)
    place = {"frame": "laboratory", "reading": "R2"}
    steady = data["scan"]["steady"].sel(place).sel(drive=2.0)
    known = {
        (2, 0.4): [0.13649, 0.23331, 0.30360, 0.34242, 0.35520],
        (3, 0.4): [0.07694, 0.19569, 0.28665, 0.33179, 0.33131],
        (3, 0.5): [0.07095, 0.18878, 0.27848, 0.32317, 0.32379],
    }
    for (n_atoms, gamma), energies in known.items():
        np.testing.assert_allclose(steady.sel(n_atoms=n_atoms, gamma=gamma), energies, atol=1e-5)
    grows = figure._holds(data["scan"]).sel(place).sel(value="steady")
    assert bool(grows.sel(drive=2.0, n_atoms=2).all())
    assert not bool(grows.sel(drive=2.0, n_atoms=3, gamma=0.4))
    assert bool(grows.sel(drive=2.0, n_atoms=3, gamma=0.5))
    assert bool(grows.sel(drive=1.0, n_atoms=12).all())
    assert not bool(grows.sel(drive=1.0, n_atoms=2).any())
    claims = claims_of(figure, data)
    assert claims["F3a (steady value)"].verdict == "holds where"
    assert "Ω = 1: N = 2–3" in claims["F3c"].where


def test_steady_state_is_told_from_a_curve_that_looks_constant():
    """A slow drift varies little over the last part, and is still far from where it leads."""
    times = np.linspace(0.0, 60.0, 601)
    curves = np.stack([1 - np.exp(-times / 200), 1 - np.exp(-times), np.exp(-times)])
    found = summarise(times, curves, np.array([1.0, 1.0, 0.0]))
    np.testing.assert_allclose(found["distance"], [np.exp(-0.25), 0, 0], atol=1e-12)
    assert found["variation"][0] < 0.04
    np.testing.assert_allclose(found["maximum"], 1.0)  # reached only later; at last; at first


def test_a_steady_state_not_found_holds_nothing():
    """No comparison with it is true."""
    results = [
        {"energy": np.array([float(k)]), "converged": np.array([float(k != 1)])} for k in range(3)
    ]
    values = steady_values(results)[:, 0]
    np.testing.assert_array_equal(values, [0.0, np.nan, 2.0])
    assert not bool(grows(xr.DataArray(values, dims="g")))


def test_slow_relaxation_changes_a_verdict(runner):
    """N = 2, κ = 0.2, R2: E(g = ½) < E(0) in the end, which time 60 does not tell."""
    figure = Figure2(n_atoms=(2,), kappa=(0.2,))
    data = figure.compute(runner, ["R2"])
    assert claims_of(figure, data)["F2a"].verdict == "fails"
    battery = qb.DickeBattery(2, 0.5, 20, interaction=0.5)
    late = qb.charge(battery, times=[200.0], environment=qb.CavityLoss(0.2), merits=["energy"])
    steady = data["scan"]["steady"].squeeze()
    assert float(steady.sel(g=0.5)) == pytest.approx(float(late.energy[0]) / 2, abs=1e-7)
    assert float(steady.sel(g=0.5)) < float(steady.sel(g=0.0))


@pytest.mark.slow
def test_twenty_photons_are_too_few_for_eight_atoms(runner, monkeypatch):
    """N = 8: ⟨n⟩ is 14, not 8 to 10; the table says so, and marks the cut-off that is fixed."""
    monkeypatch.setattr(convergence, "G_COMPARED", (-1.0, 1.0))
    figure = Figure2(n_atoms=(4, 8), kappa=(0.5,))
    data = figure.compute(runner, ["R2"])
    compared = data["steady"].squeeze("reading")
    photons, paper = (compared[name].sel(n_atoms=8) for name in ("photons", "paper_photons"))
    np.testing.assert_allclose(photons, [14.080, 14.275], atol=2e-3)  # 136 photons
    np.testing.assert_allclose(paper, [8.375, 10.110], atol=1e-3)
    np.testing.assert_allclose(compared["energy"].sel(n_atoms=8), [0.01757, 0.82321], atol=5e-5)
    assert bool((compared["trusted"].sel(n_atoms=4) == 1).all())
    error = compared["cutoff_error"].sel(n_atoms=8)  # of 40 photons, which are fixed
    assert bool(((error > 1e-6) & (error < 1e-2)).all())  # ⟨n⟩ is off by up to 0.007
    claims = claims_of(figure, data)
    assert claims["T1 (Fig. 2, steady)"].where == "R2: at 1 of 2 points (only for N = 4)"
    assert claims["F2a (enough photons)"].verdict == "holds"
    (table,) = figure.tables(data)
    starred = [row for row in table.rows if row[-1].endswith("*")]
    assert [row[1] for row in starred] == ["8", "8"]
    assert len(table.rows) == 4


def test_maps_of_repulsion_agree_with_charging_for_long(runner):
    """Signs and sizes of the changes are those of runs until nothing moves any more."""
    figure = Repulsion(kappa=(0.5, 1.0), g_c=(0.1, 0.35, 0.6), n_atoms=(2, 8), drives=(0.5, 4.0))
    data = figure.compute(runner, ALL)
    found = data["figure"]
    assert found.attrs["reading"] == "R2"
    late = {
        g: qb.charge(
            qb.DickeBattery(4, 0.35, 24, interaction=g),
            times=[1500.0],
            environment=qb.CavityLoss(0.5),
        ).energy
        for g in (0.0, 0.5)
    }
    change = gain(found, "dicke").sel(kappa=0.5)
    expected = float(late[0.5][0] - late[0.0][0]) / 4
    assert expected < -0.01  # repulsion harms
    assert float(change.sel(g_c=0.35)) == pytest.approx(expected, abs=1e-6)
    assert np.all(change.sel(g_c=[0.1, 0.6]) > 0)
    late = {
        g: qb.charge(
            qb.DrivenBattery(2, 0.5, interaction=g),
            times=[300.0],
            environment=qb.CollectiveDecay(0.5),
        ).energy
        for g in (-0.5, 0.0, 0.5)
    }
    place = {"n_atoms": 2, "drive": 0.5}
    expected = float(late[0.5][0] - late[0.0][0]) / 2
    assert float(gain(found, "driven").sel(place)) == pytest.approx(expected, abs=1e-6)
    expected = float(late[0.5][0] - late[-0.5][0]) / 2
    assert float(excess(found, "driven").sel(place)) == pytest.approx(expected, abs=1e-6)
    assert bool((found["dicke_trusted"] == 1).all())
    claims = claims_of(figure, data)
    assert (
        claims["M1"].where
        == "at 4 of 6 points (not for κ = 0.5 and g_c = 0.35; κ = 1 and g_c = 0.35)"
    )
    assert claims["M2"].where == "at 3 of 4 points (not for N = 2 and Ω = 0.5)"
    assert "at κ = 0.5 and g_c = 0.35, most at" in claims["M1"].evidence


def test_cells_that_cannot_be_trusted_are_hatched(runner):
    """A map with a doubtful state shows it; one without has no hatches."""
    figure = Repulsion(kappa=(0.5, 1.0), g_c=(0.1, 0.35, 0.6), n_atoms=(2, 8), drives=(0.5, 4.0))
    data = figure.compute(runner, ALL)

    def hatches(found):
        drawing = figure.draw({"figure": found})["repulsion"]
        return [
            sum(patch.get_hatch() is not None for patch in axes.patches) for axes in drawing.axes
        ]

    assert hatches(data["figure"])[:2] == [0, 0]
    doubtful = data["figure"].copy(deep=True)
    doubtful["dicke_trusted"][0, 1, 2] = 0.0
    assert hatches(doubtful)[:2] == [1, 0]


@pytest.mark.slow
def test_figure4_ten_photons_are_enough(runner):
    """At detuning 1 and g_1 = 1 the energy grows with g and ten photons suffice."""
    figure = Figure4(detunings=(1.0,), couplings=(1.0,), end=15.0)
    data = figure.compute(runner, ["R2"])
    claims = claims_of(figure, data)
    assert claims["F4a (maximum)"].verdict == "holds"
    assert claims["F4a (steady value)"].verdict == "holds"
    curve, _ = figure4.scan_of(1.0, 1.0, "b", 1.0, np.linspace(0.0, 15.0, 301))
    (point,) = curve.points
    late = qb.charge(point.battery, times=[200.0], environment=point.environment)
    steady = data["scan"]["steady"].sel(panel="b", g=1.0).squeeze()
    assert float(steady) == pytest.approx(float(late.energy[0]) / 2, abs=1e-6)
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
    [
        ({"figures": [1]}, "figures"),
        ({"figures": ["repulsive"]}, "figures"),
        ({"reading": "R5"}, "reading"),
    ],
)
def test_unknown_figures_and_readings_are_refused(tmp_path, arguments, named):
    """The error names the argument and what there is; nothing is written."""
    with pytest.raises(qb.ArgumentError, match=f"`{named}`"):
        reproduce(ZHANG2024, tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()
