"""Charger states given as matrices: any library, padded, hashable, refused where they are none."""

from __future__ import annotations

import copy
import json
import pickle
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
import qutip as qt
import scipy.sparse as sp

import qubatt as qb
from qubatt.core.declaration import parameters_of
from qubatt.core.registry import registry

KET = np.array([0.6, 0.0, 0.8j])
RHO = np.array([[0.5, 0.0, 0.2j], [0.0, 0.2, 0.0], [-0.2j, 0.0, 0.3]])


@pytest.mark.parametrize(
    "given", [KET, KET.tolist(), KET[:, np.newaxis], qt.Qobj(KET), sp.csr_array(KET[:, np.newaxis])]
)
def test_kets_from_any_library(given: Any) -> None:
    """Rows, columns and sparse columns are the same ket, padded with zeros."""
    state = qb.CustomState(given)
    np.testing.assert_array_equal(state.state(2), KET)
    np.testing.assert_array_equal(state.state(4), [*KET, 0, 0])
    assert state == qb.CustomState(KET)
    assert state.mean_photons == pytest.approx(1.28, rel=1e-15)


@pytest.mark.parametrize("form", [np.array, np.ndarray.tolist, sp.csr_array, sp.coo_array, qt.Qobj])
def test_density_matrices_from_any_library(form: Any) -> None:
    """Padded with zeros on both sides."""
    state = qb.CustomState(form(RHO))
    np.testing.assert_allclose(state.state(2), RHO, atol=1e-16)
    np.testing.assert_allclose(state.state(5), np.pad(RHO, (0, 3)), atol=1e-16)
    assert state == qb.CustomState(RHO)


def test_it_charges_like_the_state_that_it_holds() -> None:
    """A coherent state and a thermal one of QuTiP against the classes of this package."""
    battery = qb.DickeBattery(2, 0.4, 20)
    for light, expected in [
        (qt.coherent(60, 1.1, method="analytic"), qb.CoherentState(1.21)),
        (qt.thermal_dm(80, 0.7, method="analytic"), qb.ThermalState(0.7)),
    ]:
        run = qb.charge(battery, times=[0.0, 1.0], charger=qb.CustomState(light))
        other = qb.charge(battery, times=[0.0, 1.0], charger=expected)
        np.testing.assert_allclose(run.energy, other.energy, atol=1e-9)
        stored = json.loads(run.attrs["parameters"])["charger"]
        assert stored["type"] == "custom"
        assert stored["mean_photons"] == pytest.approx(expected.mean_photons, rel=1e-9)


def test_real_where_it_can_be() -> None:
    """Only an imaginary part makes it complex."""
    assert qb.CustomState(np.array([0.6, 0.8], dtype=complex)).state(3).dtype == np.float64
    assert qb.CustomState(KET).state(3).dtype == np.complex128


def test_values_are_frozen_and_hashable() -> None:
    """Equal numbers are equal states; neither the source nor a view changes it afterwards."""
    source = KET.copy()
    state = qb.CustomState(source)
    source[0] = 5.0
    assert {state, qb.CustomState(KET)} == {state}
    assert state != qb.CustomState([0.6, 0.8])
    assert state != qb.CustomState(np.outer(KET, KET.conj()))
    assert qb.CustomState([1.0, -0.0]) == qb.CustomState([1.0, 0.0])
    with pytest.raises(ValueError, match="read-only"):
        state.matrix[0] = 1.0
    with pytest.raises(AttributeError):
        state.matrix = KET
    for twin in (pickle.loads(pickle.dumps(state)), copy.deepcopy(state)):
        assert twin == state
        assert hash(twin) == hash(state)


def test_parameters_are_ready_for_json() -> None:
    """Shape, mean photon number and a hash of the numbers tell what was run."""
    stored = json.loads(json.dumps(parameters_of(qb.CustomState(np.diag([0.5, 0.25, 0.25])))))
    digest = sha256(np.diag([0.5, 0.25, 0.25]).astype("<f8").tobytes()).hexdigest()
    assert stored == {"type": "custom", "shape": [3, 3], "mean_photons": 0.75, "sha256": digest}


def test_little_above_the_cutoff_is_cut_off_and_more_is_refused() -> None:
    """1e-6 goes, 1e-4 does not; the smallest cut-off that would do is named."""
    little = np.diag([0.5, 0.5 - 1e-6, 1e-6])
    kept = qb.CustomState(little).state(1)
    assert np.trace(kept) == pytest.approx(1.0, abs=1e-15)
    much = qb.CustomState(np.diag([0.5, 0.3, 0.1, 0.1, 0.0]))
    with pytest.raises(qb.ArgumentError) as caught:
        much.state(1)
    assert str(caught.value) == (
        "Argument `matrix` must leave at most 1e-05 of the state above max_photons = 1, but is"
        " CustomState(density matrix of 5 levels, mean_photons=0.8)."
        " Set max_photons to 3 or more."
    )


def test_cutoff_is_found_for_it() -> None:
    """`max_photons="auto"` begins where it fits."""
    battery = qb.TavisCummingsBattery(2, 0.5, "auto")
    run = qb.charge(battery, times=[0.0, 1.0], charger=qb.CustomState(np.eye(8)[7]))
    assert json.loads(run.attrs["cutoff"])["chosen"] >= 7
    assert float(run.mean_photons[0]) == pytest.approx(7.0, abs=1e-9)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            [[0.5, 0.1], [0.3, 0.5]],
            "Argument `matrix` must be Hermitian, but is (0.1+0j)."
            " Entries (0, 1) and (1, 0) must be complex conjugates.",
        ),
        (
            [[0.5, 0.6], [0.6, 0.5]],
            "Argument `matrix` must be positive, but is 'eigenvalue -0.1'."
            " A density matrix has no negative eigenvalues.",
        ),
        (
            [[0.5, 0.0], [0.0, 0.4]],
            "Argument `matrix` must have trace 1, but is 0.9."
            " If normalisation is intended, divide it by its trace.",
        ),
        (
            [1.0, 1.0],
            "Argument `matrix` must have norm 1, but is 1.4142135623730951."
            " If normalisation is intended, divide it by its norm.",
        ),
        ([0.0, 0.0], "Argument `matrix` must have norm 1, but is 0.0."),
        ([1.0, np.nan], "Argument `matrix` must be finite, but is 'entry (1)'."),
        ([[1.0, np.inf], [0, 0]], "Argument `matrix` must be finite, but is 'entry (0, 1)'."),
        (
            np.ones((2, 3)),
            "Argument `matrix` must be a ket or a square matrix, but is 'shape (2, 3)'.",
        ),
        (
            KET[np.newaxis],
            "Argument `matrix` must be a ket or a square matrix, but is 'shape (1, 3)'."
            " A ket is a column; use its ravel().",
        ),
        (
            np.ones((2, 2, 2)),
            "Argument `matrix` must be a ket or a square matrix, but is 'shape (2,",
        ),
        ([], "Argument `matrix` must hold at least one level, but is 'shape (0,)'."),
        (1.0, "Argument `matrix` must be a ket or a square matrix, but is 'shape ()'."),
        ("fock", "Argument `matrix` must be a matrix of numbers, but is 'fock'."),
    ],
)
def test_what_is_no_state_is_refused(given: Any, message: str) -> None:
    """The worst entry or eigenvalue is named, and what to type instead."""
    with pytest.raises(qb.ArgumentError) as caught:
        qb.CustomState(given)
    assert str(caught.value).startswith(message)


def test_careless_normalisation_is_put_right() -> None:
    """Seven digits are enough; the state itself has trace 1 to rounding."""
    ket = (1 + 3e-7) * KET
    assert np.linalg.norm(qb.CustomState(ket).state(2)) == pytest.approx(1.0, abs=1e-15)
    rho = qb.CustomState((1 + 5e-7) * RHO).state(2)
    assert np.trace(rho).real == pytest.approx(1.0, abs=1e-15)


def test_it_has_no_name_to_be_typed() -> None:
    """It is not listed, and asking for it says what to do."""
    assert "custom" not in registry.items("charger")
    with pytest.raises(qb.ArgumentError, match=r"available in Python only, as qb\.CustomState"):
        registry.get("charger", "custom")
