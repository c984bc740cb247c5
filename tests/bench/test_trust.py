"""The measurement of the certificate: settings, verdicts, files and page."""

import json

import numpy as np
import pytest

import qubatt as qb
from bench.trust import summary
from bench.trust.__main__ import main, parse
from bench.trust.bound import judge_bound
from bench.trust.draw import settings
from bench.trust.judge import judge
from bench.trust.matrices import MODELS, custom_battery
from bench.trust.outcome import CERTIFICATES
from bench.trust.page import page
from bench.trust.setting import Setting
from bench.trust.store import read_records
from bench.trust.truth import smallest_cutoff

SMALL = Setting(
    seed=0,
    index=0,
    run="charge",
    battery={"type": "dicke", "n_atoms": 1, "coupling": 0.2},
    charger={"type": "fock", "photons": 1},
    environment=[{"type": "cavity-loss", "rate": 0.3}],
    last_time=2.0,
    aim="energy",
    target=1.0,
)


def test_settings_are_reproducible_and_buildable():
    """The first ones do not depend on the count, they survive JSON, and every battery builds."""
    drawn = settings(60, seed=5)
    assert settings(3, seed=5) == drawn[:3]
    assert drawn != settings(60, seed=6)
    for setting in drawn:
        assert Setting(**json.loads(json.dumps(setting.to_record()))) == setting
        setting.build(smallest_cutoff(setting)).problem(**setting.arguments)
    names = {name for setting in drawn for name in setting.groups["battery"]}
    assert {"dicke", "tavis-cummings", "two-photon-dicke", "cascade"} < names


def test_steady_settings_lose_photons():
    """Without pulses, at a rate above 0.05."""
    for setting in settings(20, run="steady", atoms=2):
        assert "pulse" not in setting.battery
        rates = [part["rate"] for part in setting.environment if part["type"] == "cavity-loss"]
        assert rates[0] >= 0.05


@pytest.mark.parametrize("model", MODELS)
def test_larger_matrices_contain_smaller_ones(model):
    """Apart from the highest levels, which products of truncated matrices change."""
    record = dict.fromkeys(("omega_cavity", "omega_battery", "coupling", "exchange"), 0.7)
    record |= {"model": model, "kerr": 0.2, "diamagnetic": 0.1, "ratio": 1.0, "pair_loss": 0.3}
    small, large = (custom_battery(record, n, None) for n in (5, 8))
    dims, larger = (tuple(dim for _, dim in each.dims) for each in (small, large))
    levels = np.indices(dims).reshape(2, -1)
    below = levels[0] < dims[0] - 1
    kept = np.ravel_multi_index(levels, larger)[below]
    inside = large.H_charge.toarray()[np.ix_(kept, kept)]
    np.testing.assert_allclose(small.H_charge.toarray()[np.ix_(below, below)], inside, atol=1e-14)


@pytest.mark.filterwarnings("ignore::qubatt.QubattWarning")
def test_a_run_with_too_few_levels_is_judged_by_a_larger_one():
    """The cut-off is placed close to the target, and the record has every kind of certificate."""
    record = judge(SMALL, check=True)
    assert record["truth_cutoff"] >= 1.5 * record["cutoff"] + 10
    assert list(record["certificates"]) == list(CERTIFICATES)
    energy = summary.relative_errors(record, "bound")["energy"]
    assert 1e-7 < energy < 1e-3
    exact, truncated = (
        qb.charge(SMALL.build(n), times=SMALL.times, **SMALL.arguments).energy.to_numpy()
        for n in (40, record["cutoff"])
    )
    expected = np.abs(truncated - exact).max()
    assert record["certificates"]["bound"]["errors"]["energy"] == pytest.approx(expected, rel=1e-2)
    assert record["qutip"] < 1e-6


def test_distances_of_states():
    """Between 0 and 2, and growing from a Fock state, which every cut-off holds."""
    record = judge_bound(SMALL)
    assert 0.0 < record["distances"][-1] < 2.0
    assert len(record["bounds"]) == len(record["times"]) == 3


def verdict(status: str, error: float, estimate: float) -> dict:
    """Return the record of a setting with one merit."""
    certificate = {
        "status": status,
        "method": "companion",
        "bound": 1.0,
        "seconds": 0.1,
        "errors": {"energy": error},
        "estimates": {"energy": estimate},
        "scales": {"energy": 2.0},
    }
    return {
        "setting": SMALL.to_record(),
        "tolerance": 1e-6,
        "magnitudes": {"energy": 1.0},
        "certificates": dict.fromkeys(CERTIFICATES, certificate),
        "revision": "abc",
        "seconds": 1.0,
    }


def test_verdicts_are_counted():
    """Relative to the scale of the certificate, not to the magnitude of the merit."""
    records = [
        verdict("ok", 1.9e-6, 4e-6),
        verdict("ok", 2.1e-6, 4e-6),
        verdict("cutoff-too-small", 1e-9, 1e-3),
        verdict("cutoff-not-resolved", 1e-6, 2e-6),
        {"setting": SMALL.to_record(), "skipped": "SkippedError: too large", "revision": "abc"},
    ]
    result = summary.summarise(records)
    counts = result["kinds"]["full"]
    assert (counts["ok"], counts["false_ok"]) == (2, 1)
    assert (counts["safe"], counts["false_alarms"]) == (1, 1)
    assert result["near"] == 3
    assert result["without"] == {"SkippedError: too large": 1}
    (wrong,) = summary.false_oks(records)
    assert wrong["false_ok"]["full"] == {"energy": pytest.approx(1.05e-6)}
    assert result["effectivity"]["full"]["decades"]["-7"]["points"] == 2
    assert result["groups"]["battery"]["dicke"]["auto"]["false_ok"] == 1


def test_bounds_below_the_distance_are_violations():
    """Up to rounding errors."""
    record = {"setting": SMALL.to_record(), "revision": "abc", "seconds": 1.0}
    record |= {"bounds": [1e-3, None, 1e-9], "distances": [1e-2, 1e-2, 2e-9]}
    assert summary.violations([record]) == [record]
    result = summary.summarise_bound([record])
    assert (result["points"], result["unbounded"], result["violated"]) == (2, 1, 1)
    assert result["ratios"]["points"] == 1


def test_page_shows_every_mode():
    """Each with its command and its numbers."""
    part = summary.summarise([verdict("ok", 1e-6, 2e-6)])
    options = {"seed": 3, "count": 1, "tolerance": 1e-6, "certificates": True}
    bounds = {
        "setting": SMALL.to_record(),
        "revision": "abc",
        "bounds": [2e-3],
        "distances": [1e-3],
    }
    data = {
        "charge": part | options,
        "steady": part | options,
        "bound": summary.summarise_bound([bounds]) | options,
    }
    text = page(data)
    for words in ("--seed 3", "--steady", "--bound", "`full`", "log-uniform", "min B/distance"):
        assert words in text


def test_a_rerun_computes_what_is_missing(tmp_path, monkeypatch):
    """A finished setting is kept; a torn line is computed again."""
    calls = []

    def judging(setting, tolerance, check):
        calls.append(setting.index)
        return verdict("ok", 1e-7, tolerance) | {"setting": setting.to_record(), "check": check}

    monkeypatch.setattr("bench.trust.__main__.judge", judging)
    arguments = ["--jobs", "1", "--output", str(tmp_path), "--docs", str(tmp_path / "page.md")]
    main([*arguments, "--count", "2"])
    main([*arguments, "--count", "3"])
    assert calls == [0, 1, 2]
    (path,) = tmp_path.glob("charge-*06.jsonl")
    path.write_text(path.read_text()[:-20])
    main([*arguments, "--count", "3"])
    assert calls == [0, 1, 2, 2]
    assert len(read_records(path)) == 3
    assert json.loads((tmp_path / "trust.json").read_text())["charge"]["judged"] == 3
    assert "Charging runs" in (tmp_path / "page.md").read_text()


def test_options():
    """Each mode has its number of settings."""
    assert (parse([]).mode, parse([]).count) == ("charge", 1000)
    assert (parse(["--bound"]).mode, parse(["--bound"]).count) == ("bound", 500)
    assert (parse(["--steady", "--count", "3"]).mode, parse(["--steady"]).count) == ("steady", 100)


@pytest.mark.slow
@pytest.mark.parametrize("index", range(8))
def test_no_setting_of_a_small_edition_is_falsely_ok(index: int) -> None:
    """Fresh random settings, whose statuses are compared with the true errors."""
    setting = settings(8, 20261127, "charge", 2)[index]
    record = judge(setting)
    for kind in record.get("certificates", ()):
        assert not summary.is_false_ok(record, kind), record["setting"]
