"""Names and summaries of the batteries, from their source files, so that help loads none of them.

Importing the batteries takes NumPy, SciPy and pydantic, half a second before a line of help. What
help and shell completion need stands in the text of the modules; a test compares it with the
registry.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

DECLARED = re.compile(
    r'^@declare\("battery", "(?P<name>[^"]+)"\)\nclass [^\n]+\n'
    r'    """(?P<summary>[^\n]+?)(?:""")?\n'
    r"(?P<body>.*?)(?=^@|^class |^def |\Z)",
    re.MULTILINE | re.DOTALL,
)
"""A declared battery: name, first line of the docstring, rest of the class."""

WITHOUT_TEXT_FORM = "has_text_form: ClassVar[bool] = False"
"""Line of a class whose fields cannot be typed on a command line."""


@cache
def battery_summaries() -> dict[str, str]:
    """Return the first line of the docstring of every battery that can be typed, by name.

    They are in the order of their registration, which is that of the imports of the package.
    """
    package = Path(str(find_spec("qubatt").origin)).parent / "models"  # type: ignore[union-attr]
    modules = re.findall(r"^from qubatt\.models\.(\w+) import", _text(package, "__init__"), re.M)
    return {
        battery["name"]: battery["summary"]
        for module in modules
        for battery in DECLARED.finditer(_text(package, module))
        if WITHOUT_TEXT_FORM not in battery["body"]
    }


def _text(package: Path, module: str) -> str:
    return (package / f"{module}.py").read_text(encoding="utf-8")
