"""Merits that are the expectation value of one product of named operators on one factor."""

from __future__ import annotations

from typing import ClassVar

from qubatt.core.check import FloatArray
from qubatt.core.problem import Problem
from qubatt.core.space import Basis
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import product, without_cavity
from qubatt.merits.record import Record


class CavityExpectation(Merit):
    """⟨O⟩ of a product of named operators of the cavity."""

    operators: ClassVar[str]

    @property
    def moment(self) -> str:
        """Name of the moment."""
        return f"cavity {self.operators}"

    def obstacle(self, problem: Problem, basis: Basis) -> str:  # noqa: ARG002  # any
        """Return why the problem cannot give it."""
        return without_cavity(problem)

    def moments(self, problem: Problem) -> Moments:  # noqa: ARG002  # any with a cavity
        """Return the operator."""
        return {self.moment: product("cavity", self.operators)}

    def values(self, record: Record) -> FloatArray:
        """Return ⟨O⟩, shape ``(T,)``."""
        return record.moments[self.moment]
