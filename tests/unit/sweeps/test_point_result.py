import dataclasses

import numpy as np
import pytest

import qubatt as qb
from qubatt.sweeps import ChargeRun, SteadyRun, Study
from qubatt.sweeps.store.kept_state import result_of_state, state_of_result
from qubatt.sweeps.store.point_result import PointResult, keys_in, stack, unstack


def point(n_atoms, run):
    battery = qb.DickeBattery(n_atoms=n_atoms, coupling=0.3, max_photons=12)
    (point,) = Study(battery, environment=[qb.CavityLoss(1.0)], run=run).points
    return point


@pytest.mark.parametrize("run", [ChargeRun(t_end=1.0, points=4), SteadyRun()])
def test_results_come_out_of_arrays_as_they_went_in(run):
    datasets = {str(n): run.solve(point(n, run), keep=True)[0] for n in (1, 2, 1)}
    results = [PointResult.of(key, ("default",), one) for key, one in datasets.items()]
    failed = PointResult("x", ("default",), "failed", "Error: α")
    unstacked = {result.key: result for result in unstack(stack([*results, failed]))}
    assert sorted(keys_in(stack([*results, failed]))) == sorted(unstacked)
    assert unstacked["x"] == failed
    for key, one in datasets.items():
        assert unstacked[key].dataset().identical(one)


@pytest.mark.parametrize("run", [ChargeRun(t_end=1.0, points=4), SteadyRun(gap=True)])
def test_a_solved_state_gives_the_same_merits_and_more(run):
    dataset, solved = run.solve(point(2, run), keep=True)
    (result,) = unstack(stack([result_of_state("k", solved)]))
    state = state_of_result(result)
    assert run.dataset_from(point(2, run), state).identical(dataset)
    more = dataclasses.replace(run, merits=("energy", "ergotropy_full", "entropy"))
    read = more.dataset_from(point(2, more), state)
    own, not_kept = more.solve(point(2, more), keep=False)
    assert not_kept is None
    for name in ("energy", "ergotropy_full", "entropy"):
        np.testing.assert_allclose(read[name], own[name], rtol=0, atol=1e-12)
    dear = dataclasses.replace(run, merits=("negativity",))
    assert dear.dataset_from(point(2, dear), state) is None


def test_alike_results_take_few_arrays():
    run = SteadyRun(merits=("energy",))
    dataset, _ = run.solve(point(1, run), keep=False)
    results = [PointResult.of(str(k), ("energy",), dataset) for k in range(50)]
    assert len(stack(results)) <= 1 + len(dataset.variables)
