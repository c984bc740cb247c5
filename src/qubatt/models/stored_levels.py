"""Empty and full states of a battery defined by matrices, from the levels of H_B."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.errors import MISSING, ArgumentError
from qubatt.core.input_matrix import tidy
from qubatt.core.levels import OuterLevels
from qubatt.core.space import Operator

GAP_TOLERANCE = 1e-12
"""Rounding error of a sum, relative to the sum of the magnitudes of its terms.
"""


class StoredEnergy(Mapping[str, Operator]):
    """H_B on the battery factor and the projectors derived from it, by name.

    The names are ``H_B``, ``P_ground`` for the projector onto the lowest level (the empty
    battery), and ``P_full`` for the projector onto the highest level. H_B is diagonalised on the
    first use of a projector.

    Parameters
    ----------
    H_B : sparse array, shape (d, d)
        Battery Hamiltonian on the battery factor.
    """

    def __init__(self, H_B: Operator) -> None:
        self.H_B = H_B
        self.levels = OuterLevels(H_B)

    def __getitem__(self, name: str) -> Operator:
        if name == "P_ground":
            return self.levels.ground
        if name == "P_full":
            return self.levels.top
        if name == "H_B":
            return self.H_B
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)

    def __iter__(self) -> Iterator[str]:
        return iter(("H_B", "P_ground", "P_full"))

    def __len__(self) -> int:
        return 3

    @cached_property
    def empty(self) -> NDArray[Any] | None:
        """Ket of the empty battery, shape ``(d,)``, or None if it is the state of index 0.

        Raises
        ------
        ArgumentError
            If the lowest level is degenerate and does not contain the state of index 0.
        """
        if self.levels.is_lowest(0):
            return None
        P = self.levels.ground
        states = round(float(P.trace().real))
        if states > 1:
            requirement = f"be set, because the lowest level of H_B is {states}-fold degenerate"
            cure = "Pass a ket or a density matrix of the whole space."
            raise ArgumentError("initial", requirement, MISSING, cure)
        populations = P.diagonal().real
        largest = int(np.argmax(populations))
        ket = P[:, [largest]].toarray().ravel() / np.sqrt(populations[largest])
        return np.asarray(ket / np.linalg.norm(ket))


def descends(H_B: Operator) -> bool:
    """Return whether the spin states |m⟩ are in descending order, that is, Tr[H_B J_z] < 0.

    J_z is the operator for ascending order. H_B of atoms consists of ω J_z with ω > 0 and an
    interaction that is even in J_z, so the sign of the trace reveals the order.
    """
    j = 0.5 * (H_B.shape[0] - 1)
    parts = (np.arange(H_B.shape[0]) - j) * H_B.diagonal().real
    return bool(parts.sum() < -GAP_TOLERANCE * np.abs(parts).sum())


def rearranged(matrix: Operator, order: NDArray[np.intp] | None) -> Operator:
    """Return a matrix, shape ``(D, D)``, with reordered states, or unchanged if order is None."""
    return matrix if order is None else tidy(matrix[order][:, order])


def turned(dims: Mapping[str, int], name: str) -> NDArray[np.intp]:
    """Return the order of the states of the whole space that reverses the levels of one factor."""
    states = np.arange(int(np.prod(list(dims.values())))).reshape(tuple(dims.values()))
    return np.flip(states, axis=list(dims).index(name)).ravel()
