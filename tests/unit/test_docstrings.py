"""The examples in docstrings run and say what is printed."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

import pytest
from documented import WrongExampleError, example_modules, run_docstrings

import qubatt

PACKAGE = Path(qubatt.__file__).parent


@pytest.mark.parametrize("module", example_modules(PACKAGE))
def test_examples(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example of every module."""
    monkeypatch.chdir(tmp_path)
    run_docstrings(importlib.import_module(module))


def test_modules_with_examples_are_collected() -> None:
    """Those of the functions that everybody meets first, at least."""
    found = example_modules(PACKAGE)
    first = {
        "charging.charge",
        "charging.steady_state",
        "recharging.recharge",
        "sweeps.execution.sweep",
    }
    assert {f"qubatt.{name}" for name in first} <= {*found}


GOOD, WRONG = ">>> 1 + 1\n    2", ">>> 1 + 1\n    3"
HIDDEN = 'def f():\n    def g():\n        """\n        >>> 1\n        2\n        """\n'


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("good", f'def f():\n    """\n    {GOOD}\n    """\n', None),
        ("wrong", f'class A:\n    def f(self):\n        """\n    {WRONG}\n    """\n', "Expected"),
        ("hidden", HIDDEN, "0 of 1 examples ran"),
    ],
)
def test_planted_example_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str | None
) -> None:
    """Wherever it stands: one that is wrong fails, one that does not run counts as wrong."""
    package = f"planted_{name}"
    deep = tmp_path / package / "deep"
    deep.mkdir(parents=True)
    for part in ("__init__.py", "deep/__init__.py"):
        (tmp_path / package / part).touch()
    (deep / "module.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert example_modules(tmp_path / package) == [f"{package}.deep.module"]
    module = importlib.import_module(f"{package}.deep.module")
    try:
        if message is None:
            run_docstrings(module)
        else:
            with pytest.raises(WrongExampleError, match=message):
                run_docstrings(module)
    finally:
        for key in [key for key in sys.modules if key.startswith(package)]:
            del sys.modules[key]


def test_public_docstrings_are_complete() -> None:
    """Every public function and class but the errors has an example; functions say what returns."""
    incomplete = []
    for name in dir(qubatt):
        entry = getattr(qubatt, name)
        if name.startswith("_") or not callable(entry):
            continue
        if isinstance(entry, type) and issubclass(entry, Exception):
            continue
        text = inspect.getdoc(entry) or ""
        headers = ["Examples"] if isinstance(entry, type) else ["Parameters", "Returns", "Examples"]
        if name not in ("concat",):
            incomplete += [(name, header) for header in headers if f"\n{header}\n---" not in text]
    assert not incomplete
