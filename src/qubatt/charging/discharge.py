"""Self-discharge: energy of a battery over time once the charger is off."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Literal, NamedTuple

import numpy as np
import scipy.sparse as sp
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from qubatt.charging.assessment import Assessment
from qubatt.charging.certificate import Certificate, CertifiedResult, certify_run
from qubatt.charging.certified_run import assess, certified, distance_at_start
from qubatt.charging.companion import Companion, decide
from qubatt.charging.cutoff_bound import bound_of
from qubatt.charging.cutoff_error import (
    CUTOFF_TOLERANCE,
    CertificateMode,
    CertificateOptions,
    CutoffErrors,
)
from qubatt.charging.propagate import Propagation, propagate_each, with_integrals
from qubatt.charging.request import ChargerOption, MeritNames, Request
from qubatt.charging.sample_times import sample_times
from qubatt.core.call import explained_call
from qubatt.core.check import FloatArray, check_times, plain_number
from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.input_matrix import tidy
from qubatt.core.problem import Jump, Problem, Term
from qubatt.core.progress import ProgressOption, Report, reporting
from qubatt.core.realization import Realization
from qubatt.core.solution import Solution
from qubatt.core.space import WHOLE_SPACE, Operator, Space
from qubatt.core.task import Save
from qubatt.engines import Engine, select_engine
from qubatt.environment.reading import Environment
from qubatt.merits import select_merits
from qubatt.models import Battery
from qubatt.results.coordinates import with_scalar_coordinates

DISCHARGE_MERITS = ("remaining_energy", "power", "half_life")
"""Default merits."""

LOCALITY_TOLERANCE = 1e-12
"""Largest entry of c − 1 ⊗ c_B, relative to that of c, at which c counts as acting on the battery
alone.
"""

HEATING = 1e-6
"""Rise of the remaining energy, relative to its maximum, above which a note reports heating."""

HEATED_BY_COLD_BATH = (
    "The stored energy rises although all baths are at zero temperature, where a real bath only"
    " takes energy. The jump operators are those of single atoms or of all atoms without their"
    " interaction: see local and global master equations in the conventions."
)
"""Note on a result in which baths at zero temperature heat the battery."""

UNTRUSTED = ("not-converged", "not-positive")
"""Statuses more severe than those of the photon cut-off."""

FULL: Literal["full"] = "full"
"""Value of `start` for a full battery: every atom, or a battery given by H_B, is in its highest
level.
"""


@explained_call
@usual_float_errors
def discharge(
    battery: Battery,
    *,
    times: ArrayLike,
    charger: ChargerOption = None,
    environment: Environment = None,
    merits: MeritNames = DISCHARGE_MERITS,
    engine: str | Engine = "auto",
    start: float | Literal["full"] = FULL,
    certificate: CertificateMode = "auto",
    cutoff_tolerance: float = CUTOFF_TOLERANCE,
    progress: ProgressOption = False,
    strict: bool = False,
) -> xr.Dataset:
    """Return the energy that remains in the battery over time after the charger is switched off.

    dρ_B/dt = −i[H_B, ρ_B] + Σ γ D[c]ρ_B with the dissipators that act on the battery; the cavity
    and the drive are removed.

    Parameters
    ----------
    battery : Battery
        The battery that was charged.
    times : array_like, shape (T,)
        Times since the charger was switched off, strictly ascending, ≥ 0.
    charger : ChargerState or str, optional
        Initial state of the charger while the battery was charged.
    environment : Dissipator, str, or sequence of them
        Dissipators, as in `charge`, in addition to the jumps of a battery made of matrices; at
        least one must act on the battery itself.
    merits : iterable of str, optional
        Figures of merit of the battery, as in `charge`; by default the three that are listed
        under "Returns".
    engine : str or Engine
        As in `charge`.
    start : float or "full"
        Charging time, with the given charger and environment, before the charger is switched off;
        or ``"full"``: all atoms in their highest level, and a battery made of matrices in the
        highest level of its H_B, or in the equal mixture of the states of that level if it is
        degenerate.
    certificate, cutoff_tolerance
        As in `charge`; they concern the photon cut-off while the battery was charged, and that of a
        battery that is itself an oscillator.
    progress, strict
        As in `charge`.

    Returns
    -------
    xarray.Dataset
        ``remaining_energy`` over ``time``, Tr[ρ_B H_B] − ⟨G|H_B|G⟩ with the empty battery |G⟩, and
        ``power``, its derivative; ``half_life``, the first time at which half of the initial
        energy remains, NaN if that is later than the last time. Attributes as in `charge`.

    Raises
    ------
    ArgumentError
        If an argument has an invalid value; the message names it and says how to correct it.
    UnsupportedError
        If nothing acts on the battery once the charger is off.

    Examples
    --------
    >>> import numpy as np
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=1, drive=1.0)
    >>> left = qb.discharge(
    ...     battery, times=np.linspace(0, 10, 11), environment=qb.CollectiveDecay(0.5)
    ... )
    >>> round(float(left.half_life) * 0.5, 8)  # ln 2 for exponential decay
    0.69314718
    """
    with reporting(progress, "discharging") as report:
        result = find_discharge(
            Request.of(battery, charger, environment, ()),
            check_times(times),
            merits,
            engine,
            start,
            report,
            CertificateOptions.of(certificate, cutoff_tolerance),
        )
    result.certificate.issue(strict)
    return with_scalar_coordinates(result.dataset)


def find_discharge(
    charged: Request,
    time: FloatArray,
    merits: MeritNames = DISCHARGE_MERITS,
    engine: str | Engine = "auto",
    start: Any = FULL,
    progress: Report | None = None,
    options: CertificateOptions = CertificateOptions(),  # noqa: B008  # immutable
) -> CertifiedResult:
    """Return the self-discharge of the battery of a charging request; arguments as in `discharge`.

    The status is the more severe one of charging, if there is a charging run, and discharging. The
    trace distance that the photon cut-off causes while the battery is charged does not grow
    afterwards; ``cutoff_bound`` covers both runs.
    """
    if charged.auto_cutoff and start != FULL:
        cure = 'Charge with max_photons="auto" first: the attribute "cutoff" holds the number.'
        raise ArgumentError("max_photons", "be a number in this call", "auto", cure)
    first = _discharged(charged, time, merits, engine, start, progress)

    def solve(companion: Companion) -> list[Assessment]:
        samples = first.run.solution.times
        run = _discharged(companion.request, time, merits, engine, start, None, samples)
        return [run.assessment]

    (errors,) = decide([first.assessment], options, solve, charged if first.before else None)
    result = certified(first.assessment, first.run, errors)
    return _annotated(charged, result, first.before, start)


def _annotated(
    charged: Request, result: CertifiedResult, before: Certificate | None, start: Any
) -> CertifiedResult:
    """Return the result with its start, a note on heating, and the certificate of charging."""
    dataset, after = result.dataset, result.certificate
    dataset.attrs["start"] = str(start)
    if "remaining_energy" in dataset and not any(
        getattr(part, "n_thermal", 0.0) for part in charged.environment
    ):
        energy = dataset["remaining_energy"].to_numpy()
        if energy.max() > energy[0] + HEATING * np.abs(energy).max():
            dataset.attrs["note"] = HEATED_BY_COLD_BATH
    if before is not None:
        dataset.attrs["charging_certificate"] = json.dumps(before.numbers)
        if after.status == "ok" or (before.status in UNTRUSTED and after.status not in UNTRUSTED):
            total = {key: after.numbers[key] for key in ("cutoff_bound",) if key in after.numbers}
            numbers = after.numbers | before.numbers | total
            after = dataclasses.replace(before, numbers=numbers)
        dataset.attrs |= after.attributes
    return result._replace(certificate=after)


class _Discharge(NamedTuple):
    """A discharging run, and the certificate of the charging run before it if there is one."""

    assessment: Assessment
    run: Propagation
    before: Certificate | None


def _discharged(
    charged: Request,
    time: FloatArray,
    merits: MeritNames,
    engine: str | Engine,
    start: Any,
    progress: Report | None,
    samples: FloatArray | None = None,
) -> _Discharge:
    """Return the discharging run of a battery, at given sampling times if there are any."""
    rho, solution = _begin(charged, start, engine)
    realization = Realization(_alone(charged.realization, rho))
    merits_of_battery = select_merits(merits, realization)
    request = dataclasses.replace(
        charged, charger=None, realization=realization, merits=merits_of_battery
    )
    ((run,),) = propagate_each([request], [time], engine, progress, samples=samples)
    run = run if samples is None else run.at(samples)
    assessment = assess(request, run)
    if solution is None:
        return _Discharge(assessment, run, None)
    bound = bound_of(charged, solution, distance_at_start(charged))
    both = None
    if bound is not None and assessment.bound is not None:
        both = assessment.bound.after(bound)
    total = None if bound is None else float(bound.at(solution.times[-1:])[0])
    before = certify_run(charged, solution, CutoffErrors({}, {}, {}, total))
    return _Discharge(dataclasses.replace(assessment, bound=both), run, before)


def _begin(
    request: Request, start: Any, engine: str | Engine
) -> tuple[NDArray[Any], Solution | None]:
    """Return the state of the battery at switch-off, and the solution of the charging run."""
    problem = request.problem
    if isinstance(start, str) and start == FULL:
        P = request.realization.battery_alone.operator([Term(1.0, {problem.battery: "P_full"})])
        pure = P.nnz == 1  # one level of the basis
        return P.diagonal() if pure else P.toarray() / P.trace().real, None
    try:
        after = float(plain_number(start))
    except ValueError:
        raise ArgumentError("start", 'be "full" or a time', start) from None
    if not after > 0:
        cure = "At time 0 the battery is empty."
        raise ArgumentError("start", "be positive", start, cure)
    times = sample_times(request, np.array([after]))
    task = request.task(times, Save(battery=True))
    solver, _ = select_engine(engine, task)
    (solution,) = solver.solve(with_integrals(task, request, solver))
    rho = solution.battery_states[-1]  # type: ignore[index]  # asked for
    return (rho if np.any(rho.imag) else rho.real), solution


def _alone(realization: Realization, rho: NDArray[Any]) -> Problem:
    """Return the battery without a charger or drive, with the dissipators that act on it alone."""
    problem = realization.problem
    name, space = problem.battery, problem.space.only(problem.battery)
    named = [jump for jump in problem.jumps if set(jump.operators) == {name}]
    matrices = dict(space.matrices.get(name, {}))
    for jump in problem.jumps:
        if WHOLE_SPACE in jump.operators and (c := _on_battery(realization, jump)) is not None:
            (matrix,) = jump.operators[WHOLE_SPACE]
            matrices[matrix] = c
            named.append(Jump(jump.rate, {name: matrix}, source=jump.source))
    if not named:
        raise UnsupportedError(
            "The battery loses no energy after the charger is switched off, because no environment"
            " acts on the battery alone. Add one that does, for example qb.CollectiveDecay(0.1)."
        )
    space = Space(space.factors, {name: matrices})
    return Problem(space, name, problem.battery_terms, (), tuple(named), {name: rho})


def _on_battery(realization: Realization, jump: Jump) -> Operator | None:
    """Return c_B of a jump c = 1 ⊗ c_B on the whole space; None if c has another form."""
    problem = realization.problem
    c = realization.operator([Term(1.0, jump.operators)])
    part = problem.space.marginal(c.toarray(), problem.battery)
    reduced = tidy(sp.csr_array(part * (len(part) / realization.dim)))
    difference = abs(realization.embed({problem.battery: reduced}) - c)
    same = difference.nnz == 0 or difference.max() <= LOCALITY_TOLERANCE * abs(c).max()
    return reduced if same else None
