"""Charger states of equal energy: who takes part, and that their energies are equal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.registry import registry
from qubatt.states import ChargerState

ALWAYS = ["cat", "coherent", "displaced-squeezed", "squeezed", "thermal"]


@pytest.mark.parametrize(
    ("mean", "names"),
    [
        (0, [*ALWAYS, "fock"]),
        (0.5, ALWAYS),
        (1, [*ALWAYS, "cat-odd", "fock"]),
        (2.5, [*ALWAYS, "cat-odd"]),
        (np.float64(6.0), [*ALWAYS, "cat-odd", "fock"]),
    ],
)
def test_who_takes_part(mean: float, names: list[str]) -> None:
    """Fock states for whole numbers, odd cats from 1 on, all others always."""
    known = {name for name in qb.equal_energy(mean) if registry_home(name)}
    assert known == set(names)


def registry_home(name: str) -> bool:
    """Return whether a charger state comes from the package itself, not from another test."""
    kind = name.removesuffix("-odd")
    return bool(registry.get("charger", kind).__module__.startswith("qubatt."))


@pytest.mark.parametrize("mean", [0, 1, 1.7, 4])
def test_energies_are_equal(mean: float) -> None:
    """⟨a†a⟩ of the states themselves, far below the cut-off."""
    for name, charger in qb.equal_energy(mean).items():
        state = charger.state(400)
        p = np.abs(state) ** 2 if state.ndim == 1 else np.diag(state)
        assert p @ np.arange(401) == pytest.approx(mean, rel=1e-9, abs=1e-12), name


def test_a_new_state_takes_part_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing is built from its mean; one with several says how they are called."""

    class Plain(ChargerState):
        def __init__(self, mean_photons: float) -> None:
            self.mean_photons = mean_photons

        def state(self, max_photons: int) -> np.ndarray:
            return np.eye(max_photons + 1)[0]

    class Several(Plain):
        @classmethod
        def with_mean_photons(cls, mean_photons: float) -> Mapping[str, ChargerState]:
            return {"": cls(mean_photons), "bright": cls(mean_photons)}

    for name, kind in (("plain", Plain), ("several", Several)):
        monkeypatch.setitem(registry._entries["charger"], name, kind)
    found = qb.equal_energy(2.5)
    assert {"plain", "several", "several-bright"} <= set(found)
    assert found["plain"].mean_photons == 2.5


@pytest.mark.parametrize(
    ("mean", "words"),
    [(-1, "be non-negative, but is -1"), ("six", "be a number, but is 'six'"), (np.nan, "finite")],
)
def test_bad_mean(mean: object, words: str) -> None:
    """One sentence with name and value."""
    with pytest.raises(qb.ArgumentError, match=f"Argument `mean_photons` must .*{words}"):
        qb.equal_energy(mean)
