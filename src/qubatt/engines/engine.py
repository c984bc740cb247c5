"""What every engine offers, and the refusal of problems that do not fit in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import psutil

from qubatt.core.check import FloatArray
from qubatt.core.errors import ResourceError
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.solution import Solution
from qubatt.core.space import Basis, Operator

MomentOperator = Callable[[Realization], Operator]
"""Builds the operator whose expectation value is wanted, shape ``(D, D)``, Hermitian."""

Progress = Callable[[float], None]
"""Told the fraction of the run that is done, from 0 to 1."""


class Engine(ABC):
    """A method for dρ/dt = −i[H, ρ] + Σ γ D[c]ρ; declared with ``@declare("engine", name)``.

    Its fields are its options, and only its own.
    """

    @abstractmethod
    def solve(
        self,
        problem: Problem,
        times: FloatArray,
        moments: Mapping[str, MomentOperator],
        *,
        basis: Basis | None = None,
        states: bool = False,
        progress: Progress | None = None,
    ) -> Solution:
        """Propagate from time 0 and return the moments at the output times.

        Parameters
        ----------
        problem : Problem
            What to solve.
        times : array, shape (T,)
            Output times, strictly ascending, ≥ 0.
        moments : mapping of str to MomentOperator
            Operators whose expectation values are wanted.
        basis : {"symmetric", "full"}, optional
            Basis of the atoms; the smallest that holds the problem by default.
        states : bool
            Keep the density matrices too, T × D² × 16 bytes.
        progress : callable, optional
            Called with the fraction done.

        Raises
        ------
        ResourceError
            If the problem does not fit in the free memory.
        """


def require_memory(engine: str, needed: float, dim: int) -> None:
    """Refuse a run that needs more memory than is free.

    Raises
    ------
    ResourceError
        With both numbers and the cure.
    """
    free = psutil.virtual_memory().available
    if needed > free:
        raise ResourceError(
            f"The {engine} engine needs {needed / 1e9:.1f} GB for {dim} states, but"
            f" {free / 1e9:.1f} GB are free. Lower max_photons or n_atoms."
        )
