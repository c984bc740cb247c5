"""What every figure of merit says about itself, and what it needs."""

from __future__ import annotations

import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.check import FloatArray
from qubatt.core.declaration import fields_of
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.registry import registry
from qubatt.merits.solved_run import SolvedRun

Needs = Literal["expectations", "curve", "battery state", "full state"]
"""What a merit is computed from, from cheap to dear."""


class Merit(ABC):
    """A figure of merit; declared with ``@declare("merit", name)``.

    Attributes
    ----------
    long_name, units : str
        Label and units of the variable, ħ = k_B = 1.
    definition : str
        The formula.
    bounds : tuple of float
        Between which numbers it always lies.
    citations : tuple of str
        Keys into the bibliography.
    default : bool
        Whether it is computed when no merits are named.
    needs : str
        ``"expectations"``: expectation values; ``"curve"``: the stored energy over time, of
        which it is one number; ``"battery state"``: the reduced state of the battery;
        ``"full state"``: ρ, which is costly: D² numbers, and D³ operations at every time.
    linear : bool
        Whether it is linear in ρ: the merit of a mixture is the mean of the merits. Only these
        can be averaged over samples without a bias.
    at_rest : bool
        Whether steady states have it too.
    """

    long_name: ClassVar[str]
    units: ClassVar[str] = "1"
    definition: ClassVar[str]
    bounds: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    citations: ClassVar[tuple[str, ...]] = ()
    default: ClassVar[bool] = False
    needs: ClassVar[Needs] = "expectations"
    linear: ClassVar[bool] = False
    at_rest: ClassVar[bool] = True

    @abstractmethod
    def values(self, run: SolvedRun) -> FloatArray:
        """Return the merit at all times, shape ``(…, T)``, or ``()`` for one of a curve.

        Dims before the last are those of `labels`.
        """

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # by default
        """Return the observables whose expectation values it needs."""
        return ()

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # as above
        """Return the dims that it has beside time, each with its coordinate."""
        return {}

    def unavailable(self, realization: Realization) -> str:  # noqa: ARG002  # as above
        """Return why the problem cannot give it, a sentence; empty if it can."""
        return ""

    @property
    def kind(self) -> str:
        """Name in the registry."""
        return registry.name_of("merit", type(self))

    @property
    def name(self) -> str:
        """Name of the variable: that in the registry, and values of parameters that are unusual.

        ``free_energy`` is that for β = 1, ``free_energy_2`` for β = 2; attributes tell which.
        """
        values = [
            getattr(self, name)
            for name, field in fields_of(type(self)).items()
            if getattr(self, name) != field.default
        ]
        words = [f"{value:.15g}" if isinstance(value, float) else str(value) for value in values]
        return "_".join([self.kind, *words])

    @property
    def attributes(self) -> dict[str, Any]:
        """What the variable says about itself."""
        parameters = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)  # type: ignore[arg-type]  # those declared are
        }
        sources = {"source": "; ".join(BIBLIOGRAPHY[key] for key in self.citations)}
        return {
            "units": self.units,
            "long_name": self.long_name,
            "definition": self.definition,
            **(sources if self.citations else {}),
            **parameters,
        }
