"""The distribution of the random settings."""

from __future__ import annotations

from typing import Any

from bench.trust.matrices import MODELS
from bench.trust.setting import (
    BATTERIES,
    COLLAPSE_SHARE,
    COUPLINGS,
    DISSIPATORS,
    FREQUENCIES,
    INTERACTIONS,
    LAST_TIMES,
    MAX_ATOMS,
    OCCUPATIONS,
    PHOTONS,
    PULSE_SHARE,
    PULSED_TIMES,
    RATES,
    TARGETS,
    Drawing,
    Record,
    Setting,
    Span,
    build_battery,
)
from qubatt.core.declaration import fields_of
from qubatt.core.registry import registry
from qubatt.environment.dissipator import fitting_dissipators

SMALL_ATOMS = 2
"""Largest number of atoms with three levels, or with dissipators of single atoms."""

LOSS_SHARE = 0.4
"""Share of the open settings in which loss of the cavity is one of the dissipators in any case."""

OSCILLATOR_CHARGERS: dict[str, Span] = {"fock": (1, 2), "coherent": (0.05, 0.4)}
"""Mean photon numbers of the charger of a pair of oscillators, each with a cut-off."""

STEADY_CHARGER: Record = {"type": "fock", "photons": 1}
"""Charger state of steady states, which rarely depend on it."""

STEADY_LOSS: Span = (0.05, 1.0)
"""Rate of the loss of the cavity that every steady state has, log-uniform."""

LEVEL_PAIRS = (("excited", "middle"), ("middle", "ground"), ("excited", "ground"))
"""Upper and lower level of `LevelDecay`."""


def settings(
    count: int, seed: int = 0, run: str = "charge", atoms: int = MAX_ATOMS
) -> list[Setting]:
    """Return random settings; the first ones do not depend on the count.

    Parameters
    ----------
    count : int
        Number of settings.
    seed : int
        Seed of all random numbers.
    run : str
        ``"charge"``; or ``"steady"``, with loss of the cavity and without pulses.
    atoms : int
        Largest number of atoms.
    """
    return [draw(seed, index, run, atoms) for index in range(count)]


def draw(seed: int, index: int, run: str = "charge", atoms: int = MAX_ATOMS) -> Setting:
    """Return one random setting."""
    drawing = Drawing(seed, index)
    name = drawing.choice(BATTERIES)
    pulsed = run == "charge" and drawing.chance(PULSE_SHARE)
    last_time = drawing.log(PULSED_TIMES if pulsed else LAST_TIMES)
    if name == "custom":
        battery = draw_custom(drawing)
    elif name == "cascade":
        battery = draw_cascade(drawing, min(atoms, SMALL_ATOMS))
    else:
        battery = draw_cavity_battery(drawing, name, atoms)
    if pulsed:
        battery = with_pulse(drawing, battery, last_time)
    return Setting(
        seed=seed,
        index=index,
        run=run,
        battery=battery,
        charger=STEADY_CHARGER if run == "steady" else draw_charger(drawing, battery),
        environment=draw_environment(drawing, battery, steady=run == "steady"),
        last_time=last_time,
        aim=drawing.choice(("energy", "worst")),
        target=drawing.uniform(*TARGETS),
    )


def draw_cavity_battery(drawing: Drawing, name: str, atoms: int) -> Record:
    """Return a battery of two-level atoms in a cavity."""
    n_atoms = int(drawing.rng.integers(1, atoms + 1))
    coupling = drawing.log(COUPLINGS)
    omega_cavity = drawing.log(FREQUENCIES) if drawing.chance(0.5) else 1.0
    if name == "two-photon-dicke":
        largest = COLLAPSE_SHARE / (2 * n_atoms)
        coupling = drawing.log((0.1 * largest, largest))
        omega_cavity = omega_cavity / 2
    return {
        "type": name,
        "n_atoms": n_atoms,
        "coupling": coupling,
        "interaction": drawing.signed(INTERACTIONS),
        "interaction_z": drawing.signed(INTERACTIONS),
        "omega_atom": drawing.log(FREQUENCIES) if drawing.chance(0.5) else 1.0,
        "omega_cavity": omega_cavity,
    }


def draw_cascade(drawing: Drawing, atoms: int) -> Record:
    """Return a cascade battery."""
    fields = {
        name: drawing.log(FREQUENCIES)
        for name in ("detuning_middle", "detuning_excited", "detuning_cavity", "pump", "control")
    }
    return {
        "type": "cascade",
        "n_atoms": int(drawing.rng.integers(1, atoms + 1)),
        "coupling": drawing.log(COUPLINGS),
        "interaction": drawing.signed(INTERACTIONS),
        **fields,
    }


def draw_custom(drawing: Drawing) -> Record:
    """Return a battery made of matrices."""
    model = drawing.choice([*MODELS])
    omega = drawing.log(FREQUENCIES)
    record: Record = {
        "type": "custom",
        "model": model,
        "omega_cavity": omega,
        "omega_battery": drawing.log(FREQUENCIES),
        "coupling": drawing.log(COUPLINGS),
    }
    if model == "kerr":
        record["kerr"] = drawing.log((0.01, 0.5))
    elif model == "diamagnetic":
        record["diamagnetic"] = drawing.log((0.01, 0.3))
    elif model == "pairs":  # the spectrum collapses at ω_c/2
        record["coupling"] = drawing.log((0.05 * omega, 0.5 * COLLAPSE_SHARE * omega))
    elif model == "driven-cavity":
        record["exchange"] = drawing.log(COUPLINGS)
    elif model == "oscillators":
        weak = min(omega, record["omega_battery"])
        record["coupling"] = drawing.log((0.03 * weak, 0.3 * weak))
        record["ratio"] = drawing.choice((0.0, 1.0))
    if drawing.chance(0.25):
        record["pair_loss"] = drawing.log(RATES)
    return record


def with_pulse(drawing: Drawing, battery: Record, last_time: float) -> Record:
    """Return the battery with its coupling, or one of its fields, as a pulse of the same height."""
    names = ["coupling"]
    if battery["type"] == "cascade":
        names += ["pump", "control"]
    name = drawing.choice(names)
    return battery | {name: draw_pulse(drawing, battery[name], last_time), "pulse": name}


def draw_pulse(drawing: Drawing, height: float, last_time: float) -> Record:
    """Return a pulse of at most this height."""
    shape = drawing.choice(("gaussian", "piecewise", "sine"))
    if shape == "gaussian":
        return {
            "type": shape,
            "amplitude": height,
            "centre": drawing.uniform(0.1 * last_time, 0.9 * last_time),
            "width": drawing.log((0.05 * last_time, 0.5 * last_time)),
        }
    if shape == "sine":
        return {
            "type": shape,
            "amplitude": height / 2,
            "frequency": drawing.log((0.3, 3.0)),
            "phase": drawing.uniform(0.0, 6.28),
            "offset": height / 2,
        }
    pieces = int(drawing.rng.integers(2, 6))
    inner = sorted({drawing.uniform(0.0, last_time) for _ in range(pieces - 1)} - {0.0})
    return {
        "type": shape,
        "times": [0.0, *inner, last_time + 1.0],
        "values": [drawing.uniform(-height, height) for _ in range(len(inner) + 1)],
    }


def draw_charger(drawing: Drawing, battery: Record) -> Record:
    """Return a charger state; weak light for a pair of oscillators."""
    pair = battery.get("model") == "oscillators"
    name = drawing.choice(OSCILLATOR_CHARGERS if pair else [*registry.items("charger")])
    low, high = (OSCILLATOR_CHARGERS if pair else PHOTONS)[name]
    if name == "fock":
        return {"type": name, "photons": int(drawing.rng.integers(low, high + 1))}
    record: Record = {"type": name, "mean_photons": drawing.log((low, high))}
    if name == "cat":
        allowed = ("even", "none", "odd") if record["mean_photons"] >= 1.0 else ("even", "none")
        record["parity"] = drawing.choice(allowed)
    if name == "displaced-squeezed":
        record["squeezing_fraction"] = drawing.uniform(0.05, 0.6)
    if "phase" in fields_of(registry.get("charger", name)) and drawing.chance(0.5):
        record["phase"] = drawing.uniform(0.0, 6.28)
    return record


def draw_environment(drawing: Drawing, battery: Record, steady: bool = False) -> list[Record]:
    """Return dissipators that fit; of single atoms only for few atoms, because of the size."""
    fitting = list(fitting_dissipators(build_battery(battery, 4).space))
    if battery.get("n_atoms", 1) > SMALL_ATOMS:
        fitting = [name for name in fitting if not name.startswith(("local-", "level-"))]
    number = int(drawing.rng.choice(len(DISSIPATORS), p=DISSIPATORS))
    chosen = drawing.rng.permutation(fitting)[:number].tolist()
    lossy = steady or (number > 0 and drawing.chance(LOSS_SHARE))
    if lossy and "cavity-loss" not in chosen:
        chosen = ["cavity-loss", *chosen[1:]]
    parts = [draw_dissipator(drawing, name) for name in sorted(chosen)]
    if steady:
        losses = [part for part in parts if part["type"] == "cavity-loss"]
        losses[0]["rate"] = drawing.log(STEADY_LOSS)
    return parts


def draw_dissipator(drawing: Drawing, name: str) -> Record:
    """Return a dissipator with random rates."""
    record: dict[str, Any] = {"type": name, "rate": drawing.log(RATES)}
    fields = fields_of(registry.get("environment", name))
    if "n_thermal" in fields and drawing.chance(0.5):
        record["n_thermal"] = drawing.log(OCCUPATIONS)
    if "upper" in fields:
        record["upper"], record["lower"] = drawing.choice(LEVEL_PAIRS)
    return record
