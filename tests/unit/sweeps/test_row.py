import numpy as np
import pytest

import qubatt as qb
from qubatt.sweeps.store.point_result import (
    PointResult,
    kept_of_row,
    keys_in,
    row_of_kept,
    stack,
    unstack,
)
from qubatt.sweeps.study.run_spec import ChargeRun, Setting, SteadyRun


def setting(n_atoms):
    battery = qb.DickeBattery(n_atoms=n_atoms, coupling=0.3, max_photons=12)
    return Setting(battery, None, (qb.CavityLoss(1.0),))


@pytest.mark.parametrize("run_spec", [ChargeRun(t_end=1.0, points=4), SteadyRun()])
def test_rows_come_out_of_arrays_as_they_went_in(run_spec):
    solved = {str(n): run_spec.solve(setting(n), keep=True) for n in (1, 2, 1)}
    rows = [PointResult.of(key, ("default",), one.dataset) for key, one in solved.items()]
    failed = PointResult("x", ("default",), "failed", "Error: α")
    found = {row.key: row for row in unstack(stack([*rows, failed]))}
    assert sorted(keys_in(stack([*rows, failed]))) == sorted(found)
    assert found["x"] == failed
    for key, one in solved.items():
        assert found[key].dataset().identical(one.dataset)


@pytest.mark.parametrize("run_spec", [ChargeRun(t_end=1.0, points=4), SteadyRun(gap=True)])
def test_what_is_kept_gives_the_same_merits_and_more(run_spec):
    one = run_spec.solve(setting(2), keep=True)
    (row,) = unstack(stack([row_of_kept("k", one.kept)]))
    kept = kept_of_row(row)
    assert run_spec.read(setting(2), kept).identical(one.dataset)
    more = type(run_spec)(**{**vars(run_spec), "merits": ("energy", "ergotropy_full", "entropy")})
    read, own = more.read(setting(2), kept), more.solve(setting(2), keep=False).dataset
    for name in ("energy", "ergotropy_full", "entropy"):
        np.testing.assert_allclose(read[name], own[name], rtol=0, atol=1e-12)
    dear = type(run_spec)(**{**vars(run_spec), "merits": ("negativity",)})
    assert dear.read(setting(2), kept) is None


def test_alike_rows_take_few_arrays():
    run_spec = SteadyRun(merits=("energy",))
    solved = run_spec.solve(setting(1), keep=False)
    rows = [PointResult.of(str(k), ("energy",), solved.dataset) for k in range(50)]
    assert len(stack(rows)) <= 1 + len(solved.dataset.variables)
