"""Messages in the words of the command line: options instead of arguments of Python."""

from __future__ import annotations

import re

OPTIONS = {"environment": "--environment ", "charger": "--charger ", "engine": "--engine "}
"""Option for each kind of object that is written as text."""

OBJECT = re.compile(r"(?:\b\w+=)?\bqb\.([A-Z]\w*)\(([^()\[\]]*)\)")
"""An object in Python, such as ``environment=qb.CavityLoss(0.5, n_thermal=0.1)``."""

ARGUMENT = re.compile(
    r"(?<!--at )(?<![\w.,:'\"-])([a-z]\w*)=(\"[^\"\s]*\"|'[^'\s]*'|\d+(?:\.\d+)?)(?![\w)\]])"
)
"""An argument with a text or number, such as ``max_photons="auto"``."""

FURTHER_OPTIONS = ("basis", "engine", "method", "start")
"""Options, apart from the fields of batteries, that messages show with a value."""

PHRASES = {
    'times="auto"': "--until-steady",
    "use qb.discharge to start": "use qubatt discharge to start",
    'For example --environment cavity-loss:0.5 or "cavity-loss:0.5"': (
        "For example --environment cavity-loss:0.5"
    ),
    "by print(dataset)": "in Python by print(dataset)",
    ", or several by dataset.isel": ", or several in Python by dataset.isel",
    "or join several results by qb.concat": "or, in Python, join several results by qb.concat",
    " or by dataset.sel(...)": "",
}
"""Phrases that no rule translates."""

FIXED = re.compile(r"at=\{[^}]*\} \((--at [^)]*)\)|`at` \((--at [^)]*)\)")
"""A selection in Python that is followed by the option."""

STUDY_COMMANDS = ("sweep",)
"""Commands whose parameters are in a study file, where ``name = "text"`` is what to write."""


def for_command_line(message: str, command: str = "") -> str:
    """Return a message of the package in the words of a command.

    Parameters
    ----------
    message : str
        Message of an error or a warning.
    command : str
        Command that was typed. In a study file, objects are texts and arguments stay as they are.
    """
    in_study = command in STUDY_COMMANDS

    def written(match: re.Match[str]) -> str:
        text, kind = _text_form(match[1], match[2])
        if not text:
            return match[0]
        return f'{kind} = ["{text}"]' if in_study else f"{OPTIONS[kind]}{text}"

    message = OBJECT.sub(written, message)
    if not in_study:
        message = FIXED.sub(lambda match: match[1] or match[2], message)
        for phrase, words in PHRASES.items():
            message = message.replace(phrase, words)
        message = ARGUMENT.sub(_option, message)
    return message


def _text_form(class_name: str, arguments: str) -> tuple[str, str]:
    """Return an object as text and its kind; an empty text if it has none."""
    import qubatt
    from qubatt.core.registry import registry

    cls = getattr(qubatt, class_name, None)
    for kind in OPTIONS:
        for name, entry in registry.items(kind).items():
            if entry is cls:
                values = arguments.replace(" ", "").replace('"', "")
                return f"{name}:{values}" if values else name, kind
    return "", ""


def _option(match: re.Match[str]) -> str:
    """Return an argument as an option; `on` is a field of dissipators."""
    from qubatt.core.declaration import fields_of
    from qubatt.core.registry import registry

    name, value = match[1], match[2].strip("\"'")
    if name == "on":
        return f"on={value}"
    declared = [fields_of(cls) for cls in registry.items("battery").values()]
    if name not in FURTHER_OPTIONS and not any(name in fields for fields in declared):
        return match[0]
    return f"--{name.replace('_', '-')} {value}"
