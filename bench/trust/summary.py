"""Summary of the records of a measurement: counts, shares and quantiles."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bench.trust.bound import ROUNDING
from bench.trust.outcome import CERTIFICATES
from bench.trust.setting import Setting
from bench.trust.truth import AGREEMENT

Record = dict[str, Any]

ALARM_MARGIN = 30.0
"""A status other than ok is a false alarm where all errors are this much below the tolerance."""

RESOLVED = 10.0
"""Estimates are compared with true errors of at least this many times the error of the truth."""

QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)
"""Quantiles of estimate/error."""

MAX_REASON = 120
"""Largest number of characters of a reason."""

LOWEST_RATIO, HIGHEST_RATIO = 0.5, 20.0
"""Estimates of steady states should be between these multiples of the true error."""


def relative_errors(record: Record, kind: str) -> dict[str, float]:
    """Return the true error of each merit relative to the scale that the certificate states."""
    certificate = record["certificates"][kind]
    scales = record["magnitudes"] | certificate["scales"]
    return {
        name: error / scales[name] if scales[name] else math.inf
        for name, error in certificate["errors"].items()
        if error is not None
    }


def worst_error(record: Record, kind: str = "bound") -> float:
    """Return the largest relative error, in units of the tolerance."""
    errors = relative_errors(record, kind)
    return max(errors.values(), default=0.0) / float(record["tolerance"])


def is_false_ok(record: Record, kind: str) -> bool:
    """Return whether the status is ok although the error of a merit exceeds the tolerance."""
    return record["certificates"][kind]["status"] == "ok" and worst_error(record, kind) > 1.0


def is_safe(record: Record, kind: str) -> bool:
    """Return whether all errors are far below the tolerance, so that the status should be ok."""
    return worst_error(record, kind) < 1.0 / ALARM_MARGIN


def is_false_alarm(record: Record, kind: str) -> bool:
    """Return whether the status is not ok although all errors are far below the tolerance."""
    return is_safe(record, kind) and record["certificates"][kind]["status"] != "ok"


def judged(records: Iterable[Record]) -> list[Record]:
    """Return the records that have a truth and certificates."""
    return [record for record in records if "certificates" in record]


def reasons(records: Iterable[Record]) -> dict[str, int]:
    """Return the number of settings without a verdict, by reason."""
    texts = (record.get("skipped") or record.get("failed") for record in records)
    return dict(Counter(text.split(". ")[0][:MAX_REASON] for text in texts if text).most_common())


def counts(records: Sequence[Record], kind: str) -> dict[str, Any]:
    """Return how often a kind of certificate is right and wrong."""
    certificates = [record["certificates"][kind] for record in records]
    ok = [each for each in certificates if each["status"] == "ok"]
    return {
        "settings": len(records),
        "ok": len(ok),
        "false_ok": sum(is_false_ok(record, kind) for record in records),
        "safe": sum(is_safe(record, kind) for record in records),
        "false_alarms": sum(is_false_alarm(record, kind) for record in records),
        "statuses": dict(Counter(each["status"] for each in certificates).most_common()),
        "methods": dict(Counter(each["method"] for each in certificates).most_common()),
        "proved": sum(each["method"] == "proved" for each in ok),
        "seconds": float(np.sum([each["seconds"] for each in certificates])),
    }


def false_oks(records: Sequence[Record]) -> list[Record]:
    """Return the records with a false ok, each with the merits that are wrong."""
    wrong = []
    for record in judged(records):
        kinds = [kind for kind in CERTIFICATES if is_false_ok(record, kind)]
        if kinds:
            merits = {
                kind: {
                    name: error
                    for name, error in relative_errors(record, kind).items()
                    if error > record["tolerance"]
                }
                for kind in kinds
            }
            wrong.append({"false_ok": merits, **record})
    return wrong


def ratios(records: Iterable[Record], kind: str) -> dict[int, list[float]]:
    """Return estimate/error of all merits by decade of the relative error."""
    result: dict[int, list[float]] = defaultdict(list)
    for record in records:
        estimates = record["certificates"][kind]["estimates"]
        errors = record["certificates"][kind]["errors"]
        lowest = RESOLVED * AGREEMENT[record["setting"]["run"]] * record["tolerance"]
        for name, relative in relative_errors(record, kind).items():
            if name in estimates and lowest <= relative < math.inf:
                decade = min(math.floor(math.log10(relative)), 0)
                result[decade].append(estimates[name] / errors[name])
    return result


def quantiles(values: Sequence[float]) -> dict[str, Any]:
    """Return the number of values and their quantiles."""
    return {"points": len(values), "quantiles": np.quantile(values, QUANTILES).tolist()}


def effectivity(records: Iterable[Record], kind: str) -> dict[str, Any]:
    """Return the quantiles of estimate/error by decade, and shares of too low and high ones."""
    by_decade = ratios(records, kind)
    values = [value for each in by_decade.values() for value in each]
    if not values:
        return {}
    return {
        "decades": {str(decade): quantiles(by_decade[decade]) for decade in sorted(by_decade)},
        "all": quantiles(values),
        "below": float(np.mean(np.array(values) < LOWEST_RATIO)),
        "above": float(np.mean(np.array(values) > HIGHEST_RATIO)),
    }


def grouped(records: Iterable[Record]) -> dict[str, dict[str, list[Record]]]:
    """Return the records by battery, charger, environment and pulse."""
    groups: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        for what, names in Setting(**record["setting"]).groups.items():
            for name in names:
                groups[what][name].append(record)
    return {what: dict(sorted(groups[what].items())) for what in groups}


def summarise(records: Sequence[Record]) -> dict[str, Any]:
    """Return everything about charging runs or steady states that the page shows."""
    usable = judged(records)
    worst = [worst_error(record) for record in usable]
    energies = [
        relative_errors(record, "bound")["energy"] / record["tolerance"] for record in usable
    ]
    checked = [record["qutip"] for record in usable if record.get("qutip") is not None]
    return {
        "settings": len(records),
        "without": reasons(records),
        "judged": len(usable),
        "near": sum(0.01 <= each <= 100.0 for each in worst),
        "near_energy": sum(0.01 <= each <= 100.0 for each in energies),
        "decades": histogram(worst),
        "decades_energy": histogram(energies),
        "qutip": {"settings": len(checked), "largest": max(checked, default=None)},
        "seconds": sum(record.get("seconds", 0.0) for record in records),
        "revisions": sorted({record["revision"] for record in records}),
        "kinds": {kind: counts(usable, kind) for kind in CERTIFICATES},
        "effectivity": {kind: effectivity(usable, kind) for kind in CERTIFICATES},
        "groups": {
            what: {
                name: {kind: counts(each, kind) for kind in CERTIFICATES}
                for name, each in names.items()
            }
            for what, names in grouped(usable).items()
        },
    }


def histogram(values: Iterable[float]) -> dict[str, int]:
    """Return the number of errors by decade, in units of the tolerance, from 1e-4 to 1e4."""
    decades = Counter(
        math.floor(min(max(math.log10(value), -5.0), 4.0)) if value > 0 else -5 for value in values
    )
    return {str(decade): decades[decade] for decade in sorted(decades)}


def summarise_bound(records: Sequence[Record]) -> dict[str, Any]:
    """Return everything about the bound that the page shows."""
    usable = [record for record in records if "bounds" in record]
    pairs = [
        (bound, distance)
        for record in usable
        for bound, distance in zip(record["bounds"], record["distances"], strict=True)
        if bound is not None
    ]
    above = [bound / distance for bound, distance in pairs if distance > ROUNDING]
    return {
        "settings": len(records),
        "without": reasons(records),
        "judged": len(usable),
        "points": len(pairs),
        "unbounded": sum(len(record["bounds"]) for record in usable) - len(pairs),
        "violated": sum(bound < distance - ROUNDING for bound, distance in pairs),
        "ratios": quantiles(above) if above else {},
        "seconds": sum(record.get("seconds", 0.0) for record in records),
        "revisions": sorted({record["revision"] for record in records}),
    }


def violations(records: Sequence[Record]) -> list[Record]:
    """Return the records in which B is below the distance."""
    return [
        record
        for record in records
        if any(
            bound is not None and bound < distance - ROUNDING
            for bound, distance in zip(
                record.get("bounds", ()), record.get("distances", ()), strict=True
            )
        )
    ]
