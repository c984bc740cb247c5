"""What notebooks show: status first, the Hamiltonian typeset, every field of a battery."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import qubatt as qb
from qubatt.core.declaration import example_of, fields_of
from qubatt.core.registry import registry

VOID = {"br", "hr", "img", "input", "meta", "link", "path", "use", "circle"}


class Tags(HTMLParser):
    """Checks that every tag is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        """Open a tag."""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        if tag not in VOID:
            assert self.open.pop() == tag


def assert_well_formed(page: str) -> None:
    """Every tag is closed."""
    tags = Tags()
    tags.feed(page)
    assert tags.open == []


def test_a_result_shows_status_hamiltonian_summary_and_variables() -> None:
    """In this order."""
    run = qb.charge(
        qb.DrivenBattery(n_atoms=2, drive=1.0), times=[0.0, 1.0], environment="collective-decay:0.5"
    )
    page = run._repr_html_()
    places = [
        page.index(text) for text in ("status: ok", r"\Omega J_x", "Charging of driven", "xr-wrap")
    ]
    assert places == sorted(places)
    assert_well_formed(page)


@pytest.mark.filterwarnings("ignore::qubatt.QubattWarning")
def test_a_bad_status_has_another_colour() -> None:
    """And joined results show how many parts have which."""
    runs = [
        qb.charge(qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=m), times=[5.0])
        for m in (3, 30)
    ]
    assert "#b35900" in runs[0]._repr_html_()
    assert "#1a7f37" in runs[1]._repr_html_()
    joined = qb.concat(runs, "part")
    assert "cutoff-too-small at 1; ok at 1" in joined._repr_html_()
    assert "#b35900" in joined._repr_html_()


@pytest.mark.parametrize("name", [*registry.items("battery")])
def test_every_battery_shows_its_hamiltonian_and_fields(name: str) -> None:
    """A battery without LaTeX, or with unbalanced braces, fails here."""
    battery = example_of(registry.items("battery")[name])
    assert battery.latex.startswith("H")
    assert battery.latex.count("{") == battery.latex.count("}")
    assert battery.latex.count(r"\Big(") == battery.latex.count(r"\Big)")
    page = battery._repr_html_()
    assert_well_formed(page)
    assert battery.latex.replace("&", "&amp;").replace("<", "&lt;") in page
    for field, declared in fields_of(type(battery)).items():
        assert (f"<code>{field}</code>" in page) == bool(declared.repr)
