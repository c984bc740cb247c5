"""Batteries made of matrices, which `CustomBattery` receives at any photon cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import qubatt as qb

MODELS: dict[str, str] = {
    "kerr": "ω_c a†a + ½χ a†²a² + g (a + a†) σ_x",
    "diamagnetic": "ω_c a†a + d (a + a†)² + g (a + a†) σ_x",
    "pairs": "ω_c a†a + g (a² + a†²) σ_x",
    "driven-cavity": "ω_c a†a + g_0 (a σ₊ + a† σ₋) + g (a + a†)",
    "oscillators": "ω_c a†a + g (a b† + a† b + r (a b + a† b†)), the battery is the mode b",
}
"""Charging Hamiltonians by name; g is a number or a pulse, jumps κ₂ D[a²] are optional."""

LADDERS = ("kerr", "driven-cavity")
"""Models whose atom is a factor of spins, on which collective dissipators act."""


def lowering(levels: int) -> NDArray[np.float64]:
    """Return a on the lowest Fock levels."""
    return np.diag(np.sqrt(np.arange(1.0, levels)), k=1)


def custom_battery(record: Mapping[str, Any], cutoff: int, pulse: Any) -> qb.CustomBattery:
    """Return the battery of a record at a cut-off.

    Parameters
    ----------
    record : mapping
        ``model``, one of `MODELS`, and its numbers by name.
    cutoff : int
        Highest Fock level of the cavity, and of the battery if that is a mode too.
    pulse : Pulse or None
        g as a function of time; None for the number ``coupling`` of the record.
    """
    model = str(record["model"])
    cavity, a = np.eye(cutoff + 1), lowering(cutoff + 1)
    size = cutoff + 1 if model == "oscillators" else 2
    atom, b = np.eye(size), lowering(size)
    x, field = b + b.T, a + a.T
    H = record["omega_cavity"] * a.T @ a
    coupled = np.kron(field, x)
    if model == "kerr":
        H = H + 0.5 * record["kerr"] * a.T @ a.T @ a @ a
    elif model == "diamagnetic":
        H = H + record["diamagnetic"] * field @ field
    elif model == "pairs":
        coupled = np.kron(a @ a + a.T @ a.T, x)
    elif model == "driven-cavity":
        coupled = np.kron(field, atom)
    elif model == "oscillators":
        pairs = np.kron(a, b)
        coupled = np.kron(a, b.T) + np.kron(a.T, b) + record["ratio"] * (pairs + pairs.T)
    H = np.kron(H, atom)
    if model == "driven-cavity":
        H = H + record["exchange"] * (np.kron(a, b.T) + np.kron(a.T, b))
    name = "atoms" if model in LADDERS else "battery"
    loss = record.get("pair_loss", 0.0)
    return qb.CustomBattery(
        record["omega_battery"] * b.T @ b,
        H + record["coupling"] * coupled if pulse is None else [H, (coupled, pulse)],
        jumps=[(loss, np.kron(a @ a, atom))] if loss else [],
        dims={"cavity": len(cavity), name: size},
        battery=name,
        roles={"battery": "mode"} if model == "oscillators" else None,
    )
