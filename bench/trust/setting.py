"""Random settings: batteries, charger states, environments and pulses as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bench.trust.matrices import custom_battery
from qubatt.core.registry import registry
from qubatt.models import Battery

Record = dict[str, Any]
Span = tuple[float, float]

BATTERIES: dict[str, float] = {
    "dicke": 0.28,
    "tavis-cummings": 0.18,
    "two-photon-dicke": 0.16,
    "cascade": 0.14,
    "custom": 0.24,
}
"""Shares of the batteries."""

MAX_ATOMS = 4
"""Largest number of atoms; 2 for cascade batteries and for dissipators of single atoms."""

COUPLINGS: Span = (0.03, 0.6)
"""Coupling g_c in units of ω_c, or g of the other batteries; log-uniform."""

COLLAPSE_SHARE = 0.7
"""Largest two-photon coupling, relative to the one at which the spectrum collapses."""

INTERACTIONS: Span = (0.05, 2.0)
"""|g| and |g_z|, log-uniform with random sign; half of the interactions are 0."""

FREQUENCIES: Span = (0.5, 2.0)
"""ω_a, ω_c, detunings and fields, log-uniform."""

RATES: Span = (0.005, 1.0)
"""Rates of dissipators, log-uniform."""

OCCUPATIONS: Span = (0.05, 0.8)
"""Mean occupation n̄ of half of the baths that have one, log-uniform; 0 in the others."""

DISSIPATORS: tuple[float, ...] = (0.2, 0.45, 0.25, 0.1)
"""Shares of settings with 0, 1, 2 and 3 dissipators, out of all that fit the battery."""

PHOTONS: dict[str, Span] = {
    "fock": (1, 6),
    "coherent": (0.1, 4.0),
    "squeezed": (0.05, 0.8),
    "thermal": (0.05, 0.8),
    "cat": (0.1, 4.0),
    "displaced-squeezed": (0.1, 1.5),
}
"""Mean photon numbers of the charger states, log-uniform; integers for Fock states."""

LAST_TIMES: Span = (0.5, 20.0)
"""Last time, log-uniform."""

PULSED_TIMES: Span = (0.5, 8.0)
"""Last time of settings with a pulse, which take longer."""

PULSE_SHARE = 0.35
"""Share of settings in which the coupling or a field is a pulse."""

TARGETS: Span = (-2.2, 1.8)
"""Decades between the tolerance and the true error at which the cut-off is placed, uniform."""


@dataclass(frozen=True)
class Setting:
    """A run without its photon cut-off, as JSON-compatible data.

    Attributes
    ----------
    seed, index : int
        They determine everything else.
    run : str
        ``"charge"`` or ``"steady"``.
    battery, charger : dict
        Name of the type and fields; `pulse` of the battery, if any, is the field that is a pulse.
    environment : list of dict
        Dissipators.
    last_time : float
        Last time of a charging run.
    aim : str
        ``"energy"`` or ``"worst"``: the error by which the cut-off is placed.
    target : float
        log10 of that error relative to the tolerance.
    """

    seed: int
    index: int
    run: str
    battery: Record
    charger: Record
    environment: list[Record]
    last_time: float
    aim: str
    target: float

    def to_record(self) -> Record:
        """Return the setting as JSON-compatible data."""
        return asdict(self)

    @cached_property
    def times(self) -> np.ndarray:
        """Output times, eight per unit of time and at least 21."""
        return np.linspace(0.0, self.last_time, 21 + int(8 * self.last_time))

    def build(self, cutoff: int) -> Battery:
        """Return the battery at a photon cut-off."""
        return build_battery(self.battery, cutoff)

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """Charger and environment as arguments of `charge` and `steady_state`."""
        return {
            "charger": built("charger", self.charger),
            "environment": [built("environment", part) for part in self.environment],
        }

    @property
    def groups(self) -> dict[str, list[str]]:
        """Groups of the setting in the tables, by what they distinguish."""
        pulse = self.battery.get("pulse")
        name = self.battery["type"]
        return {
            "battery": [f"custom: {self.battery['model']}" if name == "custom" else name],
            "charger": [self.charger["type"]],
            "environment": environment_groups(self.environment),
            "pulse": [self.battery[pulse]["type"] if pulse else "none"],
        }


def environment_groups(environment: list[Record]) -> list[str]:
    """Return each dissipator, those with n̄ > 0 as thermal, or ``none``."""
    names = {part["type"] + (" (thermal)" if part.get("n_thermal") else "") for part in environment}
    return sorted(names) or ["none"]


def built(kind: str, record: Mapping[str, Any]) -> Any:
    """Return the declared object of a record."""
    fields = {name: value for name, value in record.items() if name != "type"}
    return registry.get(kind, record["type"])(**fields)


def build_battery(record: Record, cutoff: int) -> Battery:
    """Return the battery of a record at a photon cut-off."""
    pulse = record.get("pulse")
    fields = {name: value for name, value in record.items() if name != "pulse"}
    if record["type"] == "custom":
        return custom_battery(fields, cutoff, built("pulse", record[pulse]) if pulse else None)
    if pulse:
        fields[pulse] = built("pulse", record[pulse])
    battery: Battery = built("battery", fields | {"max_photons": cutoff})
    return battery


class Drawing:
    """Random numbers of one setting."""

    def __init__(self, seed: int, index: int) -> None:
        self.rng = np.random.default_rng([seed, index])

    def log(self, span: Span) -> float:
        """Return a log-uniform number with six digits."""
        return float(f"{np.exp(self.rng.uniform(*np.log(span))):.6g}")

    def uniform(self, low: float, high: float) -> float:
        """Return a uniform number with six digits."""
        return float(f"{self.rng.uniform(low, high):.6g}")

    def chance(self, share: float) -> bool:
        """Return True in this share of the cases."""
        return bool(self.rng.random() < share)

    def choice(self, names: Any) -> Any:
        """Return one of several values; those of `BATTERIES` by their shares."""
        values = list(names)
        shares = list(names.values()) if names is BATTERIES else None
        return values[int(self.rng.choice(len(values), p=shares))]

    def signed(self, span: Span) -> float:
        """Return a log-uniform number of either sign, or 0 in half of the cases."""
        value = self.log(span) * self.choice((-1.0, 1.0))
        return value if self.chance(0.5) else 0.0
