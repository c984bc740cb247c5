"""Charging dynamics of a battery."""

from __future__ import annotations

from typing import Literal

import xarray as xr
from numpy.typing import ArrayLike

from qubatt.charging.certified_run import RunOptions, solve
from qubatt.charging.cutoff_error import CUTOFF_TOLERANCE, CertificateMode, CertificateOptions
from qubatt.charging.request import ChargerOption, MeritNames, Request
from qubatt.charging.settling_times import is_auto, settling_times
from qubatt.core.call import explained_call
from qubatt.core.check import FloatArray, check_times
from qubatt.core.errors import ArgumentError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.progress import ProgressOption, reporting
from qubatt.engines import Engine
from qubatt.environment.reading import Environment
from qubatt.models import Battery


@explained_call
@usual_float_errors
def charge(
    battery: Battery,
    *,
    times: ArrayLike | Literal["auto"],
    charger: ChargerOption = None,
    environment: Environment = None,
    merits: MeritNames = None,
    engine: str | Engine = "auto",
    state_times: ArrayLike | None = None,
    certificate: CertificateMode = "auto",
    cutoff_tolerance: float = CUTOFF_TOLERANCE,
    progress: ProgressOption = False,
    strict: bool = False,
) -> xr.Dataset:
    """Charge a battery and return its figures of merit over time.

    dρ/dt = −i[H, ρ] + Σ γ (cρc† − ½{c†c, ρ}), from the empty battery at time 0.

    Parameters
    ----------
    battery : Battery
        The battery, for example ``qb.DickeBattery(n_atoms=6, coupling=0.5, max_photons=20)``.
        With ``max_photons="auto"``, levels are added until the errors that the cut-off causes are
        within `cutoff_tolerance`; see the attribute ``cutoff``.
    times : array_like, shape (T,), or "auto"
        Output times in inverse units of the reference frequency, strictly ascending, ≥ 0.
        ``"auto"`` chooses times up to the one at which all merits are within 1e-6 of the steady
        state.
    charger : ChargerState or str, optional
        Initial state of the charger, for example ``qb.FockState(2)`` or ``"fock:2"``; by default
        the default of the battery (for a cavity, the number of photons that the atoms can absorb).
    environment : Dissipator, str, or sequence of them
        Dissipators, for example ``qb.CavityLoss(rate=0.5)`` or ``"cavity-loss:0.5"``; none by
        default.
    merits : iterable of str or Merit, optional
        Names of the figures of merit, with any parameters after a colon
        (``"free_energy:beta=2"``, or ``qb.merit("free_energy", beta=2)``); ``"all"`` for every
        merit that can be computed without the full state; by default energy, power and photons.
    engine : str or Engine
        ``"auto"``, an engine, or the name of an engine, with options as in
        ``"matrix:tolerance=1e-6"``.
    state_times : array_like, shape (S,), optional
        Times at which merits of the full state are computed, by default `times`. Each time
        requires memory for D² numbers and about D³ operations.
    certificate : {"auto", "full", "bound"}
        How the error of the photon cut-off is determined. ``"auto"`` uses a bound on ‖ρ̂ − ρ‖₁,
        which costs nothing, and, where it does not decide, a companion run with fewer levels, up
        to 3e10 products × entries. ``"full"`` always runs the companion, ``"bound"`` never.
    cutoff_tolerance : float
        Largest acceptable error of a merit due to the cut-off, relative to the scale of the merit:
        the spread of H_B for energies and ergotropies, this times the charging rate for powers,
        1 + max⟨a†a⟩ for photon numbers, ln d for entropies, and 1 for other numbers. Times may be
        off by the square root of `cutoff_tolerance` times the last time.
    progress : bool or callable
        True shows a progress bar in a terminal or notebook; a function receives the completed
        fraction, from 0 to 1.
    strict : bool
        Raise an error instead of a warning if the status is not ``"ok"``.

    Returns
    -------
    xarray.Dataset
        One variable per merit, each with ``units``, ``long_name`` and ``definition``; dims
        ``("time",)``, no dims for a merit that is one number for the whole curve, and
        ``("state_time",)`` for merits of the full state if `state_times` are given; ``environment``
        or ``drive`` comes first where there is one curve for each dissipator or drive. Scalar
        coordinates repeat the status, the numbers in the certificate, and the parameters of the
        battery (under the names of its fields); `qubatt.concat` and `xarray.concat` stack them.

        The attribute ``status`` is ``"ok"``; ``"cutoff-too-small"`` where the photon cut-off causes
        errors above the tolerance, and ``"cutoff-not-resolved"`` where these errors are not known;
        ``"not-positive"`` where ρ has an eigenvalue below both −1e-7 and minus the tolerance;
        ``"not-converged"`` where the error estimate or the trace drift exceeds the tolerance of the
        engine. Every status except ``"ok"`` comes with a warning. The attribute ``certificate``
        holds the numbers behind the status, as JSON; see `qubatt.certificate`.

    Raises
    ------
    ArgumentError
        If an argument has an invalid value; the message names it and says how to correct it.
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
    if isinstance(times, str) and not is_auto(times):
        raise ArgumentError("times", 'hold real numbers, or be "auto"', times)
    chosen = None if is_auto(times) else check_times(times)
    cutoff = CertificateOptions.of(certificate, cutoff_tolerance)
    request = Request.of(battery, charger, environment, merits)
    state_times = None if state_times is None else check_state_times(request, state_times)
    time = settling_times(request) if chosen is None else chosen
    options = RunOptions(engine, cutoff, state_times, describe=True)
    with reporting(progress, "charging") as report:
        result = solve(request, time, options, report)
    result.certificate.issue(strict)
    return result.dataset


def check_state_times(request: Request, state_times: ArrayLike) -> FloatArray:
    """Return the validated times for merits of the full state."""
    if not request.needs("full state"):
        cure = "No merit of the full state is requested; `qubatt list merit` lists these merits."
        raise ArgumentError("state_times", "be left out", state_times, cure)
    return check_times(state_times, "state_times")
