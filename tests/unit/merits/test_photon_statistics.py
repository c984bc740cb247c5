"""Photon statistics of light with a name, as the cavity starts in it."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.states import ChargerState

BATTERY = qb.TavisCummingsBattery(1, 0.5, max_photons=150)
NAMES = ("photon_correlation", "mandel_q", "fano_factor")

LIGHT = [
    (qb.FockState(1), 0.0, -1.0),
    (qb.FockState(7), 1 - 1 / 7, -1.0),
    (qb.CoherentState(2.5), 1.0, 0.0),
    (qb.CoherentState(0.01, phase=1.1), 1.0, 0.0),
    (qb.ThermalState(1.7), 2.0, 1.7),
    (qb.SqueezedState(0.8), 3 + 1 / 0.8, 2 * 0.8 + 1),
    (qb.SqueezedState(1.9, phase=0.4), 3 + 1 / 1.9, 2 * 1.9 + 1),
]
"""State, g² = 1 − 1/n, 1, 2, 3 + 1/n̄, and Q = ((Δn)² − n̄)/n̄ = n̄(g² − 1)."""


@pytest.mark.parametrize(("light", "correlation", "q"), LIGHT)
def test_light_in_closed_form(light: ChargerState, correlation: float, q: float) -> None:
    """g²(0), Mandel's Q and the Fano factor 1 + Q at time 0."""
    run = qb.charge(BATTERY, times=[0.0], charger=light, merits=NAMES)
    assert float(run.photon_correlation[0]) == pytest.approx(correlation, rel=1e-9, abs=1e-12)
    assert float(run.mandel_q[0]) == pytest.approx(q, rel=1e-9, abs=1e-9)
    assert float(run.fano_factor[0]) == pytest.approx(1 + q, rel=1e-9, abs=1e-9)


def test_darkness_has_no_statistics() -> None:
    """NaN without photons, and no warning."""
    run = qb.charge(BATTERY, times=[0.0, 1.0], charger=qb.FockState(0), merits=NAMES)
    for name in NAMES:
        assert np.isnan(run[name]).all()


def test_emission_of_one_atom_is_single_photons() -> None:
    """One photon shared with one atom stays one photon: g² = 0, F = 1 − ⟨n⟩."""
    times = np.linspace(0.1, 2, 8)
    run = qb.charge(
        qb.TavisCummingsBattery(1, 0.5, 2),
        times=times,
        charger=qb.FockState(1),
        merits=[*NAMES, "mean_photons"],
    )
    np.testing.assert_allclose(run.photon_correlation, 0.0, atol=1e-12)
    np.testing.assert_allclose(run.fano_factor, 1 - run.mean_photons, atol=1e-9)
    np.testing.assert_allclose(run.mean_photons, np.cos(0.5 * times) ** 2, atol=1e-9)
