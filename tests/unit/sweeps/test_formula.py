import math

import pytest

from qubatt import ArgumentError
from qubatt.sweeps.study.formula import Formula


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("0.5 / sqrt(n_atoms)", {"n_atoms": 4}, 0.25),
        ("4 * n_atoms + 2", {"n_atoms": 3}, 14),
        ("-g ** 2", {"g": 3.0}, -9.0),
        ("max(8, ceil(2.5 * (n_atoms * g) ** 2))", {"n_atoms": 4, "g": 0.6}, 15),
        ("2 * pi", {}, 2 * math.pi),
        ("n_atoms // 2 + n_atoms % 2", {"n_atoms": 5}, 3),
    ],
)
def test_arithmetic(text, numbers, expected):
    assert Formula("battery.coupling", text).value(numbers) == expected


def test_names_are_those_of_parameters():
    assert Formula("x", "g * sqrt(n_atoms) + pi").names == {"g", "n_atoms"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "__import__('os')",
        "n_atoms.real",
        "[1, 2]",
        "lambda: 1",
        "sqrt",
        "min(*x)",
        "round(x, ndigits=1)",
        "'a' * 3",
        "True",
        "x if x else 1",
        "(1)(2)",
        "open(x)",
    ],
)
def test_only_arithmetic_can_be_written(text):
    with pytest.raises(ArgumentError, match="coupling"):
        Formula("battery.coupling", text).value({"x": 1.0})


@pytest.mark.parametrize(
    "text", ["1 / x", "sqrt(x - 1)", "2 ** (100 + x)", "(x - 1) ** 0.5", "log(x)"]
)
def test_no_value_is_told_with_the_place(text):
    with pytest.raises(ArgumentError, match=r"have a value at every point.*At x = 0"):
        Formula("battery.coupling", text).value({"x": 0})


def test_unknown_name_is_told_with_the_nearest():
    with pytest.raises(ArgumentError, match="Best matches are: n_atoms"):
        Formula("battery.coupling", "1 / n_atom").value({"n_atoms": 2})
