"""Charge a battery and look at it: from a battery to a labelled Dataset."""

from __future__ import annotations

import dataclasses
import json
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.check import check_times
from qubatt.core.declaration import parameters_of
from qubatt.core.errors import ArgumentError, QubattWarning
from qubatt.core.problem import Problem
from qubatt.core.realization import realize
from qubatt.core.solution import Solution
from qubatt.core.space import Basis
from qubatt.core.version import versions
from qubatt.engines import Engine, select_engine
from qubatt.engines.sectors import find_sectors
from qubatt.environment import Dissipator
from qubatt.merits import CUTOFF_POPULATION, Merit, select_merits
from qubatt.models import Battery
from qubatt.states import ChargerState

CUTOFF_THRESHOLD = 1e-5
"""Population of the highest Fock level from which on a run is called ``cutoff-too-small``."""

CERTIFYING = (CUTOFF_POPULATION,)
"""Merits that the certificate needs, whether asked for or not."""


def charge(
    battery: Battery,
    times: ArrayLike,
    charger: ChargerState | None = None,
    environment: Dissipator | Sequence[Dissipator] | None = None,
    merits: Iterable[str] | None = None,
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Charge a battery and return its figures of merit over time.

    dρ/dt = −i[H, ρ] + Σ γ (cρc† − ½{c†c, ρ}), from the empty battery at time 0.

    Parameters
    ----------
    battery : Battery
        What is charged, for example ``qb.DickeBattery(n_atoms=6, coupling=0.5, max_photons=20)``.
    times : array_like, shape (T,)
        Output times in inverse units of the reference frequency, strictly ascending, ≥ 0.
    charger : ChargerState, optional
        Initial state of the cavity; by default as many photons as atoms.
    environment : Dissipator or sequence of them
        What the battery loses energy to; nothing by default.
    merits : iterable of str, optional
        Names of the figures of merit; by default the cheap ones that the battery has.
    engine : str or Engine
        ``"auto"``, the name of an engine, or an engine with options.
    progress : callable, optional
        Called with the fraction done, from 0 to 1.

    Returns
    -------
    xarray.Dataset
        One variable per merit, dims ``("time",)``, each with ``units``, ``long_name`` and
        ``definition``. The attribute ``status`` is ``"ok"``; ``"cutoff-too-small"`` where the
        highest Fock level holds more than 1e-5; ``"not-converged"`` where the error estimate or
        the trace drift exceeds the tolerance of the engine. The last two warn.

    Raises
    ------
    ArgumentError
        Naming the argument, its value and the cure.
    UnsupportedError
        If a dissipator, merit or engine does not fit the battery.
    ResourceError
        If the problem does not fit in the free memory.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> run = qb.charge(battery, times=[0.0, 1.0], environment=qb.CollectiveDecay(0.5))
    >>> round(float(run.energy[-1]), 6)
    0.271188
    """
    # check
    if not isinstance(battery, Battery):
        cure = "For example qb.DrivenBattery(n_atoms=4, drive=1.0)."
        raise ArgumentError("battery", "be a battery", battery, cure)
    time = check_times(times)
    surroundings = _surroundings(environment)
    if charger is None:
        charger = battery.default_charger()
    problem = battery.problem(charger, surroundings)
    names = [merits] if isinstance(merits, str) else merits
    if names is not None and not isinstance(names, Iterable):
        raise ArgumentError("merits", "be names", merits, 'For example ["energy", "power"].')
    chosen = select_merits(names, problem)
    parameters = {
        "battery": parameters_of(battery),
        "charger": parameters_of(charger) if charger is not None else None,
        "environment": [parameters_of(part) for part in surroundings],
    }
    solver, reason = select_engine(engine, problem, time)

    # compute: energies are relative to time 0, which is always among the times computed
    computed = np.unique(np.concatenate([[0.0], time]))
    watched = dict.fromkeys((*chosen, *(m for m in CERTIFYING if m.applies(problem))))
    operators = {merit.name: merit.operator for merit in watched}
    solution = solver.solve(problem, computed, operators, progress=progress)

    # label
    run = _dataset(solution, chosen, len(time))
    certificate = _certificate(solution)
    larger = getattr(battery, "max_photons", 0) + 1
    if certificate["status"] == "cutoff-too-small" and not _reaches(
        # every registered battery is a dataclass, which its abstract base cannot say
        dataclasses.replace(battery, max_photons=larger).problem(charger, surroundings),  # type: ignore[type-var]
        solution.statistics["basis"],
    ):
        certificate["status"] = "ok"  # the highest level is full because nothing leads above it
    run.attrs |= certificate | {
        "parameters": json.dumps(parameters),
        "engine": json.dumps(dict(solution.statistics) | {"chosen": reason}, ensure_ascii=False),
        "versions": json.dumps(versions()),
        "citations": json.dumps([BIBLIOGRAPHY[key] for key in battery.citations]),
    }
    _warn(run, battery)
    return run


def _surroundings(environment: Dissipator | Sequence[Dissipator] | None) -> tuple[Dissipator, ...]:
    """Return the environment as a tuple of dissipators, or name what is not one."""
    parts: list[Any] = [] if environment is None else [environment]
    if isinstance(environment, Iterable) and not isinstance(environment, str):
        parts = list(environment)
    for part in parts:
        if not isinstance(part, Dissipator):
            cure = "For example qb.CavityLoss(0.5)."
            raise ArgumentError("environment", "hold dissipators only", part, cure)
    return tuple(parts)


def _reaches(problem: Problem, basis: Basis) -> bool:
    """Tell whether the state ever reaches the highest Fock level kept."""
    realization = realize(problem, basis)
    sectors = find_sectors(realization)
    reached = {sector for pair in sectors.pairs for sector in pair}
    levels = problem.space.dims(basis)[0]  # the cavity is the first factor
    below = realization.dim // levels * (levels - 1)
    return any(sectors.members[sector][-1] >= below for sector in reached)


def _warn(run: xr.Dataset, battery: Battery) -> None:
    """Warn of a run that should not be trusted, and name the cure."""
    certificate = json.loads(run.attrs["certificate"])
    if run.attrs["status"] == "not-converged":
        message = (
            f"The run is not accurate: error estimate {certificate['error_estimate']:.1e}, trace"
            f" drift {certificate['trace_drift']:.1e}. Allow a larger tolerance, or use smaller"
            " energies and rates or a smaller last time."
        )
    elif run.attrs["status"] == "cutoff-too-small":
        message = (
            "The highest Fock level kept holds up to"
            f" {certificate['cutoff_population']:.1e} of the population: max_photons ="
            f" {getattr(battery, 'max_photons', 0)} is too low. Raise it until `cutoff_population`"
            f" stays below {CUTOFF_THRESHOLD:.0e}."
        )
    else:
        return
    warnings.warn(message, QubattWarning, stacklevel=3)


def _dataset(solution: Solution, merits: Iterable[Merit], n_times: int) -> xr.Dataset:
    """Return the variables of the merits at the last `n_times` times of the solution."""
    data = {}
    for merit in merits:
        values = np.array(solution.moments[merit.name])
        if merit.relative:
            values = values - values[0]
        attributes = {
            "units": merit.units,
            "long_name": merit.long_name,
            "definition": merit.definition,
        }
        data[merit.name] = ("time", values[-n_times:], attributes)
    attributes = {"units": "1/omega_ref", "long_name": "time"}
    time = ("time", np.array(solution.times[-n_times:]), attributes)
    return xr.Dataset(data, coords={"time": time})


def _certificate(solution: Solution) -> dict[str, Any]:
    """Return how far the run can be trusted: ``status`` and the numbers behind it."""
    certificate = {
        "trace_drift": solution.trace_drift,
        "error_estimate": solution.error_estimate,
    }
    status = "ok"
    populations = solution.moments.get(CUTOFF_POPULATION.name)
    if populations is not None:
        certificate["cutoff_population"] = float(np.max(populations))
        if certificate["cutoff_population"] > CUTOFF_THRESHOLD:
            status = "cutoff-too-small"
    if not solution.converged:
        status = "not-converged"
    return {"status": status, "certificate": json.dumps(certificate)}
