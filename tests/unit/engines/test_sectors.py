"""Sectors found from the matrices alone, and the real form on the blocks that are reached."""

import numpy as np
import pytest
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.realization import realize
from qubatt.core.space import Space
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian
from qubatt.engines.exact.sectors import find_sectors
from qubatt.engines.generator import Generator
from qubatt.operators import Atoms, Mode
from solving import solve

LOSS = qb.CavityLoss(0.5)


@pytest.mark.parametrize("n_atoms", [3, 4])
def test_dicke_has_two_parities(n_atoms):
    """Parity of photons plus excitations: two sectors, two blocks, half the entries."""
    problem = qb.DickeBattery(n_atoms, 0.5, 7, interaction=0.3).problem(environment=[LOSS])
    sectors = find_sectors(realize(problem))
    D = 8 * (n_atoms + 1)
    assert len(sectors.members) == 2
    assert sectors.pairs == ((0, 0), (1, 1))
    assert sectors.entries == D * D // 2


def test_tavis_cummings_has_excitation_numbers():
    """From |N⟩ with loss, the blocks of 0 … N excitations: Σ (k + 1)² entries."""
    n_atoms = 6
    problem = qb.TavisCummingsBattery(n_atoms, 0.5, n_atoms).problem(environment=[LOSS])
    sectors = find_sectors(realize(problem))
    assert sectors.entries == sum((k + 1) ** 2 for k in range(n_atoms + 1))
    assert all(row == column for row, column in sectors.pairs)


def test_closed_problem_keeps_one_block():
    """Without jumps only the block of the initial state is reached."""
    problem = qb.TavisCummingsBattery(4, 0.5, 10).problem()
    assert len(find_sectors(realize(problem)).pairs) == 1


def test_coherence_between_sectors_is_kept_and_no_more():
    """A superposition of |0⟩ and |2⟩ reaches pairs of sectors two excitations apart."""
    ket = np.zeros(5)
    ket[[0, 2]] = np.sqrt(0.5)
    plain = qb.TavisCummingsBattery(2, 0.5, 4).problem(environment=[LOSS])
    problem = Problem(**{**vars(plain), "initial": {"cavity": ket}})
    R = realize(problem)
    sectors = find_sectors(R)
    excitations = [int(s[0] // 3 + s[0] % 3) for s in sectors.members]
    assert {(excitations[r], excitations[c]) for r, c in sectors.pairs} == {
        (0, 0),
        (0, 2),
        (2, 0),
        (2, 2),
        (1, 1),
    }
    times = np.linspace(0, 3, 4)
    exact, dense = (
        solve(engine, problem, times, {}, states=True)
        for engine in (qb.ExactEngine(), qb.DenseEngine())
    )
    np.testing.assert_allclose(exact.states, dense.states, atol=1e-11)


@pytest.mark.parametrize("axis", ["Jx", "Jy"])
@pytest.mark.parametrize("jump", ["J+", "Jy", ("Jz", "Jy")])
def test_generator_is_that_of_the_master_equation(axis, jump):
    """For real and complex H and jumps: 𝓛ρ of random ρ = ρ†, and Tr(Oρ) of random O = O†."""
    rng = np.random.default_rng(7)
    problem = Problem(
        space=Space({"cavity": Mode(3), "atoms": Atoms(4)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}),),
        charging_terms=(
            Term(0.6, {"atoms": axis}),
            Term(0.4, {"cavity": "a"}),
            Term(0.4, {"cavity": "a+"}),
        ),
        jumps=(Jump(0.3, {"cavity": "a", "atoms": jump}), Jump(0.2, {"atoms": "Jz"})),
    )
    small = ReducedLindbladian(realize(problem))
    R = small.realization
    assert small.entries == R.dim**2
    A = rng.normal(size=(R.dim, R.dim)) + 1j * rng.normal(size=(R.dim, R.dim))
    rho, O_ = A + A.conj().T, A @ A.conj().T
    H, damping = R.H.toarray(), R.no_jump.toarray()
    expected = -1j * (H @ rho - rho @ H) - damping @ rho - rho @ damping
    for rate, c in R.jumps:
        expected = expected + rate * c.toarray() @ rho @ c.toarray().conj().T
    packed = small.pack(sp.csr_array(rho))
    found = small.apply(0.0, packed)
    np.testing.assert_allclose(small.unpack(found), expected, atol=1e-12)
    np.testing.assert_allclose(found, small.pack(sp.csr_array(expected)), atol=1e-12)
    np.testing.assert_allclose(small.unpack(packed), rho, atol=1e-14)
    value = small.functionals([sp.csr_array(O_)]).of(packed).item()
    assert value == pytest.approx(np.trace(O_ @ rho).real, rel=1e-12)


def test_reversed_jump_and_coherence_between_sectors():
    """Blocks read from the wrong side of the diagonal, and jumps that reverse the order."""
    rng = np.random.default_rng(8)
    problem = Problem(
        space=Space({"cavity": Mode(12), "atoms": Atoms(3)}),
        battery="atoms",
        battery_terms=(Term(1.0, {"atoms": "Jz"}),),
        charging_terms=(
            Term(0.4, {"cavity": "a", "atoms": "J+"}),
            Term(0.4, {"cavity": "a+", "atoms": "J-"}),
        ),
        jumps=(Jump(0.3, {"cavity": "a"}), Jump(0.2, {"atoms": "J+"})),
        initial={"cavity": rng.normal(size=13)},
    )
    realization = realize(problem)
    flip = sp.csr_array(np.fliplr(np.eye(realization.dim)))
    more = (*realization.jumps, (0.1, flip))
    object.__setattr__(realization, "__dict__", {**realization.__dict__, "jumps": more})
    small = ReducedLindbladian(realization)
    assert small.layout.mirrored
    start = realization.rho_0
    expected = Generator(realization)(0.0, start)
    np.testing.assert_allclose(
        small.unpack(small.apply(0.0, small.pack(realization.initial))), expected, atol=1e-12
    )
    twice = small.apply(0.0, small.apply(0.0, small.pack(realization.initial)))
    np.testing.assert_allclose(
        small.unpack(twice), Generator(realization)(0.0, expected), atol=1e-11
    )


def test_several_threads_give_the_same():
    """Shares of rows in threads: the same products, whatever their number."""
    numba = pytest.importorskip("numba")
    battery = qb.DickeBattery(n_atoms=8, coupling=0.5, interaction=1.0, max_photons=30)
    problem = battery.problem(environment=[qb.CavityLoss(0.5)])
    times = np.array([0.0, 0.5, 1.0])
    moments = {"E": lambda R: R.H_B}
    before = numba.get_num_threads()
    try:
        runs = []
        for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
            numba.set_num_threads(threads)
            runs.append(solve(qb.ExactEngine(), problem, times, moments))
    finally:
        numba.set_num_threads(before)
    np.testing.assert_allclose(runs[0].moments["E"], runs[1].moments["E"], atol=1e-12)


def test_strong_damping_is_not_cut_off_too_early():
    """Terms of the series that start far below the tolerance must not end it: trace stays 1."""
    battery = qb.DrivenBattery(12, 1.0, interaction=0.5)
    run = qb.charge(
        battery, times=np.linspace(0, 10, 11), environment=qb.CollectiveDecay(0.5), engine="exact"
    )
    same = qb.charge(
        battery, times=np.linspace(0, 10, 11), environment=qb.CollectiveDecay(0.5), engine="dense"
    )
    np.testing.assert_allclose(run.energy, same.energy, atol=1e-10)
    assert run.attrs["status"] == "ok"


@pytest.mark.parametrize(
    ("battery", "environment"),
    [
        (qb.DrivenBattery(3, 0.0, omega_atom=0.0), qb.CollectiveDecay(2.0, n_thermal=0.5)),
        (qb.DrivenBattery(5, 1.0), qb.CollectiveDecay(200.0)),
        (qb.DrivenBattery(5, 100.0), qb.CollectiveDecay(1e-3)),
        (qb.DickeBattery(2, 0.0, 5), qb.CavityLoss(3.0, n_thermal=0.1)),
    ],
)
def test_extreme_rates_agree_with_the_oracle(battery, environment):
    """No Hamiltonian at all, overdamped, nearly closed: same energies as the exponential."""
    problem = battery.problem(environment=[environment])
    times = np.linspace(0, 4, 5)
    exact, dense = (
        solve(engine, problem, times, {"E": lambda R: R.H_B + R.H})
        for engine in (qb.ExactEngine(), qb.DenseEngine())
    )
    scale = max(1.0, float(np.max(np.abs(dense.moments["E"]))))
    np.testing.assert_allclose(exact.moments["E"], dense.moments["E"], atol=1e-10 * scale)
    assert exact.trace_drift < 1e-11


def test_hopeless_rates_are_refused_before_the_run():
    """The refusal names the number of products and what to change."""
    with pytest.raises(qb.ResourceError, match="products"):
        qb.charge(qb.DrivenBattery(2, 1e9), times=[1.0], engine="exact")


def coherent_atom(rate):
    """One atom in (|g⟩ + |e⟩)/√2 with splitting 10, beside an empty cavity that only damps."""
    plus = np.full(2, np.sqrt(0.5))
    return Problem(
        space=Space({"cavity": Mode(1), "atoms": Atoms(1)}),
        battery="atoms",
        battery_terms=(Term(10.0, {"atoms": "Jz"}),),
        charging_terms=(),
        jumps=(Jump(rate, {"cavity": "a"}),),
        initial={"atoms": plus},
    )


@pytest.mark.parametrize(
    ("tolerance", "rate", "end"),
    [
        (1e-3, 1.734, 300.0),
        (1e-6, 2.47, 300.0),
        (1e-2, 2.986, 300.0),
        (1e-9, 0.55, 300.0),
        (1e-9, 1.0, 300.0),
        (1e-9, 0.55, 3000.0),
    ],
)
def test_error_estimate_covers_systematic_rounding(tolerance, rate, end):
    """Coherence ½ exp(−10 i t) of a free atom: damping elsewhere makes the series cancel.

    The last case ends after a whole number of full steps: no sliver may be left over.
    """
    run = solve(qb.ExactEngine(tolerance), coherent_atom(rate), np.array([end]), {}, states=True)
    exact = 0.5 * np.array([[1, np.exp(10j * end)], [np.exp(-10j * end), 1]])
    error = np.linalg.norm(run.states[0][:2, :2] - exact)
    assert error <= max(run.error_estimate, 1e-11)
    assert run.error_estimate <= tolerance


def test_many_output_times_are_taken_in_parts():
    """More times than one chunk, all inside few steps, agree with few times."""
    problem = qb.TavisCummingsBattery(2, 0.5, 4).problem(environment=[LOSS])
    watch = {"E": lambda R: R.H_B}
    many = solve(qb.ExactEngine(), problem, np.linspace(0, 2, 10001), watch)
    few = solve(qb.ExactEngine(), problem, np.linspace(0, 2, 11), watch)
    np.testing.assert_allclose(many.moments["E"][::1000], few.moments["E"], atol=1e-12)
