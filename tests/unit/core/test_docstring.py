"""Sections of docstrings that follow from declared fields."""

from __future__ import annotations

import inspect

from pydantic import Field

import qubatt as qb
from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.check import Positive
from qubatt.core.declaration import fields_of
from qubatt.core.docstring import with_sections


def test_sections_of_a_battery_come_before_its_examples() -> None:
    """Each field with its description, the errors and every source, once."""
    text = inspect.getdoc(qb.DickeBattery) or ""
    headers = ["Parameters\n---", "Raises\n---", "References\n---", "Examples\n---"]
    places = [text.index(header) for header in headers]
    assert places == sorted(places)
    for name, field in fields_of(qb.DickeBattery).items():
        assert f"\n{name} : " in text
        assert f"\n    {field.description}." in text
    for key in qb.DickeBattery.citations:
        assert f"- {key}: " in text
        assert " ".join(BIBLIOGRAPHY[key].split()) in " ".join(text.split())


def test_entries_show_types_bounds_and_defaults() -> None:
    """As in the declaration."""
    text = inspect.getdoc(qb.CatState) or ""
    assert "\nmean_photons : float, ≥ 0 and ≤ 1000000\n" in text
    assert "\nparity : 'even' or 'odd' or 'none', default: 'even'\n" in text
    text = inspect.getdoc(qb.DickeBattery) or ""
    assert "\ncoupling : float or function of time\n" in text
    assert "\nmax_photons : int or 'auto'\n" in text


def test_classes_without_docstring_or_fields_stay_as_they_are() -> None:
    """No section is invented."""

    class Bare: ...

    class Text:
        """Summary."""

    field = Field(description="Rate", examples=[1.0])
    field.annotation = Positive
    assert with_sections(Bare, {"rate": field}) is None
    assert with_sections(Text, {}) == "Summary."
    assert "rate : float" in str(with_sections(Text, {"rate": field}))
