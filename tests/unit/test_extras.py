"""Optional packages: what works without them, and which extra brings them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import metadata

import pytest

HIDE = """
import sys
sys.modules[{module!r}] = None
import numpy as np
import qubatt as qb
battery = qb.from_qutip(np.diag([0.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]]))
assert qb.charge(battery, times=[0.0, 1.0]).attrs["status"] == "ok"
study = {{
    "battery": {{"type": "driven", "drive": 1.0}},
    "run": {{"type": "charge", "points": 2}},
    "sweep": {{"battery.n_atoms": [1, 2]}},
}}
try:
    {call}
except qb.QubattError as error:
    print(error)
"""

EXTRAS = [
    ("qutip", "qutip", "qb.to_qutip(battery)"),
    ("distributed", "cluster", "qb.sweep(study, scheduler='tcp://127.0.0.1:8786')"),
]


@pytest.mark.parametrize(("module", "extra", "call"), EXTRAS)
def test_a_missing_package_is_named_with_its_extra(module: str, extra: str, call: str) -> None:
    """Only what needs the package is refused, and the message says how to install it."""
    code = HIDE.format(module=module, call=call)
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"pip install 'qubatt[{extra}]'" in shown.stdout
    assert extra in metadata("qubatt").get_all("Provides-Extra", [])
