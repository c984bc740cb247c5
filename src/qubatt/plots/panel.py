"""Panels: quantities with common axes, and their names in the legend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import xarray as xr

from qubatt.plots.curves import axis_label, pretty_text, pretty_units

THEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("energy",)),
    ("", ("remaining_energy",)),
    ("power", ("power", "average_power", "power_bound", "speed_limit")),
    ("ergotropy", ("*ergotropy", "*ergotropy_[!a]*", "work", "heat")),
    ("ergotropy of one atom", ("ergotropy_atom",)),
    ("energy flow", ("heat_current*", "work_flow*")),
    ("", ("efficiency",)),
    ("", ("mean_photons",)),
    ("energy", ("passive_energy*", "locked_energy*", "capacity*")),
    ("energy", ("internal_energy", "free_energy*", "work_fluctuation")),
    ("correlation", ("negativity", "logarithmic_negativity", "concurrence")),
    ("entropy, information", ("entropy", "coherence_relative_entropy", "mutual_information")),
    ("purity, population", ("purity", "empty_population")),
    ("photon statistics", ("photon_correlation", "mandel_q", "fano_factor")),
    ("spin squeezing", ("spin_squeezing*",)),
    ("entropy production rate", ("entropy_production*",)),
)
"""Panels in order: axis label if there are several quantities, and patterns of variable names."""

BOUNDS = ("power_bound", "speed_limit")
"""Variables that are bounds on other variables of the same panel."""

SHORT_FORMS = {
    " on the symmetric states": ", symmetric",
    " on the full space": ", full",
    " of charger and battery": "",
    " of the photons": "",
    " of two atoms": "",
    " from the environment": "",
    " from the drive": "",
    " done on the battery": "",
    "population of the empty battery": "empty battery",
    " on the charging power": "",
    " of the battery": "",
    "battery ": "",
}
"""Phrases that are redundant within a panel, and their short forms."""

NOT_PARAMETERS = ("units", "long_name", "definition", "source")
"""Attributes of a variable other than its parameters."""

GREEK = {"beta": "β", "fraction": "fraction"}


@dataclass(frozen=True)
class Panel:
    """Quantities with the same units on common axes.

    Attributes
    ----------
    label : str
        Label of the vertical axis.
    curves : dict of str to DataArray
        Curves by entry name.
    names : dict of str to str
        Names in the legend by entry name.
    """

    label: str
    curves: dict[str, xr.DataArray]
    names: dict[str, str]


def group(entries: Mapping[str, xr.DataArray]) -> list[Panel]:
    """Return the panels of a figure, in the order of `THEMES`.

    Quantities of one theme share a panel if they have the same units; other quantities have
    separate panels.
    """
    groups: dict[tuple[int, str], dict[str, xr.DataArray]] = {}
    for k, (name, array) in enumerate(entries.items()):
        theme = _theme(name)
        key = theme if theme < len(THEMES) else len(THEMES) + k
        groups.setdefault((key, pretty_units(array)), {})[name] = array
    return [_panel(theme, curves) for (theme, _), curves in sorted(groups.items(), key=_order)]


def one_each(entries: Mapping[str, xr.DataArray]) -> list[Panel]:
    """Return one panel per entry, in the same order."""
    order = sorted(entries.items(), key=lambda item: _theme(item[0]))
    return [_panel(len(THEMES), {name: array}) for name, array in order]


def definition(panel: Panel) -> str:
    """Return the description of a panel with definitions."""
    definitions: dict[str, str] = {}
    for name, array in panel.curves.items():
        texts = str(array.attrs.get("definition", ""))
        parameters = _parameters(array)
        definitions[name.split("[")[0]] = (
            f"{_long_name(array)}{f' ({parameters})' if parameters else ''}"
        )
        definitions[name.split("[")[0]] += f": {texts}" if texts else ""
    return "; ".join(definitions.values())


def _order(item: tuple[tuple[int, str], object]) -> int:
    return item[0][0]


def _theme(name: str) -> int:
    """Return the index of the theme of a variable, or the number of themes if it has none."""
    plain = name.split("[")[0]
    for k, (_, patterns) in enumerate(THEMES):
        if any(fnmatchcase(plain, pattern) for pattern in patterns):
            return k
    return len(THEMES)


def _panel(theme: int, curves: dict[str, xr.DataArray]) -> Panel:
    """Return a panel with its label and short names."""
    first = next(iter(curves.values()))
    if len(curves) == 1:
        (name,) = curves
        entry = f", {_entry(name)}" if _entry(name) else ""
        text = _long_name(first)
        for source in (" from the environment", " from the drive"):
            text = text.replace(source, "") if entry else text
        label = axis_label(first.assign_attrs(long_name=text + entry))
        return Panel(label, curves, {name: _short(name, first)})
    title = THEMES[theme][0]
    variables = {name.split("[")[0] for name in curves}
    if len(variables) == 1 and theme < len(THEMES) and title in ("", "ergotropy"):
        title = _long_name(first)  # the label of an ergotropy includes its reach
    names = {name: _short(name, array) for name, array in curves.items()}
    if len(variables) == 1 and not variables & {"heat_current", "work_flow"}:
        names = {name: _entry(name) for name in curves}
    if variables & {"work", "heat"}:
        title = "energy"
    elif title == "ergotropy":
        names = {name: _of_ergotropy(text) for name, text in names.items()}
    named = axis_label(first.assign_attrs(long_name=title or _long_name(first)))
    return Panel(named, curves, names)


def _of_ergotropy(text: str) -> str:
    """Return "full" for "ergotropy, full"; a plain "ergotropy" is unchanged."""
    rest = " ".join(text.replace("ergotropy", "").replace(" ,", ",").split()).strip(" ,")
    return rest.removeprefix("of ") or text


def _short(name: str, array: xr.DataArray) -> str:
    """Return the name of a curve in a legend: quantity, entry and parameter."""
    text = _long_name(array)
    for long, short in SHORT_FORMS.items():
        text = text.replace(long, short)
    texts = [text, _entry(name)] if not name.startswith(("heat_current", "work_flow")) else []
    kind = "heat" if name.startswith("heat") else "work"
    texts = texts or [f"{kind}: {_entry(name)}" if _entry(name) else kind]
    parameters = _parameters(array) if name.startswith("free_energy") else ""
    return pretty_text(", ".join(word for word in [*texts, parameters] if word))


def _entry(name: str) -> str:
    """Return the environment or drive in a name such as ``"heat_current[cavity-loss]"``."""
    return name.partition("[")[2].removesuffix("]")


def _parameters(array: xr.DataArray) -> str:
    """Return the parameters of a merit as text."""
    values = {key: value for key, value in array.attrs.items() if key not in NOT_PARAMETERS}
    return ", ".join(
        f"{GREEK.get(str(key), key)} = {value:g}"
        if isinstance(value, float)
        else f"{key} = {value}"
        for key, value in values.items()
        if isinstance(value, str | float | int)
    )


def _long_name(array: xr.DataArray) -> str:
    return str(array.attrs.get("long_name", str(array.name).replace("_", " ")))
