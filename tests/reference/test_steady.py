"""Steady states that are known in closed form, or were worked out with other programs."""

import json
from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.space import Space
from qubatt.operators import Atoms, Mode
from solving import solve_steady

from .test_dicke import READINGS
from .test_driven import LABORATORY, RESONANT, exact_steady_state

METHODS = ["direct", "secular", "flow"]
every_method = pytest.mark.parametrize("method", METHODS)
N_THERMAL = 0.7


def photons(realization):
    """Return a^dag a."""
    return realization.operator([Term(1.0, {"cavity": "n"})])


def oscillator(levels, jumps, drive=0.0, omega=0.0):
    """Return a mode of that frequency with the drive F a^dag + F^* a, and nothing else."""
    terms = (Term(drive, {"cavity": "a+"}), Term(np.conj(drive), {"cavity": "a"}))
    return Problem(
        space=Space({"cavity": Mode(levels - 1)}),
        battery="cavity",
        battery_terms=(Term(omega, {"cavity": "n"}),),
        charging_terms=terms if drive else (),
        jumps=jumps,
    )


@every_method
def test_damped_cavity_takes_the_occupation_of_its_bath(method):
    """The Gibbs state with ratio n/(n + 1), which the cut-off only cuts; it leaks at kappa."""
    levels, kappa = 60, 0.4
    baths = (
        Jump(kappa * (N_THERMAL + 1), {"cavity": "a"}),
        Jump(kappa * N_THERMAL, {"cavity": "a+"}),
    )
    found = solve_steady(
        oscillator(levels, baths, omega=1.3),
        {"photons": photons},
        method=method,
        state=True,
        gap=True,
    )
    weights = (N_THERMAL / (N_THERMAL + 1)) ** np.arange(levels)
    np.testing.assert_allclose(found.state, np.diag(weights / weights.sum()), atol=1e-10)
    assert found.moments["photons"] == pytest.approx(N_THERMAL, abs=1e-9)
    assert found.relaxation_rate == pytest.approx(kappa, abs=1e-6)
    assert (found.count, found.converged) == (1, True)


@pytest.mark.parametrize("n_thermal", [0.0, 0.3])
def test_cavity_of_uncoupled_atoms_takes_the_occupation_of_its_bath(n_thermal):
    """The same for a battery: n photons, an empty battery, and any number at the start."""
    battery = qb.DickeBattery(n_atoms=2, coupling=0.0, interaction=0.4, max_photons=30)
    end = qb.steady_state(
        battery, environment=qb.CavityLoss(0.4, n_thermal), charger=qb.FockState(3)
    )
    assert float(end.mean_photons) == pytest.approx(n_thermal, abs=1e-9)
    assert float(end.energy) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("method", "omega"),
    [("direct", 0.7), ("secular", 0.7), ("flow", 0.7), ("direct", 0.0), ("flow", 0.0)],
)
def test_driven_damped_cavity_is_coherent(method, omega):
    """|alpha> with alpha = -iF/(i omega + kappa/2), phase included; it settles with kappa/2."""
    levels, kappa, drive = 36, 0.9, 0.6 + 0.3j
    found = solve_steady(
        oscillator(levels, (Jump(kappa, {"cavity": "a"}),), drive, omega),
        {"photons": photons},
        method=method,
        state=True,
        gap=True,
    )
    alpha = -1j * drive / (1j * omega + kappa / 2)
    ket = np.cumprod([np.exp(-(abs(alpha) ** 2) / 2), *(alpha / np.sqrt(np.arange(1, levels)))])
    np.testing.assert_allclose(found.state, np.outer(ket, ket.conj()), atol=1e-9)
    assert found.moments["photons"] == pytest.approx(abs(alpha) ** 2, abs=1e-8)
    assert found.relaxation_rate == pytest.approx(kappa / 2, abs=1e-5)


def fluorescence(N, drive, gamma):
    """Return the problem of a resonant drive and collective decay."""
    battery = qb.DrivenBattery(n_atoms=N, drive=drive, detuning=0.0)
    return battery.problem(environment=[qb.CollectiveDecay(gamma)])


FLUORESCENCE = [
    (method, N, drive, gamma)
    for method in ("direct", "flow")
    for drive, gamma in ((1.0, 0.4), (2.5, 0.1))
    for N in (1, 2, 5, 16, 40)
]
WEAK = [("secular", N, 2.5, 0.1) for N in (1, 2, 5, 16)] + [("secular", 40, 2.5, 0.02)]
"""Method, number of atoms, drive, rate; above threshold for many atoms, and below."""


@pytest.mark.parametrize(("method", "N", "drive", "gamma"), [*FLUORESCENCE, *WEAK])
def test_cooperative_resonance_fluorescence(method, N, drive, gamma):
    """The state (A^dag A)^-1 / Z, coherences and signs included."""
    found = solve_steady(fluorescence(N, drive, gamma), {}, method=method, state=True)
    np.testing.assert_allclose(found.state, exact_steady_state(N, drive, gamma), atol=1e-10)
    assert (found.count, found.converged) == (1, True)
    assert found.smallest_eigenvalue > -1e-12


def test_exact_state_is_that_of_its_parameters():
    """A drive that is off by a thousandth is seen, or a state that is turned by pi."""
    found = solve_steady(fluorescence(5, 1.0, 0.4), {}, state=True).state
    for drive in (1.001, -1.0):
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(found, exact_steady_state(5, drive, 0.4), atol=1e-10)


@every_method
@pytest.mark.parametrize(("N", "drive", "gamma", "per_atom"), RESONANT)
def test_energies_of_cooperative_resonance_fluorescence(N, drive, gamma, per_atom, method):
    """<J_z>/N + 1/2 of two cases, to the six digits known."""
    battery = qb.DrivenBattery(n_atoms=N, drive=drive, detuning=0.0)
    end = qb.steady_state(battery, environment=qb.CollectiveDecay(gamma), method=method)
    assert float(end.energy) / N == pytest.approx(per_atom, abs=6e-7)


@pytest.mark.parametrize("x", [0.3, 0.5, 0.8])
def test_many_atoms_approach_the_mean_field(x):
    """E/N tends to (1 - sqrt(1 - x^2))/2 with x = 2 Omega/(N gamma), as 1/N, up to 80 atoms."""
    distances = []
    for N in (20, 40, 80):
        battery = qb.DrivenBattery(n_atoms=N, drive=x, detuning=0.0)
        end = qb.steady_state(battery, environment=qb.CollectiveDecay(2 / N))
        distances.append(abs(float(end.energy) / N - (1 - np.sqrt(1 - x**2)) / 2))
    assert 0 < distances[-1] < 2e-3
    np.testing.assert_allclose(np.divide(distances[:-1], distances[1:]), 2.0, atol=0.3)


@every_method
@pytest.mark.parametrize(("omega", "drive", "gamma"), LABORATORY)
def test_one_atom_in_the_laboratory_frame(omega, drive, gamma, method):
    """Steady E = omega (Omega^2/4)/(omega^2 + gamma^2/4 + Omega^2/2); .16 for 1, 1, .5."""
    battery = qb.DrivenBattery(n_atoms=1, drive=drive, omega_atom=omega)
    end = qb.steady_state(battery, environment=qb.CollectiveDecay(gamma), method=method)
    excited = drive**2 / 4 / (omega**2 + gamma**2 / 4 + drive**2 / 2)
    assert float(end.energy) == pytest.approx(omega * excited, abs=1e-10)
    assert float(end.power) == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize(("drive", "gamma"), [(0.0, 0.6), (0.1, 0.8), (1.0, 0.4)])
def test_relaxation_of_one_resonant_atom(drive, gamma):
    """Bloch: y and z decay with (3 gamma - Re sqrt(gamma^2 - 16 Omega^2))/4, x with gamma/2.

    From a Bloch vector without x there is no x ever.
    """
    problem = fluorescence(1, drive, gamma)
    energy_rate = (3 * gamma - np.sqrt(complex(gamma**2 - 16 * drive**2)).real) / 4
    for ket, rate in (([0.6, 0.8j], energy_rate), ([0.6, 0.8], min(energy_rate, gamma / 2))):
        started = replace(problem, initial={"atoms": np.array(ket)})
        assert solve_steady(started, {}, gap=True).relaxation_rate == pytest.approx(rate, abs=1e-10)


@every_method
@pytest.mark.parametrize("interaction", [0.0, -0.8])
@pytest.mark.parametrize("N", [1, 2, 5, 12])
def test_common_bath_thermalises_the_ladder(N, interaction, method):
    """p_m ~ exp(-beta omega m), and the flows up and down between neighbours cancel."""
    gamma = 0.5
    battery = qb.DrivenBattery(n_atoms=N, drive=0.0, interaction=interaction)
    problem = battery.problem(environment=[qb.CollectiveDecay(gamma, N_THERMAL)])
    rho = solve_steady(problem, {}, method=method, state=True).state
    beta = np.log((N_THERMAL + 1) / N_THERMAL)
    gibbs = np.exp(-beta * np.arange(N + 1))
    np.testing.assert_allclose(rho, np.diag(gibbs / gibbs.sum()), atol=1e-10)
    k, p = np.arange(1, N + 1), np.diag(rho).real
    down = gamma * (N_THERMAL + 1) * k * (N - k + 1) * p[1:]
    up = gamma * N_THERMAL * k * (N - k + 1) * p[:-1]
    assert down.min() > 1e-4
    np.testing.assert_allclose(down, up, atol=1e-9)


TWO_QUBITS = [
    (0.2, 0.2, 1.0, 0.1, 0.351252610, 0.140365569),
    (1.0, 0.7, 0.3, 0.4, 0.481593942, 0.004911870),
]
"""Coupling g, drive F, rate, occupation of the bath, energy and ergotropy of the battery."""


@every_method
@pytest.mark.parametrize(("g", "F", "gamma", "n", "energy", "ergotropy"), TWO_QUBITS)
def test_qubit_charged_by_a_driven_damped_qubit(g, F, gamma, n, energy, ergotropy, method):
    """In the frame of the drive; ergotropy (r + r_z)/2 with the Bloch vector r of the battery."""
    swap = [
        Term(g, {"charger": "J-", "atoms": "J+"}),
        Term(g, {"charger": "J+", "atoms": "J-"}),
    ]
    drive = [Term(F, {"charger": "J+"}), Term(F, {"charger": "J-"})]
    problem = Problem(
        space=Space({"charger": Atoms(1), "atoms": Atoms(1)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}), Term(0.5)),
        charging_terms=(Term(-1.0, {"atoms": "Jz"}), *swap, *drive),
        jumps=(Jump(gamma * (n + 1), {"charger": "J-"}), Jump(gamma * n, {"charger": "J+"})),
    )
    found = solve_steady(problem, {"E": lambda real: real.H_B}, method=method, state=True)
    assert found.moments["E"] == pytest.approx(energy, abs=6e-10)
    rho = np.einsum("ijik->jk", found.state.reshape(2, 2, 2, 2))
    x, y, z = 2 * rho[0, 1].real, 2 * rho[0, 1].imag, (rho[1, 1] - rho[0, 0]).real
    assert (np.sqrt(x**2 + y**2 + z**2) + z) / 2 == pytest.approx(ergotropy, abs=6e-10)


@pytest.mark.parametrize("method", ["auto", "direct", "flow"])
def test_six_atoms_with_twenty_photons(method):
    """E/N of g_c = kappa = 0.5, g = 1 to ten digits; the cut-off is too small, and it says so."""
    battery = qb.DickeBattery(n_atoms=6, coupling=0.5, interaction=1.0, max_photons=20)
    with pytest.warns(qb.QubattWarning, match="max_photons = 20 is too low"):
        end = qb.steady_state(battery, environment=qb.CavityLoss(0.5), method=method)
    assert float(end.energy) / 6 == pytest.approx(0.7393653402, abs=1e-9)
    assert json.loads(end.attrs["certificate"])["residual"] <= 1e-10
    assert end.attrs["uniqueness"] == "unique"


@every_method
@pytest.mark.parametrize(("reading", "per_atom"), [("R2", 0.339659), ("R1", 0.051404)])
def test_three_atoms(reading, per_atom, method):
    """E/N of g = g_c = kappa = 0.5 in two readings, to six digits."""
    interaction, coupling = READINGS[reading]
    battery = qb.DickeBattery(
        n_atoms=3, interaction=0.5 * interaction, coupling=coupling, max_photons=20
    )
    end = qb.steady_state(battery, environment=qb.CavityLoss(0.5), method=method)
    assert float(end.energy) / 3 == pytest.approx(per_atom, abs=6e-7)
    assert end.attrs["status"] == "ok"
