"""Which engine solves a problem when none is named."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.engines import select_engine
from qubatt.engines.selection import MAX_AUTO_DENSE_DIM
from solving import task

EVEN = np.linspace(0.0, 1.0, 5)


def test_auto_takes_dense_up_to_its_dimension() -> None:
    """The ladder of N atoms has N + 1 states: 20 are dense, 21 are not."""
    small = qb.DrivenBattery(MAX_AUTO_DENSE_DIM - 1, 1.0).problem()
    large = qb.DrivenBattery(MAX_AUTO_DENSE_DIM, 1.0).problem()
    assert isinstance(select_engine("auto", task(small, EVEN))[0], qb.DenseEngine)
    assert isinstance(select_engine("auto", task(large, EVEN))[0], qb.ExactEngine)


@pytest.mark.parametrize(
    ("times", "dense"),
    [
        ([0.0], True),
        ([3.0], True),
        ([0.0, 0.5, 1.0], True),
        ([2.0, 2.5, 3.0], True),  # the first step is longer, but only one more exponential
        (np.linspace(0, 1e3, 1001), True),  # even but for rounding
        ([0.0, 0.5, 1.1], False),
        (np.geomspace(0.1, 10, 7), False),
    ],
)
def test_auto_takes_dense_for_evenly_spaced_times(times: list[float], dense: bool) -> None:
    """Every distinct spacing costs the dense engine one exponential."""
    chosen = select_engine("auto", task(qb.DrivenBattery(2, 1.0).problem(), np.array(times)))[0]
    assert isinstance(chosen, qb.DenseEngine if dense else qb.ExactEngine)


def test_auto_counts_the_full_space_under_local_decay() -> None:
    """18 symmetric states, 27 in the full space that local decay needs."""
    battery = qb.CascadeBattery(max_photons=2)
    decay = qb.LevelDecay("middle", "ground", 0.1)
    assert isinstance(select_engine("auto", task(battery.problem(), EVEN))[0], qb.DenseEngine)
    local = battery.problem(environment=[decay])
    assert isinstance(select_engine("auto", task(local, EVEN))[0], qb.ExactEngine)


def test_engines_by_name_and_as_objects() -> None:
    """A name gives the engine with its defaults, an object is taken as it is."""
    problem = qb.DrivenBattery(2, 1.0).problem()
    assert select_engine("dense", task(problem, EVEN))[0] == qb.DenseEngine()
    assert select_engine("matrix", task(problem, EVEN))[0] == qb.MatrixEngine()
    mine = qb.MatrixEngine(tolerance=1e-6)
    assert select_engine(mine, task(problem, EVEN))[0] is mine


def test_unknown_name_suggests_the_nearest() -> None:
    """The error lists what is meant."""
    with pytest.raises(qb.ArgumentError) as caught:
        select_engine("matix", task(qb.DrivenBattery(2, 1.0).problem(), EVEN))
    assert str(caught.value) == (
        "Argument `engine` must name a registered engine, but is 'matix'. Best matches are: matrix."
    )


@pytest.mark.parametrize("engine", [None, 3, qb.MatrixEngine])
def test_what_is_no_engine_is_refused(engine: object) -> None:
    """Neither a name nor an engine, a class included."""
    with pytest.raises(qb.ArgumentError, match='must be "auto", a name or an engine'):
        select_engine(engine, task(qb.DrivenBattery(2, 1.0).problem(), EVEN))


def test_tolerance_is_positive() -> None:
    """The one option of the matrix engine is checked when it is built."""
    for tolerance in (0.0, -1e-9, float("nan")):
        with pytest.raises(qb.ArgumentError, match="Argument `tolerance` must be"):
            qb.MatrixEngine(tolerance)
