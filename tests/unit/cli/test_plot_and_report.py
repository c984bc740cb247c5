"""``qubatt plot`` and ``qubatt report``: what they write and say, and their errors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import qubatt as qb
from qubatt.cli.app import run
from qubatt.cli.parse import assignments
from tests.unit.synthetic_study import study

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qubatt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs the command line: exit code, output, errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qubatt", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            run()
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the store of a study."""
    pytest.importorskip("zarr")
    data = study("n_atoms", "interaction", bad={(1, 2): "failed"})
    data.to_zarr(tmp_path / "data.zarr", zarr_format=2)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ([], "plot.png"),
        (["--value", "maximum_power"], "maximum_power.png"),
        (["--value", "maximum_energy", "--at", "n-atoms=4"], "maximum_energy-n-atoms=4.png"),
        (["--value=maximum_power", "--scaling", "--at=interaction=0.5"], None),
        (["--value=maximum_power", "--family=n_atoms", "--x=interaction"], "maximum_power.png"),
    ],
)
def test_pictures_of_a_store(qubatt: Call, folder: Path, options: list[str], name: str) -> None:
    """Beside the data, named after what is drawn; the file is told."""
    code, out, err = qubatt("plot", folder, *options)
    assert code == 0, err
    target = folder / (name or "maximum_power-interaction=0.5-scaling.png")
    assert target.stat().st_size > 5000
    assert out == f"Wrote {target}\n"


def test_pictures_of_a_file(qubatt: Call, tmp_path: Path) -> None:
    """By default beside it; elsewhere and as PDF if wanted."""
    qb.save(study("n_atoms"), tmp_path / "run.nc")
    assert qubatt("plot", tmp_path / "run.nc")[1] == f"Wrote {tmp_path / 'run.png'}\n"
    target = tmp_path / "new" / "a.pdf"
    assert qubatt("plot", tmp_path / "run.nc", "--output", target)[0] == 0
    assert target.read_bytes().startswith(b"%PDF")


def test_report_of_a_store(qubatt: Call, folder: Path) -> None:
    """One page beside the data."""
    code, out, err = qubatt("report", folder)
    assert code == 0, err
    assert out == f"Wrote {folder / 'report.html'}\n"
    assert "Scaling of &lt;the&gt; Dicke battery" in (folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("plot {}/nothing", "Argument `path` must be the folder of a study or a .nc file"),
        ("report {}/nothing", "Argument `path` must be the folder of a study or a .nc file"),
        ("report {} --output {}/a.txt", "Argument `output` must end in .html"),
        ("plot {} --value power", "Argument `variables` must name variables of the data"),
        ("plot {} --at n_atoms=5", "Its values are 2, 4, 6, 8, 12"),
        ("plot {} --at n_atoms", "Argument `at` must be name=value"),
        ("plot {} --output {}/a.bmp", "must end in .png"),
        ("plot {} --x nothing", "Argument `x` must be a dimension of the data"),
    ],
)
def test_errors_are_one_sentence(qubatt: Call, folder: Path, command: str, expected: str) -> None:
    """Exit code 2, nothing on standard output, nothing written."""
    before = {*folder.iterdir()}
    code, out, err = qubatt(*command.format(folder, folder).split())
    assert code == 2
    assert out == ""
    assert err.startswith("Error: ")
    assert expected in err
    assert err.count("\n") == 1
    assert {*folder.iterdir()} == before


def test_assignments() -> None:
    """Values may hold equals signs; a name is fixed once."""
    assert assignments("at", ["n-atoms=4", "charger=cat:mean=4"]) == {
        "n_atoms": "4",
        "charger": "cat:mean=4",
    }
    with pytest.raises(qb.ArgumentError, match="once"):
        assignments("at", ["a=1", "a=2"])
