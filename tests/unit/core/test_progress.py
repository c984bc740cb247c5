"""Progress: a bar where there is a terminal or a notebook, calls of a function, or nothing."""

from __future__ import annotations

import io
import sys
from types import ModuleType
from typing import Literal

import pytest

import qubatt as qb
from qubatt.core.progress import ProgressBar, reporting

BATTERY = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=2)


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def replace_stderr(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Replace standard error by a terminal."""
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_functions_receive_the_fraction_done() -> None:
    """It ascends to 1."""
    seen: list[float] = []
    qb.charge(BATTERY, times=[1.0, 2.0], environment="cavity-loss:0.5", progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.parametrize("mode", ["auto", "full", "bound"])
def test_companions_count_too(mode: Literal["auto", "full", "bound"]) -> None:
    """The fraction ascends to 1 with and without a companion, also of steady states."""
    battery, bath = qb.DickeBattery(2, 0.3, 8), "cavity-loss:0.5"
    seen: list[float] = []
    qb.charge(battery, times=[1.0], environment=bath, certificate=mode, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    del seen[:]
    qb.steady_state(battery, environment=bath, certificate=mode, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_true_draws_one_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a label and a percentage."""
    terminal = replace_stderr(monkeypatch)
    qb.charge(BATTERY, times=[1.0, 2.0], environment="cavity-loss:0.5", progress=True)
    assert "charging" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_a_study_draws_its_own_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar of the command line."""
    terminal = replace_stderr(monkeypatch)
    study = {
        "battery": {"type": "driven", "drive": 1.0},
        "environment": ["collective-decay:0.5"],
        "run": {"type": "steady", "merits": ["energy"]},
        "sweep": {"battery.n_atoms": [1, 2]},
    }
    qb.sweep(study, progress=True)
    assert "2 of 2 points" in terminal.getvalue()


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A log is not filled with control characters."""
    qb.charge(BATTERY, times=[1.0], environment="cavity-loss:0.5", progress=True)
    assert capsys.readouterr().err == ""
    with ProgressBar(announce=True) as bar:
        bar.show("charging", 0.0, 1.0)
    assert capsys.readouterr().err in ("charging …\n", "charging ...\n")  # by the encoding


def test_a_notebook_has_one_line_that_replaces_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor is moved and no widget is needed, for runs and for studies."""

    class ZMQInteractiveShell:
        """The shell of a notebook."""

    shown: list[str] = []

    class Handle:
        """What is displayed, and can be replaced."""

        def update(self, text: str) -> None:
            """Replace it."""
            shown[-1] = text

    def display(text: str, display_id: bool) -> Handle:
        assert display_id
        shown.append(text)
        return Handle()

    ipython, ipython_display = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = ZMQInteractiveShell  # type: ignore[attr-defined]
    ipython_display.display = display  # type: ignore[attr-defined]
    ipython_display.Pretty = str  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython_display)
    with reporting(True, "charging") as report:
        assert report is not None
        report(0.2)
        report(1.0)
    assert len(shown) == 1
    assert shown[0].startswith("charging ████████████████████ 100%")
    study = {
        "battery": {"type": "driven", "drive": 1.0},
        "environment": ["collective-decay:0.5"],
        "run": {"type": "steady", "merits": ["energy"]},
        "sweep": {"battery.n_atoms": [1, 2]},
    }
    qb.sweep(study, progress=True)
    assert len(shown) == 2
    assert "2 of 2 points" in shown[1]


@pytest.mark.parametrize("progress", [1, "yes", 0.5])
def test_anything_else_is_refused(progress: object) -> None:
    """Truth values are not guessed."""
    with pytest.raises(qb.ArgumentError, match=r"`progress` must be True, False or a function"):
        qb.charge(BATTERY, times=[1.0], progress=progress)  # type: ignore[arg-type]
    with pytest.raises(qb.ArgumentError, match=r"`progress` must be True, False or a function"):
        qb.sweep({"battery": {"type": "driven", "n_atoms": 1, "drive": 1.0}}, progress=progress)  # type: ignore[arg-type]
