"""A study: a battery, its environment, a run, and the parameters that vary."""

from __future__ import annotations

import math
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
import qubatt.sweeps.study.charge_run
import qubatt.sweeps.study.discharge_run
import qubatt.sweeps.study.steady_run  # noqa: F401  # these register the types used in studies
from qubatt.core.declaration import fields_of
from qubatt.core.errors import MISSING, ArgumentError, suggest
from qubatt.core.registry import registry
from qubatt.sweeps.study.axis import Axis, Varied, parse_axes
from qubatt.sweeps.study.axis_values import written_count
from qubatt.sweeps.study.grid_points import grid_points
from qubatt.sweeps.study.point import Point
from qubatt.sweeps.study.spec import Spec, parse

MAX_POINTS = 10**6
"""Maximum number of points of a study."""

TABLES = ("battery", "charger", "environment", "run", "sweep")
KEYS = ("title", "description", *TABLES)


@dataclass(frozen=True)
class Study:
    """A battery, its environment and a run, defined on a grid of parameters.

    Battery, charger, environment and run may each be a table (a dict with ``type`` and fields), a
    string as on the command line (``"fock:4"``), or an object. Parameters that vary may be omitted
    from the tables; values given there are ignored.

    Parameters
    ----------
    battery : table, str or Battery
        The battery.
    charger : table, str or ChargerState, optional
        Initial state of the charger; by default one photon per atom in a cavity.
    environment : list of tables, str or Dissipator, optional
        Dissipators.
    run : table, str or run, optional
        The kind of run, with its merits: ``ChargeRun`` by default, ``SteadyRun``, ``DischargeRun``.
    sweep : mapping, optional
        Values of each parameter that varies: ``{"battery.coupling": [0.1, 0.2],
        "cavity-loss.rate": {"start": 0, "stop": 1, "count": 11}}``. The grid contains all
        combinations of values; parameters listed together under ``"together"`` vary as one. A
        string is a formula of other parameters: ``"1 / sqrt(n_atoms)"``.
    title, description : str, optional
        Title and description.

    Raises
    ------
    ArgumentError
        If any part of the study is invalid; this is detected before anything is computed.

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
        least = least_points(self.sweep)
        points = least if least > MAX_POINTS else len(self)
        if points > MAX_POINTS:
            cure = "Give fewer values, or let parameters vary together."
            raise ArgumentError("sweep", f"hold at most {MAX_POINTS:,} points", points, cure)

    @classmethod
    def of(cls, written: Study | Mapping[str, Any] | str | Path) -> Study:
        """Return a study given as a file, as a dict with the content of a file, or as a `Study`.

        Raises
        ------
        ArgumentError
            If the file does not exist or is not TOML, or if the study is invalid.
        """
        if isinstance(written, Study):
            return written
        if isinstance(written, str | Path):
            written = _read_toml(Path(written))
        if not isinstance(written, Mapping):
            raise ArgumentError("study", "be a file, a dict or a Study", written)
        for key in written:
            if key not in KEYS:
                cure = suggest(str(key), KEYS)
                raise ArgumentError("study", "contain only known tables", key, cure)
        if "battery" not in written:
            raise ArgumentError(
                "battery", "be given", MISSING, 'Add a table [battery], e.g. with type = "dicke".'
            )
        return cls(**written)

    @cached_property
    def tables(self) -> dict[str, Spec]:
        """The parsed tables: battery, charger, environment (a list), run."""
        parts = [self.environment]
        if isinstance(self.environment, list | tuple):
            parts = list(self.environment)
        return {
            "battery": parse("battery", self.battery),
            "charger": None if self.charger is None else parse("charger", self.charger),
            "environment": [parse("environment", part) for part in parts],
            "run": parse("run", self.run),
        }

    @cached_property
    def _parts(self) -> tuple[tuple[Axis, ...], tuple[Varied, ...]]:
        if not isinstance(self.sweep, Mapping):
            cure = 'Write, for example, {"battery.coupling": [0.1, 0.2]}.'
            raise ArgumentError("sweep", "be a table of parameters and values", self.sweep, cure)
        return parse_axes(self.tables, self.sweep)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the grid, in the order of `sweep`."""
        return self._parts[0]

    @property
    def formulas(self) -> tuple[Varied, ...]:
        """Parameters given by formulas."""
        return self._parts[1]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of points along each axis."""
        return tuple(len(axis) for axis in self.axes)

    def __len__(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points, in the order of the grid (last axis fastest).

        Raises
        ------
        ArgumentError
            If the battery, charger, environment or run of a point cannot be built.
        """
        return tuple(grid_points(self.tables, self.axes, self.formulas))

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as JSON-compatible values; strings describe objects without a table."""
        tables = {name: _plain(table) for name, table in self.tables.items() if table is not None}
        texts = {key: getattr(self, key) for key in ("title", "description") if getattr(self, key)}
        return texts | tables | {"sweep": _plain(dict(self.sweep))}

    def to_dict_with_defaults(self) -> dict[str, Any]:
        """Return the tables as JSON-compatible values, with the defaults of omitted fields."""
        content = self.to_dict()
        for kind in ("battery", "charger", "run"):
            content |= {kind: _with_defaults(kind, content[kind])} if kind in content else {}
        environment = content["environment"]
        content["environment"] = [_with_defaults("environment", part) for part in environment]
        return content

    def to_toml(self) -> str:
        """Return the text of a study file, with descriptions of objects without a table."""
        return tomli_w.dumps(self.to_dict())


def least_points(sweep: Any) -> int:
    """Return a lower bound on the number of points, computed before any value is built.

    Parameters that may vary together with others, and invalid values, count as one value.
    """
    if not isinstance(sweep, Mapping):
        return 1
    together = str(sweep.get("together", ""))
    counts = [
        written_count(written)
        for name, written in sweep.items()
        if name != "together" and str(name) not in together
    ]
    return math.prod(counts)


def _read_toml(path: Path) -> Any:
    if not path.is_file():
        cure = "`qubatt sweep --example` prints a template."
        raise ArgumentError("study", "be an existing file", str(path), cure)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError("study", "be a TOML file", str(path), f"{error}.") from None


def _with_defaults(kind: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with the defaults of the omitted fields."""
    cls = registry.items(kind).get(table["type"])
    fields = fields_of(cls) if cls is not None else {}
    defaults = {
        name: _plain(table.get(name, field.default))
        for name, field in fields.items()
        if name in table or not (field.is_required() or field.default is None)
    }
    return {"type": table["type"]} | defaults | table


def _plain(value: Any) -> Any:
    """Return a value in the types of JSON and TOML, without the fields that are None."""
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
