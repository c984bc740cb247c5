"""Conversions: what they take, and what they say when QuTiP is missing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import qutip as qt

import qubatt as qb


def test_names_and_dims_of_what_comes_out() -> None:
    """H, c_ops, rho0, H_B on the factors of the battery; a ket where the start is pure."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=3)
    found = qb.to_qutip(battery, environment=[qb.CavityLoss(0.5, n_thermal=0.1)])
    H, c_ops, rho0, H_B = found
    assert H.dims == H_B.dims == [[4, 3], [4, 3]]
    assert [c.dims for c in c_ops] == [H.dims] * 2
    assert rho0.isket
    assert qt.expect(H_B, rho0) == pytest.approx(-1.0)
    assert qb.to_qutip(battery, qb.ThermalState(1e-3)).rho0.isoper


def test_rates_are_hidden_in_the_jumps() -> None:
    """√γ c."""
    found = qb.to_qutip(qb.DrivenBattery(1, 1.0), environment=qb.CollectiveDecay(0.25))
    np.testing.assert_array_equal(found.c_ops[0].full(), [[0, 0.5], [0, 0]])


def test_one_jump_needs_no_list() -> None:
    """As in `mesolve`."""
    battery = qb.from_qutip(qt.sigmax(), qt.sigmaz(), qt.sigmam())
    assert len(battery.jumps) == 1
    assert battery.jumps[0][0] == 1.0


@pytest.mark.parametrize("battery", ["dicke", qb.DickeBattery, None])
def test_what_is_no_battery(battery: object) -> None:
    """Is refused with an example."""
    with pytest.raises(qb.ArgumentError, match="`battery` must be a battery"):
        qb.to_qutip(battery)


def test_naming_the_conversions_imports_no_qutip() -> None:
    """It is imported by the call."""
    code = "import sys, qubatt as qb; qb.to_qutip, qb.from_qutip; print('qutip' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_environments_are_given_as_for_charge() -> None:
    """None, one, or several; what is none is named."""
    battery = qb.DrivenBattery(1, 1.0)
    assert qb.to_qutip(battery, environment=None).c_ops == []
    assert len(qb.to_qutip(battery, environment=qb.CollectiveDecay(0.5, 0.1)).c_ops) == 2
    with pytest.raises(qb.ArgumentError, match="`environment` must contain only dissipators"):
        qb.to_qutip(battery, environment=[0.5])


def test_texts_describe_charger_and_environment() -> None:
    """`to_qutip` accepts the texts that `charge` accepts."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=4)
    by_text = qb.to_qutip(battery, "fock:2", "cavity-loss:0.5")
    by_object = qb.to_qutip(battery, qb.FockState(2), [qb.CavityLoss(0.5)])
    assert by_text.rho0 == by_object.rho0
    assert by_text.c_ops == by_object.c_ops
