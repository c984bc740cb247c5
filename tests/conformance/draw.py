"""Batteries with random parameters, environments and light."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
from specimen import NAMES, example, fitting

import qubatt as qb
from qubatt.core.declaration import fields_of
from qubatt.core.problem import Problem
from qubatt.environment import Dissipator
from qubatt.models import Battery

LARGEST = 24
"""Largest dimension of random problems: their dense superoperators have its fourth power."""


def random_battery(rng: np.random.Generator, pulses: bool = False) -> Problem:
    """Return any battery with random parameters, environments that fit and light.

    With `pulses`, what may have one has one half of the time.
    """
    name = NAMES["battery"][rng.integers(len(NAMES["battery"]))]
    photons = 1 if name == "cascade" else 3
    atoms = int(rng.integers(1, 3 if name == "cascade" else 4))
    model = example("battery", name, n_atoms=atoms, max_photons=photons)
    model = scaled(model, rng, 0.3, 1.7)
    if pulses:
        names = {"coupling", "drive", "pump", "control"} & fields_of(type(model)).keys()
        chosen = {part: pulse(rng) for part in sorted(names) if rng.random() < 0.5}
        model = dataclasses.replace(model, **chosen)  # type: ignore[type-var]  # all are declared
    parts = [scaled(part, rng, 0.5, 2.0) for part in fitting(model)]
    if model.space.in_basis("full").dim > LARGEST:
        parts = [part for part in parts if is_collective(part, model)]
    kept = [part for part in parts if rng.random() < 0.7] or parts
    charger = model.charger_factor
    if charger is None:
        return model.problem(None, kept)
    highest = min(photons, model.space.factors[charger].ladder)
    problem = model.problem(qb.FockState(int(rng.integers(highest + 1))), kept)
    if rng.random() < 0.5:
        dim = problem.space.factors[charger].dim
        problem = replace(problem, initial={charger: random_state(rng, dim)})
    return problem


def is_collective(part: Dissipator, battery: Battery) -> bool:
    """Return whether an environment leaves the atoms on the ladder."""
    return all(jump.scope == "collective" for jump in part.jumps(battery.space))


def pulse(rng: np.random.Generator) -> qb.SinePulse | qb.GaussianPulse:
    """Return a smooth pulse."""
    if rng.random() < 0.5:
        return qb.SinePulse(*rng.uniform(0.3, 1.5, 3), offset=float(rng.normal()))
    return qb.GaussianPulse(*rng.uniform(0.3, 1.5, 3))


def scaled(thing: object, rng: np.random.Generator, low: float, high: float) -> object:
    """Return a declared object with its real numbers times random factors, of either sign."""
    changes = {}
    for name in fields_of(type(thing)):
        value = getattr(thing, name)
        if isinstance(value, float):
            sign = rng.choice([-1, 1]) if name in ("coupling", "interaction", "drive") else 1
            changes[name] = float(sign * rng.uniform(low, high) * value)
    return dataclasses.replace(thing, **changes)


def random_state(rng: np.random.Generator, dim: int) -> np.ndarray:
    """Return a random mixed state."""
    root = rng.normal(size=(dim, dim)) + 1j * rng.normal(size=(dim, dim))
    rho = root @ root.conj().T
    return rho / np.trace(rho).real
