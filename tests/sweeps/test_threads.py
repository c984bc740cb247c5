"""However many threads there are, the numbers are the same, to the last bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import ROUNDED, environment

from qubatt.engines.exact.reduced_lindbladian import MIN_ENTRIES_FOR_THREADS

SCRIPT = """
import json, sys, warnings
import numpy as np
import qubatt as qb
from qubatt.sweeps import sweep

warnings.simplefilter("ignore", qb.QubattWarning)
loss, light, arrays, threads = [qb.CavityLoss(0.5)], qb.CoherentState(3.0), {}, {}

def put(name, data):
    arrays.update({f"{name} {key}": data[key].values for key in data if data[key].dtype == float})
    told = json.loads(data.attrs.get("engine", "{}"))
    threads[name] = [told.get("entries", 0), told.get("threads", 0)]

small = qb.DickeBattery(4, 0.5, 12, interaction=1.0)
large = qb.DickeBattery(7, 0.5, 30, interaction=1.0)
pulsed = qb.DickeBattery(7, qb.GaussianPulse(0.5, 1.0, 1.0), 30)
driven = qb.DrivenBattery(6, 1.0, interaction=0.5)
times, merits = np.linspace(0.0, 2.0, 41), ["energy", "ergotropy_full", "purity", "maximum_power"]
put("small", qb.charge(small, times=times, environment=loss, merits=merits))
put("large", qb.charge(large, times=times, charger=light, environment=loss, merits=merits))
put("pulsed", qb.charge(pulsed, times=times[:11], charger=light, environment=loss, merits=merits))
put("dense", qb.charge(driven, times=times, environment=qb.CollectiveDecay(0.5), merits="all"))
for method in ("direct", "secular", "flow"):
    put(method, qb.steady_state(small, environment=loss, merits=["all"], method=method, gap=True))
put("large steady", qb.steady_state(large, environment=loss, merits=["energy", "purity"]))
battery = {"type": "dicke", "n_atoms": 7, "coupling": 0.5, "max_photons": 30}
put("study", sweep({
    "battery": battery, "charger": "coherent:3", "environment": ["cavity-loss:0.5"],
    "run": {"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy", "purity"]},
    "sweep": {"battery.interaction": [0.0, 1.0]},
}))
np.savez(sys.argv[1], **arrays)
print(json.dumps(threads))
"""


def found(folder: Path, numba: int, blas: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the numbers of a process with so many threads, and how many each run used."""
    more = {"NUMBA_NUM_THREADS": str(numba), "OPENBLAS_NUM_THREADS": str(blas)}
    path = folder / f"{numba}-{blas}.npz"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, path],
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with np.load(path) as arrays:
        return dict(arrays), json.loads(done.stdout)


@pytest.mark.slow
def test_threads_change_nothing(tmp_path: Path) -> None:
    """Two of Numba and of BLAS, or one each; large problems do use both of Numba.

    Norms are summed share by share, so that error estimates differ in their last digits.
    """
    (one, alone), (two, shared) = found(tmp_path, 1, 1), found(tmp_path, 2, 2)
    assert {used for _, used in alone.values()} <= {0, 1}
    for name in ("large", "pulsed"):
        entries, used = shared[name]
        assert entries > MIN_ENTRIES_FOR_THREADS
        assert used == 2
    assert shared["small"][1] == 1
    assert len(one) == len(two) > 50
    for name, values in one.items():
        if ROUNDED in name:
            np.testing.assert_allclose(two[name], values, rtol=1e-12)
        else:
            np.testing.assert_array_equal(two[name], values, err_msg=name)
