"""Keys: the same in every process and version, for the same physics however it is written."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import Field
from small import driven, environment, noise, points, ramp, small, wave

import qubatt as qb
from qubatt.core.declaration import declare, example_of
from qubatt.core.registry import registry
from qubatt.sweeps import ChargeRun, DischargeRun, Study
from qubatt.sweeps.study.function_hash import function_hash

GOLDEN = json.loads((Path(__file__).parent / "keys.json").read_text())
"""Studies of one point for everything that is registered, and their keys.

Results of earlier versions are found by these. Never change one: a field that is added carries
``json_schema_extra={"added": True}``; where the same parameters give other numbers, raise
NUMERICS_VERSION.
"""

CUSTOM = "00967746afca162d517eab5576645d4e"


def custom() -> Study:
    """Return a study that no file can hold."""
    H_charge = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    return Study(qb.CustomBattery(np.diag([0.0, 1.0, 2.0]), H_charge, [(0.1, np.eye(3, k=1))]))


def keys() -> dict[str, str]:
    """Return the keys of all."""
    found = {name: points(one["study"])[0] for name, one in GOLDEN.items()}
    return found | {"battery custom": points(custom())[0]}


WANTED = {name: one["key"] for name, one in GOLDEN.items()} | {"battery custom": CUSTOM}


def test_golden_keys() -> None:
    """They are those of the first version."""
    assert keys() == WANTED
    assert len(set(WANTED.values())) == len(WANTED)


def test_everything_has_a_golden_key() -> None:
    """What is registered later joins them: the name, a study and its key."""
    kinds = ("battery", "charger", "environment", "run", "pulse")
    names = {f"{kind} {name}" for kind in kinds for name in registry.items(kind)}
    missing = {}
    for name in names - WANTED.keys():
        kind, _, entry = name.partition(" ")
        missing[name] = example_of(registry.get(kind, entry))
    assert not missing


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_keys_in_another_process(seed: str) -> None:
    """Hashes of texts and addresses differ there; keys do not, functions of time included."""
    code = "import json, test_keys; print(json.dumps(test_keys.keys() | test_keys.of_functions()))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(PYTHONHASHSEED=seed),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == WANTED | of_functions()


class Kick:
    """A function of time with parameters, tables and helpers."""

    def __init__(self, size: float) -> None:
        self.size, self.names, self.table = size, {"a", "b", "c"}, np.arange(2000.0)
        self.helper = wave

    def __call__(self, time: float) -> float:
        """Return a drive."""
        return self.size * self.helper(time) if "a" in {"a", "b", "c"} else 0.0


def scaled(time: float, by: Any, kick: Any = None) -> float:
    """Return a drive."""
    return by(time) + (0.0 if kick is None else kick(time))


def closed(by: Any) -> Any:
    """Return a function that holds another one."""
    return lambda time: 2.0 * by(time)


def of_functions() -> dict[str, str]:
    """Return the keys of drives that are functions of time."""
    functions = {
        "wave": wave,
        "ramp": ramp,
        "noise": noise,
        "kick": Kick(0.5),
        "larger kick": Kick(0.6),
        "partial": functools.partial(scaled, by=wave),
        "partial ramp": functools.partial(scaled, by=ramp),
        "partial kick": functools.partial(scaled, by=wave, kick=Kick(0.1)),
        "closure": closed(wave),
        "closure ramp": closed(ramp),
        "lambda": lambda time: 0.5 + 0.3 * time,
        "sine": np.sin,
        "cosine": np.cos,
    }
    return {name: points(with_drive(qb.FunctionPulse(f)))[0] for name, f in functions.items()}


def with_drive(drive: Any) -> dict[str, Any]:
    """Return a study of one point."""
    return driven(battery={"type": "driven", "n_atoms": 2, "drive": drive}, sweep={})


def test_other_functions_have_other_keys() -> None:
    """Also those of one name: only what they do tells them apart."""
    found = of_functions()
    assert len(set(found.values())) == len(found)
    assert function_hash(wave) == function_hash(wave)
    edges = points(with_drive(qb.FunctionPulse(wave, edges=[1.0])))
    assert edges != points(with_drive(qb.FunctionPulse(wave)))
    lambdas = [lambda time: 0.1 * time, lambda time: 0.2 * time]
    assert len({function_hash(f) for f in lambdas}) == 2


DICKE = {"type": "dicke", "n_atoms": 2, "coupling": 0.5, "max_photons": 6}
RUN = {"type": "charge", "t_end": 2.0, "points": 5}


@pytest.mark.parametrize(
    "other",
    [
        {"battery": DICKE | {"coupling": 0.50}},
        {"battery": DICKE | {"interaction": 0}},
        {"battery": DICKE | {"interaction": -0.0}},
        {"battery": DICKE | {"omega_atom": 1}},
        {"battery": "dicke:2,0.5,6"},
        {"battery": "dicke:n_atoms=2,coupling=0.5,max_photons=6,interaction=0.0"},
        {"battery": qb.DickeBattery(2, 0.5, 6)},
        {"battery": qb.DickeBattery(n_atoms=np.int64(2), coupling=np.float64(0.5), max_photons=6)},
        {"charger": "fock:2"},
        {"charger": {"type": "fock", "photons": 2}},
        {"charger": qb.FockState(2)},
        {"environment": [{"type": "cavity-loss", "rate": 1}]},
        {"environment": "cavity-loss:1"},
        {"environment": ["cavity-loss:rate=1.0,n_thermal=0"]},
        {"environment": [qb.CavityLoss(1, n_thermal=-0.0)]},
        {"run": {"type": "charge", "times": [0, 0.5, 1, 1.5, 2]}},
        {"run": {"type": "charge", "times": [-0.0, 0.5, 1.0, 1.5, 2.0]}},
        {"run": {"type": "charge", "times": np.linspace(0, 2, 5), "merits": ["purity"]}},
        {"run": {"type": "charge", "t_end": 2, "points": 5}},
        {"run": "charge:2,5"},
        {"run": ChargeRun(t_end=2, points=5)},
        {"sweep": {"battery.interaction": [0.0]}},
        {"sweep": {"battery.coupling": "1 / n_atoms"}},
        {"sweep": {"cavity-loss.rate": {"start": 1, "stop": 1, "count": 1}}},
        {"sweep": {"environment.0.rate": [1]}},
        {"sweep": {"charger": ["fock:2"]}},
        {"sweep": {"run.t_end": [2]}},
        {"title": "Another title", "description": "and description"},
    ],
    ids=repr,
)
def test_the_same_physics_written_otherwise(other: dict[str, Any]) -> None:
    """Numbers, texts, tables, objects; the default charger said or not; times said or counted."""
    base = {"battery": DICKE, "environment": ["cavity-loss:1.0"], "run": RUN}
    assert points(base | other) == points(base)


def test_state_times_and_start_are_numbers_too() -> None:
    """1 is 1.0 among them as everywhere."""
    charge = RUN | {"merits": ["negativity"]}
    studies = [small(run=charge | {"state_times": [one, 2]}, sweep={}) for one in (1, 1.0)]
    assert points(studies[0]) == points(studies[1])
    starts = [driven(run=DischargeRun(start=one), sweep={}) for one in (1, 1.0)]
    assert points(starts[0]) == points(starts[1])


def test_field_added_later_leaves_keys_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its default; another value is another key."""
    monkeypatch.setattr(registry, "_entries", {k: dict(v) for k, v in registry._entries.items()})

    def keys_of(**options: Any) -> dict[str, str]:
        return {name: points(make(**options))[0] for name, make in makers.items()}

    def declared(later: bool) -> dict[str, Any]:
        def field(**extra: Any) -> Any:
            return Field(default=0.25, description="Later", json_schema_extra=extra or None)

        found = {}
        for kind, name in (("environment", "cavity-loss"), ("run", "charge")):
            base = registry.get(kind, name)
            registry._entries[kind].pop(name)
            space = {"__module__": __name__, "__qualname__": base.__name__}
            if later:
                space |= {"__annotations__": {"later": float}, "later": field(added=True)}
            found[kind] = declare(kind, name)(type(base.__name__, (base,), space))
        return found

    makers = {
        "environment": lambda **options: Study(
            DICKE, environment=[{"type": "cavity-loss", "rate": 1.0} | options]
        ),
        "run": lambda **options: Study(DICKE, run=RUN | options),
    }
    before = keys_of()
    declared(later=False)
    assert keys_of() == before
    declared(later=True)
    assert keys_of() == keys_of(later=0.25) == before
    other = keys_of(later=0.5)
    assert all(other[name] != before[name] for name in before)


def test_keys_do_not_depend_on_the_grid() -> None:
    """Nor on its order, so that other studies find what they share."""
    study = small()
    turned = small(sweep=dict(reversed(study["sweep"].items())))
    assert set(points(study)) == set(points(turned))
    assert len(set(points(study))) == 12


def test_merits_count_where_a_cutoff_is_to_be_found() -> None:
    """The cut-off found depends on them; in which order they are asked for does not matter."""
    auto = DICKE | {"max_photons": "auto"}
    studies = [
        Study(auto, run=RUN | {"merits": merits})
        for merits in (["energy"], ["energy", "purity"], ["purity", "energy"])
    ]
    first, second, third = (points(study)[0] for study in studies)
    assert first != second == third
