"""Task of an engine: problem, times, observables, initial states, and what to save."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubatt.core.check import FloatArray
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem, Start
from qubatt.core.realization import Realization

AT_REST = np.array([np.inf])
"""Times of a task that requests the steady state."""


@dataclass(frozen=True)
class Save:
    """States to save in addition to the expectation values.

    Attributes
    ----------
    states : bool or array of bool, shape (T,)
        Whether to save density matrices, at all or some output times; each has D² × 16 bytes.
    battery : bool
        Whether to save reduced density matrices of the battery at all output times.
    """

    states: bool | NDArray[np.bool_] = False
    battery: bool = False

    def states_at(self, times: FloatArray) -> NDArray[np.bool_]:
        """Return for every output time whether its state is saved, shape ``(T,)``."""
        if isinstance(self.states, bool):
            return np.full(len(times), self.states)
        return self.states


@dataclass(frozen=True)
class Task:
    """A problem with all requested outputs, the only input of engines and steady solvers.

    Attributes
    ----------
    problem : Problem
        Problem to solve, with every factor in the requested basis; see `in_smallest_basis`.
    times : array, shape (T,)
        Output times, strictly ascending, ≥ 0; infinity alone for the steady state.
    observables : tuple of Observable
        Observables whose expectation values are requested.
    save : Save
        States to save in addition.
    initials : tuple of mappings
        Initial states, as in `Problem.initial`; by default the one of the problem.
    shared : Realization or None
        The matrices of the problem, if they exist already.
    integrated : tuple of Observable
        Observables whose time integrals are requested; pulses in them must be pulses of the
        Hamiltonian.
    """

    problem: Problem
    times: FloatArray
    observables: tuple[Observable, ...] = ()
    save: Save = Save()
    initials: tuple[Start, ...] = ()
    shared: Realization | None = field(default=None, repr=False, compare=False)
    integrated: tuple[Observable, ...] = ()

    def __post_init__(self) -> None:
        if not self.initials:
            object.__setattr__(self, "initials", (self.problem.initial,))

    @classmethod
    def of(cls, realization: Realization, times: Any, **wanted: Any) -> Task:
        """Return a task for a problem whose matrices exist already."""
        return cls(realization.problem, times, shared=realization, **wanted)

    @cached_property
    def realization(self) -> Realization:
        """The matrices of the problem, for engines that need them.

        Raises
        ------
        UnsupportedError
            If the basis cannot represent the problem.
        """
        realization = Realization(self.problem) if self.shared is None else self.shared
        _ = realization.jumps
        return realization

    @cached_property
    def saved_states(self) -> int:
        """Number of density matrices that are saved, for all initial states."""
        if self.save.states is False:
            return 0
        return int(np.sum(self.save.states_at(self.times))) * len(self.initials)

    @property
    def battery_dim(self) -> int:
        """Dimension d of the battery."""
        return self.problem.space.factors[self.problem.battery].dim
