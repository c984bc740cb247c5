"""Laws of the recharging process, for any battery, temperature and size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from laws import assert_recharging_laws

import qubatt as qb

lawful = settings(deadline=None, derandomize=True, max_examples=100)
counts = st.integers(2, 14)
couplings = st.floats(-10, 10)
betas = st.floats(0, 50)
omegas = st.floats(0.1, 5)
spaces = st.sampled_from(["symmetric", "full"])
# energies on a grid, so that levels either coincide or lie apart
energies = st.integers(-40, 40).map(lambda k: k / 8)
spectra = st.lists(st.tuples(energies, energies), min_size=1, max_size=7)


def rotation(dim: int, seed: int) -> np.ndarray:
    """Return a random unitary matrix."""
    rng = np.random.default_rng(seed)
    return np.linalg.qr(rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim)))[0]


def turned(diagonal: np.ndarray, U: np.ndarray) -> np.ndarray:
    """Return U diag U†, exactly Hermitian."""
    M = (U * diagonal) @ U.conj().T
    return 0.5 * (M + M.conj().T)


def assert_same(found: xr.Dataset, expected: xr.Dataset, atol: float) -> None:
    """Compare ergotropy, work and heat."""
    for name in ("ergotropy", "work", "heat"):
        np.testing.assert_allclose(found[name], expected[name], atol=atol, err_msg=name)


@lawful
@given(n=counts, g=couplings, beta=betas, omega=omegas, basis=spaces)
def test_laws_of_the_cycle(n: int, g: float, beta: float, omega: float, basis: Any) -> None:
    """First law, signs and bounds, on the ladder and in the full basis."""
    cycle = qb.recharge(n, g, beta, omega_atom=omega, basis=basis)
    assert_recharging_laws(cycle, scale=n * (omega + abs(g)))


@lawful
@given(spectrum=spectra, beta=st.floats(0, 10), seed=st.integers(0, 99))
def test_laws_of_any_commuting_pair(
    spectrum: list[tuple[float, float]], beta: float, seed: int
) -> None:
    """The same for any joint spectrum in any basis, coinciding levels included."""
    E, E_0 = np.array(spectrum).T
    U = rotation(len(E), seed)
    cycle = qb.recharge_pair(turned(E, U), turned(E_0, U), beta)
    assert_recharging_laws(cycle, scale=10.0)


@lawful
@given(spectrum=spectra, shift=st.floats(-50, 50), beta=st.floats(0.1, 10), which=st.booleans())
def test_a_constant_shifts_nothing(
    spectrum: list[tuple[float, float]], shift: float, beta: float, which: bool
) -> None:
    """H_B + s, or H₀ + s, has the same cycle."""
    E, E_0 = np.array(spectrum).T
    U = rotation(len(E), 5)
    plain = qb.recharge_pair(turned(E, U), turned(E_0, U), beta)
    E, E_0 = (E + shift, E_0) if which else (E, E_0 + shift)
    moved = qb.recharge_pair(turned(E, U), turned(E_0, U), beta)
    assert_same(moved, plain, atol=1e-11)
    assert bool(moved.ambiguous) == bool(plain.ambiguous)


@lawful
@given(n=counts, fraction=st.floats(-0.999, 0.999), beta=betas, omega=omegas)
def test_weak_interaction_gives_no_work_on_the_ladder(
    n: int, fraction: float, beta: float, omega: float
) -> None:
    """Below |c| = ω/(N − 1) the order of levels is that of H₀: exactly zero, η undefined."""
    g = fraction * omega / (n - 1) * n / 2
    cycle = qb.recharge(n, g, beta, omega_atom=omega)
    for name in ("ergotropy", "work", "heat"):
        assert float(cycle[name]) == 0.0
    assert np.isnan(cycle.efficiency)


@lawful
@given(n=counts, excess=st.floats(1.01, 5), beta=st.floats(0.1, 3), sign=st.sampled_from([-1, 1]))
def test_stronger_interaction_gives_work_on_the_ladder(
    n: int, excess: float, beta: float, sign: int
) -> None:
    """Above that bound the outermost pair of levels has crossed, so the bound is sharp."""
    g = sign * excess / (n - 1) * n / 2
    assert float(qb.recharge(n, g, beta).work) > 0


@lawful
@given(n=counts, factor=st.floats(1.1, 20), beta=st.floats(0.1, 3), omega=st.floats(0.5, 2))
def test_strong_interaction_is_a_straight_line(
    n: int, factor: float, beta: float, omega: float
) -> None:
    """For c > ω the order of levels is fixed: W_R = cA and Q_R = −B with constant A and B."""
    c = np.array([1.05, factor]) * omega
    cycle = qb.recharge(n, c * n / 2, beta, omega_atom=omega)
    A, B = cycle.work.values / c, -cycle.heat.values
    np.testing.assert_allclose(A[1], A[0], rtol=1e-10)
    np.testing.assert_allclose(B[1], B[0], rtol=1e-10)
    np.testing.assert_allclose(cycle.efficiency, 1 - B / (c * A), rtol=1e-9, atol=1e-12)


@lawful
@given(diagonal=st.lists(energies, min_size=1, max_size=7), n=st.floats(0, 9), beta=betas)
def test_a_multiple_of_the_battery_gives_no_work(
    diagonal: list[float], n: float, beta: float
) -> None:
    """H₀ = nH_B with n ≥ 0: its Gibbs state is passive."""
    H_B = turned(np.array(diagonal), rotation(len(diagonal), 3))
    cycle = qb.recharge_pair(H_B, n * H_B, beta)
    np.testing.assert_allclose([cycle.work, cycle.ergotropy, cycle.heat], 0.0, atol=1e-12)


@lawful
@given(diagonal=st.lists(energies, min_size=2, max_size=7), beta=st.floats(0.01, 3))
def test_the_inverted_battery_has_half_efficiency(diagonal: list[float], beta: float) -> None:
    """H₀ = −H_B: W_R = 2W, so η = 1/2."""
    assume(np.ptp(diagonal) > 0)
    H_B = turned(np.array(diagonal), rotation(len(diagonal), 4))
    cycle = qb.recharge_pair(H_B, -H_B, beta)
    assert float(cycle.work) > 0
    assert float(cycle.efficiency) == pytest.approx(0.5, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ergotropy", 1.1),  # breaks the first law
        ("ergotropy", -0.1),
        ("heat", 0.5),
        ("work", 0.5),
        ("efficiency", 1.2),
        ("efficiency", -0.2),
        ("efficiency", np.nan),
    ],
)
def test_recharging_laws_fail_on_wrong_values(name: str, value: float) -> None:
    """One wrong value in a lawful cycle is seen."""
    cycle = qb.recharge(6, 4.0, [1.0, 2.0])
    assert_recharging_laws(cycle, scale=30.0)
    wrong = cycle.copy(deep=True)
    wrong[name][1] = value
    with pytest.raises(AssertionError):
        assert_recharging_laws(wrong, scale=30.0)


def test_recharging_laws_fail_on_each_sign() -> None:
    """Values that keep the first law but have the wrong sign are seen too."""
    data = {"ergotropy": 2.0, "work": 1.0, "heat": 1.0, "efficiency": 0.5}
    with pytest.raises(AssertionError, match="heat"):
        assert_recharging_laws(xr.Dataset(data), scale=1.0)
    data = {"ergotropy": -1.0, "work": 1.0, "heat": -2.0, "efficiency": 0.5}
    with pytest.raises(AssertionError, match="ergotropy"):
        assert_recharging_laws(xr.Dataset(data), scale=1.0)
    data = {"ergotropy": 0.0, "work": 0.0, "heat": 0.0, "efficiency": 1.0}
    with pytest.raises(AssertionError):
        assert_recharging_laws(xr.Dataset(data), scale=1.0)
