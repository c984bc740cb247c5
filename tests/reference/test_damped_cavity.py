"""A cavity on its own, coupled to nothing but its bath."""

import numpy as np
import pytest

import qubatt as qb

TIMES = np.linspace(0, 8, 17)


@pytest.mark.parametrize("cls", [qb.DickeBattery, qb.TavisCummingsBattery])
@pytest.mark.parametrize("n_thermal", [0.0, 0.3])
@pytest.mark.parametrize("photons", [0, 3])
def test_photon_number_relaxes_to_that_of_the_bath(cls, photons, n_thermal):
    """<n> = n_0 exp(-kappa t) + n_th (1 - exp(-kappa t)); the atoms stay empty."""
    kappa = 0.4
    battery = cls(n_atoms=1, coupling=0.0, interaction=0.8, max_photons=24)
    run = qb.charge(
        battery,
        times=TIMES,
        charger=qb.FockState(photons),
        environment=qb.CavityLoss(kappa, n_thermal),
    )
    left = np.exp(-kappa * TIMES)
    np.testing.assert_allclose(run.mean_photons, photons * left + n_thermal * (1 - left), atol=1e-8)
    np.testing.assert_allclose(run.energy, 0.0, atol=1e-12)
    np.testing.assert_allclose(run.power, 0.0, atol=1e-12)


def test_two_losses_add_their_rates():
    """Two baths of rates k_1, k_2 and occupations n_1, n_2 act as one with the mean occupation."""
    battery = qb.TavisCummingsBattery(n_atoms=1, coupling=0.0, max_photons=24)
    baths = [qb.CavityLoss(0.3, n_thermal=0.5), qb.CavityLoss(0.6)]
    run = qb.charge(battery, times=TIMES, charger=qb.FockState(2), environment=baths)
    left = np.exp(-0.9 * TIMES)
    expected = 2 * left + 0.5 * 0.3 / 0.9 * (1 - left)
    np.testing.assert_allclose(run.mean_photons, expected, atol=1e-8)


def test_highest_fock_level_empties_exponentially():
    """From the highest level kept, its population decays with kappa times its photon number."""
    kappa, top = 0.4, 3
    battery = qb.DickeBattery(n_atoms=2, coupling=0.0, max_photons=top)
    run = qb.charge(
        battery, times=TIMES, charger=qb.FockState(top), environment=qb.CavityLoss(kappa)
    )
    np.testing.assert_allclose(run.cutoff_population, np.exp(-kappa * top * TIMES), atol=1e-8)
    assert run.attrs["status"] == "ok"  # full, but nothing leads above it
