"""Displaced squeezed light of the charger: QuTiP, closed forms, many photons, cut-offs."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
import qutip as qt

import qubatt as qb

SHARES = [0.0, 0.2, 0.7, 1.0]
PHASES = [0.0, 0.7, -2.0, pi]


def parameters(state: qb.DisplacedSqueezedState) -> tuple[complex, complex]:
    """Return α and ζ of the class docstring."""
    share = state.squeezing_fraction
    alpha = np.sqrt((1 - share) * state.mean_photons) * np.exp(1j * state.phase)
    r = np.arcsinh(np.sqrt(share * state.mean_photons))
    return alpha, r * np.exp(1j * (state.squeezing_phase + 2 * state.phase))


@pytest.mark.parametrize("theta", PHASES)
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("share", SHARES)
def test_agrees_with_qutip(share: float, phase: float, theta: float) -> None:
    """Exponentials in a space large enough, up to a phase of the whole ket."""
    state = qb.DisplacedSqueezedState(1.3, share, phase, theta)
    alpha, zeta = parameters(state)
    large = qt.displace(250, alpha) * qt.squeeze(250, zeta) * qt.basis(250, 0)
    found = state.state(100)
    overlap = np.vdot(large.full()[:101, 0], found)
    assert abs(overlap) == pytest.approx(1.0, abs=1e-11)
    np.testing.assert_allclose(found / overlap, large.full()[:101, 0], atol=1e-11)


@pytest.mark.parametrize("phase", PHASES)
def test_limits_are_coherent_light_and_squeezed_vacuum(phase: float) -> None:
    """f = 0 and f = 1, with the phases of those classes."""
    np.testing.assert_allclose(
        qb.DisplacedSqueezedState(2.0, 0.0, phase, 0.3).state(60),
        qb.CoherentState(2.0, phase).state(60),
        atol=1e-14,
    )
    np.testing.assert_allclose(
        qb.DisplacedSqueezedState(0.8, 1.0, 0.0, phase).state(90),
        qb.SqueezedState(0.8, phase).state(90),
        atol=1e-14,
    )


@pytest.mark.parametrize(("mean", "share", "theta"), [(900.0, 0.01, 0.0), (400.0, 0.05, pi)])
def test_many_photons_neither_overflow_nor_cancel(mean: float, share: float, theta: float) -> None:
    """Mean and variance: |α|²e^{∓2r} + 2 sinh² r cosh² r for squeezed amplitude and phase."""
    state = qb.DisplacedSqueezedState(mean, share, 0.0, theta)
    p, n = np.abs(state.state(4000)) ** 2, np.arange(4001)
    squeezed = share * mean
    r = np.arcsinh(np.sqrt(squeezed))
    narrow = np.exp(-2 * r if theta == 0.0 else 2 * r)
    variance = (1 - share) * mean * narrow + 2 * squeezed * (squeezed + 1)
    assert p.sum() == pytest.approx(1.0, abs=1e-13)
    assert p @ n == pytest.approx(mean, rel=1e-9)
    assert p @ n**2 - (p @ n) ** 2 == pytest.approx(variance, rel=1e-6)


def test_populations_that_decide_on_the_cutoff_add_up_to_one() -> None:
    """Its closed form of |c₀|² and the recurrence leave no tail, also where |c₀|² underflows."""
    for mean, share, theta in [(5.0, 0.5, 0.4), (2000.0, 0.001, 0.0), (2000.0, 0.001, 2.0)]:
        _, p = qb.DisplacedSqueezedState(mean, share, 0.3, theta)._ladder(4000)
        assert p.sum() == pytest.approx(1.0, abs=1e-11)


def test_real_where_amplitudes_are() -> None:
    """φ and θ of 0 or π give real kets, others complex ones."""
    for phase in (0.0, pi):
        for theta in (0.0, -pi):
            ket = qb.DisplacedSqueezedState(0.5, 0.4, phase, theta).state(40)
            assert ket.dtype == np.float64
    assert qb.DisplacedSqueezedState(0.5, 0.4, 0.1, 0.0).state(40).dtype == np.complex128
    assert qb.DisplacedSqueezedState(0.5, 0.4, 0.0, 0.1).state(40).dtype == np.complex128


def test_no_photons_are_the_vacuum() -> None:
    """n̄ = 0 fits any cut-off."""
    np.testing.assert_array_equal(qb.DisplacedSqueezedState(0).state(0), [1.0])
    np.testing.assert_array_equal(qb.DisplacedSqueezedState(0).state(2), [1.0, 0.0, 0.0])


@pytest.mark.parametrize("theta", [0.0, 1.0, pi])
def test_cutoff_that_loses_too_much_is_refused(theta: float) -> None:
    """The cut-off named is the smallest that keeps all but 1e-5, by summing a long tail."""
    state = qb.DisplacedSqueezedState(3.0, 0.4, 0.2, theta)
    p = np.abs(state.state(800)) ** 2
    smallest = int(np.flatnonzero(p[::-1].cumsum()[::-1] <= 1e-5)[0]) - 1
    for cutoff in (0, 5, smallest - 1):
        words = f"is 3.0. Set max_photons to {smallest} or more"
        with pytest.raises(qb.ArgumentError, match=words):
            state.state(cutoff)
    assert np.sum(np.abs(state.state(smallest)) ** 2) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize(("share", "words"), [(-0.1, "be non-negative"), (1.1, "be at most 1")])
def test_bad_share(share: float, words: str) -> None:
    """A share lies between 0 and 1."""
    with pytest.raises(qb.ArgumentError, match=f"Argument `squeezing_fraction` must {words}"):
        qb.DisplacedSqueezedState(1.0, share)
