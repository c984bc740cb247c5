"""The base class of figures of merit."""

from __future__ import annotations

import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import product
from typing import Any, ClassVar, Literal, Self, get_args

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.check import FloatArray
from qubatt.core.declaration import fields_of
from qubatt.core.observable import Observable
from qubatt.core.problem import Problem
from qubatt.core.realization import Realization
from qubatt.core.registry import registry
from qubatt.merits.solved_run import SolvedRun

Needs = Literal["expectations", "curve", "battery state", "full state"]
"""What a merit is computed from, the cheapest first."""


class Merit(ABC):
    """A figure of merit; declared with ``@declare("merit", name)``.

    `long_name`, `definition`, `units`, `bounds` and `needs` are attributes of the class, or
    properties where they depend on parameters.

    Attributes
    ----------
    citations : tuple of str
        Keys into the bibliography.
    default : bool
        Whether it is computed when no merits are named.
    linear : bool
        Whether it is linear in ρ: the merit of a mixture is the mean of the merits. Only these
        can be averaged over samples without a bias.
    has_steady_value : bool
        Whether steady states have it too.
    """

    citations: ClassVar[tuple[str, ...]] = ()
    default: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    has_steady_value: ClassVar[bool] = True

    @property
    @abstractmethod
    def long_name(self) -> str:
        """Label of the variable."""

    @property
    @abstractmethod
    def definition(self) -> str:
        """The formula."""

    @property
    def units(self) -> str:
        """Units, ħ = k_B = 1."""
        return "1"

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value that it can have."""
        return -math.inf, math.inf

    @property
    def needs(self) -> Needs:
        """What it is computed from.

        ``"expectations"``: expectation values; ``"curve"``: the stored energy over time, of
        which it is one number; ``"battery state"``: the reduced state of the battery;
        ``"full state"``: ρ, which is costly: D² numbers, and D³ operations at every time.
        """
        return "expectations"

    @abstractmethod
    def values(self, run: SolvedRun) -> FloatArray:
        """Return the merit at all times, shape ``(…, T)``, or ``()`` for one of a curve.

        Dims before the last are those of `labels`.
        """

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # by default
        """Return the observables whose expectation values it needs."""
        return ()

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # as above
        """Return its dims other than time, each with its coordinate."""
        return {}

    def unavailable(self, realization: Realization) -> str:  # noqa: ARG002  # as above
        """Return why the problem cannot give it, a sentence; empty if it can."""
        return ""

    @classmethod
    def variants(cls) -> tuple[Self, ...]:
        """Return the merit for every choice of the parameters without a default, of type Literal.

        Results, lists and pages have each under its name, such as ``ergotropy_full``.
        """
        choices = {
            name: get_args(field.annotation)
            for name, field in fields_of(cls).items()
            if field.is_required()
        }
        return tuple(
            cls(**dict(zip(choices, values, strict=True))) for values in product(*choices.values())
        )

    @property
    def kind(self) -> str:
        """Name in the registry."""
        return registry.name_of("merit", type(self))

    @property
    def name(self) -> str:
        """Name of the variable: the kind, and the values of parameters that are not the default.

        ``free_energy`` is that for β = 1, ``free_energy_2`` for β = 2; attributes have the value.
        """
        values = [
            getattr(self, name)
            for name, field in fields_of(type(self)).items()
            if getattr(self, name) != field.default
        ]
        texts = [f"{value:.15g}" if isinstance(value, float) else str(value) for value in values]
        return "_".join([self.kind, *texts])

    @property
    def attributes(self) -> dict[str, Any]:
        """Attributes of the variable."""
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
