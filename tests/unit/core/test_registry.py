"""The registry: names are given once, spelt one way, and near misses are pointed out."""

from __future__ import annotations

import pytest

from qubatt.core.errors import ArgumentError
from qubatt.core.registry import Registry


@pytest.fixture
def shelf() -> Registry:
    """Return a registry with a few entries of two kinds."""
    registry = Registry()
    registry.add("battery", "dicke", "D")
    registry.add("battery", "tavis-cummings", "TC")
    registry.add("engine", "dense", "E")
    return registry


def test_get_returns_the_entry_itself(shelf: Registry) -> None:
    """An entry comes back as the object that was added."""
    entry = object()
    shelf.add("merit", "mean_photons", entry)
    assert shelf.get("merit", "mean_photons") is entry
    assert shelf.name_of("merit", entry) == "mean_photons"


def test_same_name_twice_is_refused(shelf: Registry) -> None:
    """A second entry of the same kind and name is refused and changes nothing."""
    with pytest.raises(ValueError, match="battery 'dicke' is already registered"):
        shelf.add("battery", "dicke", "other")
    assert shelf.get("battery", "dicke") == "D"


def test_same_name_in_another_kind_is_fine(shelf: Registry) -> None:
    """Names are unique per kind only."""
    shelf.add("engine", "dicke", "other")
    assert shelf.get("battery", "dicke") == "D"
    assert shelf.get("engine", "dicke") == "other"


@pytest.mark.parametrize(
    "name", ["", "Dicke", "two words", "-dicke", "dicke-", "di--cke", "1dicke", "dické", "dicke\n"]
)
def test_bad_names_are_refused(shelf: Registry, name: str) -> None:
    """A name is lower-case words joined by single hyphens or underscores."""
    with pytest.raises(ValueError, match="must be lower-case words joined by - or _"):
        shelf.add("battery", name, "other")
    assert set(shelf.items("battery")) == {"dicke", "tavis-cummings"}


@pytest.mark.parametrize("name", ["fock", "cavity-loss", "mean_photons", "zhang2024", "a1-b2_c3"])
def test_good_names_are_accepted(shelf: Registry, name: str) -> None:
    """Words may hold digits and be joined by either sign."""
    shelf.add("other", name, 1)
    assert shelf.items("other") == {name: 1}


@pytest.mark.parametrize("typed", ["dike", "Dicke", "DICKE", "dicke "])
def test_unknown_name_suggests_the_nearest(shelf: Registry, typed: str) -> None:
    """The error names the kind, what was typed and the nearest name, whatever its case."""
    with pytest.raises(ArgumentError) as caught:
        shelf.get("battery", typed)
    assert str(caught.value) == (
        f"Argument `battery` must name a registered battery, but is {typed!r}."
        " Best matches are: dicke."
    )


def test_reserved_name_says_how_to_build_it(shelf: Registry) -> None:
    """What only Python can build is no entry; asking for it tells what to type."""
    shelf.reserve("battery", "custom", "In Python: qb.CustomBattery(H).")
    assert list(shelf.items("battery")) == ["dicke", "tavis-cummings"]
    with pytest.raises(ArgumentError) as caught:
        shelf.get("battery", "custom")
    assert str(caught.value) == (
        "Argument `battery` must name a registered battery, but is 'custom'."
        " In Python: qb.CustomBattery(H)."
    )
    with pytest.raises(ValueError, match="battery 'custom' is already registered"):
        shelf.add("battery", "custom", "other")


def test_unknown_name_far_from_all_lists_them(shelf: Registry) -> None:
    """With no near name, all known ones are listed."""
    with pytest.raises(ArgumentError, match=r"Known are: dicke, tavis-cummings\.$"):
        shelf.get("battery", "xyz")


def test_unknown_kind_is_an_argument_error_too(shelf: Registry) -> None:
    """A kind without entries suggests nothing, but fails in the same way."""
    with pytest.raises(ArgumentError, match="must name a registered charger"):
        shelf.get("charger", "fock")


def test_name_of_a_stranger_is_a_key_error(shelf: Registry) -> None:
    """Only what was added has a name; equality is not identity."""
    with pytest.raises(KeyError, match="is not a registered battery"):
        shelf.name_of("battery", "stranger")


def test_items_keep_the_order_of_registration_and_are_a_copy(shelf: Registry) -> None:
    """Changing what `items` returned does not change the registry."""
    items = shelf.items("battery")
    assert list(items) == ["dicke", "tavis-cummings"]
    items.clear()
    assert list(shelf.items("battery")) == ["dicke", "tavis-cummings"]
    assert shelf.kinds() == ("battery", "engine")
    assert shelf.items("nothing") == {}
