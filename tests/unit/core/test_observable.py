"""Observables as declared objects: what they are as matrices, labels, equality."""

from __future__ import annotations

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.observable import (
    CURVATURE,
    ENERGY,
    ENERGY_SQUARE,
    POWER,
    ChargingEnergy,
    Derivative,
    Expectation,
    HeatFlow,
    InnerEnergy,
    MatrixObservable,
    Observable,
    Product,
    StoredEnergy,
    WorkFlow,
)
from qubatt.core.problem import OperatorProduct, Term
from qubatt.core.realization import Realization, realize

PROBLEM = qb.DickeBattery(2, 0.4, 3, interaction=0.7).problem(
    environment=[qb.CavityLoss(0.5, n_thermal=0.2), qb.CollectiveDecay(0.3)]
)


def matrix(observable: Observable, realization: Realization) -> np.ndarray:
    """Return an observable without pulses as a dense matrix."""
    found = realization.observe(observable)
    assert not found.pulsed
    return np.asarray(found.steady.toarray())


def commutator(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return AB − BA."""
    return A @ B - B @ A


def test_derivatives_are_those_of_the_adjoint_generator() -> None:
    """L†(O) = i[H, O] + Σ γ (c†Oc − ½{c†c, O}), written out densely, and once more of that."""
    R = realize(PROBLEM)
    H, O = R.H.toarray(), R.H_B.toarray()  # noqa: E741  # as in the equation

    def adjoint(operator: np.ndarray) -> np.ndarray:
        total = 1j * commutator(H, operator)
        for rate, jump in R.jumps:
            c = jump.toarray()
            loss = c.conj().T @ c
            gain = c.conj().T @ operator @ c - 0.5 * (loss @ operator + operator @ loss)
            total = total + rate * gain
        return total

    np.testing.assert_allclose(matrix(ENERGY, R), O, atol=1e-14)
    np.testing.assert_allclose(matrix(POWER, R), adjoint(O), atol=1e-13)
    np.testing.assert_allclose(matrix(CURVATURE, R), adjoint(adjoint(O)), atol=1e-12)


def test_flows_add_up_to_the_derivative() -> None:
    """dU/dt is the heat of both environments and the work of the drive, each by itself."""
    battery = qb.DrivenBattery(3, drive=0.9, interaction=0.5)
    bath = [qb.CollectiveDecay(0.3), qb.CollectivePumping(0.1)]
    R, U = realize(battery.problem(environment=bath)), InnerEnergy()
    flows = [HeatFlow(U, "collective-decay"), HeatFlow(U, "collective-pumping")]
    work = WorkFlow(U, "drive")
    total = sum(matrix(flow, R) for flow in (*flows, work))
    # the frame does not turn here, so that H = U + drive and [H, U] = [drive, U]
    np.testing.assert_allclose(total, matrix(Derivative(U), R), atol=1e-13)
    assert all(np.abs(matrix(flow, R)).max() > 0.01 for flow in (*flows, work))


def test_products_are_symmetrised() -> None:
    """½(AB + BA) is Hermitian though AB is not; of one observable it is the square."""
    R = realize(PROBLEM)
    A, B = Expectation.of("atoms", ("Jx",)), Expectation.of("atoms", ("Jy",))
    a, b = matrix(A, R), matrix(B, R)
    np.testing.assert_allclose(matrix(Product(A, B), R), (a @ b + b @ a) / 2, atol=1e-14)
    np.testing.assert_allclose(matrix(Product(A, A), R), a @ a, atol=1e-14)
    above = R.H_B.toarray() - R.H_B.toarray()[0, 0] * np.eye(R.dim)
    np.testing.assert_allclose(matrix(ENERGY_SQUARE, R), above @ above, atol=1e-12)


def test_pulses_are_parts_of_their_own() -> None:
    """V = f(t) J_x squares to f(t)² J_x², and its flow is linear in f."""
    pulse = qb.SinePulse(0.8, 1.3)
    R = realize(qb.DrivenBattery(2, drive=pulse).problem())
    V = ChargingEnergy()
    ((f, Jx),) = R.observe(V).pulsed
    ((square, Jx2),) = R.observe(Product(V, V)).pulsed
    assert square(0.7) == pytest.approx(f(0.7) ** 2)
    np.testing.assert_allclose(Jx2.toarray(), (Jx @ Jx).toarray(), atol=1e-14)
    ((_, power),) = R.observe(POWER).pulsed
    expected = 1j * commutator(Jx.toarray(), R.H_B.toarray())
    np.testing.assert_allclose(power.toarray(), expected, atol=1e-14)
    with pytest.raises(qb.UnsupportedError, match="time derivative of dH_B/dt is not available"):
        R.observe(CURVATURE)


def test_each_is_realised_once() -> None:
    """Equal observables share the matrices of a realisation."""
    R = realize(PROBLEM)
    first = R.observe(Expectation.of("cavity", ("n",)))
    assert R.observe(Expectation((Term(1.0, {"cavity": "n"}),))) is first
    assert R.observe(StoredEnergy()) is R.observe(ENERGY)
    assert R.observe(StoredEnergy(above_empty=True)) is not R.observe(ENERGY)


def test_labels_tell_observables_apart() -> None:
    """The label is the key in a solution: one for each of those that differ."""
    n, n2 = Expectation.of("cavity", ("n",)), Expectation.of("cavity", ("n", "n"))
    every = [
        ENERGY, POWER, CURVATURE, ENERGY_SQUARE, InnerEnergy(), ChargingEnergy(), n, n2,
        Expectation.of("atoms", ("n",)), Expectation((Term(0.5, {"cavity": "n"}),)),
        Product(n, n2), Product(n2, n), HeatFlow(ENERGY, "a"), HeatFlow(InnerEnergy(), "a"),
        HeatFlow(ENERGY, "b"), WorkFlow(ENERGY, "a"), Derivative(InnerEnergy()),
        MatrixObservable("mine", lambda R: R.H),
    ]  # fmt: skip
    labels = [each.label for each in every]
    assert len(set(labels)) == len(labels)
    assert labels[:3] == ["H_B", "dH_B/dt", "d2H_B/dt2"]
    assert [each.label for each in every if each.matrices] == ["mine"]


def test_products_of_names_compare_by_value() -> None:
    """A name alone is a product of one; order within a factor counts, text is not split."""
    product = OperatorProduct({"cavity": "a", "atoms": ("J+", "J-")})
    assert product == {"atoms": ["J+", "J-"], "cavity": ("a",)}
    assert hash(product) == hash(OperatorProduct({"atoms": ("J+", "J-"), "cavity": ("a",)}))
    assert product != OperatorProduct({"cavity": "a", "atoms": ("J-", "J+")})
    assert product["cavity"] == ("a",)
    assert dict(product) == {"cavity": ("a",), "atoms": ("J+", "J-")}
    with pytest.raises(qb.UnsupportedError, match=r"no operator 'J\+ J-'"):
        realize(PROBLEM).operator([Term(1.0, {"atoms": "J+ J-"})])
