"""`--charger`: for batteries that have a charger, with the default of each in its help."""

from __future__ import annotations

import re

import pytest

import qubatt.models  # noqa: F401  # registers the batteries
from qubatt.cli.app import run
from qubatt.core.declaration import example_of
from qubatt.core.registry import registry

COMMANDS = ("charge", "steady", "discharge")
TYPED = {name: cls for name, cls in registry.items("battery").items() if cls.has_text_form}


def help_of(
    command: str, battery: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """Return the help of a command, its lines joined."""
    monkeypatch.setattr("sys.argv", ["qubatt", command, battery, "--help"])
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as stop:
        run()
    assert not stop.value.code
    return re.sub(r"\s+", " ", capsys.readouterr().out)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("battery", "default"),
    [
        ("dicke", "fock:N"),
        ("tavis-cummings", "fock:N"),
        ("cascade", "fock:N"),
        ("two-photon-dicke", "fock:2N"),
    ],
)
def test_the_help_names_the_default(
    command: str,
    battery: str,
    default: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a state that can be typed, N being the number of atoms."""
    text = help_of(command, battery, monkeypatch, capsys)
    assert f"such as fock:6 or, for a cavity, coherent:6 [default: {default}]" in text


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("battery", TYPED)
def test_only_batteries_with_a_charger_have_the_option(
    command: str,
    battery: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A drive is no factor that could be prepared."""
    there = "--charger" in help_of(command, battery, monkeypatch, capsys)
    assert there == (example_of(TYPED[battery]).charger_factor is not None)
    assert there == (battery != "driven")
