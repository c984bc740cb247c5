"""Scans: values, reuse, resumption, damaged files."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.papers.scans import Scans, charging_scan, steady_scan
from qubatt.sweeps.execution import study_computation as computation
from qubatt.sweeps.execution import worker

TIMES = np.linspace(0.0, 2.0, 5)
DECAY = [qb.CollectiveDecay(0.4)]


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """Compute in this process, so that what is computed can be counted."""
    monkeypatch.setattr("qubatt.papers.scans.cores", lambda: 1)


@pytest.fixture
def computed(monkeypatch):
    """Return the list of the points that are computed."""
    keys = []

    def counted(batches, *args):
        keys.extend(point.key for batch in batches for point in batch.points)
        return worker.solve_batches(batches, *args)

    monkeypatch.setattr(computation, "solve_batches", counted)
    return keys


def batteries(drive=1.0):
    """Return two batteries that take milliseconds."""
    return [qb.DrivenBattery(2, drive), qb.DrivenBattery(2, drive, interaction=0.5)]


def curves(drive=1.0, times=TIMES, merits=("energy",)):
    """Return a scan of charging curves."""
    return charging_scan(batteries(drive), DECAY, times, merits)


def run(folder, *scans, **options):
    """Return the values of scans."""
    with Scans(folder, **options) as runner:
        return runner.run("scan", scans)


def test_curves_are_those_of_charge(tmp_path):
    """One row per battery, at the very times."""
    (values,) = run(tmp_path, curves())
    for row, battery in zip(values["energy"], batteries(), strict=True):
        alone = qb.charge(battery, times=TIMES, environment=DECAY)
        np.testing.assert_allclose(row, alone.energy, atol=1e-12)
    np.testing.assert_array_equal(values["time"], [TIMES, TIMES])


@pytest.mark.parametrize(
    "changes",
    [
        {"times": np.linspace(0.0, 3.0, 5)},
        {"times": np.linspace(0.0, 2.0, 6)},
        {"merits": ("power",)},
        {"drive": 1.1},
    ],
)
def test_other_scans_are_computed(tmp_path, computed, changes):
    """Any change of the physics, the times or the merits is a change of results."""
    run(tmp_path, curves())
    before = len(computed)
    (values,) = run(tmp_path, curves(**changes))
    name = changes.get("merits", ("energy",))[0]
    assert values[name].shape == (2, len(changes.get("times", TIMES)))
    assert len(computed) == before + 2


def test_steady_values_are_those_of_steady_state(tmp_path):
    """One number per battery, NaN for the cut-off where there is none."""
    (values,) = run(tmp_path, steady_scan(batteries(), DECAY))
    for k, battery in enumerate(batteries()):
        end = qb.steady_state(battery, environment=DECAY)
        assert values["energy"][k] == pytest.approx(float(end.energy), abs=1e-12)
    np.testing.assert_array_equal(values["trusted"], [1.0, 1.0])
    assert np.isnan(values["max_photons"]).all()


def test_steady_scan_gives_the_cutoff_and_whether_it_is_enough(tmp_path):
    """Three photons are too few for two atoms; one that is determined suffices."""
    modes = [qb.DickeBattery(2, 0.5, cutoff) for cutoff in (3, "auto")]
    scan = steady_scan(modes, [qb.CavityLoss(0.5)], ("energy", "mean_photons"))
    (values,) = run(tmp_path, scan)
    np.testing.assert_array_equal(values["trusted"], [0.0, 1.0])
    np.testing.assert_array_equal(values["converged"], [1.0, 1.0])
    assert values["max_photons"][0] == 3
    assert values["max_photons"][1] > 10
    assert values["cutoff_error"][0] > 1e-2
    assert values["cutoff_error"][1] <= 1e-6
    assert values["mean_photons"][1] == pytest.approx(0.63191, abs=1e-5)


def test_both_kinds_share_a_run_and_are_reused(tmp_path, computed):
    """Results come in the order of the scans, later ones from the folder unless asked for anew."""
    scans = [steady_scan(batteries(), DECAY), curves(), steady_scan(batteries(2.0), DECAY)]
    first = run(tmp_path, *scans)
    assert [values["energy"].shape for values in first] == [(2,), (2, 5), (2,)]
    assert len(computed) == 6
    second = run(tmp_path, *scans)
    assert len(computed) == 6
    for a, b in zip(first, second, strict=True):
        assert set(a) == set(b)
        np.testing.assert_array_equal(a["energy"], b["energy"])
    run(tmp_path, *scans, fresh=True)
    assert len(computed) == 12


def test_partial_run_resumes(tmp_path, computed, monkeypatch):
    """Results from before an interruption are kept and not computed again."""
    scans = [curves(drive) for drive in (0.5, 1.0, 1.5)]
    counted = computation.solve_batches

    def interrupted(batches, *args):
        if computed:
            raise KeyboardInterrupt
        return counted(batches, *args)

    with monkeypatch.context() as patch:
        patch.setattr(computation, "solve_batches", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, *scans)
    done = set(computed)
    assert 1 <= len(done) < 6
    run(tmp_path, *scans)
    assert len(computed) == len(set(computed)) == 6
    assert not list(tmp_path.glob("**/.*"))


@pytest.mark.parametrize("damage", ["nothing", "text", "half", "flipped"])
def test_damaged_file_is_computed_again(tmp_path, damage):
    """A file that cannot be read, for any reason, counts as missing."""
    (expected,) = run(tmp_path, curves())
    (path,) = (tmp_path / "points").glob("*.npz")
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = bytes(255 - byte for byte in content[80:120])
    path.write_bytes(
        {
            "nothing": b"",
            "text": b"not a file of ours",
            "half": content[:middle],
            "flipped": content[:80] + flipped + content[120:],
        }[damage]
    )
    (values,) = run(tmp_path, curves())
    np.testing.assert_array_equal(values["energy"], expected["energy"])


def test_a_failed_point_ends_the_run(tmp_path):
    """A number that is missing never becomes a verdict."""
    scan = steady_scan([qb.DrivenBattery(2, 1.0)], [])
    with pytest.raises(qb.QubattError, match="unitary"):
        run(tmp_path, scan)


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    """The error names the folder that cannot be made."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(qb.ArgumentError, match="cache"):
        run(tmp_path / "cache", curves())


def test_progress_reaches_the_whole_work(tmp_path):
    """The report ends at 100 %."""
    seen = []
    report = lambda label, done, total: seen.append((label, done / total))  # noqa: E731
    run(tmp_path, curves(), curves(2.0), report=report)
    assert seen[0] == ("scan", 0.0)
    assert seen[-1][1] == pytest.approx(1.0)
