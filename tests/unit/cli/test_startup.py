"""Start of the command line: help, version and completion load nothing that computes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import qubatt.models  # noqa: F401  # registers the batteries
from qubatt.cli.battery_names import battery_summaries
from qubatt.core.registry import registry

COMPUTING = {
    "numpy", "scipy", "numba", "pandas", "xarray", "matplotlib", "h5py", "h5netcdf",
    "zarr", "psutil", "rich", "jinja2", "qubatt.models", "qubatt.charging",
}  # fmt: skip


def loaded(*words: str, **environment: str) -> tuple[str, set[str]]:
    """Return what a command prints and the modules that it loads."""
    code = (
        "import atexit, json, sys; from qubatt.__main__ import main;"
        "atexit.register(lambda: sys.stderr.write(json.dumps([*sys.modules])));"
        f"sys.argv = ['qubatt', *{words!r}]; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.stdout, set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["charge", "--help"], ["steady", "--help"], ["sweep", "-h"]],
)
def test_help_and_version_load_nothing_that_computes(words: list[str]) -> None:
    """Neither NumPy nor the models; the help of one battery does load them."""
    _, modules = loaded(*words)
    assert modules.isdisjoint(COMPUTING)
    assert len(modules) < (220 if len(words) == 1 else 400)  # Typer may take pydantic for options
    assert "numpy" in loaded("charge", "dicke", "--help")[1]


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (["di"], "discharge"),
        (["charge", "dr"], "driven"),
        (["charge", ""], "dicke"),
    ],
)
def test_completion_of_names_loads_nothing_that_computes(typed: list[str], completed: str) -> None:
    """Commands and batteries."""
    printed, modules = loaded(
        _QUBATT_COMPLETE="complete_bash",
        COMP_WORDS=" ".join(["qubatt", *typed]),
        COMP_CWORD=str(len(typed)),
    )
    assert completed in printed.split()
    assert modules.isdisjoint(COMPUTING)


def test_completion_of_options() -> None:
    """The fields of the battery."""
    printed, _ = loaded(
        _QUBATT_COMPLETE="complete_bash", COMP_WORDS="qubatt charge driven --d", COMP_CWORD="3"
    )
    assert {"--drive", "--detuning", "--dry-run"} <= {*printed.split()}


def test_names_in_the_sources_are_those_of_the_registry() -> None:
    """In the order of registration, with the first line of the docstring."""
    expected = {
        name: (cls.__doc__ or "").split("\n")[0]
        for name, cls in registry.items("battery").items()
        if cls.has_text_form
    }
    assert battery_summaries() == expected
    assert list(battery_summaries()) == list(expected)
