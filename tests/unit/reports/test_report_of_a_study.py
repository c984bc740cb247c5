"""The page of a study: complete, escaped, self-contained, chosen by shape."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.reports.figures import standard_figures
from qubatt.results.checks import certificate_rows, status_rows
from qubatt.results.dims import axes_of
from qubatt.results.parameters import fixed_rows
from qubatt.results.tables import axis_rows, merit_rows
from tests.unit.synthetic_study import study

BAD = {(1, 2): "cutoff-too-small", (3, 4): "failed", (0, 0): "missing"}


class Outline(HTMLParser):
    """Headings and cells of a page; every tag must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        """Go into an element."""
        if tag not in ("meta", "img"):
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep its text."""
        if self.open:
            self.texts[self.open[-1]][-1] += data


def outline(page: Path) -> dict[str, list[str]]:
    """Return the texts of a page by tag."""
    parser = Outline()
    parser.feed(page.read_text(encoding="utf-8"))
    assert not parser.open
    return {tag: [text.strip() for text in texts] for tag, texts in parser.texts.items()}


def test_page_tells_everything_once(tmp_path: Path) -> None:
    """Title, axes, fixed parameters, status, figures, certificates, failures, provenance."""
    data = study("n_atoms", "interaction", bad=BAD, curves=True)
    data.attrs["study_hash"] = "deadbeef"
    page = qb.report(data, tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    found = outline(page)
    assert found["h1"] == ["Scaling of <the> Dicke battery"]
    assert found["h2"] == [
        "Parameters",
        "Figures",
        "Quantities",
        "Certificates",
        "Failures",
        "Provenance",
    ]
    cells = found["td"]
    for text in (
        "-1, 0, 0.5, 1, 1.5, 2 omega_ref",
        "coupling, together with n_atoms",
        "charger.photons",
        "cutoff-too-small",
        "n_atoms = 8, interaction = 1.5",
        "Argument `max_photons` must be at most 9, but is <b>12</b>.",
        "qubatt 0.1.0, numpy 2.0",
        "deadbeef",
    ):
        assert cells.count(text) == 1, text
    assert "battery.coupling" not in cells  # varied together with n_atoms
    assert found["li"] == ["R. H. Dicke, Phys. Rev. 93, 99 (1954)"]
    assert tomllib.loads(found["pre"][0]) == json.loads(data.attrs["study"])
    html = page.read_text()
    assert "<b>" not in html
    assert 'src="http' not in html
    images = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert len(images) == len(found["figcaption"]) == 4
    assert all(base64.b64decode(image).startswith(b"\x89PNG") for image in images)


@pytest.mark.parametrize(
    ("axes", "options", "titles"),
    [
        (("n_atoms",), {}, ["Figures of merit versus number of atoms", "Power laws in"]),
        (("charger",), {}, ["Figures of merit versus charger state"]),
        (
            ("n_atoms", "charger"),
            {"curves": True, "ragged": True},
            ["Figures of merit", "Power laws", "Curves over time by", "Curves over time by"],
        ),
        ((), {"curves": True}, ["Curves over time"]),
        ((), {}, []),
        (
            ("n_atoms", "interaction", "charger"),
            {},
            ["Figures of merit", "Figures of merit", "Power laws"],
        ),
    ],
)
def test_figures_follow_from_the_shape(
    axes: tuple[str, ...], options: dict[str, bool], titles: list[str]
) -> None:
    """Not more than fit, none that cannot be drawn."""
    shown = standard_figures(study(*axes, **options))
    assert len(shown) == len(titles)
    for figure, title in zip(shown, titles, strict=True):
        assert figure.title.startswith(title)


def test_other_axes_are_named_in_titles() -> None:
    """At which values the figure is."""
    titles = [
        figure.title for figure in standard_figures(study("n_atoms", "interaction", "charger"))
    ]
    assert titles[0].endswith("at fock:4")
    assert titles[1].endswith("at thermal:4")


def test_tables() -> None:
    """Worst certificates and where they are; NaN everywhere; parameters that are varied."""
    data = study("n_atoms", "cavity_loss_rate", bad={(4, 3): "failed"})
    assert certificate_rows(data) == [
        ("largest error estimate", "1.9e-08", "at n_atoms = 12, cavity_loss_rate = 1"),
        ("smallest eigenvalue", "-1.9e-11", "at n_atoms = 12, cavity_loss_rate = 1"),
        ("largest cutoff relative error", "1.9e-06", "at n_atoms = 12, cavity_loss_rate = 1"),
    ]
    assert [row[:2] for row in status_rows(data)] == [("failed", "1"), ("ok", "19")]
    assert "environment.rate" not in {row[0] for row in fixed_rows(data)}
    assert "environment.rate" in {row[0] for row in fixed_rows(study("n_atoms"))}
    assert "charger.photons" not in {row[0] for row in fixed_rows(study("charger"))}
    data["maximum_power"] = data.maximum_power * np.nan
    rows = {row[0]: row for row in merit_rows(data)}
    assert rows["maximum_power"][3:] == ("undefined", "undefined")
    assert rows["maximum_energy"][4] == "16 at n_atoms = 8, cavity_loss_rate = 10"


def test_plain_results_have_a_page_too(tmp_path: Path) -> None:
    """Without a study there is less to tell; with one, it is there as TOML."""
    cycle = qb.recharge([2, 4, 6], [1.0, 2.0], np.linspace(0.1, 2, 4))
    qb.save(cycle, tmp_path / "cycle.nc")
    page = qb.report(tmp_path / "cycle.nc")
    assert page == tmp_path / "report.html"
    assert "Failures" not in outline(page)["h2"]
    data = study("n_atoms").assign_attrs(study='{"title": "# <x>"}')
    found = outline(qb.report(data, tmp_path / "b.html"))
    assert found["pre"] == ['title = "# <x>"']


def test_errors(tmp_path: Path) -> None:
    """What is missing is named."""
    with pytest.raises(qb.ArgumentError, match="`output`"):
        qb.report(study("n_atoms"))
    with pytest.raises(qb.ArgumentError, match="`path`"):
        qb.report(tmp_path)
    with pytest.raises(qb.ArgumentError, match="`source`"):
        qb.report(xr.DataArray(1.0))  # type: ignore[arg-type]


def test_axes_with_names_of_dims_and_names_of_their_own():
    study = {
        "battery": {"type": "driven", "n_atoms": 2, "drive": 1.0},
        "environment": ["collective-decay:0.5", "local-emission:0.1"],
        "run": {"type": "steady", "merits": ["energy"]},
        "sweep": {
            "battery.drive": [0.5, 1.0],
            "battery.n_atoms": {"values": [1, 2], "name": "N"},
            "environment.0.rate": {"values": [0.5, 1.0], "name": "rate"},
        },
    }
    data = qb.sweep(study)
    assert axes_of(data) == ["drive", "N", "rate"]
    assert [row[0] for row in axis_rows(data)] == ["drive", "N", "rate"]
    fixed = dict(fixed_rows(data))
    assert fixed["environment 2.rate"] == "0.1"
    assert not {"battery.drive", "battery.n_atoms", "environment 1.rate"} & fixed.keys()
    assert standard_figures(data)
