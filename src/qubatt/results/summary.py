"""Results in words: parameters, main numbers, certificate."""

from __future__ import annotations

import json
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from textwrap import shorten, wrap
from typing import Any

import numpy as np
import xarray as xr

from qubatt.results.result import CERTIFICATE, CUTOFF_THRESHOLD, MEANING, varied

LINES = 25
"""Most lines of a summary."""

WIDTH = 96
"""Most characters of a line."""


def summary(dataset: xr.Dataset, lines: int | None = LINES) -> str:
    """Return what a result holds, as plain text.

    Parameters
    ----------
    dataset : Dataset
        From `charge`, `steady_state` or `recharge`, whole, selected from, or put together.
    lines : int, optional
        Most lines; None for every variable.
    """
    numbers = {k: v for k, v in entries(dataset).items() if not k.startswith(CERTIFICATE)}
    curves = {name: array for name, array in numbers.items() if array.dims}
    single = {name: array for name, array in numbers.items() if not array.dims}
    head, body, foot = [*question(dataset), *_axes(dataset)], _curves(curves), _trust(dataset)
    if not curves:
        body = _values(single)
    elif single:
        words = ", ".join(f"{name}\xa0{_value(array)}" for name, array in single.items())
        most = 4 if lines is not None else None
        foot = wrap(words, WIDTH, subsequent_indent="  ", max_lines=most, placeholder=" …") + foot
    room = len(body) if lines is None else max(lines - len(head) - len(foot), 4)
    if len(body) > room:
        left = ", ".join(line.split()[0] for line in body[room - 1 :])
        body = [*body[: room - 1], shorten(f"… and {left}", WIDTH, placeholder=" …")]
    return "\n".join([*head, *body, *foot]).replace("\xa0", " ")


def entries(dataset: xr.Dataset, keep: Container[Hashable] = ()) -> dict[str, xr.DataArray]:
    """Return the numbers of a Dataset by name, one entry for each environment and drive.

    Flags and words are left out; ``"heat_current[cavity-loss]"`` is an entry of a dim of words,
    unless that is one to `keep`.
    """
    found: dict[str, xr.DataArray] = {}
    for name, array in dataset.data_vars.items():
        if array.dtype.kind not in "iuf":
            continue
        split = [dim for dim in array.dims if dim in array.coords and dim not in keep]
        worded = [dim for dim in split if _is_worded(array[dim])]
        for place in np.ndindex(*(array.sizes[dim] for dim in worded)):
            entry = array.isel(dict(zip(worded, place, strict=True)))
            words = ", ".join(str(entry[dim].item()) for dim in worded)
            found[f"{name}[{words}]" if worded else str(name)] = entry
    return found


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> list[str]:
    """Return rows of words as lines, in columns; those in `left` begin at the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            word.ljust(width) if k in left else word.rjust(width)
            for k, (word, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def attribute(dataset: xr.Dataset, name: str) -> Any:
    """Return what an attribute says, unpacked from JSON; None where it is missing or damaged."""
    try:
        return json.loads(dataset.attrs[name])
    except (KeyError, TypeError, ValueError):
        return None


def _is_worded(coordinate: xr.DataArray) -> bool:
    return coordinate.dtype.kind in "OSUT"


def question(dataset: xr.Dataset) -> list[str]:
    """Return what was computed: battery, charger and environment with their parameters."""
    asked = attribute(dataset, "parameters")
    if isinstance(study := attribute(dataset, "study"), dict):
        return _study(study, str(dataset.attrs.get("title", "")))
    if not isinstance(asked, dict):
        return [str(dataset.attrs.get("title") or "Result")]
    if "battery" not in asked:
        return _lines("Recharging", _fields(asked))
    title = "Steady state" if "uniqueness" in dataset.attrs else "Charging"
    begun = dataset.attrs.get("start", "")
    if begun:
        title = "Discharge"
    parts = [_thing(part) for part in asked.get("environment") or []]
    charger = asked.get("charger")
    return [
        *_lines(f"{title} of {asked['battery'].get('type')}", _thing(asked["battery"], "")),
        *(
            [f"  start: {begun if begun == 'full' else f'charged to time {begun}'}"]
            if begun
            else []
        ),
        *(_lines("  charger", _thing(charger)) if charger and begun != "full" else []),
        *_lines("  environment", "; ".join(parts) or "none"),
    ]


def _study(study: dict[str, Any], title: str) -> list[str]:
    """Return what a study holds fixed, and what it varies."""
    varies = [name for name in study.get("sweep", {}) if name != "together"]
    run, charger = study.get("run", {}), study.get("charger")
    parts = [
        _fixed(
            part, (f"environment.{k}", f"environment.{part.get('type')}", part.get("type")), varies
        )
        for k, part in enumerate(study.get("environment", []))
    ]
    return [
        *_lines("Study", title or f"{run.get('type', 'runs')} over {', '.join(varies)}"),
        *_lines("  battery", _fixed(study.get("battery"), ("battery",), varies)),
        *(_lines("  charger", _fixed(charger, ("charger",), varies)) if charger else []),
        *_lines("  environment", "; ".join(parts) or "none"),
        *_lines("  run", _fixed({k: v for k, v in run.items() if k != "merits"}, ("run",), varies)),
    ]


def _fixed(parameters: Any, places: Sequence[str], varies: Sequence[str]) -> str:
    """Return a thing in words without what varies."""
    if not isinstance(parameters, dict) or set(places) & set(varies):
        return "varied" if set(places) & set(varies) else str(parameters)
    changed = {name.rpartition(".")[2] for name in varies if name.rpartition(".")[0] in places}
    left = {name: value for name, value in parameters.items() if name not in changed}
    return ", ".join([_thing(left), *(f"{name} varied" for name in sorted(changed))])


def _axes(dataset: xr.Dataset) -> list[str]:
    """Say over what it was computed, in the order of the dims."""
    lines = []
    names = {str(name): None for name in dataset.coords}
    of_points = dataset["status"].dims if "status" in dataset.variables else ()
    for name in dict.fromkeys([*(str(dim) for dim in of_points if dim in names), *names]):
        coordinate = dataset.coords[name]
        units = _units(coordinate)
        values = coordinate.to_numpy()
        if coordinate.ndim == 0:
            word = f"{values.item():g}" if values.dtype.kind in "iuf" else str(values.item())
            lines += _lines(f"  at {name}", f"{word} {units}".strip())
        elif coordinate.ndim == 1 and values.dtype.kind in "iuf" and values.size:
            span = f"{values.min():g} to {values.max():g}"
            along = "" if coordinate.dims == (name,) else f" along {coordinate.dims[0]}"
            lines += _lines(
                f"  {name}", f"{span} {units}".strip() + f", {values.size} values{along}"
            )
        elif coordinate.ndim == 1 and name in of_points:
            lines += _lines(f"  {name}", ", ".join(map(str, values)))
    return lines


def _values(single: Mapping[str, xr.DataArray]) -> list[str]:
    """Give what has no dims, one on a line."""
    rows = [[name, f"{array.item() + 0.0:.10g}", _units(array)] for name, array in single.items()]
    return aligned(rows, left=(0, 2)) if rows else []


def _value(array: xr.DataArray) -> str:
    """Return a number with its units, which no line break shall part."""
    return f"{array.item() + 0.0:.6g}\xa0{_units(array)}".strip()


def _curves(curves: Mapping[str, xr.DataArray]) -> list[str]:
    """Give the extremes of what has dims, and where it ends over time."""
    if not curves:
        return []
    timed = any(_ends(array) for array in curves.values())
    over = {array.dims for array in curves.values()}
    alone = f"at {over.pop()[0]}" if len(over) == 1 and len(next(iter(over))) == 1 else ""
    alone = "at time" if all(_ends(array) for array in curves.values()) else alone
    header = ["", "smallest", "largest", alone or "at", *(["last"] if timed else []), ""]
    rows = [header]
    for name, array in curves.items():
        values = array.to_numpy() + 0.0  # turns -0 to 0
        known = values
        if not np.isfinite(values).any():
            rows.append([name, "undefined", *[""] * (len(header) - 2)])
            continue
        place = np.unravel_index(np.nanargmax(known), known.shape)
        where = ", ".join(
            f"{'' if alone else dim} {_coordinate(array, dim, int(k))}".strip()
            for dim, k in zip(array.dims, place, strict=True)
        )
        last = [f"{values[-1]:.6g}" if _ends(array) else ""] if timed else []
        extremes = f"{np.nanmin(known):.6g}", f"{known[place]:.6g}"
        rows.append([name, *extremes, where, *last, _units(array)])
    return aligned(rows, left=(0, 3, len(header) - 1))


def _coordinate(array: xr.DataArray, dim: Hashable, place: int) -> str:
    """Return where an entry lies, its number if the dim has no coordinate."""
    return f"{array[dim].to_numpy()[place]:.5g}" if dim in array.coords else f"#{place}"


def _ends(array: xr.DataArray) -> bool:
    """Tell whether it is one curve over time, which has a last value."""
    return array.dims in (("time",), ("state_time",)) and array.size > 0


def _trust(dataset: xr.Dataset) -> list[str]:
    """Say how far it can be trusted."""
    lines = []
    if "uniqueness" in dataset.attrs:
        lines += _lines("steady state", str(dataset.attrs["uniqueness"]))
    cutoff = attribute(dataset, "cutoff")
    if isinstance(cutoff, dict) and "chosen" in cutoff:
        lines += _lines("max_photons", f"{cutoff['chosen']}, found automatically")
    if bool(dataset.get("ambiguous", xr.DataArray(False)).any()):
        note = (
            "Some points have degenerate levels: there work, heat and efficiency depend on how ties"
            " are broken (here by ascending H_0)."
        )
        lines += wrap(note, WIDTH, subsequent_indent="  ")
    lines += _status(dataset)
    if numbers := certificate_words(dataset):
        lines += wrap(numbers, WIDTH, initial_indent="  ", subsequent_indent="  ")
    return lines


def _status(dataset: xr.Dataset) -> list[str]:
    """Give the status, at every point where there are several."""
    if "status" in dataset.variables and dataset["status"].dtype.kind in "OSUT":
        found, counts = np.unique(dataset["status"].to_numpy().astype(str), return_counts=True)
        words = [f"{status} at {count}" for status, count in zip(found, counts, strict=True)]
        return _lines("status", "; ".join(words) + (" points" if counts[-1] > 1 else ""))
    if "status" not in dataset.attrs:
        return []
    status = str(dataset.attrs["status"])
    if parameters := varied(dataset):
        text = "at one point, whose parameters and certificate these are; varied:"
        cure = "run.assign(status=run.attrs['status']) before xarray.concat tells of each point"
        return _lines("status", f"{status} {text} {', '.join(parameters)}; {cure}")
    meaning = MEANING.get(status)  # type: ignore[call-overload]  # any word may be stored
    return _lines("status", f"{status} ({meaning})" if meaning else status)


def certificate_words(dataset: xr.Dataset) -> str:
    """Return the numbers of the certificate, empty where there are none."""
    numbers = attribute(dataset, "certificate") or worst(dataset)
    words = []
    for name, value in numbers.items() if isinstance(numbers, dict) else ():
        shown = f"{value:.1e}" if isinstance(value, float) else value
        limit = f" (limit {CUTOFF_THRESHOLD:.0e})" if name == "cutoff_population" else ""
        words.append(f"{name} {'not computed' if value is None else shown}{limit}")
    return ", ".join(words)


def worst(dataset: xr.Dataset) -> dict[str, float | int]:
    """Return the worst of every number of the certificates of many points."""
    found: dict[str, float | int] = {}
    for name, array in dataset.data_vars.items():
        if str(name).startswith(CERTIFICATE) and array.notnull().any():
            pick = array.min() if "eigenvalue" in str(name) else array.max()
            number = float(pick)
            whole = number >= 1.0 and number.is_integer()
            found[str(name).removeprefix(CERTIFICATE)] = int(number) if whole else number
    return found


def _thing(parameters: Any, name: str | None = None) -> str:
    """Return a declared object in words: its name and its fields."""
    if not isinstance(parameters, dict):
        return str(parameters)
    fields = _fields({key: value for key, value in parameters.items() if key != "type"})
    parts = [str(parameters.get("type", "")) if name is None else name, fields]
    return " ".join(part for part in parts if part)


def _fields(parameters: dict[str, Any]) -> str:
    return ", ".join(_assignments(parameters))


def _assignments(parameters: dict[str, Any]) -> Iterator[str]:
    for name, value in parameters.items():
        if isinstance(value, dict) and "sha256" in value:
            yield f"{name}={'×'.join(map(str, value['shape']))} matrix"
        elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
            yield f"{name}={len(value)}"
        elif isinstance(value, dict):
            inner = ", ".join(_assignments({k: v for k, v in value.items() if k != "type"}))
            yield shorten(f"{name}={value.get('type', '')}({inner})", WIDTH, placeholder=" …")
        elif value not in (None, []):
            number = isinstance(value, float)
            word = f"{value:g}" if number else shorten(str(value), 40, placeholder=" …")
            yield f"{name}={word}"


def _lines(name: str, text: str, most: int = 3) -> list[str]:
    """Return "name: text" on as many lines as it takes, but not more than three."""
    return wrap(
        f"{name}: {text}", WIDTH, subsequent_indent="    ", max_lines=most, placeholder=" …"
    )


def _units(array: xr.DataArray) -> str:
    units = str(array.attrs.get("units", "1"))
    return "" if units.split(" ")[0] == "1" else units
