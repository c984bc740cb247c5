"""Errors of qubatt, whose messages name the argument and its value, and say how to correct it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MISSING = object()
"""Placeholder for the value of an argument that was not given."""


class QubattError(Exception):
    """Base class of all errors that qubatt raises deliberately."""


class ArgumentError(QubattError, ValueError):
    """An argument does not meet its requirement.

    Parameters
    ----------
    argument : str
        Name of the argument, as written by the caller.
    requirement : str
        Requirement as an infinitive phrase, for example ``"be non-negative"``.
    value : object
        Given value, or ``MISSING`` if none was given.
    cure : str
        Complete sentence that tells the user what to enter instead.
    """

    def __init__(self, argument: str, requirement: str, value: object, cure: str = "") -> None:
        self.argument = argument
        self.requirement = requirement
        self.value = value
        self.cure = cure
        shown = "" if value is MISSING else f", but is {shorten(value)}"
        sentence = f"Argument `{argument}` must {requirement}{shown}."
        super().__init__(f"{sentence} {cure}".strip())


class UnsupportedError(QubattError):
    """A basis, an engine or a model does not support a request; the message names it."""


class ResourceError(QubattError):
    """A problem needs more memory than is available; it is refused before it is computed."""


class CertificateError(QubattError):
    """The status of a result is not ``"ok"``, and `strict` requires it."""


class QubattWarning(UserWarning):
    """A result is returned, but it is not reliable."""


class Described(str):
    """Description of a value in an `ArgumentError`, printed without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def shorten(value: object, limit: int = 60) -> str:
    """Return ``repr(value)`` on one line, with the middle of long strings omitted."""
    text = " ".join(line.strip() for line in repr(value).splitlines())
    return text if len(text) <= limit else f"{text[: limit - 14]} ... {text[-9:]}"


def suggest(name: str, names: Iterable[str]) -> str:
    """Return a sentence that lists the most similar known names, or all known names."""
    names = sorted(names)
    lowered = {entry.lower(): entry for entry in reversed(names)}
    near = difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.55)
    if near:
        return "Best matches are: " + ", ".join(lowered[entry] for entry in near) + "."
    return "Known are: " + ", ".join(names) + "." if names else ""
