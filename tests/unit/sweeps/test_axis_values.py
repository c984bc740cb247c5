import numpy as np
import pytest

from qubatt import ArgumentError
from qubatt.sweeps.study.axis_values import axis_values


def numbers(given):
    return list(axis_values("battery.x", given).values)


def test_lists_and_arrays():
    assert numbers([1, 2.5, "auto"]) == [1, 2.5, "auto"]
    assert numbers(np.array([1.0, 2.0])) == [1.0, 2.0]
    assert all(type(value) is float for value in numbers(np.array([1.0, 2.0])))


def test_ranges():
    assert numbers({"start": 0, "stop": 1, "count": 3}) == [0.0, 0.5, 1.0]
    assert numbers({"start": 2, "stop": 9, "step": 3}) == [2, 5, 8]
    assert all(isinstance(value, int) for value in numbers({"start": 2, "stop": 9, "step": 3}))
    assert numbers({"start": 1, "stop": 0, "step": -0.25}) == [1.0, 0.75, 0.5, 0.25, 0.0]
    logarithmic = {"start": 0.01, "stop": 100, "count": 5, "spacing": "logarithmic"}
    assert numbers(logarithmic) == [0.01, 0.1, 1.0, 10.0, 100.0]


def test_longer_range_meets_the_numbers_of_the_shorter_one():
    short = numbers({"start": 0, "stop": 1, "count": 11})
    long = numbers({"start": 0, "stop": 3, "count": 31})
    assert long[:11] == short
    assert short == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    later = numbers({"start": 0.7, "stop": 1, "count": 4})
    assert later == short[7:]
    assert not np.array_equal(np.linspace(0.7, 1, 4), np.linspace(0, 1, 11)[7:])  # why


def test_end_of_a_stepped_range_is_met_in_spite_of_rounding():
    assert numbers({"start": 0, "stop": 0.3, "step": 0.1}) == [0.0, 0.1, 0.2, 0.3]


def test_labels():
    found = axis_values("charger", [{"type": "fock", "photons": 4}, "coherent:2"])
    assert found.labels == ("fock:photons=4", "coherent:2")
    named = axis_values(
        "battery", {"values": [object(), object()], "labels": [1, 2], "name": "size"}
    )
    assert (named.labels, named.name) == ((1, 2), "size")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "contain at least one value"),
        (3, "be a list of values or a range"),
        ("abc", "be a list of values or a range"),
        ([1, 1], "no repeated values"),
        ([1, float("nan")], "finite"),
        ({"start": 0}, "start and stop"),
        ({"start": 0, "stop": 1}, "either count or step"),
        ({"start": 0, "stop": 1, "count": 2, "step": 1}, "either count or step"),
        ({"start": 0, "stop": 1, "count": 2.5}, "whole number"),
        ({"start": 0, "stop": 1, "count": 0}, "from 1"),
        ({"start": 0, "stop": 1, "step": -1}, "lead from start to stop"),
        ({"start": 0, "stop": 1, "count": 3, "spacing": "logarithmic"}, "not include 0"),
        ({"start": 0, "stop": 1, "count": 3, "spacing": "log"}, "linear or logarithmic"),
        ({"start": "a", "stop": 1, "count": 3}, "be a number"),
        ({"start": 0, "stop": 1, "cuont": 3}, "Best matches are: count"),
        ({"values": [1], "count": 2}, "omitted if values are given"),
        ({"values": [1, 2], "labels": [1]}, "have 2 entries"),
        ({"values": [1, 2], "name": "two words"}, "be an identifier"),
        (np.eye(2), r"be one-dimensional, but is of shape \(2, 2\)\."),
    ],
)
def test_what_is_wrong_is_told(given, words):
    with pytest.raises(ArgumentError, match=words) as caught:
        axis_values("battery.x", given)
    assert "battery.x" in str(caught.value)
