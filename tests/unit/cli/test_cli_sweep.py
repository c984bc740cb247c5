import json

import pytest
from typer.testing import CliRunner

from qubatt.cli.app import build
from qubatt.core.errors import ArgumentError

STUDY = """
[battery]
type = "driven"
n_atoms = 1
[[environment]]
type = "collective-decay"
rate = 0.5
[run]
type = "steady"
merits = ["energy"]
[sweep]
"battery.drive" = [0.5, 1.0, 2.0]
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def run(*arguments):
    return CliRunner().invoke(build(), [str(part) for part in arguments], catch_exceptions=False)


def test_sweep_status_export(study, tmp_path):
    found = run("sweep", study, "--output", "out", "--workers", 1)
    assert found.exit_code == 0
    assert "ok         3: all errors are within their tolerances" in found.stdout
    told = json.loads(run("status", "out", "--json").stdout)
    assert told["status"] == {"ok": 3}
    assert told["axes"] == {"drive": 3}
    assert "Wrote out.nc" in run("export", "out").stdout
    import qubatt as qb

    data = qb.load(tmp_path / "out.nc")
    assert data.energy.dims == ("drive",)
    key = str(data.key[0].item())
    run("export", "out", "--point", key[:9], "--output", "one.nc")
    assert float(qb.load("one.nc").energy) == float(data.energy[0])


def test_dry_run_computes_nothing(study, tmp_path):
    found = run("sweep", study, "--dry-run", "--output", "out")
    assert "points        3 (drive 3)" in found.stdout
    assert not (tmp_path / "out").exists()
    told = json.loads(run("sweep", study, "--dry-run", "--json").stdout)
    assert (told["points"], told["propagations"], told["done"]) == (3, 3, 0)
    assert told["total"] > 0
    run("sweep", study, "--output", "out", "--workers", 1)
    told = json.loads(run("sweep", study, "--dry-run", "--json", "--output", "out").stdout)
    assert (told["done"], told["propagations"], told["total"]) == (3, 0, 0)
    study.write_text(STUDY.replace('["energy"]', '["energy", "purity"]'))
    told = json.loads(run("sweep", study, "--dry-run", "--json", "--output", "out").stdout)
    assert (told["done"], told["propagations"], told["from_states"]) == (0, 0, 3)
    text = run("sweep", study, "--dry-run", "--output", "out").stdout
    assert "further merits of 3 from stored states" in text


@pytest.mark.usefixtures("study")
def test_example_is_a_study_and_schema_is_json(tmp_path):
    text = run("sweep", "--example").stdout
    (tmp_path / "example.toml").write_text(text)
    assert "points        16" in run("sweep", "example.toml", "--dry-run").stdout
    assert json.loads(run("sweep", "--schema").stdout)["title"] == "qubatt study"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sweep", "none.toml", "--output", "x"], "existing file"),
        (["sweep", "study.toml"], "`output` must be given"),
        (["sweep", "--dry-run"], "`study` must be given"),
        (["sweep", "study.toml", "--output", "x", "--workers", "0"], "workers"),
        (["status", "nothing"], "contain a study"),
        (["status", "."], "contain a study"),
        (["export", "."], "contain a study"),
    ],
)
@pytest.mark.usefixtures("study")
def test_mistakes(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        run(*arguments)


def test_failures_are_told(study):
    study.write_text(
        """charger = "fock:4"
        [battery]
        type = "dicke"
        n_atoms = 1
        coupling = 0.1
        [run]
        type = "charge"
        [sweep]
        "battery.max_photons" = [3, 12]"""
    )
    found = run("sweep", study, "--output", "out", "--workers", 1)
    assert found.exit_code == 0
    assert "failed at max_photons = 3" in found.stdout
    assert "must be at most max_photons = 3, but is 4" in found.stdout
