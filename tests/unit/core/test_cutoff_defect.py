"""Defect of a photon cut-off: its rate bounds the neglected part of the generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.typing import NDArray

import qubatt as qb
from qubatt.charging.request import Request
from qubatt.core import cutoff_defect as module
from qubatt.core.cutoff_defect import CutoffDefect, DefectOperator, cutoff_defect
from qubatt.core.errors import UnsupportedError
from qubatt.core.realization import Realization
from qubatt.core.resize import resized, with_levels

WARM = qb.CavityLoss(0.5, n_thermal=0.7)


def lowering(levels: int) -> NDArray[Any]:
    """Return a on the lowest levels."""
    return np.diag(np.sqrt(np.arange(1.0, levels)), 1)


def pairs_and_gain(levels: int) -> qb.CustomBattery:
    """Return a qubit that absorbs photon pairs, with gain and dephasing of the cavity."""
    a, one = lowering(levels), np.eye(2)
    H = np.kron(0.5 * a.T @ a, one) + 0.2 * np.kron(a @ a + a.T @ a.T, [[0, 1], [1, 0]])
    jumps = [(0.3, np.kron(a.T @ a, one)), (0.2, np.kron(a.T, one)), (0.1, np.kron(a @ a, one))]
    return qb.CustomBattery(np.diag([0, 1.0]), H, jumps, {"cavity": levels, "battery": 2})


def two_modes(levels: int) -> qb.CustomBattery:
    """Return a battery that is an oscillator, beside a Kerr cavity written in another order."""
    a, one = lowering(levels), np.eye(levels)
    H = np.kron(a @ a.T, one) + np.kron(0.3 * a.T @ a.T @ a @ a, one)
    H = H + 0.1 * (np.kron(a, a.T) + np.kron(a.T, a)) + 0.2 * np.kron(one, a + a.T)
    dims = {"cavity": levels, "battery": levels}
    return qb.CustomBattery(a.T @ a, H, [(0.3, np.kron(a.T, one))], dims, roles={"battery": "mode"})


MODELS: dict[str, tuple[Callable[[int], Any], Any]] = {
    "dicke": (lambda n: qb.DickeBattery(2, 0.5, n - 1, interaction=-1.0), "cavity-loss:0.5"),
    "warm": (lambda n: qb.DickeBattery(2, 0.5, n - 1), WARM),
    "tavis-cummings": (lambda n: qb.TavisCummingsBattery(2, 0.5, n - 1), WARM),
    "pairs": (lambda n: qb.TwoPhotonDickeBattery(2, 0.1, n - 1), WARM),
    "cascade": (lambda n: qb.CascadeBattery(max_photons=n - 1), [WARM, qb.CavityDephasing(0.2)]),
    "local": (lambda n: qb.DickeBattery(2, 0.3, n - 1), [WARM, qb.LocalEmission(0.2)]),
    "pulse": (lambda n: qb.DickeBattery(2, lambda t: np.sin(3 * t), n - 1), WARM),
    "custom": (pairs_and_gain, None),
    "two modes": (two_modes, None),
}


def generator(realization: Realization, rho: NDArray[Any], time: float) -> NDArray[Any]:
    """Return 𝓛(t)ρ with dense matrices."""
    H = realization.H.toarray() + sum(f(time) * part.toarray() for f, part in realization.pulsed)
    change = -1j * (H @ rho - rho @ H)
    for rate, sparse in realization.jumps:
        c = sparse.toarray()
        loss = c.conj().T @ c
        change = change + rate * (c @ rho @ c.conj().T - 0.5 * (loss @ rho + rho @ loss))
    return np.asarray(change)


def expectation(rho: NDArray[Any], time: float) -> Callable[[DefectOperator], float]:
    """Return the function that gives the expectation values of defect operators."""

    def value(X: DefectOperator) -> float:
        matrix = X.operator.steady.toarray()
        matrix = matrix + sum(f(time) * part.toarray() for f, part in X.operator.pulsed)
        return max(0.0, float(np.trace(rho @ matrix).real))

    return value


def ratios(name: str, defect: Callable[[Realization], CutoffDefect | None]) -> list[float]:
    """Return b divided by ‖(𝓛̂ − 𝓛)ρ‖₁, from dense matrices with five more levels."""
    build, environment = MODELS[name]
    realization = Request.of(build(5), None, environment, ["energy"]).realization
    space = realization.problem.space
    more = {mode: space.factors[mode].dim + 5 for mode in space.modes}
    larger = Realization(with_levels(realization.problem, more))
    kept = space.places_in(larger.problem.space)
    known = defect(realization)
    assert known is not None
    rng = np.random.default_rng(0)
    found = []
    for rank in (1, 1, 2, 5):
        kets = rng.normal(size=(space.dim, rank)) + 1j * rng.normal(size=(space.dim, rank))
        rho = kets @ kets.conj().T
        rho /= np.trace(rho).real
        time = float(rng.uniform(0.0, 3.0))
        padded = np.zeros((larger.dim, larger.dim), dtype=complex)
        padded[np.ix_(kept, kept)] = rho
        neglected = generator(larger, padded, time)
        neglected[np.ix_(kept, kept)] -= generator(realization, rho, time)
        true = float(np.linalg.svd(neglected, compute_uv=False).sum())
        found.append(known.rate(expectation(rho, time)) / true)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_rate_bounds_the_neglected_part(name: str) -> None:
    """For pure and mixed states, and not by more than a factor of four."""
    found = ratios(name, cutoff_defect)
    assert min(found) >= 1.0 - 1e-12
    assert max(found) < 4.0


@pytest.mark.parametrize("name", MODELS)
def test_a_missing_factor_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fifth of each defect the check above fails."""
    whole = module._Restriction.defect
    monkeypatch.setattr(module._Restriction, "defect", lambda *each: 0.2 * whole(*each))
    assert min(ratios(name, cutoff_defect)) < 1.0


@pytest.mark.parametrize("name", ["dicke", "warm", "tavis-cummings", "local", "pulse"])
def test_a_defect_of_the_wrong_level_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the column of the highest level nothing is left."""
    whole = module._Restriction.defect

    def lower(*each: Any) -> Any:
        """Return the defect without the columns of the highest level."""
        found = whole(*each).tolil()
        states = found.shape[1] // 5
        found[:, -states:] = 0.0
        return sp.csr_array(found)

    monkeypatch.setattr(module._Restriction, "defect", lower)
    assert min(ratios(name, cutoff_defect)) < 1.0


def test_loss_alone_has_no_defect() -> None:
    """Nothing leads above the cut-off, whatever the state."""
    battery = qb.TavisCummingsBattery(2, 0.0, 4)
    realization = Request.of(battery, None, "cavity-loss:0.5", ["energy"]).realization
    defect = cutoff_defect(realization)
    assert defect is not None
    assert defect.is_zero
    driven = Request.of(qb.DrivenBattery(2, 1.0), None, None, ["energy"]).realization
    assert cutoff_defect(driven) == CutoffDefect(None, ())


def test_closed_form_of_the_dicke_battery() -> None:
    """K†K = (2 g_c)² (n + 1) J_x² on the highest level n."""
    battery = qb.DickeBattery(3, 0.4, 6, interaction=0.7)
    realization = Request.of(battery, None, "cavity-loss:0.5", ["energy"]).realization
    defect = cutoff_defect(realization)
    assert defect is not None
    assert defect.KK is not None
    Jx = realization.problem.space.operator("atoms", ("Jx",)).toarray()
    expected = np.zeros((28, 28))
    expected[24:, 24:] = 0.8**2 * 7 * Jx @ Jx
    np.testing.assert_allclose(defect.KK.operator.steady.toarray(), expected, atol=1e-13)
    assert defect.jumps == ()


@pytest.mark.parametrize("size", [3, 12])
def test_matrices_are_continued_and_cut(size: int) -> None:
    """Polynomials in a and a† of two modes, with any order of the factors."""
    a = lowering(8)

    def matrix(levels: int) -> NDArray[Any]:
        a, b = lowering(levels), lowering(4)
        big = np.kron(a.T @ a @ a.T @ a + 2 * (a + a.T), b + b.T)
        return np.asarray(big + 1j * np.kron(a.T @ a.T - a @ a, b.T @ b))

    old, new = {"x": 8, "y": 4}, {"x": size, "y": 4}
    found = resized(sp.csr_array(matrix(8)), old, new).toarray()
    exact = matrix(max(size, 9))
    if size < 8:
        exact = matrix(8)[: 4 * size, : 4 * size]
        np.testing.assert_array_equal(found, exact)
    else:  # the last levels of a product of truncated matrices are no polynomial
        np.testing.assert_allclose(found, matrix(size), atol=1e-11)
    assert a.shape == (8, 8)


@pytest.mark.parametrize("levels", [4, 5, 6, 7, 12])
def test_operators_that_vanish_at_the_lowest_levels_are_continued(levels: int) -> None:
    """a†²a² is continued as n(n − 1), not as 0, which fits the two lowest levels as well."""
    n = np.arange(levels + 3.0)
    kerr = sp.csr_array(np.diag((n * (n - 1.0))[:levels]))
    continued = resized(kerr, {"x": levels}, {"x": levels + 3}).diagonal()
    np.testing.assert_allclose(continued, n * (n - 1.0), atol=1e-12)


def test_other_matrices_are_not_continued() -> None:
    """Random matrices, a function of n, and too few levels; the certificate then has no bound."""
    rng = np.random.default_rng(1)
    random = sp.csr_array(rng.normal(size=(8, 8)))
    root = sp.csr_array(np.diag(np.sqrt(np.arange(8.0))))
    few = sp.csr_array(np.diag([0.0, 1.0]))
    unclear = sp.csr_array(np.diag([0.0, 0.0, 2.0]))  # n(n − 1), or 0 with a cut level
    for matrix in (random, root, few, unclear):
        size = matrix.shape[0]
        with pytest.raises(UnsupportedError, match="cannot be continued"):
            resized(matrix, {"x": size}, {"x": size + 2})
    battery = pairs_and_gain(6)
    H = np.array(battery.H_charge.toarray())
    H[:4, :4] += np.kron(np.diag([0.3, 1.7]), np.eye(2))  # a defect at the lowest levels
    odd = replace(battery, H_charge=H)
    assert cutoff_defect(Request.of(odd, None, None, ["energy"]).realization) is None
