"""Names and summaries of the batteries, parsed from their source files for help texts.

Importing the batteries also imports NumPy, SciPy and pydantic, which would delay help and shell
completion by half a second. A test compares the parsed names and summaries with the registry.
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
"""Pattern of a declared battery: name, first line of the docstring, rest of the class."""

WITHOUT_TEXT_FORM = "has_text_form: ClassVar[bool] = False"
"""Source line of a class whose fields cannot be given on the command line."""


@cache
def battery_summaries() -> dict[str, str]:
    """Return the first docstring line of each battery with a text form, by name.

    The batteries are in order of registration, which is the import order of the package.
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
