"""Problems and sandboxes that several unit tests share."""

from __future__ import annotations

import pytest

from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.registry import Registry
from qubatt.core.space import Space
from qubatt.operators import Atoms


@pytest.fixture
def spin_problem() -> Problem:
    """Three atoms driven along y and decaying: H and one jump have imaginary entries."""
    return Problem(
        space=Space({"atoms": Atoms(3)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}), Term(0.4, {"atoms": ("Jx", "Jx")})),
        charging_terms=(Term(0.7, {"atoms": "Jy"}), Term(0.2, {"atoms": "Jx"})),
        jumps=(Jump(0.3, {"atoms": "J-"}), Jump(0.1, {"atoms": ("Jy", "Jz")})),
    )


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return an empty registry that stands in for the real one while things are declared."""
    fresh = Registry()
    monkeypatch.setattr("qubatt.core.declaration.registry", fresh)
    return fresh
