"""Coherent, thermal and squeezed states of the charger: QuTiP, closed forms, cut-offs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qutip as qt

import qubatt as qb

PHASES = [0.0, 0.7, -2.0, np.pi]
MEANS = [0.0, 1e-3, 0.4, 1.5]
LARGE = [
    (qb.CoherentState(4000.0, 0.3), 4500),
    (qb.ThermalState(150.0), 3000),
    (qb.SqueezedState(100.0, 0.3), 5000),
]


def populations(state: np.ndarray) -> np.ndarray:
    """Return the photon distribution of a ket or density matrix."""
    return np.abs(state) ** 2 if state.ndim == 1 else np.diag(state).real


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("mean", MEANS)
def test_coherent_agrees_with_qutip(mean: float, phase: float) -> None:
    """QuTiP's analytic amplitudes, with nothing left to cut off."""
    alpha = np.sqrt(mean) * np.exp(1j * phase)
    expected = qt.coherent(31, alpha, method="analytic").full()[:, 0]
    np.testing.assert_allclose(qb.CoherentState(mean, phase).state(30), expected, atol=1e-14)


@pytest.mark.parametrize("mean", MEANS)
def test_thermal_agrees_with_qutip(mean: float) -> None:
    """QuTiP's analytic populations, with nothing left to cut off."""
    expected = qt.thermal_dm(81, mean, method="analytic").full()
    np.testing.assert_allclose(qb.ThermalState(mean).state(80), expected, atol=1e-14)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("mean", MEANS)
def test_squeezed_agrees_with_qutip(mean: float, phase: float) -> None:
    """The exponential exp(½(ζ* a² − ζ a†²)) of a space large enough, on the vacuum."""
    zeta = np.arcsinh(np.sqrt(mean)) * np.exp(1j * phase)
    expected = (qt.squeeze(200, zeta) * qt.basis(200, 0)).full()[:101, 0]
    np.testing.assert_allclose(qb.SqueezedState(mean, phase).state(100), expected, atol=1e-12)


@pytest.mark.parametrize(("charger", "cutoff"), LARGE)
def test_many_photons_neither_overflow_nor_cancel(charger: Any, cutoff: int) -> None:
    """Trace one, the mean asked for, and the variance of the closed form."""
    p, n = populations(charger.state(cutoff)), np.arange(cutoff + 1)
    mean = charger.mean_photons
    variance = {
        qb.CoherentState: mean,
        qb.ThermalState: mean * (mean + 1),
        qb.SqueezedState: 2 * mean * (mean + 1),
    }[type(charger)]
    assert p.sum() == pytest.approx(1.0, abs=1e-13)
    assert p @ n == pytest.approx(mean, rel=1e-6)
    assert p @ n**2 - (p @ n) ** 2 == pytest.approx(variance, rel=1e-4)


def test_coherent_state_is_an_eigenstate_of_a() -> None:
    """a|α⟩ = α|α⟩ for a thousand photons, to rounding of the single amplitude."""
    ket = qb.CoherentState(1000.0, 0.2).state(2000)
    alpha = np.sqrt(1000.0) * np.exp(0.2j)
    lowered = np.sqrt(np.arange(1, 2001)) * ket[1:]
    np.testing.assert_allclose(lowered, alpha * ket[:-1], atol=1e-12)


@pytest.mark.parametrize("mean", [0.0, 0.5, 2.0])
def test_purity_of_thermal_light(mean: float) -> None:
    """Tr ρ² = 1/(2n̄ + 1)."""
    rho = qb.ThermalState(mean).state(80)
    assert np.trace(rho @ rho) == pytest.approx(1 / (2 * mean + 1), rel=1e-12)


def test_squeezing_lies_in_the_quadrature_of_its_phase() -> None:
    """⟨(a + a†)²⟩ = exp(−2r) at φ = 0, exp(2r) at φ = π."""
    a = np.diag(np.sqrt(np.arange(1.0, 101.0)), k=1)
    square = (a + a.T) @ (a + a.T)
    r = np.arcsinh(np.sqrt(0.6))
    for phase, sign in [(0.0, -1), (np.pi, 1)]:
        ket = qb.SqueezedState(0.6, phase).state(100)
        assert ket @ square @ ket == pytest.approx(np.exp(2 * sign * r), rel=1e-9)


@pytest.mark.parametrize("cls", [qb.CoherentState, qb.SqueezedState])
def test_real_where_amplitudes_are(cls: type[Any]) -> None:
    """φ = 0, ±π, 2π give real kets, other phases complex ones."""
    for phase in (0.0, np.pi, -np.pi, 2 * np.pi):
        assert cls(0.3, phase).state(20).dtype == np.float64
    assert cls(0.3, 1e-3).state(20).dtype == np.complex128
    np.testing.assert_allclose(cls(0.3, 2 * np.pi).state(20), cls(0.3).state(20), atol=1e-15)
    assert qb.ThermalState(0.3).state(20).dtype == np.float64


@pytest.mark.parametrize("cls", [qb.CoherentState, qb.ThermalState, qb.SqueezedState])
def test_no_photons_are_the_vacuum(cls: type[Any]) -> None:
    """n̄ = 0 fits any cut-off."""
    np.testing.assert_array_equal(populations(cls(0).state(0)), [1.0])
    np.testing.assert_array_equal(populations(cls(0.0).state(2)), [1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("charger", "smallest"),
    [(qb.CoherentState(4), 15), (qb.ThermalState(2), 28), (qb.SqueezedState(1.5), 38)],
)
def test_cutoff_that_loses_too_much_is_refused(charger: Any, smallest: int) -> None:
    """The cut-off named is the smallest that keeps all but 1e-5, by summing a long tail."""
    with pytest.raises(qb.ArgumentError) as caught:
        charger.state(10)
    assert str(caught.value) == (
        "Argument `mean_photons` must leave at most 1e-05 of the state above max_photons = 10,"
        f" but is {charger.mean_photons}. Set max_photons to {smallest} or more."
    )
    p = populations(charger.state(400))
    assert p[smallest + 1 :].sum() <= 1e-5 < p[smallest:].sum()
    kept = charger.state(smallest)
    assert populations(kept).sum() == pytest.approx(1.0, abs=1e-14)
    with pytest.raises(qb.ArgumentError, match=f"Set max_photons to {smallest} or more"):
        charger.state(smallest - 1)


def test_what_is_cut_off_enters_the_certificate() -> None:
    """The bound on the trace distance begins with 2√ε for a population ε above the cut-off."""
    charger = qb.CoherentState(1.0)
    tail = populations(charger.state(40))[9:].sum()
    battery = qb.TavisCummingsBattery(1, 0.3, 8)
    run = qb.charge(battery, times=[0.0], charger=charger, certificate="bound")
    assert 1e-7 < tail < 1e-5
    assert qb.certificate(run)["cutoff_bound"] == pytest.approx(2.0 * np.sqrt(tail), rel=1e-6)
    assert run.status == "cutoff-not-resolved"


@pytest.mark.parametrize("cls", [qb.CoherentState, qb.ThermalState, qb.SqueezedState])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-1, "be non-negative, but is -1"),
        (float("nan"), "be finite, but is nan"),
        (1e7, "be at most 1000000, but is 10000000.0"),
        ("4", "be a number, but is '4'"),
    ],
)
def test_bad_mean_photons(cls: type[Any], value: object, words: str) -> None:
    """One sentence with name and value."""
    with pytest.raises(qb.ArgumentError, match=f"Argument `mean_photons` must {words}"):
        cls(value)


def test_charging_starts_from_the_state() -> None:
    """Photons at time 0 are those of the state, and they do charge."""
    battery = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=20)
    for charger in (qb.CoherentState(1.5), qb.ThermalState(1.0), qb.SqueezedState(0.5)):
        run = qb.charge(battery, times=[0.0, 1.0], charger=charger)
        assert float(run.mean_photons[0]) == pytest.approx(charger.mean_photons, rel=1e-3)
        assert float(run.energy[1]) > 0.1
