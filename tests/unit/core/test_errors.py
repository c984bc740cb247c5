"""Errors: one sentence that names argument, value and cure."""

from __future__ import annotations

import pytest

from qubatt.core.errors import (
    MISSING,
    ArgumentError,
    QubattError,
    QubattWarning,
    ResourceError,
    UnsupportedError,
    shorten,
    suggest,
)


def test_sentence_with_value_and_cure() -> None:
    """Requirement, value and cure stand in this order."""
    error = ArgumentError("rate", "be non-negative", -0.1, "Drop the sign.")
    assert str(error) == "Argument `rate` must be non-negative, but is -0.1. Drop the sign."
    assert (error.argument, error.requirement) == ("rate", "be non-negative")
    assert (error.value, error.cure) == (-0.1, "Drop the sign.")


def test_sentence_without_cure_has_no_trailing_space() -> None:
    """The sentence ends with its full stop."""
    assert str(ArgumentError("rate", "be finite", None)) == (
        "Argument `rate` must be finite, but is None."
    )


def test_missing_value_is_not_printed() -> None:
    """Where nothing was given, nothing is quoted."""
    assert str(ArgumentError("rate", "be given", MISSING)) == "Argument `rate` must be given."


def test_families() -> None:
    """Every error can be caught as QubattError, an argument error as ValueError too."""
    for kind in (ArgumentError, UnsupportedError, ResourceError):
        assert issubclass(kind, QubattError)
    assert issubclass(ArgumentError, ValueError)
    assert not issubclass(UnsupportedError, ValueError)
    assert issubclass(QubattWarning, UserWarning)
    assert not issubclass(QubattWarning, QubattError)


@pytest.mark.parametrize("length", [0, 10, 58])
def test_shorten_leaves_short_values_alone(length: int) -> None:
    """Up to 60 characters, quotes included, are printed as they are."""
    assert shorten("x" * length) == repr("x" * length)


def test_shorten_cuts_the_middle_of_long_values() -> None:
    """Begin and end stay readable and the limit is kept."""
    text = shorten(list(range(1000)))
    assert text.startswith("[0, 1, 2, ")
    assert text.endswith(" 999]")
    assert " ... " in text
    assert len(text) <= 60


def test_suggest_ignores_case_and_keeps_spelling() -> None:
    """The suggestion is spelt as registered."""
    assert suggest("jz", ["Jx", "Jy", "Jz"]).startswith("Best matches are: Jz")


def test_suggest_lists_all_when_none_is_near_and_nothing_when_none_is_known() -> None:
    """No near name: all, in order; no name at all: silence."""
    assert suggest("zzz", ["b", "a"]) == "Known are: a, b."
    assert suggest("zzz", []) == ""
