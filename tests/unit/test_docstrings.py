"""The examples in docstrings run and say what is printed."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "qubatt.charging.run",
        "qubatt.charging.steady",
        "qubatt.recharging.recharge",
        "qubatt.recharging.pair",
        "qubatt.io.qutip",
        "qubatt.states.custom",
        "qubatt.states.equal_energy",
    ],
)
def test_examples(module):
    """At least one example, none failing."""
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0
    assert result.failed == 0
