"""Public names: complete, lazy, importable in any order, and quick."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import qubatt

STUB = Path(qubatt.__file__).with_suffix(".pyi")
MODULES: dict[str, list[str]] = {
    str(part.module): [alias.name for alias in part.names]
    for part in ast.parse(STUB.read_text("utf-8")).body
    if isinstance(part, ast.ImportFrom) and part.module != "core.version"
}
"""Public names by the module that the stub takes them from."""


def fresh(code: str) -> str:
    """Return what a fresh interpreter prints."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_all_lists_the_names_of_the_stub() -> None:
    """The stub that type checkers read is the list that imports use."""
    names = [name for each in MODULES.values() for name in each]
    assert sorted([*names, "__version__"]) == qubatt.__all__


def test_dir_shows_names_before_they_are_used() -> None:
    """Completion in a notebook finds everything, each once."""
    listed = json.loads(fresh("import json, qubatt; print(json.dumps(dir(qubatt)))"))
    assert set(qubatt.__all__) <= set(listed)
    assert listed == sorted(set(listed))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_names_import_first_in_a_fresh_interpreter(module: str) -> None:
    """Each part can be the first to be imported: no circle shows up in any order."""
    names = MODULES[module]
    code = f"import qubatt; print([getattr(qubatt, n).__name__ for n in {names!r}])"
    assert fresh(code).strip() == repr(names)


def test_from_import_and_star_import() -> None:
    """Both forms find the lazy names."""
    fresh("from qubatt import ArgumentError, QubattError; ArgumentError.mro().index(QubattError)")
    fresh("from qubatt import *; FockState(2), charge, QubattWarning")


def test_a_name_is_always_the_same_object() -> None:
    """Every access returns the object that its module defines; `charge` is no module."""
    assert qubatt.DickeBattery is qubatt.DickeBattery is sys.modules["qubatt.models"].DickeBattery
    assert qubatt.charge is qubatt.charge
    assert callable(qubatt.charge)


def test_unknown_attribute() -> None:
    """A misspelt name is an AttributeError like any other, so hasattr works."""
    with pytest.raises(AttributeError, match=r"qubatt has no public name 'Dicke'"):
        qubatt.Dicke  # noqa: B018
    assert not hasattr(qubatt, "charges")


def test_import_is_quick_and_light() -> None:
    """`import qubatt` brings in none of the heavy libraries and computes for under a second."""
    code = """
import json, sys, time
start = time.process_time()
import qubatt
seconds = time.process_time() - start
print(json.dumps([seconds, sorted(sys.modules)]))
"""
    seconds, modules = json.loads(fresh(code))
    heavy = {"xarray", "scipy", "matplotlib", "qutip", "numpy", "pydantic", "pandas", "h5py"}
    assert heavy.isdisjoint(modules)
    assert seconds < 1.0


def test_charging_draws_nothing() -> None:
    """Computing needs neither the plotting library nor QuTiP."""
    code = "import sys, qubatt; qubatt.charge; qubatt.recharge; print(sorted(sys.modules))"
    loaded = fresh(code)
    assert "'matplotlib'" not in loaded
    assert "'qutip'" not in loaded


def test_version_is_the_installed_one() -> None:
    """The package and its metadata tell the same version."""
    from importlib.metadata import version

    assert version("qubatt") == qubatt.__version__


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("DickBattery", "no public name 'DickBattery'. Best matches are: DickeBattery"),
        ("mesolve", "Best matches are: charge"),
        ("steadystate", "Best matches are: steady_state"),
        ("zzz", "dir(qubatt) lists the public names."),
    ],
)
def test_misspelt_names(name: str, message: str) -> None:
    """The error names the nearest public names."""
    with pytest.raises(AttributeError) as caught:
        getattr(qubatt, name)
    assert message in str(caught.value)
    assert not hasattr(qubatt, "__missing__")
