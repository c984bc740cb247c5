"""The size of files, functions and signatures of the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import qubatt

PACKAGE = Path(qubatt.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

MAX_LINES, MAX_BODY, MAX_ARGUMENTS = 400, 60, 8

MANY_ARGUMENTS = (
    "charging/charge.py",
    "charging/cost.py",
    "charging/discharge.py",
    "charging/steady_state.py",
    "cli/",
    "engines/exact/kernels.py",
)
"""Where signatures may be longer: what users choose, by keyword or option, and compiled loops."""

LONG_BODIES = ("cli/sweep.py",)
"""Where bodies may be longer: the options of a command are part of it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, Function]]:
    """Yield every function of the package with its file."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, Function):
                yield path.relative_to(PACKAGE).as_posix(), node


def body_length(function: Function) -> int:
    """Return the lines of a function without its docstring."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return length
    docstring = function.body[0]
    return length - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_files_are_short() -> None:
    """A file fits into one reading."""
    long = {path.name: len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in long.items() if lines > MAX_LINES} == {}


def test_functions_are_short() -> None:
    """A function fits on a screen, its docstring not counted."""
    long = {f"{file}: {one.name}" for file, one in functions() if body_length(one) > MAX_BODY}
    assert {name for name in long if not name.startswith(LONG_BODIES)} == set()


def test_signatures_are_short() -> None:
    """Arguments that belong together are one object."""
    many = set()
    for file, one in functions():
        arguments = [*one.args.posonlyargs, *one.args.args, *one.args.kwonlyargs]
        count = sum(argument.arg not in ("self", "cls") for argument in arguments)
        if count > MAX_ARGUMENTS and not file.startswith(MANY_ARGUMENTS):
            many.add(f"{file}: {one.name}")
    assert many == set()


def test_variables_say_what_they_hold() -> None:
    """No variable is called `found`: a name says what was found."""
    vague = {
        f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name) and node.id == "found"
    }
    assert vague == set()
