"""Dissipators: rates in the standard form, and refusals where they do not fit."""

from __future__ import annotations

import pytest

import qubatt as qb
from qubatt.core.problem import Jump
from qubatt.environment import Dissipator
from qubatt.environment.dissipator import fitting_dissipators
from qubatt.models import Battery

DICKE = qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=3)
DRIVEN = qb.DrivenBattery(n_atoms=2, drive=1.0)
CAVITY = qb.DickeBattery(n_atoms=2, coupling=0.4, max_photons=3)
CASCADE = qb.CascadeBattery(max_photons=3)


def test_cavity_loss_writes_both_thermal_jumps() -> None:
    """κ(n̄ + 1) down and κn̄ up, not doubled, tagged with where they come from."""
    assert qb.CavityLoss(0.5, n_thermal=0.2).jumps(DICKE.space) == (
        Jump(0.6, {"cavity": "a"}, source="cavity-loss"),
        Jump(0.1, {"cavity": "a+"}, source="cavity-loss"),
    )


def test_collective_decay_writes_both_thermal_jumps() -> None:
    """γ(n̄ + 1) D[J₋] and γn̄ D[J₊]."""
    down, up = qb.CollectiveDecay(0.4, n_thermal=0.5).jumps(DRIVEN.space)
    assert (down.operators, up.operators) == ({"atoms": "J-"}, {"atoms": "J+"})
    assert (down.rate, up.rate) == pytest.approx((0.6, 0.2), rel=1e-15)
    assert down.scope == up.scope == "collective"


@pytest.mark.parametrize(
    ("dissipator", "jump"),
    [
        (qb.CollectivePumping(0.3), Jump(0.3, {"atoms": "J+"}, source="collective-pumping")),
        (qb.CollectiveDephasing(0.3), Jump(0.3, {"atoms": "Jz"}, source="collective-dephasing")),
        (qb.CavityDephasing(0.3), Jump(0.3, {"cavity": "n"}, source="cavity-dephasing")),
        (qb.LocalPumping(0.3), Jump(0.3, {"atoms": "J+"}, "local", "local-pumping")),
        (qb.LocalDephasing(0.3), Jump(0.3, {"atoms": "Jz"}, "local", "local-dephasing")),
    ],
)
def test_single_jumps_with_the_rate_as_given(dissipator: Dissipator, jump: Jump) -> None:
    """γ D[c], once for all atoms or once per atom."""
    assert dissipator.jumps(DICKE.space) == (jump,)


def test_local_emission_writes_both_thermal_jumps() -> None:
    """γ(n̄ + 1) Σ D[σ₋] and γn̄ Σ D[σ₊]."""
    down, up = qb.LocalEmission(0.4, n_thermal=0.5).jumps(DRIVEN.space)
    assert (down.operators, up.operators) == ({"atoms": "J-"}, {"atoms": "J+"})
    assert (down.rate, up.rate) == pytest.approx((0.6, 0.2), rel=1e-15)
    assert down.scope == up.scope == "local"


@pytest.mark.parametrize(
    ("upper", "lower", "name"),
    [
        ("middle", "ground", "S_gm"),
        ("excited", "middle", "S_me"),
        ("excited", "ground", "S_ge"),
    ],
)
def test_level_decay_is_local(upper: str, lower: str, name: str) -> None:
    """γ Σᵢ D[|lower⟩⟨upper|ᵢ]: one local jump with the rate as given."""
    assert qb.LevelDecay(upper, lower, 0.2).jumps(CASCADE.space) == (
        Jump(0.2, {"atoms": name}, scope="local", source="level-decay"),
    )


@pytest.mark.parametrize(
    ("dissipator", "battery", "message"),
    [
        (
            qb.CavityLoss(0.5),
            DRIVEN,
            "CavityLoss acts on `cavity`, but this battery has only `atoms`.",
        ),
        (
            qb.CollectiveDecay(0.5),
            CASCADE,
            "CollectiveDecay needs the operator J-, which the factor `atoms` of this battery"
            " does not have.",
        ),
        (
            qb.CollectivePumping(0.5),
            CASCADE,
            "CollectivePumping needs the operator J+, which the factor `atoms` of this battery"
            " does not have.",
        ),
        (
            qb.CollectiveDephasing(0.5),
            CASCADE,
            "CollectiveDephasing needs the operator Jz, which the factor `atoms` of this battery"
            " does not have.",
        ),
        (
            qb.LocalEmission(0.5),
            CASCADE,
            "LocalEmission needs the operator J-, which the factor `atoms` of this battery"
            " does not have.",
        ),
        (
            qb.CavityDephasing(0.5),
            DRIVEN,
            "CavityDephasing acts on `cavity`, but this battery has only `atoms`.",
        ),
        (
            qb.LevelDecay("excited", "ground", 0.2),
            DICKE,
            "LevelDecay acts on three-level atoms; use LocalEmission for two-level atoms.",
        ),
        (
            qb.LevelDecay("excited", "ground", 0.2),
            DRIVEN,
            "LevelDecay acts on three-level atoms; use LocalEmission for two-level atoms.",
        ),
    ],
)
def test_misfits_are_refused_by_name(
    dissipator: Dissipator, battery: Battery, message: str
) -> None:
    """Building the problem says which dissipator does not fit and why."""
    with pytest.raises(qb.UnsupportedError) as caught:
        battery.problem(environment=[dissipator])
    text, _, names = str(caught.value).partition(" Environments of this battery are: ")
    assert text == message
    assert names.rstrip(".").split(", ") == list(fitting_dissipators(battery.space))


@pytest.mark.parametrize(
    ("upper", "lower", "message"),
    [
        (
            "midle",
            "ground",
            "Argument `upper` must name a level of the atoms, but is 'midle'."
            " Best matches are: middle.",
        ),
        (
            "middle",
            "m",
            "Argument `lower` must name a level of the atoms, but is 'm'."
            " Known are: excited, ground, middle.",
        ),
        (
            "ground",
            "middle",
            "Argument `upper` must be higher than 'middle', but is 'ground'. Swap upper and lower.",
        ),
        (
            "middle",
            "middle",
            "Argument `upper` must be higher than 'middle', but is 'middle'. Swap upper and lower.",
        ),
    ],
)
def test_level_decay_checks_its_levels(upper: str, lower: str, message: str) -> None:
    """Unknown, swapped and equal levels are named."""
    with pytest.raises(qb.ArgumentError) as caught:
        CASCADE.problem(environment=[qb.LevelDecay(upper, lower, 0.1)])
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["rate", "n_thermal"])
def test_rates_and_occupations_are_not_negative(name: str) -> None:
    """A negative rate is no dissipator."""
    with pytest.raises(qb.ArgumentError, match=f"Argument `{name}` must be non-negative"):
        qb.CavityLoss(**{"rate": 0.5, name: -0.1})


def test_a_product_of_operators_is_one_jump() -> None:
    """Two photons at once, as another dissipator may write it; each name is checked."""
    loss = qb.CavityLoss(0.3)
    (jump,) = loss.one_jump(CAVITY.space, "cavity", ("a", "a"), 0.3)
    assert jump.operators == {"cavity": ("a", "a")}
    with pytest.raises(
        qb.UnsupportedError, match="needs the operator b, which the factor `cavity`"
    ):
        loss.one_jump(CAVITY.space, "cavity", ("a", "b"), 0.3)
