"""Factors by role, each in a basis of its own, in any order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.problem import Problem, Term
from qubatt.core.realization import in_smallest_basis, realize
from qubatt.core.space import Space
from qubatt.operators import Atoms, Levels, Mode
from solving import solve

EXCHANGE = (
    Term(0.6, {"charger": "J-", "atoms": "J+"}),
    Term(0.6, {"charger": "J+", "atoms": "J-"}),
    Term(1.0, {"charger": "Jz"}),
)
TIMES = np.linspace(0.0, 4.0, 9)


def mediated(dissipators: list[object], order: tuple[str, ...] = ("charger", "atoms")) -> Problem:
    """Return two atoms behind two charger atoms that start full."""
    factors = {"charger": Atoms(2), "atoms": Atoms(2)}
    space = Space({name: factors[name] for name in order})
    jumps = tuple(jump for part in dissipators for jump in part.jumps(space))
    charged = {"charger": np.eye(3)[2]}
    H_B = (Term(1.0, {"atoms": "Jz"}),)
    return Problem(space, "atoms", H_B, EXCHANGE, jumps, charged, "charger")


def energy(problem: Problem, **options: object) -> np.ndarray:
    """Return ⟨H_B⟩ over time."""
    return solve(qb.ExactEngine(), problem, TIMES, {"E": lambda R: R.H_B}, **options).moments["E"]


def test_roles_and_positions() -> None:
    """What each factor is, and where it stands."""
    space = Space({"atoms": Atoms(2), "light": Mode(3), "rest": Levels(2)})
    assert {name: factor.role for name, factor in space.factors.items()} == {
        "atoms": "spins",
        "light": "mode",
        "rest": "levels",
    }
    assert space.modes == ("light",)
    assert space.position("light") == 1
    assert space.basis == "symmetric"
    assert [factor.ladder for factor in space.factors.values()] == [2, 3, 1]
    assert Atoms(2, ("ground", "middle", "excited")).ladder is None


def test_local_decay_of_the_battery_leaves_the_charger_on_its_ladder() -> None:
    """3 · 2² states instead of 2⁴, and the same energy as with all of them."""
    problem = in_smallest_basis(mediated([qb.LocalEmission(0.3)]))
    assert problem.space.dims == (3, 4)
    assert problem.space.bases == {"charger": "symmetric", "atoms": "full"}
    assert problem.space.basis == "charger symmetric, atoms full"
    small, large = energy(problem), energy(problem, basis="full")
    np.testing.assert_allclose(small, large, atol=1e-9)
    assert np.ptp(small) > 0.5


def test_local_decay_of_the_charger_leaves_the_battery_on_its_ladder() -> None:
    """The other way round."""
    problem = in_smallest_basis(mediated([qb.LocalEmission(0.3, on="charger")]))
    assert problem.space.dims == (4, 3)
    np.testing.assert_allclose(energy(problem), energy(problem, basis="full"), atol=1e-9)


@pytest.mark.parametrize(
    "bath", [qb.CollectiveDecay(0.4, 0.1, on="charger"), qb.LocalPumping(0.2, on="charger")]
)
def test_factors_may_stand_in_any_order(bath: object) -> None:
    """Energy does not depend on the order of the product."""
    one, other = (mediated([bath], order) for order in (("charger", "atoms"), ("atoms", "charger")))
    np.testing.assert_allclose(energy(one), energy(other), atol=1e-9)


def test_a_basis_may_be_named_factor_by_factor() -> None:
    """Those that are not named keep theirs; unknown ones are refused."""
    space = mediated([]).space
    assert space.in_basis({"charger": "full"}).dims == (4, 3)
    assert space.in_basis("full").in_basis({"atoms": "symmetric"}).dims == (4, 3)
    with pytest.raises(qb.UnsupportedError, match="There is no factor `cavity`"):
        space.in_basis({"cavity": "full"})
    with pytest.raises(qb.UnsupportedError, match="There is no basis 'blocks'"):
        space.in_basis("blocks")  # type: ignore[arg-type]


def test_dissipators_act_on_the_factor_that_they_name() -> None:
    """By default the usual one; the source of the heat tells which where it is another."""
    space = mediated([]).space
    usual, other = qb.CollectiveDecay(0.3), qb.CollectiveDecay(0.3, on="charger")
    assert usual.jumps(space)[0].operators == {"atoms": "J-"}
    assert other.jumps(space)[0].operators == {"charger": "J-"}
    assert usual.jumps(space)[0].source == "collective-decay"
    assert other.jumps(space)[0].source == "collective-decay-charger"
    with pytest.raises(qb.UnsupportedError, match=r"acts on `cavity`, but .* only `charger` and"):
        qb.CavityLoss(0.5).jumps(space)
    light = Space({"light": Mode(2), "atoms": Atoms(1)})
    with pytest.raises(qb.UnsupportedError, match='Use on="light"'):
        qb.CavityLoss(0.5).jumps(light)
    assert qb.CavityLoss(0.5, on="light").jumps(light)[0].operators == {"light": "a"}


def test_the_usual_factor_is_not_stored() -> None:
    """Parameters, and with them keys of studies, are those of results that knew no `on`."""
    from qubatt.core.declaration import parameters_of

    assert parameters_of(qb.CavityLoss(0.5)) == {
        "type": "cavity-loss",
        "rate": 0.5,
        "n_thermal": 0.0,
    }
    assert parameters_of(qb.CollectiveDecay(0.5, on="charger"))["on"] == "charger"


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (qb.CoherentState(0.1), "be a state that `charger` can hold"),
        (qb.FockState(3), "have at most 2 excitations, the maximum of `charger`"),
    ],
)
def test_spins_hold_states_of_a_ladder(state: object, message: str) -> None:
    """Fock and custom states fit any ladder, light fits modes."""
    with pytest.raises(qb.ArgumentError, match=message):
        state.prepared_in("charger", Atoms(2))
    np.testing.assert_array_equal(qb.FockState(1).prepared_in("charger", Atoms(2)), [0, 1, 0])
    with pytest.raises(qb.ArgumentError, match="levels of this factor do not form a ladder"):
        qb.FockState(1).prepared_in("charger", Atoms(2, ("ground", "middle", "excited")))


def test_photons_are_those_of_the_charger() -> None:
    """Of two modes the charger counts, wherever it stands; the certificate looks at both."""
    space = Space({"store": Mode(4), "light": Mode(3)})
    terms = (Term(0.3, {"store": "a+", "light": "a"}), Term(0.3, {"store": "a", "light": "a+"}))
    H_B = (Term(1.0, {"store": "n"}),)
    problem = Problem(space, "store", H_B, terms, (), {"light": np.eye(4)[2]}, "light")
    assert problem.mode == "light"
    merit = qb.merit("mean_photons")
    (photons,) = merit.observables(problem)
    (top, other) = qb.merit("cutoff_population").observables(problem)
    R = realize(problem)
    assert R.observe(photons).steady.diagonal().tolist() == [*range(4)] * 5
    assert top.label == "store P_top"
    assert other.label == "light P_top"
    assert replace(problem, charger=None).mode == "store"
