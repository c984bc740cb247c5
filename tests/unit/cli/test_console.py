"""Consoles of any encoding show every command, errors and progress included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from qubatt.cli.console import spell

ENCODINGS = ("cp1252", "ascii", "latin-1")

SHOWN = [
    ("list merit", "omega"),
    ("charge dicke --help", "omega"),
    ("charge driven --n-atoms 2 --drive 0.5 --points 3 --merit all", "status: ok"),
    ("recharge --n-atoms 4 --interaction 1 --beta 0.1:1:3", "efficiency"),
    ("sweep --schema", "properties"),
]


def call(encoding: str, line: str, folder: Path) -> tuple[int, bytes, bytes]:
    """Run the command line with standard streams of that encoding."""
    done = subprocess.run(
        [sys.executable, "-m", "qubatt", *line.split()],
        capture_output=True,
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": encoding, "FORCE_COLOR": "1", "TERM": "xterm"},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "case"), list(product(ENCODINGS, SHOWN)))
def test_commands(encoding: str, case: tuple[str, str], tmp_path: Path) -> None:
    """Exit code 0, and the bytes are those of the encoding."""
    line, shown = case
    code, out, err = call(encoding, line, tmp_path)
    assert code == 0, err
    assert b"Traceback" not in err
    err.decode(encoding)
    text = out.decode(encoding)
    assert shown in text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_keeps_every_character(encoding: str, tmp_path: Path) -> None:
    """JSON escapes what the console lacks, and so loses nothing."""
    line = "charge driven --n-atoms 2 --drive 0.5 --points 3 --merit all --json"
    code, out, err = call(encoding, line, tmp_path)
    assert code == 0, err
    assert "ρ" in json.dumps(json.loads(out.decode(encoding)), ensure_ascii=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_errors(encoding: str, tmp_path: Path) -> None:
    """An error that quotes what was typed is one sentence."""
    code, _, err = call(encoding, "charge driven --n-atoms 2 --drive κ≤½", tmp_path)
    assert code == 2
    text = err.decode(encoding)
    assert text.startswith("Error: Argument `drive` must be"), text
    assert "kappa<=" in text


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("½ħω", "1/2hbaromega"),
        ("Ω ≥ κ", "Omega >= kappa"),
        ("‖𝓛ρ‖", "||Lrho||"),
        ("Schrödinger", "Schrodinger"),
        ("⟨a†a⟩", "<a^+a>"),
        ("n̄₁", "n_1"),
        ("日", "?"),
    ],
)
def test_spelling(text: str, spelling: str) -> None:
    """Characters of the field have readable spellings."""
    assert "".join(one if one.isascii() else spell(one) for one in text) == spelling
