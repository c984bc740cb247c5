"""Translation of messages for the command line: options in place of Python arguments."""

from __future__ import annotations

import re

OPTIONS = {"environment": "--environment ", "charger": "--charger ", "engine": "--engine "}
"""Option for each kind of object that has a text form."""

OBJECT = re.compile(r"(?:\b\w+=)?\bqb\.([A-Z]\w*)\(([^()\[\]]*)\)")
"""Pattern of a Python object, such as ``environment=qb.CavityLoss(0.5, n_thermal=0.1)``."""

ARGUMENT = re.compile(
    r"(?<!--at )(?<![\w.,:'\"-])([a-z]\w*)=(\"[^\"\s]*\"|'[^'\s]*'|\d+(?:\.\d+)?)(?![\w)\]])"
)
"""Pattern of an argument with a string or number, such as ``max_photons="auto"``."""

CUTOFF = re.compile(r"\bmax_photons = (?=\d)|\bmax_photons(?= to \d)")
"""Pattern of the photon cut-off in the error of a charger state that does not fit below it."""

FIELD = re.compile(r"^(Argument `(\w+)`)")
"""Pattern of the name of an argument at the beginning of an error."""

FURTHER_OPTIONS = ("basis", "certificate", "engine", "method", "start")
"""Options, apart from battery fields, that messages show with a value."""

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
    "a larger cutoff_tolerance": "a larger --cutoff-tolerance",
}
"""Translations of phrases that the patterns do not cover."""

FIXED = re.compile(r"at=\{[^}]*\} \((--at [^)]*)\)|`at` \((--at [^)]*)\)")
"""Pattern of a selection in Python that is followed by the corresponding option."""

STUDY_COMMANDS = ("sweep",)
"""Commands whose parameters are in a study file, in the form ``name = "text"``."""


def for_command_line(message: str, command: str = "") -> str:
    """Return a message of the package, translated for a command.

    Parameters
    ----------
    message : str
        Message of an error or a warning.
    command : str
        Name of the command. For commands that read a study file, only objects are translated.
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
        message = CUTOFF.sub(
            lambda match: match[0].replace("max_photons", "--max-photons").replace(" =", ""),
            message,
        )
        message = FIELD.sub(_field, message)
    return message


def _field(match: re.Match[str]) -> str:
    """Return the start of an error, naming the option if only charger states have the field."""
    kinds = [kind for kind, fields in _fields().items() if match[2] in fields]
    return f"{match[1]} of {OPTIONS['charger'].strip()}" if kinds == ["charger"] else match[1]


def _fields() -> dict[str, set[str]]:
    """Return the names of the fields of all objects, by kind."""
    from qubatt.core.declaration import fields_of
    from qubatt.core.registry import registry

    kinds = ("battery", "charger", "environment", "pulse", "engine")
    return {
        kind: {name for cls in registry.items(kind).values() for name in fields_of(cls)}
        for kind in kinds
    }


def _text_form(class_name: str, arguments: str) -> tuple[str, str]:
    """Return the text form of an object and its kind; empty strings if it has no text form."""
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
    """Return an argument as an option; `on` is a field of dissipators and stays unchanged."""
    name, value = match[1], match[2].strip("\"'")
    if name == "on":
        return f"on={value}"
    if name not in FURTHER_OPTIONS and name not in _fields()["battery"]:
        return match[0]
    return f"--{name.replace('_', '-')} {value}"
