"""How energy changes with the interaction: a derivative from central differences."""

from __future__ import annotations

import numpy as np
import xarray as xr

SMALL = (0.05, 0.1)
"""The two steps h and 2h of the interaction."""

LARGE = 0.5
"""A repulsion that is not small."""


def slope(energy: xr.DataArray) -> xr.Dataset:
    """Return dE/dg at g = 0 with its error, from energies over ``interaction``.

    With D(h) = [E(h) − E(−h)]/2h, `slope` is (4D(h) − D(2h))/3, off by O(h⁴); `error` is
    |D(h) − D(2h)|/3, which is the error of D(h) alone, and more than its own but where the two
    happen to be equal.
    """
    once, twice = (_difference(energy, h) for h in SMALL)
    return xr.Dataset({"slope": (4.0 * once - twice) / 3.0, "error": abs(once - twice) / 3.0})


def gain(energy: xr.DataArray) -> xr.DataArray:
    """Return E(½) − E(0): what a repulsion that is not small adds."""
    return _at(energy, LARGE) - _at(energy, 0.0)


def per_atom(grid: xr.Dataset, name: str) -> xr.DataArray:
    """Return an energy of a study divided by the number of atoms."""
    found: xr.DataArray = grid[name] / grid["n_atoms"]
    return found


def doubtful(grid: xr.Dataset, found: xr.Dataset) -> xr.DataArray:
    """Return where the sign of the slope is not sure, or any state it is made of is not fine.

    A slope that is a rounding error counts as 0 and needs no sign.
    """
    bad: xr.DataArray = (grid["status"] != "ok").any("interaction")
    unsure = (found["error"] >= abs(found["slope"])) & (abs(found["slope"]) > 1e-7)
    return bad | unsure | found["slope"].isnull()


def still_rising(grid: xr.Dataset, t_end: xr.DataArray) -> xr.DataArray:
    """Return where the largest energy without interaction is reached at the last time."""
    return _at(grid["maximum_energy_time"], 0.0) > 0.999 * t_end


def _difference(energy: xr.DataArray, h: float) -> xr.DataArray:
    return (_at(energy, h) - _at(energy, -h)) / (2.0 * h)


def _at(values: xr.DataArray, g: float) -> xr.DataArray:
    return values.sel(interaction=g, drop=True)


def weak_coupling(kappa: float, n_atoms: int, interaction: float = 0.0) -> float:
    """Return the steady energy per atom of the Dicke battery for g_c → 0, ω_a = ω_c = 1.

    A damped mode of spectrum κ / [(ω − 1)² + κ²/4] takes quanta from the atoms at the frequencies
    ω_m = E_{m+1} − E_m of the ladder and gives quanta at −ω_m (by what the rotating-wave
    approximation leaves out), so that

        p_{m+1} / p_m = [(ω_m − 1)² + κ²/4] / [(ω_m + 1)² + κ²/4]
    """
    j = 0.5 * n_atoms
    m = np.arange(n_atoms + 1) - j
    energies = m + 2.0 * interaction / n_atoms * (j * (j + 1) - m**2 - j)
    steps, width = np.diff(energies), 0.25 * kappa**2
    ratios = ((steps - 1.0) ** 2 + width) / ((steps + 1.0) ** 2 + width)
    populations = np.cumprod(np.append(1.0, ratios))
    return float((populations @ energies / populations.sum() - energies[0]) / n_atoms)


def normal_phase(coupling: xr.DataArray, kappa: xr.DataArray, n_atoms: int) -> xr.DataArray:
    """Return dE/dg of the steady Dicke battery below its threshold, for N → ∞, ω_a = ω_c = 1.

    Atoms near their ground state are an oscillator of frequency 1 + 2g, and the covariances of two
    coupled oscillators, of which one is damped, give dE/dg = −λ² / (1 − λ²/λ_c²)² for all atoms
    together, with λ = g_c √N and λ_c² = (1 + κ²/4)/4. It is never positive.
    """
    strength = coupling**2 * n_atoms
    return -strength / (1.0 - strength / threshold(kappa) ** 2) ** 2


def threshold(kappa: xr.DataArray) -> xr.DataArray:
    """Return λ_c = ½ √(1 + κ²/4), above which the open Dicke battery is superradiant."""
    return 0.5 * np.sqrt(1.0 + kappa**2 / 4.0)


def turning_coupling(kappa: xr.DataArray, n_atoms: int) -> xr.DataArray:
    """Return the g_c above which repulsion helps according to mean-field theory.

    With χ = (λ/λ_c)², the superradiant battery has s_z = −1/[2(χ − 2g)] and E/N = s_z + ½ +
    2g(¼ − s_z²), so that dE/dg = N(½ − 3/(2χ²)), which is positive for λ > 3^{1/4} λ_c.
    """
    return 3.0**0.25 * threshold(kappa) / np.sqrt(n_atoms)


def weak_drive(drive: xr.DataArray, gamma: xr.DataArray, n_atoms: int) -> xr.DataArray:
    """Return dE/dg per atom of the driven battery for Ω → 0, laboratory frame, ω = 1.

    A weak static drive moves an oscillator of frequency ω' = 1 + 2g(N − 1)/N and damping Nγ:
    E/N = ω' (Ω²/4) / (ω'² + N²γ²/4), which grows with g where Nγ > 2.
    """
    width = 0.25 * (n_atoms * gamma) ** 2
    return 0.5 * drive**2 * (n_atoms - 1) / n_atoms * (width - 1.0) / (width + 1.0) ** 2


def resonant(drive: float, gamma: float, n_atoms: int) -> float:
    """Return dE/dg per atom of the driven battery on resonance.

    ⟨J_z⟩ is even in g there, so that dE/dg is (2/N)⟨J² − J_z² − N/2⟩ in the state without
    interaction, ρ = (A†A)⁻¹/Z with A = J₋ + iΩ/γ; that is never negative.
    """
    m = np.arange(n_atoms + 1) - 0.5 * n_atoms
    j = 0.5 * n_atoms
    A = np.diag(np.sqrt(j * (j + 1) - m[1:] * m[:-1]), 1) + 1j * drive / gamma * np.eye(n_atoms + 1)
    inverse = np.linalg.inv(A)
    populations = np.real(np.diag(inverse @ inverse.conj().T))
    exchange = j * (j + 1) - m**2 - j
    return float(2.0 / n_atoms**2 * populations @ exchange / populations.sum())
