"""Joint levels: the passive filling by multiplicities equals sorting state by state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubatt.recharging.joint_levels import joint_levels
from qubatt.recharging.levels import recharge_levels

modest = settings(deadline=None, derandomize=True, max_examples=80)
energies = st.floats(-5, 5).map(lambda x: round(x, 3))
level = st.tuples(energies, energies, st.integers(1, 4))
levels = st.lists(level, min_size=1, max_size=6)


def by_sorting(
    E: np.ndarray, E_0: np.ndarray, multiplicity: list[int], beta: float
) -> tuple[float, float]:
    """Return W and Q_R with every state written out, ties in E filled by ascending E⁰."""
    E, E_0 = np.repeat(E, multiplicity), np.repeat(E_0, multiplicity)
    p = np.exp(-beta * (E_0 - E_0.min()))
    p /= p.sum()
    passive = np.empty_like(p)
    passive[np.lexsort((E_0, E))] = np.sort(p)[::-1]
    return float(E @ (p - passive)), float(E_0 @ (p - passive))


@modest
@given(levels=levels, beta=st.floats(0, 5))
def test_filling_equals_sorting(levels: list[tuple[float, float, int]], beta: float) -> None:
    """Any levels with any multiplicities, coinciding ones included."""
    E, E_0 = np.array([entry[0] for entry in levels]), np.array([entry[1] for entry in levels])
    multiplicity = [entry[2] for entry in levels]
    cycle = recharge_levels(E, E_0, multiplicity, np.array([beta]))
    ergotropy, heat = by_sorting(E, E_0, multiplicity, beta)
    assert cycle.ergotropy[0] == pytest.approx(ergotropy, abs=1e-12)
    assert cycle.heat[0] == pytest.approx(heat, abs=1e-12)
    assert cycle.work[0] == pytest.approx(ergotropy - heat, abs=1e-12)


@modest
@given(levels=levels, shift=st.floats(-20, 20), beta=st.floats(0.1, 5))
def test_constants_in_either_energy_change_nothing(
    levels: list[tuple[float, float, int]], shift: float, beta: float
) -> None:
    """Only differences of energies count."""
    E, E_0 = np.array([entry[0] for entry in levels]), np.array([entry[1] for entry in levels])
    multiplicity = [entry[2] for entry in levels]
    plain = recharge_levels(E, E_0, multiplicity, np.array([beta]))
    for moved in ((E + shift, E_0), (E, E_0 + shift)):
        cycle = recharge_levels(*moved, multiplicity, np.array([beta]))
        np.testing.assert_allclose(cycle.ergotropy, plain.ergotropy, atol=1e-10)
        np.testing.assert_allclose(cycle.work, plain.work, atol=1e-10)


def test_order_of_the_levels_does_not_matter() -> None:
    """Shuffling the list of levels is only another way to write it."""
    E, E_0, multiplicity = joint_levels(7, 2.3, 1.0, "full")
    beta = np.array([0.3, 2.0])
    plain = recharge_levels(E, E_0, multiplicity, beta)
    order = np.random.default_rng(1).permutation(len(E))
    shuffled = recharge_levels(E[order], E_0[order], [multiplicity[i] for i in order], beta)
    np.testing.assert_allclose(shuffled.work, plain.work, rtol=1e-12)
    np.testing.assert_allclose(shuffled.heat, plain.heat, rtol=1e-12)


def test_values_of_beta_are_computed_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The block size is a matter of memory, not of results."""
    arguments = (*joint_levels(5, 3.0, 1.0, "full"), np.linspace(0.1, 3, 17))
    whole = recharge_levels(*arguments)
    monkeypatch.setattr("qubatt.recharging.levels.CHUNK_ENTRIES", 40)
    pieces = recharge_levels(*arguments)
    np.testing.assert_allclose(pieces.work, whole.work, rtol=1e-13)
    np.testing.assert_allclose(pieces.heat, whole.heat, rtol=1e-13)


@pytest.mark.parametrize("n_atoms", [1, 2, 5, 8, 60, 301])
def test_multiplicities_add_up(n_atoms: int) -> None:
    """2^N states in all, exactly, and N + 1 on the ladder."""
    *_, full = joint_levels(n_atoms, 1.0, 1.0, "full")
    assert sum(full) == 2**n_atoms
    *_, ladder = joint_levels(n_atoms, 1.0, 1.0, "symmetric")
    assert ladder == [1] * (n_atoms + 1)


@pytest.mark.filterwarnings("error")
def test_multiplicities_beyond_floats() -> None:
    """Two inverted levels of 2^2000 states each swap as two single states do."""
    E, E_0, beta = np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([0.5, 3.0])
    cycle = recharge_levels(E, E_0, [2**2000] * 2, beta)
    np.testing.assert_allclose(cycle.ergotropy, np.tanh(beta / 2), rtol=1e-11)
    np.testing.assert_allclose(cycle.heat, -np.tanh(beta / 2), rtol=1e-11)


def test_ambiguous_needs_different_populations() -> None:
    """Coinciding E matter only if different populations would meet there."""
    beta = np.array([1.0])
    alike = recharge_levels(np.array([0.0, 0.0]), np.array([1.0, 1.0]), [1, 1], beta)
    differ = recharge_levels(np.array([0.0, 0.0]), np.array([0.0, 1.0]), [1, 1], beta)
    apart = recharge_levels(np.array([0.0, 0.1]), np.array([0.0, 1.0]), [1, 1], beta)
    assert (alike.ambiguous, differ.ambiguous, apart.ambiguous) == (False, True, False)
