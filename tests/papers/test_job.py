"""Cached runs: keys, reuse, resumption, damaged files."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.papers import runner as runner_module
from qubatt.papers.job import ChargingJob, SteadyJob
from qubatt.papers.runner import Runner


def make_job(drive=1.0, **changes):
    """Return a job of a few milliseconds."""
    batteries = (qb.DrivenBattery(2, drive), qb.DrivenBattery(2, drive, interaction=0.5))
    settings = {"end": 2.0, "points": 5, "merits": ("energy",)} | changes
    return ChargingJob(batteries, (qb.CollectiveDecay(0.4),), **settings)


def test_curves_are_those_of_charge():
    """A job returns what `charge` gives, one row per battery."""
    job = make_job()
    curves = job.run()["energy"]
    for row, battery in zip(curves, job.batteries, strict=True):
        run = qb.charge(battery, job.times, environment=job.environment)
        np.testing.assert_allclose(row, run.energy, atol=1e-12)


@pytest.mark.parametrize(
    "changes",
    [{"end": 3.0}, {"points": 6}, {"merits": ("power",)}, {"drive": 1.1}],
)
def test_key_depends_on_all_that_matters(changes):
    """Any change of the physics, the times or the merits changes the key."""
    assert make_job(**changes).key != make_job().key
    assert make_job().key == make_job().key


def make_steady(drive=1.0, **changes):
    """Return the steady states of the same batteries."""
    job = make_job(drive)
    return SteadyJob(job.batteries, job.environment, **changes)


def test_steady_values_are_those_of_steady_state():
    """A steady job returns one number per battery, NaN for the cut-off where there is none."""
    job = make_steady()
    values = job.run()
    for k, battery in enumerate(job.batteries):
        end = qb.steady_state(battery, job.environment)
        assert values["energy"][k] == pytest.approx(float(end.energy), abs=1e-12)
    np.testing.assert_array_equal(values["trusted"], [1.0, 1.0])
    assert np.isnan(values["max_photons"]).all()


def test_steady_job_tells_the_cutoff_and_whether_it_is_enough():
    """Three photons are too few for two atoms, and a cut-off found is one that suffices."""
    loss = (qb.CavityLoss(0.5),)
    few, found = (qb.DickeBattery(2, 0.5, cutoff) for cutoff in (3, "auto"))
    values = SteadyJob((few, found), loss, merits=("energy", "mean_photons")).run()
    np.testing.assert_array_equal(values["trusted"], [0.0, 1.0])
    np.testing.assert_array_equal(values["converged"], [1.0, 1.0])
    assert values["max_photons"][0] == 3
    assert values["max_photons"][1] > 10
    assert np.isnan(values["cutoff_change"][0])
    assert values["cutoff_change"][1] < 1e-6
    assert values["mean_photons"][1] == pytest.approx(0.63191, abs=1e-5)


def test_steady_key_depends_on_all_that_matters():
    """Kind of job, method, merits and battery change the key."""
    jobs = [
        make_job(),
        make_steady(),
        make_steady(1.1),
        make_steady(method="flow"),
        make_steady(merits=("energy", "empty_population")),
    ]
    assert len({job.key for job in jobs}) == len(jobs)
    assert make_steady().key == make_steady().key


def test_both_kinds_share_a_run_and_the_cache(tmp_path, monkeypatch):
    """Results come in the order of the jobs, and once more from the cache."""
    jobs = [make_steady(), make_job(), make_steady(2.0)]
    first = Runner(tmp_path).run("x", jobs)
    assert [values["energy"].shape for values in first] == [(2,), (2, 5), (2,)]
    monkeypatch.setattr(runner_module, "_compute", lambda todo: pytest.fail(f"{len(todo)} again"))
    second = Runner(tmp_path).run("x", jobs)
    for job, a, b in zip(jobs, first, second, strict=True):
        assert set(a) == set(b) == set(job.names)
        np.testing.assert_array_equal(a["energy"], b["energy"])


def test_second_run_reads_the_cache(tmp_path, monkeypatch):
    """Nothing is computed twice unless asked for."""
    jobs = [make_job(), make_job(2.0)]
    first = Runner(tmp_path).run("x", jobs)
    with monkeypatch.context() as patch:
        patch.setattr(runner_module, "_compute", lambda todo: pytest.fail(f"computed {len(todo)}"))
        second = Runner(tmp_path).run("x", jobs)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a["energy"], b["energy"])
    counted = []
    monkeypatch.setattr(
        runner_module, "_compute", lambda todo: [counted.append(j) or (j, j.run()) for j in todo]
    )
    Runner(tmp_path, fresh=True).run("x", jobs)
    assert len(counted) == 2


def test_partial_run_resumes(tmp_path, monkeypatch):
    """What was finished before an interruption is kept and not computed again."""
    jobs = [make_job(drive) for drive in (0.5, 1.0, 1.5)]

    def interrupted(todo):
        yield todo[0], todo[0].run()
        raise KeyboardInterrupt

    monkeypatch.setattr(runner_module, "_compute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Runner(tmp_path).run("x", jobs)
    computed = []
    monkeypatch.setattr(
        runner_module, "_compute", lambda todo: [computed.append(j) or (j, j.run()) for j in todo]
    )
    Runner(tmp_path).run("x", jobs)
    assert len(computed) == 2
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("damage", ["nothing", "text", "half", "flipped"])
def test_damaged_cache_file_is_computed_again(tmp_path, damage):
    """A file that cannot be read, whatever befell it, counts as missing."""
    job = make_job()
    (expected,) = Runner(tmp_path).run("x", [job])
    path = tmp_path / f"{job.key}.npz"
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "nothing": b"",
            "text": b"not a file of ours",
            "half": content[:middle],
            "flipped": content[:80] + bytes(255 - byte for byte in content[80:120]) + content[120:],
        }[damage]
    )
    (found,) = Runner(tmp_path).run("x", [job])
    np.testing.assert_array_equal(found["energy"], expected["energy"])


def test_a_file_in_place_of_the_cache_is_named(tmp_path):
    """The error names the folder that cannot be made."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(qb.ArgumentError, match="cache"):
        Runner(tmp_path / "cache").run("x", [make_job()])


def test_progress_reaches_the_whole_cost(tmp_path):
    """The report ends at 100 %."""
    seen = []
    Runner(tmp_path, report=lambda label, done, total: seen.append((label, done / total))).run(
        "scan", [make_job(), make_job(2.0)]
    )
    assert seen[0] == ("scan", 0.0)
    assert seen[-1][1] == pytest.approx(1.0)
