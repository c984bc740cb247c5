"""Charge a battery and look at it over time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from qubatt.charging.certificate import Answer, certify_run
from qubatt.charging.cutoff import converge
from qubatt.charging.question import Environment, Question
from qubatt.charging.schedule import is_auto, settling_times
from qubatt.core.check import FloatArray, check_times
from qubatt.engines import Engine, select_engine
from qubatt.models import Battery
from qubatt.states import ChargerState

WATCHED = 64
"""Times at which the certificate looks at least, where fewer output times are asked for."""


def charge(
    battery: Battery,
    times: ArrayLike | Literal["auto"],
    charger: ChargerState | None = None,
    environment: Environment = None,
    merits: Iterable[str] | None = None,
    engine: str | Engine = "auto",
    progress: Callable[[float], None] | None = None,
    strict: bool = False,
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
    merits : iterable of str, optional
        Names of the figures of merit; by default the cheap ones that the battery has.
    engine : str or Engine
        ``"auto"``, the name of an engine, or an engine with options.
    progress : callable, optional
        Called with the fraction done, from 0 to 1.
    strict : bool
        Raise an error instead of a warning if the status is not ``"ok"``.

    Returns
    -------
    xarray.Dataset
        One variable per merit, dims ``("time",)``, each with ``units``, ``long_name`` and
        ``definition``. The attribute ``status`` is ``"ok"``; ``"cutoff-too-small"`` where the
        highest Fock level holds more than 1e-5 at any time of the run; ``"not-positive"`` where ρ
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

    def run(asked: Question, time: FloatArray | None = chosen) -> Answer:
        time = settling_times(asked) if time is None else time
        return _run(asked, time, engine, progress)

    if question.open_cutoff:
        answer = converge(question, run) if chosen is not None else _settled(question, run)
    else:
        answer = run(question)
    answer.certificate.issue(strict)
    return answer.dataset


def _settled(question: Question, run: Callable[[Question, FloatArray], Answer]) -> Answer:
    """Find a cut-off and times that fit each other; cut-offs are compared at the same times."""
    known: list[FloatArray] = []

    def at_same_times(asked: Question) -> Answer:
        if not known:
            known.append(settling_times(asked))
        return run(asked, known[-1])

    while True:
        answer = converge(question, at_same_times)
        chosen = json.loads(answer.dataset.attrs["cutoff"])["chosen"]
        times = settling_times(question.with_max_photons(chosen))
        if times[-1] <= known[-1][-1]:
            return answer
        known.append(times)


def _run(
    question: Question,
    time: FloatArray,
    engine: str | Engine,
    progress: Callable[[float], None] | None,
) -> Answer:
    """Solve and label."""
    solver, reason = select_engine(engine, question.problem, time)
    computed = _watched(question, time)  # energies are relative to time 0
    solution = solver.solve(question.problem, computed, question.operators, progress=progress)
    data = {}
    for merit in question.merits:
        values = np.array(solution.moments[merit.name])
        if merit.relative:
            values = values - values[0]
        data[merit.name] = ("time", values[np.searchsorted(computed, time)], merit.attributes)
    attributes = {"units": "1/omega_ref", "long_name": "time"}
    dataset = xr.Dataset(data, coords={"time": ("time", time, attributes)})
    certificate = certify_run(question, solution)
    statistics = dict(solution.statistics) | {"chosen": reason}
    dataset.attrs |= certificate.attributes | question.attributes
    dataset.attrs["engine"] = json.dumps(statistics, ensure_ascii=False)
    return Answer(dataset, certificate)


def _watched(question: Question, time: FloatArray) -> FloatArray:
    """Return the times computed: 0, those asked for, and enough for the certificate between."""
    whole = np.unique(np.concatenate([[0.0], time]))
    if "cavity" not in question.problem.space.factors or len(whole) > WATCHED or len(whole) == 1:
        return whole
    parts = -(-WATCHED // (len(whole) - 1))
    between = whole[:-1, np.newaxis] + np.diff(whole)[:, np.newaxis] * np.arange(parts) / parts
    return np.append(between.ravel(), whole[-1])
