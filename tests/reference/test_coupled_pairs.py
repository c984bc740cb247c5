"""Two oscillators or two qubits as charger and battery, given as matrices: closed forms."""

from __future__ import annotations

import cmath

import numpy as np
import pytest
import scipy.sparse as sp

import qubatt as qb

LEVELS = 18
"""Levels of each oscillator; the largest mean number of quanta is 0.84."""


def lowering(levels: int) -> sp.csr_array:
    """Return a of a mode cut off at so many levels."""
    return sp.csr_array(sp.diags_array(np.sqrt(np.arange(1.0, levels)), offsets=1))


def pair(levels: int, g: float, F: float, gamma: float, n: float) -> qb.CustomBattery:
    """Return H = g(ab† + a†b) + F(a + a†) in the rotating frame, γ(n + 1)D[a] + γnD[a†].

    The frame takes b†b away from H, which H_B has for the energy.
    """
    single, one = lowering(levels), sp.eye_array(levels)
    a, b = sp.kron(single, one), sp.kron(one, single)
    number = single.T @ single
    H = g * (a @ b.T + a.T @ b) + F * (a + a.T) - sp.kron(one, number)
    jumps = [(gamma * (n + 1), a), (gamma * n, a.T)]
    return qb.CustomBattery(number, H, jumps, dims=(levels, levels))


@pytest.mark.parametrize(("gamma", "printed"), [(0.05, 0.316127803), (1.0, 0.837603478)])
def test_warm_oscillators(gamma: float, printed: float) -> None:
    """E = n{1 + e^{−γt/2}/ε² [16g² − γε sinh(εt/2) − γ² cosh(εt/2)]}, no ergotropy: thermal."""
    g, n, t, levels = 0.2, 1.0, 13.0, 30
    eps = cmath.sqrt(gamma**2 - 16 * g**2)
    bracket = 16 * g**2 - gamma * eps * cmath.sinh(eps * t / 2)
    bracket -= gamma**2 * cmath.cosh(eps * t / 2)
    expected = (n * (1 + cmath.exp(-gamma * t / 2) / eps**2 * bracket)).real
    assert expected == pytest.approx(printed, abs=1e-9)
    run = qb.charge(pair(levels, g, 0.0, gamma, n), times=[t], merits=["energy", "ergotropy_full"])
    assert float(run.energy[0]) == pytest.approx(expected, abs=2e-6)  # of the cut-off
    assert float(run.ergotropy_full[0]) < 1e-8


@pytest.mark.parametrize(("gamma", "expected"), [(0.05, 0.721192293), (1.0, 0.101908792)])
def test_driven_oscillators_stay_coherent(gamma: float, expected: float) -> None:
    """From the vacuum without heat, all energy is ergotropy: a coherent state is pure."""
    wanted = ["energy", "ergotropy_full", "purity", "negativity"]
    run = qb.charge(pair(LEVELS, 0.2, 0.1, gamma, 0.0), times=[13.0], merits=wanted)
    assert float(run.energy[0]) == pytest.approx(expected, abs=1e-8)
    assert float(run.ergotropy_full[0]) == pytest.approx(expected, abs=1e-8)
    assert float(run.purity[0]) == pytest.approx(1.0, abs=1e-8)
    assert float(run.negativity[0]) < 1e-7


@pytest.mark.parametrize(
    ("parameters", "energy", "ergotropy"),
    [
        ((0.2, 0.2, 1.0, 0.1), 0.351252610, 0.140365569),
        ((1.0, 0.7, 0.3, 0.4), 0.481593942, 0.004911870),
    ],
)
def test_two_qubits_at_rest(
    parameters: tuple[float, float, float, float], energy: float, ergotropy: float
) -> None:
    """The driven qubit of a pair feeds the other one while its bath takes and gives."""
    wanted = ["energy", "ergotropy_full"]
    end = qb.steady_state(pair(2, *parameters), merits=wanted)
    assert float(end.energy) == pytest.approx(energy, abs=1e-9)
    assert float(end.ergotropy_full) == pytest.approx(ergotropy, abs=1e-9)


def test_matrices_discharge_through_what_acts_on_the_battery() -> None:
    """1 ⊗ σ₋ is known to act on the battery alone, σ₋ ⊗ 1 not; E = e^{−γt} from the full one."""
    single, one, times = lowering(2), sp.eye_array(2), np.linspace(0, 5, 6)
    jumps = [(0.3, sp.kron(one, single)), (2.0, sp.kron(single, one))]
    battery = qb.CustomBattery(single.T @ single, sp.csr_array((4, 4)), jumps, dims=(2, 2))
    left = qb.discharge(battery, times=times, environment=None)
    np.testing.assert_allclose(left.remaining_energy, np.exp(-0.3 * times), atol=1e-9)
    with pytest.raises(qb.UnsupportedError, match="The battery loses no energy"):
        qb.discharge(
            qb.CustomBattery(single.T @ single, np.zeros((4, 4)), jumps[1:], (2, 2)),
            times=times,
            environment=None,
        )
