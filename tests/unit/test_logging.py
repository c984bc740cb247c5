"""Logging: one logger, silent unless the program or the command line asks for it."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

import qubatt as qb


def test_the_logger_has_a_null_handler_and_no_level() -> None:
    """Nothing is printed, and no other logger is touched."""
    code = (
        "import logging; before = logging.root.handlers[:], logging.root.level;"
        "import qubatt as qb;"
        "qb.charge(qb.DrivenBattery(n_atoms=1, drive=1.0), times=[1.0]);"
        "log = logging.getLogger('qubatt');"
        "assert [type(h) for h in log.handlers] == [logging.NullHandler];"
        "assert log.level == logging.NOTSET and log.propagate;"
        "assert before == (logging.root.handlers[:], logging.root.level)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_programs_see_which_engine_runs(caplog: pytest.LogCaptureFixture) -> None:
    """The engine and why, and every step of a search for a cut-off."""
    with caplog.at_level(logging.INFO, "qubatt"):
        qb.charge(qb.DrivenBattery(n_atoms=1, drive=1.0), times=[1.0])
        battery = qb.DickeBattery(n_atoms=1, coupling=0.1, max_photons="auto")
        qb.charge(battery, times=[1.0], environment="cavity-loss:0.5")
    assert "dense engine: at most 20 states" in caplog.text
    assert "max_photons=" in caplog.text


def test_verbose_command_line_logs_to_standard_error() -> None:
    """With `-v`; without it nothing but the result."""
    command = [sys.executable, "-m", "qubatt"]
    run = "charge driven --n-atoms 1 --drive 1 --json".split()
    quiet, verbose = (
        subprocess.run([*command, *flag, *run], capture_output=True, text=True, check=True)
        for flag in ([], ["-v"])
    )
    assert quiet.stderr == ""
    assert "dense engine" in verbose.stderr
    assert quiet.stdout == verbose.stdout
