"""The studies that are shipped: files that can be read, numbers that are known, figures."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.plots import save_figure
from qubatt.sweeps import Study, sweep
from studies.exponent import exponent
from studies.figures import FIGURES, tell
from studies.limit import energy_per_atom, power_per_atom, strong_coupling
from studies.slope import normal_phase, resonant, slope, weak_coupling, weak_drive

FOLDER = Path(__file__).parents[2] / "studies"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}

FEW: dict[str, Any] = {
    "battery.coupling": [0.1, 0.3],
    "cavity-loss.rate": [0.5, 2.0],
    "battery.drive": [0.5, 2.0],
    "collective-decay.rate": [0.5, 2.0],
    "charger.photons": [1, 2, 3, 4, 5, 6],
}
"""Values of a tiny version of every study."""


def tiny(name: str) -> dict[str, Any]:
    """Return a study with few values on every axis."""
    study = tomllib.loads(FILES[name].read_text("utf-8"))
    axes = study["sweep"]
    for axis, values in FEW.items():
        if axis in axes and not isinstance(axes[axis], str):
            named = axes[axis] if isinstance(axes[axis], dict) else {}
            axes[axis] = {"values": values} | {k: v for k, v in named.items() if k == "name"}
    axes["battery.n_atoms"] = [1, 2, 3, 4, 5, 6] if name.startswith("power") else [1, 2]
    return study


@pytest.mark.parametrize("name", FILES)
def test_files_are_studies(name: str) -> None:
    """Every point can be built, for which nothing is computed."""
    study = Study.of(FILES[name])
    assert study.title
    assert study.description
    assert len(study.points) == len(study) > 50


def test_figures_are_of_all_studies() -> None:
    """No file is run for nothing."""
    assert {name for _, needed in FIGURES.values() for name in needed} == set(FILES)


@pytest.fixture(scope="module")
def small() -> dict[str, xr.Dataset]:
    """Tiny versions of all studies, computed."""
    return {name: sweep(tiny(name)) for name in FILES}


def test_figures_are_drawn(small: dict[str, xr.Dataset], tmp_path: Path) -> None:
    """All of them, and the numbers of the page."""
    for name, (draw, needed) in FIGURES.items():
        figure = draw(*(small[part] for part in needed))
        assert figure.caption
        assert save_figure(figure, tmp_path / f"{name}.png").stat().st_size > 10_000
    assert "fitted" in tell(small)


def test_one_atom_knows_no_interaction(small: dict[str, xr.Dataset]) -> None:
    """J² − J_z² − N/2 vanishes for N = 1."""
    for name in ("repulsion-dicke", "repulsion-driven"):
        found = slope(small[name]["energy"].sel(n_atoms=1))
        np.testing.assert_allclose(found["slope"], 0.0, atol=1e-9)


def test_slope_on_resonance_is_the_closed_form(small: dict[str, xr.Dataset]) -> None:
    """The derivative of the steady energy is the exchange in the state without interaction."""
    found = slope(small["repulsion-driven"]["energy"].sel(n_atoms=2, detuning=0.0) / 2)
    for drive in (0.5, 2.0):
        for gamma in (0.5, 2.0):
            one = found.sel(drive=drive, gamma=gamma)
            assert abs(float(one["slope"]) - resonant(drive, gamma, 2)) < float(one["error"]) + 1e-9


def test_slope_of_a_weak_static_drive() -> None:
    """It changes sign at Nγ = 2ω."""
    drive = xr.DataArray(0.01)
    for gamma in (0.2, 0.5, 1.3):
        energies = [
            float(
                qb.steady_state(
                    qb.DrivenBattery(4, 0.01, interaction=g),
                    environment=[qb.CollectiveDecay(gamma)],
                ).energy
            )
            for g in (-0.1, -0.05, 0.05, 0.1)
        ]
        found = slope(
            xr.DataArray(energies, {"interaction": [-0.1, -0.05, 0.05, 0.1]}, "interaction")
        )
        expected = float(weak_drive(drive, xr.DataArray(gamma), 4))
        assert abs(float(found["slope"]) / 4 - expected) < 1e-3 * 0.01**2


def test_slope_is_that_of_linear_response() -> None:
    """E' = Tr[V ρ] + Tr[H_B ρ'] with 𝓛ρ' = i[V, ρ], all by dense matrices."""
    N, coupling, kappa, levels = 2, 0.3, 0.7, 13

    def matrices(g: float) -> tuple[Any, Any]:
        one = qb.DickeBattery(N, coupling, levels - 1, interaction=g)
        H, jumps, _, H_B = qb.to_qutip(one, environment=[qb.CavityLoss(kappa)])
        return (H.full(), H_B.full()), [jump.full() for jump in jumps]

    (H, H_B), jumps = matrices(0.0)
    V = matrices(1.0)[0][1] - H_B
    one = np.eye(len(H))
    generator = -1j * (np.kron(H, one) - np.kron(one, H.T))
    for c in jumps:
        cc = c.conj().T @ c
        generator += np.kron(c, c.conj()) - 0.5 * (np.kron(cc, one) + np.kron(one, cc.T))
    # 𝓛ρ = 0 and Tr ρ = 1; ρ' the same with another right-hand side and Tr ρ' = 0
    generator[0] = one.ravel()
    right = np.zeros(len(generator), complex)
    right[0] = 1.0
    rho = np.linalg.solve(generator, right).reshape(H.shape)
    right = (1j * (V @ rho - rho @ V)).ravel()
    right[0] = 0.0
    change = np.linalg.solve(generator, right).reshape(H.shape)
    expected = float(np.real(np.trace(V @ rho) + np.trace(H_B @ change)))
    interactions = [-0.1, -0.05, 0.05, 0.1]
    energies = [
        float(
            qb.steady_state(
                qb.DickeBattery(N, coupling, levels - 1, interaction=g),
                environment=[qb.CavityLoss(kappa)],
            ).energy
        )
        for g in interactions
    ]
    found = slope(xr.DataArray(energies, {"interaction": interactions}, "interaction"))
    assert abs(float(found["slope"]) - expected) < float(found["error"]) / 3
    assert expected < 0.0 < float(found["error"])


def test_normal_phase_is_the_limit_of_many_atoms() -> None:
    """Of N dE/dg per atom, approached like 1/N."""
    off = []
    for N in (4, 8, 16):
        coupling, energies = 0.1 / np.sqrt(N), []
        for g in (-0.02, 0.02):
            battery = qb.DickeBattery(N, coupling, 8 + N // 2, interaction=g)
            energies.append(
                float(
                    qb.steady_state(
                        battery, environment=[qb.CavityLoss(0.5)], charger=qb.FockState(0)
                    ).energy
                )
            )
        found = (energies[1] - energies[0]) / 0.04
        expected = float(normal_phase(xr.DataArray(coupling), xr.DataArray(0.5), N))
        off.append(abs(found / expected - 1.0))
    assert off[2] < 0.6 * off[1] < 0.4 * off[0]


def test_weak_coupling_is_a_chain_of_rates() -> None:
    """Up to g_c²."""
    for N, kappa, g in ((2, 8.0, 0.5), (4, 3.0, -0.3), (4, 1.2, 0.0)):
        expected, off = weak_coupling(kappa, N, g), []
        for coupling in (0.08, 0.04):
            battery = qb.DickeBattery(N, coupling, 8, interaction=g)
            found = float(qb.steady_state(battery, environment=[qb.CavityLoss(kappa)]).energy) / N
            off.append(abs(found - expected))
        assert off[1] < 0.3 * off[0] < 0.002


def test_exponents_of_what_is_known() -> None:
    """Of a power law with a correction, the limit is nearer than what is fitted."""
    N = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32], float)
    sizes = xr.DataArray(N, {"n_atoms": N}, "n_atoms")
    exact = exponent(0.7 * sizes**1.5)
    assert abs(exact.fitted - 1.5) + exact.residual + exact.spread < 1e-12
    bent = exponent(sizes**1.5 * (1.0 - 0.5 / sizes))
    assert abs(bent.fitted - 1.5) > abs(bent.limit - 1.5)
    assert abs(bent.limit - 1.5) < bent.spread


def test_limits_of_many_atoms() -> None:
    """E/N = tanh²(Λt) without loss; the Dicke battery at strong coupling; exact runs near them."""
    times = np.linspace(0.0, 5.0, 11)
    found = energy_per_atom("tavis-cummings", 0.5, 0.0, times)
    np.testing.assert_allclose(found, np.tanh(0.5 * times) ** 2, atol=1e-8)
    for name in ("dicke", "tavis-cummings"):
        strong = power_per_atom(name, 60.0, 0.0) / 60.0
        assert abs(strong - strong_coupling(name)) < 1e-4
    N, kappa = 16, 0.5
    times = np.linspace(0.0, 3.2, 31)
    run = qb.charge(
        qb.TavisCummingsBattery(N, 0.5 / np.sqrt(N), N),
        times=times,
        environment=[qb.CavityLoss(kappa)],
        merits=["maximum_average_power"],
    )
    limit = power_per_atom("tavis-cummings", 0.5, kappa)
    assert abs(float(run.maximum_average_power) / N - limit) < 0.02 * limit
