"""Ladders and levels in the order of QuTiP, declared modes: against `mesolve` and closed forms."""

import warnings

import numpy as np
import pytest
import qutip as qt
from scipy.integrate import solve_ivp

import qubatt as qb

from .qutip_models import OPTIONS

TIMES = np.linspace(0.0, 4.0, 9)
AGREES = 1e-8
N = 3
PHOTONS = 6
DIMS = {"cavity": PHOTONS, "atoms": N + 1}


def coupled(ascending):
    """Return H_B, H_charge, J₋ and a start of N atoms in a cavity, m in either order."""

    def ladder(kind):
        J = qt.jmat(N / 2, kind)
        return qt.Qobj(J.full()[::-1, ::-1]) if ascending else J

    def on_atoms(operator):
        return qt.tensor(qt.qeye(PHOTONS), operator)

    a = qt.tensor(qt.destroy(PHOTONS), qt.qeye(N + 1))
    down, J_z = ladder("-"), ladder("z")
    H_B = J_z + 0.3 * (down.dag() * down + down * down.dag())
    H_charge = a.dag() * a + 0.5 * (a + a.dag()) * on_atoms(down + down.dag())
    H_charge += 0.2 * on_atoms(1j * (down - down.dag()))
    lowest = qt.basis(N + 1, 0 if ascending else N)
    excited = (down.dag() * lowest).unit()
    start = qt.tensor(qt.basis(PHOTONS, 2), lowest)
    start = (start + 0.5j * qt.tensor(qt.basis(PHOTONS, 1), excited)).unit()
    return H_B, H_charge, on_atoms(down), start


def ergotropy(rho, H_B):
    """Return Tr[ρ H] − Σ rₖ εₖ with populations descending and energies ascending."""
    passive = np.sort(rho.eigenenergies())[::-1] @ np.sort(H_B.eigenenergies())
    return qt.expect(H_B, rho) - passive


def quiet(function, *args, **kwargs):
    """Call without the warning that the few levels of these cavities are filled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        return function(*args, **kwargs)


@pytest.mark.parametrize("initial", [False, True])
@pytest.mark.parametrize("ascending", [False, True])
def test_charging_with_collective_decay(ascending, initial):
    """Energy, its rest, ergotropy, photons: J₋ lowers, whichever way m was counted."""
    H_B, H_charge, down, start = coupled(ascending)
    rho0 = start if initial else None
    battery = qb.from_qutip(H_B, H_charge, rho0=rho0, dims=DIMS, battery="atoms")
    charger = None if initial else qb.FockState(2)
    empty = qt.basis(N + 1, 0 if ascending else N)
    begun = start if initial else qt.tensor(qt.basis(PHOTONS, 2), empty)
    # interacting atoms may have another lowest state than all of them down; here they have not
    assert H_B.groundstate()[1].overlap(empty) == pytest.approx(1.0)
    whole = qt.tensor(qt.qeye(PHOTONS), H_B)
    found = qt.mesolve(whole + H_charge, begun, TIMES, [np.sqrt(0.4) * down], options=OPTIONS)
    atoms = [state.ptrace(1) for state in found.states]
    energy = qt.expect(H_B, atoms)
    merits = ["energy", "remaining_energy", "ergotropy_symmetric", "mean_photons"]
    run = quiet(
        qb.charge,
        battery,
        times=TIMES,
        charger=charger,
        environment=qb.CollectiveDecay(0.4),
        merits=merits,
    )
    assert np.ptp(energy) > 0.3
    np.testing.assert_allclose(run.energy, energy - energy[0], atol=AGREES)
    np.testing.assert_allclose(run.remaining_energy, energy - H_B.eigenenergies()[0], atol=AGREES)
    expected = [ergotropy(rho, H_B) for rho in atoms]
    np.testing.assert_allclose(run.ergotropy_symmetric, expected, atol=AGREES)
    number = qt.tensor(qt.num(PHOTONS), qt.qeye(N + 1))
    np.testing.assert_allclose(run.mean_photons, qt.expect(number, found.states), atol=AGREES)


@pytest.mark.parametrize("ascending", [False, True])
def test_discharging_with_collective_decay(ascending):
    """From the highest level of H_B, and from what was charged for a while."""
    H_B, H_charge, down, start = coupled(ascending)
    battery = qb.from_qutip(H_B, H_charge, rho0=start, dims=DIMS, battery="atoms")
    bath, lowest = qb.CollectiveDecay(0.4), H_B.eigenenergies()[0]
    single = qt.Qobj(down.ptrace(1).full() / PHOTONS)
    whole = qt.tensor(qt.qeye(PHOTONS), H_B)
    c = np.sqrt(0.4) * down
    charged = qt.mesolve(whole + H_charge, start, [0.0, 1.5], [c], options=OPTIONS).states[-1]
    for begun, how in ((H_B.eigenstates()[1][-1], "full"), (charged.ptrace(1), 1.5)):
        c = np.sqrt(0.4) * single
        found = qt.mesolve(H_B, begun, TIMES, [c], e_ops=[H_B], options=OPTIONS).expect[0]
        left = quiet(qb.discharge, battery, times=TIMES, environment=bath, start=how)
        assert found[-1] < found[0] - 0.3
        np.testing.assert_allclose(left.remaining_energy, found - lowest, atol=AGREES)


def test_spin_in_a_lossy_mode():
    """The block of the README: it begins empty, and QuTiP finds the same numbers."""
    a, down = qt.tensor(qt.destroy(12), qt.qeye(2)), qt.tensor(qt.qeye(12), qt.sigmam())
    H_charge = a.dag() * a + 0.3 * (a * down.dag() + a.dag() * down)
    start = qt.tensor(qt.basis(12, 3), qt.basis(2, 1))
    dims = {"cavity": 12, "battery": 2}
    battery = qb.from_qutip(qt.sigmaz() / 2, H_charge, [0.5 * a], start, dims=dims)
    run = qb.charge(battery, times=TIMES, merits=["remaining_energy", "empty_population"])
    H_B = qt.tensor(qt.qeye(12), qt.sigmaz() / 2)
    expected = qt.mesolve(H_B + H_charge, start, TIMES, [0.5 * a], e_ops=[H_B], options=OPTIONS)
    up = expected.expect[0] + 0.5
    assert up.max() > 0.5
    np.testing.assert_allclose(run.remaining_energy, up, atol=AGREES)
    np.testing.assert_allclose(run.empty_population, 1.0 - up, atol=AGREES)
    assert run.remaining_energy.values[0] == pytest.approx(0.0, abs=1e-12)
    assert run.empty_population.values[0] == pytest.approx(1.0, abs=1e-12)
    with pytest.raises(qb.UnsupportedError, match="the battery starts empty"):
        qb.charge(battery, times=TIMES, merits=["half_life"])
    three = qb.from_qutip(qt.sigmaz() / 2, H_charge, [0.5 * a], dims=dims)  # starts empty itself
    again = qb.charge(three, times=TIMES, charger=qb.FockState(3), merits=["remaining_energy"])
    np.testing.assert_allclose(again.remaining_energy, run.remaining_energy, atol=1e-12)


EXCHANGE, DRIVE, LOSS = 0.2, 0.3, 0.1
LATER = np.linspace(0.0, 15.0, 61)


def oscillator(levels, **options):
    """Return an oscillator that a driven cavity charges, both on resonance, rotating with it."""
    a = qt.tensor(qt.destroy(40), qt.qeye(levels))
    b = qt.tensor(qt.qeye(40), qt.destroy(levels))
    H = EXCHANGE * (a.dag() * b + a * b.dag()) + DRIVE * (a + a.dag()) - b.dag() * b
    dims = {"cavity": 40, "battery": levels}
    return qb.from_qutip(qt.num(levels), H, [np.sqrt(LOSS) * a], dims=dims, **options)


def moments():
    """Return |⟨b⟩|² over time: both modes stay coherent, and their means obey linear equations."""

    def change(_, mean):
        a, b = mean
        return [-1j * (EXCHANGE * b + DRIVE) - 0.5 * LOSS * a, -1j * EXCHANGE * a]

    found = solve_ivp(change, (0.0, 15.0), [0j, 0j], "DOP853", LATER, rtol=1e-11, atol=1e-12)
    return np.abs(found.y[1]) ** 2


def test_an_oscillator_with_enough_levels():
    """26 levels hold the largest energy, 6.22783, and the certificate says so."""
    run = qb.charge(oscillator(26, roles={"battery": "mode"}), times=LATER)
    assert run.attrs["status"] == "ok"
    assert moments().max() == pytest.approx(6.22783, abs=1e-5)
    np.testing.assert_allclose(run.energy, moments(), atol=1e-6)


@pytest.mark.parametrize(("levels", "wrong"), [(5, 2.926), (8, 4.849)])
def test_an_oscillator_with_too_few_levels(levels, wrong):
    """Half of the energy is lost above the last level, and only its role tells."""
    with pytest.warns(qb.QubattWarning, match="Add levels of `cavity` and `battery`"):
        run = qb.charge(oscillator(levels, roles={"battery": "mode"}), times=LATER)
    assert run.attrs["status"] == "cutoff-too-small"
    assert float(run.energy.max()) == pytest.approx(wrong, abs=5e-4)
    assert qb.charge(oscillator(levels), times=LATER).attrs["status"] == "ok"


def test_loss_of_an_oscillator_that_is_the_battery():
    """`CavityLoss(on="battery")` is the jump that QuTiP takes, in another order of factors too."""
    levels = 12
    for cavity_first in (True, False):
        sizes = (6, levels) if cavity_first else (levels, 6)
        one = qt.tensor(qt.destroy(sizes[0]), qt.qeye(sizes[1]))
        two = qt.tensor(qt.qeye(sizes[0]), qt.destroy(sizes[1]))
        a, b = (one, two) if cavity_first else (two, one)
        H = 0.5 * (a.dag() * b + a * b.dag()) + a.dag() * a
        names = ("cavity", "battery") if cavity_first else ("battery", "cavity")
        dims = dict(zip(names, sizes, strict=True))
        battery = qb.from_qutip(qt.num(levels), H, dims=dims, roles={"battery": "mode"})
        run = qb.charge(
            battery,
            times=TIMES,
            charger=qb.FockState(4),
            environment=qb.CavityLoss(0.3, on="battery"),
        )
        places = (4, 0) if cavity_first else (0, 4)
        start = qt.tensor(*(qt.basis(dim, at) for dim, at in zip(sizes, places, strict=True)))
        H_B, c = b.dag() * b, np.sqrt(0.3) * b
        found = qt.mesolve(H + H_B, start, TIMES, [c], e_ops=[H_B], options=OPTIONS).expect[0]
        assert run.attrs["status"] == "ok"
        assert found.max() > 1.0
        np.testing.assert_allclose(run.energy, found, atol=AGREES)
