"""The cases of the benchmark, as qubatt objects, and their export for the peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import qubatt as qb
from bench.fluorescence import stored_energy
from qubatt.core.realization import Realization, realize

GROWTH_ATOMS = (4, 6, 10, 14, 20, 30)
"""Numbers of atoms of the growth table, with max_photons = 3 N."""

QUICK = ("B", "D-small", "E-small", "tiny", "steady-F")
"""Cases of a quick run."""


@dataclass(frozen=True)
class Case:
    """One problem and what is asked of it.

    Attributes
    ----------
    target : mapping of str to float
        ``ratio`` to the best of each peer, ``memory_mb`` above the imports, ``cold_s`` of a cold
        process, ``seconds``, ``peak_rss_mb`` and ``error_estimate`` of a single run.
    peers : bool
        Whether the peers solve it too; otherwise qubatt runs it once.
    """

    name: str
    title: str
    battery: Any
    environment: tuple[Any, ...]
    times: Any
    charger: Any = None
    target: Mapping[str, float] = field(default_factory=dict)
    peers: bool = True

    @property
    def n_atoms(self) -> int:
        """Number of atoms N; two in a cascade battery."""
        return int(getattr(self.battery, "n_atoms", 2))

    def realization(self) -> Realization:
        """Return the matrices of the case, in the basis that qubatt chooses."""
        charger = self.charger or self.battery.default_charger()
        return realize(self.battery.problem(charger, self.environment))

    @property
    def dim(self) -> int:
        """Dimension D."""
        return self.realization().dim


@dataclass(frozen=True)
class SteadyCase(Case):
    """A problem of which the steady state is wanted; `times` and `peers` say nothing.

    Attributes
    ----------
    target : mapping of str to float
        ``steady_ratio`` to the best method of QuTiP, ``seconds`` of a first run, ``residual``
        ‖𝓛ρ‖ by plain SciPy, ``stored`` energy per atom.
    exact : float, optional
        Stored energy of all atoms in closed form.
    attempts : tuple of str, optional
        Names of the methods of QuTiP that are tried; all by default.
    """

    times: Any = field(default_factory=lambda: np.zeros(1))
    exact: float | None = None
    attempts: tuple[str, ...] | None = None


LONG = np.linspace(0.0, 10.0, 101)


def dicke(name: str, n_atoms: int, max_photons: int, **options: Any) -> Case:
    """Return a case like A: Dicke battery with cavity loss."""
    return Case(
        name,
        f"Dicke, N = {n_atoms}, up to {max_photons} photons, g = 1, g_c = 0.5, κ = 0.5, t = 10",
        qb.DickeBattery(n_atoms=n_atoms, coupling=0.5, interaction=1.0, max_photons=max_photons),
        (qb.CavityLoss(0.5),),
        LONG,
        **options,
    )


def tavis_cummings(name: str, n_atoms: int, **options: Any) -> Case:
    """Return a case like D: Tavis–Cummings battery with cavity loss, N photons at the start."""
    return Case(
        name,
        f"Tavis–Cummings, N = {n_atoms}, {n_atoms} photons, coupling 1, κ = 0.5, t = 10",
        qb.TavisCummingsBattery(n_atoms=n_atoms, coupling=1.0, max_photons=n_atoms),
        (qb.CavityLoss(0.5),),
        LONG,
        qb.FockState(n_atoms),
        **options,
    )


def driven(name: str, n_atoms: int, **options: Any) -> Case:
    """Return a case like E: driven battery with collective decay."""
    return Case(
        name,
        f"Driven, N = {n_atoms}, Ω = 1, γ = 0.5, t = 10",
        qb.DrivenBattery(n_atoms=n_atoms, drive=1.0),
        (qb.CollectiveDecay(0.5),),
        LONG,
        **options,
    )


def cascade(name: str, **options: Any) -> Case:
    """Return the cascade battery as in Fig. 4a of zhang2024 with g = 1, decay rates doubled."""
    return Case(
        name,
        "Cascade, up to 10 photons, all fields, detunings and g = 1, κ = 0.5, γ_e = 0.1,"
        " γ_m = 0.01 (Fig. 4a of PRA 110, 032211), t = 20",
        qb.CascadeBattery(interaction=1.0, max_photons=10),
        (
            qb.CavityLoss(1.0),
            qb.LevelDecay("excited", "middle", 0.2),
            qb.LevelDecay("middle", "ground", 0.02),
        ),
        np.linspace(0.0, 20.0, 201),
        **options,
    )


LARGE = {"seconds": 60.0, "peak_rss_mb": 2000.0}
CASES = {
    case.name: case
    for case in (
        dicke("A", 10, 40, target={"ratio": 50.0, "memory_mb": 100.0}),
        dicke("B", 6, 20, target={"ratio": 20.0, "cold_s": 4.0}),
        dicke(
            "C",
            30,
            90,
            target={"seconds": 600.0, "peak_rss_mb": 2000.0, "error_estimate": 1e-8},
            peers=False,
        ),
        tavis_cummings("D", 100, target=LARGE, peers=False),
        tavis_cummings("D-small", 10),
        driven("E", 200, target=LARGE, peers=False),
        driven("E-small", 20),
        driven("tiny", 2, target={"ratio": 3.0}),
        cascade("F", target={"ratio": 20.0}),
    )
}
"""The cases of a full run, in order."""


QUICKEST = ("mkl_spsolve", "bicgstab", "bicgstab, ILU")
"""Methods of QuTiP that led wherever all were tried; no more where no ratio is asked for."""


def steady_dicke(name: str, n_atoms: int, max_photons: int, **options: Any) -> SteadyCase:
    """Return the steady state of a case like A."""
    case = dicke(name, n_atoms, max_photons)
    title = f"Steady state: {case.title.removesuffix(', t = 10')}"
    return SteadyCase(name, title, case.battery, case.environment, **options)


def steady_driven(name: str, n_atoms: int, drive: float) -> SteadyCase:
    """Return the steady state of a battery driven on resonance, known in closed form."""
    rate = 0.5
    return SteadyCase(
        name,
        f"Steady state: driven on resonance, N = {n_atoms}, Ω = {drive:g}, γ = {rate:g}",
        qb.DrivenBattery(n_atoms=n_atoms, drive=drive, detuning=0.0),
        (qb.CollectiveDecay(rate),),
        target={"seconds": 30.0, "residual": 1e-9},
        attempts=QUICKEST,
        exact=stored_energy(n_atoms, drive, rate),
    )


def steady_cascade(name: str) -> SteadyCase:
    """Return the steady state of a cascade battery with decay of both levels."""
    return SteadyCase(
        name,
        "Steady state: cascade, up to 10 photons, g = 0.5, κ = 0.4, γ_e = 0.2, γ_m = 0.2",
        qb.CascadeBattery(interaction=0.5, max_photons=10),
        (
            qb.CavityLoss(0.4),
            qb.LevelDecay("excited", "middle", 0.2),
            qb.LevelDecay("middle", "ground", 0.2),
        ),
        target={"seconds": 5.0, "residual": 1e-9},
        attempts=QUICKEST,
    )


STEADY = {
    case.name: case
    for case in (
        steady_dicke(
            "steady-A",
            10,
            40,
            target={"seconds": 60.0, "residual": 1e-9},
            attempts=QUICKEST[:2],
        ),
        steady_dicke(
            "steady-B",
            6,
            20,
            target={"steady_ratio": 100.0, "residual": 1e-10, "stored": 0.7393653402},
        ),
        steady_driven("steady-E25", 200, 25.0),
        steady_driven("steady-E50", 200, 50.0),
        steady_driven("steady-E100", 200, 100.0),
        steady_cascade("steady-F"),
    )
}
"""The cases of a full run of which the steady state is wanted, in order."""

STEADY_SMOKE = steady_dicke("steady-smoke", 2, 4, target={"residual": 1e-9})
"""Shows within a minute that every method of QuTiP runs; its figures mean nothing."""

SMOKE = dicke("smoke", 2, 4, target={"ratio": 1.0, "cold_s": 60.0})
"""Shows within a minute or two that everything runs; its figures mean nothing."""


def find_case(name: str) -> Case:
    """Return the case of that name; ``growth-N`` is a case like A with max_photons = 3 N."""
    if name.startswith("growth-"):
        n_atoms = int(name.removeprefix("growth-"))
        return dicke(name, n_atoms, 3 * n_atoms, peers=False)
    cases = {**CASES, **STEADY, SMOKE.name: SMOKE, STEADY_SMOKE.name: STEADY_SMOKE}
    if name not in cases:
        known = ", ".join([*cases, "growth"])
        raise ValueError(f"There is no case {name!r}; the cases are {known}.")
    return cases[name]


def export(case: Case, path: Path) -> None:
    """Write H, jumps with rates, initial state, energy operator and times for the peers."""
    realization = case.realization()
    matrices = {
        "H": realization.H,
        "energy": realization.H_B,
        "rho_0": realization.initial,
        **{f"jump{k}": c for k, (_, c) in enumerate(realization.jumps)},
    }
    arrays = {
        f"{name}_{part}": getattr(matrix, part)
        for name, matrix in matrices.items()
        for part in ("data", "indices", "indptr")
    }
    rates = np.array([rate for rate, _ in realization.jumps])
    np.savez(path, rates=rates, times=case.times, **arrays)
