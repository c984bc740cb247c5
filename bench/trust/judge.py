"""Judge the certificates of one setting by its truth."""

from __future__ import annotations

import signal
import time
import traceback
from types import FrameType
from typing import Any

import qubatt as qb
from bench.trust.outcome import CERTIFICATES, TOLERANCE, compute, errors
from bench.trust.qutip_check import energy_difference
from bench.trust.setting import Setting
from bench.trust.truth import SkippedError, confirmed, find_truth, place_cutoff

TIME_LIMIT = 120
"""Seconds after which a setting is skipped."""


def judge(setting: Setting, tolerance: float = TOLERANCE, check: bool = False) -> dict[str, Any]:
    """Return true errors and certificates of a setting, as JSON-compatible data.

    Parameters
    ----------
    setting : Setting
        What is run.
    tolerance : float
        Tolerance of the cut-off.
    check : bool
        Whether QuTiP confirms the energy at the cut-off of the truth.
    """
    record: dict[str, Any] = {"setting": setting.to_record(), "tolerance": tolerance}
    start = time.perf_counter()
    try:
        truth = find_truth(setting, tolerance)
        cutoff = place_cutoff(setting, truth, tolerance)
        truth = confirmed(setting, truth, cutoff, tolerance)
        record |= {"cutoff": cutoff, "truth_cutoff": truth.cutoff, "magnitudes": truth.scales}
        if check:
            record["qutip"] = energy_difference(setting, truth)
        merits = tuple(truth.outcome.values)
        record["certificates"] = {}
        for kind in CERTIFICATES:
            outcome = compute(setting, cutoff, merits, kind, tolerance)
            record["certificates"][kind] = outcome.to_record() | {
                "errors": errors(outcome, truth.outcome)
            }
    except (SkippedError, qb.QubattError) as error:
        record["skipped"] = f"{type(error).__name__}: {error}"
    record["seconds"] = round(time.perf_counter() - start, 3)
    return record


def judge_in_time(judging: Any, *arguments: Any) -> dict[str, Any]:
    """Return the record of a setting, or why there is none: time limit or an unexpected error."""
    setting = arguments[0]

    def stop(*_: int | FrameType | None) -> None:
        raise TimeoutError(f"stopped after {TIME_LIMIT} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(TIME_LIMIT)
    try:
        record: dict[str, Any] = judging(*arguments)
    except TimeoutError as error:
        record = {"setting": setting.to_record(), "skipped": f"TimeoutError: {error}"}
    except Exception as error:  # an error of one setting must not end the measurement
        text = f"{type(error).__name__}: {error}"
        record = {
            "setting": setting.to_record(),
            "failed": text,
            "traceback": traceback.format_exc(),
        }
    finally:
        signal.alarm(0)
    return record
