"""The examples of docstrings and pages, collected and run."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any, NamedTuple

NOT_HERE = ("dask", "git", "make", "pip", "sbatch", "source")
"""Commands that set up something outside of a test, or take hours: lines of these are left out."""

FENCE = re.compile(r"^ *```(?P<language>\w*)\s*$")
MARK = re.compile(r"^ *<!--\s*not run\b:?\s*(?P<reason>.*?)\s*-->\s*$")
RUN = ("python", "sh", "toml")


class Block(NamedTuple):
    """A fenced block of a page; its first line has the number `line`, counted from 1."""

    page: str
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"


class WrongExampleError(AssertionError):
    """An example that does not do what the page says."""


def example_modules(root: Path) -> list[str]:
    """Return the names of all modules of a package with examples, found by their text."""
    sources = sorted(path for path in root.rglob("*.py") if ">>> " in path.read_text("utf-8"))
    parts = [path.relative_to(root.parent).with_suffix("").parts for path in sources]
    return [".".join(part).removesuffix(".__init__") for part in parts]


def run_docstrings(module: ModuleType) -> None:
    """Run the examples of a module.

    Raises
    ------
    WrongExampleError
        If one prints something else than it promises, or if some stand where nobody finds them.
    """
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        result = doctest.testmod(module)
    if result.failed:
        raise WrongExampleError(said.getvalue())
    text = Path(str(module.__file__)).read_text("utf-8")
    written = len(re.findall(r"^ *>>> ", text, flags=re.MULTILINE))
    if result.attempted != written:
        raise WrongExampleError(f"{module.__name__}: {result.attempted} of {written} examples ran")


def blocks(name: str, text: str) -> list[Block]:
    """Return the blocks of a page that are to be run, in order.

    A block below ``<!-- not run: reason -->`` is left out.

    Raises
    ------
    WrongExampleError
        If a mark has no reason or no block below it, or if a fence is never closed.
    """
    found: list[Block] = []
    reason, lines = None, enumerate(text.splitlines(), 1)
    for number, line in lines:
        mark, fence = MARK.match(line), FENCE.match(line)
        if reason is not None and fence is None:
            raise WrongExampleError(f"{name}:{number}: there must be a block below the mark")
        if mark:
            reason = mark["reason"]
            if not reason:
                raise WrongExampleError(f"{name}:{number}: the mark must say why it is not run")
        elif fence:
            inside = list(_until_closed(f"{name}:{number}", lines))
            if reason is None and fence["language"] in RUN:
                body = dedent("\n".join(inside))
                found.append(Block(name, number + 1, fence["language"], body))
            reason = None
    return found


def _until_closed(place: str, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    for _, line in lines:
        if line.strip() == "```":
            return
        yield line
    raise WrongExampleError(f"{place}: the block is never closed")


def run_page(page: list[Block], folder: Path) -> None:
    """Run the blocks of a page one after the other, in a folder that is the current one.

    Those in Python share their names; a line of a shell runs ``qubatt`` of this interpreter; a
    study in TOML must be one.

    Raises
    ------
    WrongExampleError
        If one fails, with its place.
    """
    shared: dict[str, Any] = {"__name__": "page"}
    for block in page:
        if block.language == "python":
            _run_python(block, shared)
        elif block.language == "sh":
            _run_shell(block, folder)
        else:
            _run_study(block)


def _run_python(block: Block, shared: dict[str, Any]) -> None:
    code = compile("\n" * (block.line - 1) + block.text, block.page, "exec")
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(code, shared)
        except Exception as error:
            raise WrongExampleError(f"{block.place}: {type(error).__name__}: {error}") from error


def _run_shell(block: Block, folder: Path) -> None:
    tools = folder / ".tools"
    tools.mkdir(exist_ok=True)
    for name, arguments in (("qubatt", " -m qubatt"), ("python", "")):
        script = tools / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        script.chmod(0o755)
    found = os.pathsep.join(filter(None, sys.path))
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    for number, line in enumerate(block.text.splitlines(), block.line):
        if not line.strip() or line.split()[0] in NOT_HERE:
            continue
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=folder,
            env=os.environ | {"PATH": path, "PYTHONPATH": found},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or "Traceback" in done.stderr:
            raise WrongExampleError(f"{block.page}:{number}: {line}\n{done.stderr}")


def _run_study(block: Block) -> None:
    import tomllib

    from qubatt.sweeps import Study

    try:
        Study.of(tomllib.loads(block.text))
    except Exception as error:
        raise WrongExampleError(f"{block.place}: {type(error).__name__}: {error}") from error
