import numpy as np
import pytest

import qubatt as qb
from qubatt.sweeps.protocol import ChargeRun, Setting, SteadyRun
from qubatt.sweeps.row import Row, kept_of_row, keys_in, pack, row_of_kept, unpack


def setting(n_atoms):
    battery = qb.DickeBattery(n_atoms=n_atoms, coupling=0.3, max_photons=12)
    return Setting(battery, None, (qb.CavityLoss(1.0),))


@pytest.mark.parametrize("protocol", [ChargeRun(t_end=1.0, points=4), SteadyRun()])
def test_rows_come_out_of_arrays_as_they_went_in(protocol):
    solved = {str(n): protocol.solve(setting(n), keep=True) for n in (1, 2, 1)}
    rows = [Row.of(key, ("default",), one.dataset) for key, one in solved.items()]
    failed = Row("x", ("default",), "failed", "Error: α")
    found = {row.key: row for row in unpack(pack([*rows, failed]))}
    assert sorted(keys_in(pack([*rows, failed]))) == sorted(found)
    assert found["x"] == failed
    for key, one in solved.items():
        assert found[key].dataset().identical(one.dataset)


@pytest.mark.parametrize("protocol", [ChargeRun(t_end=1.0, points=4), SteadyRun(gap=True)])
def test_what_is_kept_gives_the_same_merits_and_more(protocol):
    one = protocol.solve(setting(2), keep=True)
    (row,) = unpack(pack([row_of_kept("k", one.kept)]))
    kept = kept_of_row(row)
    assert protocol.read(setting(2), kept).identical(one.dataset)
    more = type(protocol)(**{**vars(protocol), "merits": ("energy", "ergotropy_full", "entropy")})
    read, own = more.read(setting(2), kept), more.solve(setting(2), keep=False).dataset
    for name in ("energy", "ergotropy_full", "entropy"):
        np.testing.assert_allclose(read[name], own[name], rtol=0, atol=1e-12)
    dear = type(protocol)(**{**vars(protocol), "merits": ("negativity",)})
    assert dear.read(setting(2), kept) is None


def test_alike_rows_take_few_arrays():
    protocol = SteadyRun(merits=("energy",))
    solved = protocol.solve(setting(1), keep=False)
    rows = [Row.of(str(k), ("energy",), solved.dataset) for k in range(50)]
    assert len(pack(rows)) <= 1 + len(solved.dataset.variables)
