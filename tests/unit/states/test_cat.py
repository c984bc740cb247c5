"""Cat states of the charger: QuTiP, closed forms, many photons, cut-offs."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
import qutip as qt

import qubatt as qb

FACTOR = {"even": 1.0, "odd": -1.0, "none": 1j}
PHASES = [0.0, 0.7, -2.0, pi]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("parity", ["even", "odd", "none"])
@pytest.mark.parametrize("x", [0.3, 1.1, 4.0])
def test_agrees_with_qutip(x: float, parity: str, phase: float) -> None:
    """(|α⟩ + c|−α⟩)/norm of QuTiP's coherent states, whose mean photon number is taken."""
    alpha = np.sqrt(x) * np.exp(1j * phase)
    one, other = (qt.coherent(61, sign * alpha, method="analytic") for sign in (1, -1))
    expected = (one + FACTOR[parity] * other).unit()
    mean = qt.expect(qt.num(61), expected)
    cat = qb.CatState(mean, parity, phase)
    assert cat.displacement == pytest.approx(np.sqrt(x), rel=1e-12)
    found = cat.state(60)
    first = np.flatnonzero(found)[0]
    turn = expected.full()[first, 0] / found[first]  # an odd cat of QuTiP starts with exp(iφ)
    assert abs(turn) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(turn * found, expected.full()[:, 0], atol=1e-13)
    np.testing.assert_allclose(turn, 1.0, atol=1e-12)


@pytest.mark.parametrize("mean", [1.0, 1 + 1e-14, 1 + 1e-7, 1.5, 6.0, 400.0, 4000.0])
@pytest.mark.parametrize("parity", ["even", "odd", "none"])
def test_mean_is_the_one_asked_for(parity: str, mean: float) -> None:
    """Normalised, n̄ to rounding, and photon numbers of one parity only, from 1 to thousands."""
    cutoff = int(mean + 10 * np.sqrt(mean) + 20)
    p = np.abs(qb.CatState(mean, parity).state(cutoff)) ** 2
    assert p.sum() == pytest.approx(1.0, abs=1e-13)
    assert p @ np.arange(cutoff + 1) == pytest.approx(mean, rel=1e-12)
    if parity != "none":
        assert np.all(p[1 if parity == "even" else 0 :: 2] == 0.0)


@pytest.mark.parametrize("mean", [0.0, 1e-12, 0.01, 0.9])
def test_few_photons(mean: float) -> None:
    """c₂/c₀ = x/√2 with x tanh x = n̄, so x → √n̄; n̄ = 0 is the vacuum at any cut-off."""
    ket = qb.CatState(mean).state(20)
    x = np.sqrt(2) * ket[2] / ket[0]
    assert x * np.tanh(x) == pytest.approx(mean, rel=1e-12)
    np.testing.assert_array_equal(qb.CatState(0.0).state(0), [1.0])


def test_odd_cat_of_one_photon_is_that_photon() -> None:
    """n̄ = 1 is |1⟩, and slightly more adds x/√6 of |3⟩ with x² = 3(n̄ − 1)."""
    np.testing.assert_array_equal(qb.CatState(1.0, "odd").state(3), [0, 1, 0, 0])
    ket = qb.CatState(1.0 + 1e-8, "odd").state(5)
    assert ket[3] / ket[1] == pytest.approx(np.sqrt(3e-8) / np.sqrt(6), rel=1e-7)


def test_one_without_parity_has_the_statistics_of_a_coherent_state() -> None:
    """|cₙ|² is Poissonian, but the two halves differ by a phase of 90°."""
    cat, light = qb.CatState(3.0, "none").state(40), qb.CoherentState(3.0).state(40)
    np.testing.assert_allclose(np.abs(cat), np.abs(light), atol=1e-15)
    np.testing.assert_allclose(cat[1::2] / cat[0:-1:2], -1j * light[1::2] / light[0:-1:2])


def test_real_where_amplitudes_are() -> None:
    """A parity and φ = 0 or π give real kets."""
    for parity in ("even", "odd"):
        for phase in (0.0, pi, -pi):
            assert qb.CatState(2.0, parity, phase).state(30).dtype == np.float64
    assert qb.CatState(2.0, "even", 0.1).state(30).dtype == np.complex128
    assert qb.CatState(2.0, "none").state(30).dtype == np.complex128


@pytest.mark.parametrize(("mean", "parity"), [(4.0, "even"), (4.0, "odd"), (4.0, "none")])
def test_cutoff_that_loses_too_much_is_refused(mean: float, parity: str) -> None:
    """The cut-off named is the smallest that keeps all but 1e-5, by summing a long tail."""
    p = np.abs(qb.CatState(mean, parity).state(200)) ** 2
    smallest = int(np.flatnonzero(p[::-1].cumsum()[::-1] <= 1e-5)[0]) - 1
    words = f"is 4.0. Set max_photons to {smallest} or more"
    with pytest.raises(qb.ArgumentError, match=words):
        qb.CatState(mean, parity).state(smallest - 1)
    kept = qb.CatState(mean, parity).state(smallest)
    assert np.sum(np.abs(kept) ** 2) == pytest.approx(1.0, abs=1e-14)
    for cutoff in (0, 1):
        with pytest.raises(qb.ArgumentError, match=words):
            qb.CatState(mean, parity).state(cutoff)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (0.5, "odd"),
            "Argument `mean_photons` must be at least 1 for an odd cat, but is 0.5."
            ' The smallest odd photon number is 1; use parity="even".',
        ),
        ((2.0, "both"), "Argument `parity` must be one of 'even', 'odd' or 'none', but is 'both'."),
        ((-1.0,), "Argument `mean_photons` must be non-negative, but is -1.0."),
        ((1e7,), "Argument `mean_photons` must be at most 1000000, but is 10000000.0."),
    ],
)
def test_bad_arguments(arguments: tuple[object, ...], message: str) -> None:
    """One sentence with name, value and cure."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.CatState(*arguments)
    assert str(caught.value) == message
