"""Expected memory and number of products of a charging run, estimated before the run."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from qubatt.charging.charge import check_state_times
from qubatt.charging.cutoff_error import (
    CUTOFF_TOLERANCE,
    CertificateMode,
    CertificateOptions,
)
from qubatt.charging.request import ChargerOption, MeritNames, Request
from qubatt.charging.sample_times import sample_times
from qubatt.charging.settling_times import is_auto
from qubatt.core.call import explained_call
from qubatt.core.check import check_times
from qubatt.core.errors import ArgumentError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.size import SizeError
from qubatt.core.task import Save
from qubatt.engines import Cost, Engine
from qubatt.engines.cost import oversize_cost, task_cost
from qubatt.environment.reading import Environment
from qubatt.models import Battery


@explained_call
@usual_float_errors
def cost(
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
) -> Cost:
    """Estimate the cost of calling `charge` with the same arguments, without running it.

    Parameters
    ----------
    battery, times, charger, environment, merits, engine, state_times
        As in `charge`, except that `times` must be numbers.
    certificate, cutoff_tolerance
        As in `charge`. The cost excludes the companion, which takes about 0.7 times as long as the
        run, and longer than the run if it needs more levels. With ``max_photons="auto"`` the cost
        is that of the lowest cut-off that can hold the charger state.

    Returns
    -------
    Cost
        Engine, basis, dimension D, number of entries of ρ after symmetry reduction, memory in
        bytes, expected number of products of the generator with ρ, and number of density matrices
        that merits of the full state need. `print` displays a summary.

    Raises
    ------
    ArgumentError
        If `charge` would refuse the arguments, or if ``times="auto"``, which cannot be resolved
        without a run.
    UnsupportedError
        If a dissipator, merit or engine does not fit the battery.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.TavisCummingsBattery(n_atoms=80, coupling=1.0, max_photons=80)
    >>> expected = qb.cost(battery, times=[10.0], environment="cavity-loss:0.5")
    >>> expected.dimension, expected.entries
    (6561, 180441)
    """
    CertificateOptions.of(certificate, cutoff_tolerance)
    if is_auto(times):
        cure = "The cost depends on the last time: give numbers."
        raise ArgumentError("times", "hold numbers here", times, cure)
    time = check_times(times)
    try:
        request = Request.of(battery, charger, environment, merits)
    except SizeError as error:
        return oversize_cost(error)
    states = time if state_times is None else check_state_times(request, state_times)
    sampled = sample_times(request, np.union1d(time, states))
    save = Save(
        states=np.isin(sampled, states) & request.needs("full state"),
        battery=request.needs("battery state"),
    )
    return task_cost(request.task(sampled, save), engine)
