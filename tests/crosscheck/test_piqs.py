"""Environments of two-level atoms against `qutip.piqs`, whose vocabulary and rates they share.

piqs computes its Liouvillian in single precision, which creates up to 4e-7 of probability per unit
of time; hence the tolerance. To all digits the same environments are compared in test_qutip.py.
"""

import numpy as np
import pytest
import qutip as qt
from qutip import piqs

import qubatt as qb
from qubatt.core.problem import Term
from solving import solve

from .qutip_models import OPTIONS

TOLERANCE = 2e-6
TIMES = np.linspace(0.0, 3.0, 7)
MOMENTS = {"Jz": ("Jz",), "J+J-": ("J+", "J-"), "Jz^2": ("Jz", "Jz"), "Jx": ("Jx",)}

SURROUNDINGS = {
    "collective": {
        "collective_emission": qb.CollectiveDecay(0.3),
        "collective_pumping": qb.CollectivePumping(0.2),
        "collective_dephasing": qb.CollectiveDephasing(0.7),
    },
    "local": {
        "emission": qb.LocalEmission(0.3),
        "pumping": qb.LocalPumping(0.2),
        "dephasing": qb.LocalDephasing(0.7),
    },
    "collective-dephasing": {"collective_dephasing": qb.CollectiveDephasing(0.7)},
    "local-dephasing": {"dephasing": qb.LocalDephasing(0.7)},
}
SURROUNDINGS["all"] = SURROUNDINGS["collective"] | SURROUNDINGS["local"]

WARM = {
    "collective": (qb.CollectiveDecay(0.3, n_thermal=0.6), "collective_"),
    "local": (qb.LocalEmission(0.3, n_thermal=0.6), ""),
}


def qubatt_moments(battery, environment):
    """Return expectation values over time, by name."""
    operators = {
        name: lambda realization, product=product: realization.operator(
            [Term(1.0, {"atoms": product})]
        )
        for name, product in MOMENTS.items()
    }
    problem = battery.problem(environment=environment)
    return solve(qb.MatrixEngine(1e-10), problem, TIMES, operators).moments


def piqs_moments(battery, rates):
    """Return the same from the Liouvillian of piqs in its Dicke basis, from the ground state."""
    N, g = battery.n_atoms, battery.interaction
    Jx, Jy, Jz = piqs.jspin(N)
    exchange = 2 * g / N * (Jx * Jx + Jy * Jy - N / 2 * qt.qeye(Jz.dims[0]))
    H = battery.omega_atom * Jz + exchange + battery.drive * Jx
    liouvillian = piqs.Dicke(N, hamiltonian=H, **rates).liouvillian()
    J = {"Jx": Jx, "Jz": Jz, "J+": Jx + 1j * Jy, "J-": Jx - 1j * Jy}
    found = {name: [] for name in MOMENTS}
    for rho in qt.mesolve(liouvillian, piqs.ground(N), TIMES, options=OPTIONS).states:
        for name, product in MOMENTS.items():
            operator = qt.qeye(Jz.dims[0])
            for factor in product:
                operator = operator * J[factor]
            found[name].append((operator * rho).tr().real)
    return found


def assert_same(found, expected, atol=TOLERANCE):
    """Assert that all moments agree at all times."""
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=atol, err_msg=name)


@pytest.mark.parametrize("N", [1, 2, 3, 4])
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_environments_together_are_those_of_piqs(name, N):
    """Driven, interacting atoms: rates stand before the same operators, all at once."""
    battery = qb.DrivenBattery(N, drive=0.9, interaction=0.6, omega_atom=1.1)
    parts = SURROUNDINGS[name]
    expected = piqs_moments(battery, {rate: part.rate for rate, part in parts.items()})
    assert np.ptp(expected["Jz"]) > 0.05
    assert_same(qubatt_moments(battery, list(parts.values())), expected)


@pytest.mark.parametrize("N", [1, 2, 4])
@pytest.mark.parametrize("name", WARM)
def test_warm_baths_are_emission_and_pumping_of_piqs(name, N):
    """gamma (n + 1) emission and gamma n pumping."""
    battery = qb.DrivenBattery(N, drive=0.9)
    bath, prefix = WARM[name]
    rates = {
        f"{prefix}emission": bath.rate * (bath.n_thermal + 1),
        f"{prefix}pumping": bath.rate * bath.n_thermal,
    }
    assert_same(qubatt_moments(battery, [bath]), piqs_moments(battery, rates))


@pytest.mark.parametrize("rate", ["emission", "collective_dephasing"])
def test_comparison_notices_a_rate_that_is_off_by_a_thousandth(rate):
    """The assertion used above fails when one of six rates is slightly wrong."""
    battery, parts = qb.DrivenBattery(3, drive=0.9), SURROUNDINGS["all"]
    rates = {name: part.rate for name, part in parts.items()}
    rates[rate] *= 1.001
    with pytest.raises(AssertionError):
        assert_same(qubatt_moments(battery, list(parts.values())), piqs_moments(battery, rates))
