"""A study: a battery, its surroundings, what is done with it, and which parameters vary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

import qubatt.environment
import qubatt.models
import qubatt.pulses
import qubatt.states
import qubatt.sweeps.study.run_spec  # noqa: F401  # these register what a study names
from qubatt.core.declaration import fields_of
from qubatt.core.errors import MISSING, ArgumentError, suggest
from qubatt.core.registry import registry
from qubatt.sweeps.study.axis import Axis, Varied, axes_of
from qubatt.sweeps.study.point import Point, points_of
from qubatt.sweeps.study.spec import Spec, read

MOST = 10**6
"""Most points of a study."""

TABLES = ("battery", "charger", "environment", "run", "sweep")
KEYS = ("title", "description", *TABLES)


@dataclass(frozen=True)
class Study:
    """Points of a grid: one battery each, in its surroundings, with what is done with it.

    Every argument may be a table (a dict with ``type`` and fields), a text as on the command line
    (``"fock:4"``), or an object. What varies may be left out or hold any value.

    Parameters
    ----------
    battery : table, str or Battery
        What is charged.
    charger : table, str or ChargerState, optional
        Initial state of the cavity; by default as many photons as atoms.
    environment : list of tables, str or Dissipator, optional
        What the battery loses energy to.
    run : table, str or protocol, optional
        What is done: ``ChargeRun`` by default, ``SteadyRun``, ``DischargeRun``; and the merits.
    sweep : mapping, optional
        Values by parameter: ``{"battery.coupling": [0.1, 0.2], "cavity-loss.rate": {"start": 0,
        "stop": 1, "count": 11}}``. All are combined with all, but for those in lists under
        ``"together"``, which vary as one. A text is a formula of others: ``"1 / sqrt(n_atoms)"``.
    title, description : str, optional
        What it is about.

    Raises
    ------
    ArgumentError
        Naming what is wrong, before anything is computed.

    Examples
    --------
    >>> import qubatt as qb
    >>> study = qb.Study(
    ...     battery=qb.DrivenBattery(n_atoms=2, drive=1.0),
    ...     environment=[qb.CollectiveDecay(0.5)],
    ...     run=qb.SteadyRun(),
    ...     sweep={"battery.n_atoms": [1, 2], "battery.drive": [0.5, 1.0, 2.0]},
    ... )
    >>> len(study)
    6
    """

    battery: Any
    charger: Any = None
    environment: Any = ()
    run: Any = "charge"
    sweep: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        if len(self) > MOST:
            raise ArgumentError("sweep", f"hold at most {MOST:,} points", len(self))

    @classmethod
    def of(cls, given: Study | Mapping[str, Any] | str | Path) -> Study:
        """Return the study that a file, its text as a dict, or an object is.

        Raises
        ------
        ArgumentError
            If there is no such file, it is no TOML, or something in it is wrong.
        """
        if isinstance(given, Study):
            return given
        if isinstance(given, str | Path):
            given = _parsed(Path(given))
        if not isinstance(given, Mapping):
            raise ArgumentError("study", "be a file, a dict or a Study", given)
        for key in given:
            if key not in KEYS:
                cure = suggest(str(key), KEYS)
                raise ArgumentError("study", "have only tables that are known", key, cure)
        if "battery" not in given:
            raise ArgumentError(
                "battery", "be given", MISSING, 'A table [battery] with type = "dicke".'
            )
        return cls(**given)

    @cached_property
    def tables(self) -> dict[str, Spec]:
        """The tables, as read: battery, charger, environment (a list), run."""
        parts = [self.environment]
        if isinstance(self.environment, list | tuple):
            parts = list(self.environment)
        return {
            "battery": read("battery", self.battery),
            "charger": None if self.charger is None else read("charger", self.charger),
            "environment": [read("environment", part) for part in parts],
            "run": read("run", self.run),
        }

    @cached_property
    def _parts(self) -> tuple[tuple[Axis, ...], tuple[Varied, ...]]:
        if not isinstance(self.sweep, Mapping):
            cure = 'For example {"battery.coupling": [0.1, 0.2]}.'
            raise ArgumentError("sweep", "be a table of values by parameter", self.sweep, cure)
        return axes_of(self.tables, self.sweep)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the grid, in the order written."""
        return self._parts[0]

    @property
    def formulas(self) -> tuple[Varied, ...]:
        """Parameters that are formulas of others."""
        return self._parts[1]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of points along every axis."""
        return tuple(len(axis) for axis in self.axes)

    def __len__(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points, in the order of the grid (last axis fastest).

        Raises
        ------
        ArgumentError
            If a battery, charger, environment or run of one of them cannot be built.
        """
        return tuple(points_of(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the tables, ready for JSON; what cannot be written is described."""
        tables = {name: _plain(table) for name, table in self.tables.items() if table is not None}
        words = {key: getattr(self, key) for key in ("title", "description") if getattr(self, key)}
        return words | tables | {"sweep": _plain(dict(self.sweep))}

    def to_dict_in_full(self) -> dict[str, Any]:
        """Return the tables with all fields that were left out and have a value all the same."""
        found = self.to_dict()
        for kind in ("battery", "charger", "run"):
            found |= {kind: _in_full(kind, found[kind])} if kind in found else {}
        found["environment"] = [_in_full("environment", part) for part in found["environment"]]
        return found

    def to_toml(self) -> str:
        """Return a study file; what cannot be written in one is described."""
        return tomli_w.dumps(self.to_dict())


def _parsed(path: Path) -> Any:
    if not path.is_file():
        cure = "qubatt sweep --example writes one to begin with."
        raise ArgumentError("study", "be an existing file", str(path), cure)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError("study", "be a TOML file", str(path), f"{error}.") from None


def _in_full(kind: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with the defaults of its fields."""
    cls = registry.items(kind).get(table["type"])
    known = fields_of(cls) if cls is not None else {}
    defaults = {
        name: _plain(table.get(name, field.default))
        for name, field in known.items()
        if name in table or not (field.is_required() or field.default is None)
    }
    return {"type": table["type"]} | defaults | table


def _plain(value: Any) -> Any:
    """Return a value as JSON and TOML hold it; None stands for what is left out."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items() if part is not None}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float):
        return value
    from qubatt.core.declaration import parameters_of

    return parameters_of(value)
