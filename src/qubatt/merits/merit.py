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
"""Quantities that a merit can be computed from, cheapest first."""


class Merit(ABC):
    """Base class of figures of merit, which are declared with ``@declare("merit", name)``.

    `long_name`, `definition`, `units`, `bounds` and `needs` are class attributes, or properties
    if they depend on parameters.

    Attributes
    ----------
    citations : tuple of str
        Keys into the bibliography.
    default : bool
        Whether the merit is computed by default.
    linear : bool
        Whether the merit is linear in ρ, so that the merit of a mixture is the mean of the
        merits. Only linear merits can be averaged over samples without bias.
    has_steady_value : bool
        Whether the merit is also defined for steady states.
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
        """Definition as a formula, with its symbols explained."""

    @property
    def units(self) -> str:
        """Units, with ħ = k_B = 1."""
        return "1"

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest possible value."""
        return -math.inf, math.inf

    @property
    def needs(self) -> Needs:
        """Quantities from which the merit is computed.

        ``"expectations"``: expectation values; ``"curve"``: the curve of the stored energy,
        reduced to a single number; ``"battery state"``: the reduced state of the battery;
        ``"full state"``: ρ, which costs D² numbers and D³ operations per time.
        """
        return "expectations"

    @abstractmethod
    def values(self, run: SolvedRun) -> FloatArray:
        """Return the merit at all times, shape ``(…, T)``, or ``()`` if it needs the curve.

        The dimensions before the last one are those of `labels`.
        """

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # by default
        """Return the observables whose expectation values are required."""
        return ()

    def scale(self, run: SolvedRun) -> float:
        """Return the number to which errors of the merit are relative; it has the merit's units.

        By default it is the spread of H_B for energies, the square of this spread for squared
        energies, the last time for times, and otherwise 1.
        """
        scales = {
            "omega_ref": run.energy_scale,
            "omega_ref^2": run.energy_scale**2,
            "1/omega_ref": run.time_scale,
        }
        return scales.get(self.units, 1.0)

    def error_bound(
        self,
        distance: FloatArray,  # noqa: ARG002  # by default
        run: SolvedRun,  # noqa: ARG002
    ) -> FloatArray | None:
        """Return a bound on the change of the merit if ρ changes by `distance` in trace norm.

        Parameters
        ----------
        distance : array, shape (T,)
            Bounds on ‖ρ̂ − ρ‖₁ at the times of the merit, or at all times of the run for a merit
            of the curve.
        run : SolvedRun
            The run.

        Returns
        -------
        array, shape (T,) or (), or None
            None if there is no bound, as for photon merits, whose operators are unbounded.
        """
        return None

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # as above
        """Return the dimensions other than time, each with its coordinate."""
        return {}

    def unavailable(self, realization: Realization) -> str:  # noqa: ARG002  # as above
        """Return the reason why the problem does not support the merit, or an empty string."""
        return ""

    @classmethod
    def variants(cls) -> tuple[Self, ...]:
        """Return the merit for all values of its required parameters, which are of type Literal.

        Results, lists and pages show each variant under its own name, e.g. ``ergotropy_full``.
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
        """Name of the variable: the kind, followed by parameter values other than the defaults.

        For example, ``free_energy`` is the free energy for β = 1, and ``free_energy_2`` for
        β = 2. The attributes of the variable contain all parameters.
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
            for field in dataclasses.fields(self)  # type: ignore[arg-type]  # declared merits are
        }
        sources = {"source": "; ".join(BIBLIOGRAPHY[key] for key in self.citations)}
        return {
            "units": self.units,
            "long_name": self.long_name,
            "definition": self.definition,
            **(sources if self.citations else {}),
            **parameters,
        }
