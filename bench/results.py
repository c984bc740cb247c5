"""Results: one JSON file, written after every step, so that nothing measured is lost."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.cases import CASES, STEADY, Case


def say(text: str) -> None:
    """Tell on stderr what is being done."""
    print(f"{datetime.now():%H:%M:%S}  {text}", file=sys.stderr, flush=True)


class Results:
    """Steps by name, ``case/step``, each with its value and when it was measured.

    Parameters
    ----------
    path : Path
        The file; read if it is there.
    machine : dict
        Description of this machine. Results of another one are put aside, never mixed in.
    revision : str
        Revision of qubatt that is measured.
    """

    def __init__(self, path: Path, machine: dict[str, str], revision: str) -> None:
        self.path = path
        self.revision = revision
        self.data: dict[str, Any] = {"machine": machine, "options": {}, "steps": {}}
        if path.exists():
            found = json.loads(path.read_text())
            if found["machine"] == machine:
                self.data = found
            else:
                aside = path.with_name(f"{path.stem}-other-machine.json")
                path.replace(aside)
                say(f"{path} is of another machine or its software; it is now {aside}")

    def forget(self, case: str) -> None:
        """Drop the steps of a case, to measure it anew."""
        steps = self.data["steps"]
        self.data["steps"] = {k: v for k, v in steps.items() if k.split("/")[0] != case}

    def describe(self, case: Case) -> None:
        """Note what a case is and what is asked of it, in the order of the cases."""
        found = self.data.setdefault("cases", {})
        found[case.name] = {
            "title": case.title,
            "n_atoms": case.n_atoms,
            "dim": case.dim,
            "target": dict(case.target),
        }
        order = [*CASES, *STEADY, *found]
        self.data["cases"] = dict(sorted(found.items(), key=lambda item: order.index(item[0])))

    def step(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return the value of a step, computed and written unless it is there."""
        steps = self.data["steps"]
        if name in steps:
            say(f"{name}: measured on {steps[name]['when']}")
        else:
            value = compute()
            when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
            steps[name] = {"when": when, "revision": self.revision, "value": value}
            self.write()
        return steps[name]["value"]

    def write(self) -> None:
        """Write the file in one go."""
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.data, indent=1, ensure_ascii=False) + "\n")
        os.replace(part, self.path)  # noqa: PTH105
