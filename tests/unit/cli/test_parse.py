"""Option values: numbers, several numbers, pulses by name."""

from __future__ import annotations

from typing import Any

import pytest

import qubatt as qb
from qubatt.core.declaration import fields_of
from qubatt.core.spec_string import field_value, from_text, plain_types


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", 0.5),
        ("-2", -2),
        ("gaussian:0.5,5,1", qb.GaussianPulse(0.5, 5.0, 1.0)),
        ("gaussian:0.5,width=1,centre=5", qb.GaussianPulse(0.5, 5.0, 1.0)),
        ("sine:1,2", qb.SinePulse(1.0, 2.0)),
        ("sine:1,2,offset=0.5", qb.SinePulse(1.0, 2.0, offset=0.5)),
        ("constant:0.5", qb.ConstantPulse(0.5)),
        ("piecewise:times=0/1/2,values=1/0.5", qb.PiecewisePulse([0, 1, 2], [1, 0.5])),
        ("piecewise:0/1.5,-2e-1", qb.PiecewisePulse([0, 1.5], [-0.2])),
        ("what", "what"),
    ],
)
@pytest.mark.parametrize(
    ("battery", "field"),
    [(qb.DickeBattery, "coupling"), (qb.DrivenBattery, "drive"), (qb.CascadeBattery, "pump")],
)
def test_strengths_are_numbers_or_pulses(
    battery: type[Any], field: str, text: str, expected: object
) -> None:
    """Read for the fields that take functions of time."""
    assert field_value(field, fields_of(battery)[field].annotation, text) == expected


def test_other_fields_take_no_pulses_and_no_lists() -> None:
    """Their text reaches the class, which refuses it under the name of the field."""
    annotation = fields_of(qb.DrivenBattery)["omega_atom"].annotation
    assert field_value("omega_atom", annotation, "sine:1,2") == "sine:1,2"
    assert field_value("omega_atom", annotation, "1/2") == "1/2"
    with pytest.raises(qb.ArgumentError, match="Argument `rate` must be a number, but is '1/2'"):
        from_text("environment", "cavity-loss:1/2")


def test_types_of_a_field() -> None:
    """Optional and annotated types are looked through."""
    assert list(plain_types(fields_of(qb.DrivenBattery)["detuning"].annotation)) == [float]
    assert len(list(plain_types(fields_of(qb.DrivenBattery)["drive"].annotation))) == 2


def test_help_says_where_pulses_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option that takes a pulse says so."""
    from qubatt.cli.app import run

    monkeypatch.setattr("sys.argv", ["qubatt", "charge", "driven", "--help"])
    monkeypatch.setenv("COLUMNS", "120")
    with pytest.raises(SystemExit):
        run()
    text = " ".join(capsys.readouterr().out.split())
    assert (
        "--drive NUMBER|PULSE Drive amplitude Ω; a number or a pulse (see: qubatt list pulse)"
        in text
    )
    assert "--omega-atom NUMBER" in text
