"""Claims of a paper and their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import xarray as xr

Verdict = Literal["holds", "holds where", "fails"]


@dataclass(frozen=True)
class Claim:
    """A statement of a paper with its verdict and supporting numbers.

    Attributes
    ----------
    key : str
        Short name, such as ``"F2a"``.
    statement : str
        The claim, paraphrased.
    verdict : {"holds", "holds where", "fails"}
        Verdict over all scanned points.
    where : str
        Region in which the claim holds, by reading and parameters.
    evidence : str
        Decisive numbers, as a sentence.
    numbers : mapping
        Decisive and further numbers in machine-readable form.
    """

    key: str
    statement: str
    verdict: Verdict
    where: str
    evidence: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain JSON values; infinite numbers and NaN become None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def judge(
    key: str,
    statement: str,
    holds: xr.DataArray,
    evidence: str,
    numbers: Mapping[str, Any] | None = None,
) -> Claim:
    """Return the claim with its verdict over all points of `holds`.

    Parameters
    ----------
    holds : DataArray of bool
        Truth of the claim at each point, with or without the dimension ``reading``.
    """
    everywhere, anywhere = bool(holds.all()), bool(holds.any())
    verdict: Verdict = "holds" if everywhere else "holds where" if anywhere else "fails"
    numbers = dict(numbers or {}) | {"points": int(holds.size), "holding": int(holds.sum())}
    return Claim(key, statement, verdict, describe_region(holds), evidence, numbers)


def describe_region(holds: xr.DataArray) -> str:
    """Return a description of the points at which a boolean array is true, for each reading."""
    if "reading" not in holds.dims:
        return _describe_points(holds)
    sentences: dict[str, list[str]] = {}
    for reading in holds["reading"].to_numpy():
        sentence = _describe_points(holds.sel(reading=reading))
        sentences.setdefault(sentence, []).append(str(reading))
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in sentences.items())


def _describe_points(holds: xr.DataArray, longest: int = 6) -> str:
    total, true = int(holds.size), int(holds.sum())
    if true == total:
        return "at all points" if total > 1 else "yes"
    if true == 0:
        return "at no point" if total > 1 else "no"
    few, listed = ("not for", ~holds) if total - true < true else ("only for", holds)
    points = [point for point in _points(listed) if point]
    if len(points) <= longest:
        return f"at {true} of {total} points ({few} {'; '.join(points)})"
    parts = []
    for dim in holds.dims:
        others = [other for other in holds.dims if other != dim]
        always = [
            f"{v:g}" if not isinstance(v, str) else v
            for v in holds[dim].to_numpy()[holds.all(others).to_numpy()].tolist()
        ]
        if always:
            parts.append(f"always for {symbol(str(dim))} = {', '.join(always)}")
    return f"at {true} of {total} points" + (f" ({'; '.join(parts)})" if parts else "")


def _points(chosen: xr.DataArray) -> list[str]:
    """Return the points at which an array is true, as strings such as "N = 4 and κ = 0.5"."""
    points = []
    for index in np.argwhere(chosen.to_numpy()):
        labels = []
        for dim, k in zip(chosen.dims, index, strict=True):
            value = chosen[dim].to_numpy()[k]
            labels.append(value if isinstance(value, str) else f"{symbol(str(dim))} = {value:g}")
        points.append(" and ".join(labels))
    return points


SYMBOLS = {
    "n_atoms": "N",
    "kappa": "κ",
    "gamma": "γ",
    "drive": "Ω",
    "coupling": "g_1",
    "detuning": "Δ",
    "beta": "β",
}
"""Symbols of parameters in the text of claims and evidence."""


def symbol(dim: str) -> str:
    """Return the symbol of a parameter, or its name if it has no symbol."""
    return SYMBOLS.get(dim, dim)


def _plain(value: Any) -> Any:
    """Return a value converted to plain JSON types."""
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
