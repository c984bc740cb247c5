"""Charge a battery and look at it over time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from qubatt.charging.certificate import Answer, certify_run
from qubatt.charging.cutoff import converge
from qubatt.charging.label import labelled
from qubatt.charging.question import Environment, Question, Wanted
from qubatt.charging.schedule import is_auto, settling_times
from qubatt.core.check import FloatArray, check_times
from qubatt.core.errors import ArgumentError
from qubatt.core.realization import realize
from qubatt.engines import Engine, select_engine
from qubatt.merits import Record
from qubatt.merits.curve import edges
from qubatt.models import Battery
from qubatt.states import ChargerState

WATCHED = 64
"""Times at which certificate and curve look at least, where fewer output times are asked for."""


def charge(
    battery: Battery,
    times: ArrayLike | Literal["auto"],
    charger: ChargerState | None = None,
    environment: Environment = None,
    merits: Wanted = None,
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    strict: bool = False,
    state_times: ArrayLike | None = None,
) -> xr.Dataset:
    """Charge a battery and return its figures of merit over time.

    dρ/dt = −i[H, ρ] + Σ γ (cρc† − ½{c†c, ρ}), from the empty battery at time 0.

    Parameters
    ----------
    battery : Battery
        What is charged, for example ``qb.DickeBattery(n_atoms=6, coupling=0.5, max_photons=20)``.
        With ``max_photons="auto"``, levels are added until twice as many of them change nothing
        beyond 1e-6: see the attribute ``cutoff``.
    times : array_like, shape (T,), or "auto"
        Output times in inverse units of the reference frequency, strictly ascending, ≥ 0.
        ``"auto"`` goes on until all merits are within 1e-6 of the steady state.
    charger : ChargerState, optional
        Initial state of the cavity; by default as many photons as atoms.
    environment : Dissipator or sequence of them
        What the battery loses energy to; nothing by default.
    merits : iterable of str or Merit, optional
        Names of the figures of merit, with parameters after a colon where there are any
        (``"free_energy:beta=2"``, or ``qb.merit("free_energy", beta=2)``); ``"all"`` for every one
        that the battery can give without its full state; by default energy, power and photons.
    engine : str or Engine
        ``"auto"``, the name of an engine, or an engine with options.
    progress : callable, optional
        Called with the fraction done, from 0 to 1.
    strict : bool
        Raise an error instead of a warning if the status is not ``"ok"``.
    state_times : array_like, shape (S,), optional
        Times at which merits of the full state are computed, by default `times`. Each takes D²
        numbers of memory and some D³ operations.

    Returns
    -------
    xarray.Dataset
        One variable per merit, each with ``units``, ``long_name`` and ``definition``; dims
        ``("time",)``, none for one number of the whole curve, ``("state_time",)`` for merits of
        the full state if `state_times` are given, ``environment`` or ``drive`` before them where
        there is one curve for each.

        The attribute ``status`` is ``"ok"``; ``"cutoff-too-small"`` where the highest Fock level
        holds more than 1e-5 at any time of the run; ``"not-positive"`` where ρ
        has an eigenvalue below −1e-7 and below the tolerance; ``"not-converged"`` where the error
        estimate or the trace drift exceeds the tolerance of the engine. All but the first warn. The
        numbers behind it are in the attribute ``certificate``, as JSON.

    Raises
    ------
    ArgumentError
        Naming the argument, its value and the cure.
    UnsupportedError
        If a dissipator, merit or engine does not fit the battery.
    ResourceError
        If the problem does not fit in the free memory.
    CertificateError
        If `strict` and the status is not ``"ok"``.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=2, drive=1.0)
    >>> run = qb.charge(battery, times=[0.0, 1.0], environment=qb.CollectiveDecay(0.5))
    >>> round(float(run.energy[-1]), 6)
    0.271188
    """
    chosen = None if is_auto(times) else check_times(times)
    question = Question.of(battery, charger, environment, merits)
    looks = None if state_times is None else _check_looks(question, state_times)
    time = settling_times(question) if chosen is None else chosen

    def run(asked: Question) -> Answer:
        return _run(asked, time, looks, engine, progress)

    answer = converge(question, run) if question.open_cutoff else run(question)
    answer.certificate.issue(strict)
    return answer.dataset


def _run(
    question: Question,
    time: FloatArray,
    looks: FloatArray | None,
    engine: str | Engine,
    progress: Callable[[float], None] | None,
) -> Answer:
    """Solve and label."""
    solver, reason = select_engine(engine, question.problem, time)
    whole = question.reads("full state")
    at = time if looks is None else looks
    computed = _watched(question, np.union1d(time, at))  # energies are relative to time 0
    solution = solver.solve(
        question.problem,
        computed,
        question.moments,
        states=np.isin(computed, at) & whole,
        battery=question.reads("battery state"),
        progress=progress,
    )
    record = Record(
        realize(question.problem, solution.statistics["basis"]),
        computed,
        solution.moments,
        solution.battery_states,
        solution.states,
    )
    chosen = np.searchsorted(computed, time)
    dataset = labelled(question, record, chosen, "time" if looks is None else "state_time")
    attributes = {"units": "1/omega_ref", "long_name": "time"}
    dataset = dataset.assign_coords(time=("time", time, attributes))
    if looks is not None:
        dataset = dataset.assign_coords(state_time=("state_time", looks, attributes))
    certificate = certify_run(question, solution)
    statistics = dict(solution.statistics) | {"chosen": reason}
    dataset.attrs |= certificate.attributes | question.attributes
    dataset.attrs["engine"] = json.dumps(statistics, ensure_ascii=False)
    return Answer(dataset, certificate)


def _check_looks(question: Question, state_times: ArrayLike) -> FloatArray:
    """Return the times of merits of the full state."""
    if not question.reads("full state"):
        cure = "No merit of the full state is asked for; qubatt list merit tells which are."
        raise ArgumentError("state_times", "be left out", state_times, cure)
    return check_times(state_times, "state_times")


def _watched(question: Question, time: FloatArray) -> FloatArray:
    """Return the times computed: 0, those asked for, and enough between them.

    Between them the certificate looks at the cavity, and merits of the curve at the energy.
    """
    whole = np.unique(np.concatenate([[0.0], time]))
    curve = question.reads("curve")
    watching = "cavity" in question.problem.space.factors or curve
    jumps = edges(question.problem, whole[-1]) if curve else whole
    if not watching or len(whole) > WATCHED or len(whole) == 1:
        return np.union1d(whole, jumps)
    parts = -(-WATCHED // (len(whole) - 1))
    between = whole[:-1, np.newaxis] + np.diff(whole)[:, np.newaxis] * np.arange(parts) / parts
    return np.union1d(np.append(between.ravel(), whole[-1]), jumps)
