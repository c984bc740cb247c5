"""Pages that are made from the registry are up to date."""

from __future__ import annotations

from pathlib import Path

from docs.merits import page
from qubatt.merits.selection import all_merits

DOCS = Path(__file__).parents[2] / "docs"


def test_page_of_merits_is_that_of_the_registry() -> None:
    """If not: python -m docs.merits > docs/merits.md."""
    assert (DOCS / "merits.md").read_text() == page()
    for name in all_merits():
        assert f"`{name}" in page()
