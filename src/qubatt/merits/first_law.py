"""First law of thermodynamics: internal energy, heat currents and work flows.

    U = H without drive terms,   dU/dt = Σ Q̇ + Σ Ẇ
    Q̇ = Tr[U D(ρ)] for the dissipator D of one environment
    Ẇ = i⟨[H_drive(t), U]⟩ for each drive, a classical field or a term with a pulse

Flows into the system are positive. A drive is external, so a constant drive can do work
indefinitely, like a laser that keeps a leaky battery charged.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qubatt.core import observable
from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.observable import Derivative, HeatFlow, InnerEnergy, Observable
from qubatt.core.problem import ROTATING_FRAME, Problem
from qubatt.core.realization import Realization
from qubatt.merits.merit import Merit
from qubatt.merits.solved_run import SolvedRun

MIN_ENERGY = 1e-12
"""Ratio of the largest entries of U and H_B below which U counts as 0."""

INTERNAL = "U is H without drive terms, including H_B"


def environments(problem: Problem) -> tuple[str, ...]:
    """Return the names of the environments, in order."""
    return tuple(dict.fromkeys(jump.source for jump in problem.jumps))


def drives(problem: Problem) -> tuple[str, ...]:
    """Return the names of the drives, in order."""
    agents = (term.agent for term in problem.charging_terms if term.coefficient != 0)
    return tuple(name for name in dict.fromkeys(agents) if name not in ("", ROTATING_FRAME))


def without_energy(realization: Realization) -> str:
    """Return why the first law is unavailable: in some rotating frames U vanishes."""
    U, H_B = abs(realization.U), abs(realization.H_B)
    if U.nnz and U.max() > MIN_ENERGY * H_B.max():
        return ""
    return (
        "in this frame the internal energy U (H without drive terms) vanishes; write H in the"
        " laboratory frame"
    )


INNER_ENERGY = InnerEnergy()


def heat_flows(problem: Problem) -> tuple[HeatFlow, ...]:
    """Return D†(U) for each environment, in the order of `environments`."""
    return tuple(HeatFlow(INNER_ENERGY, source) for source in environments(problem))


def work_flows(problem: Problem) -> tuple[observable.WorkFlow, ...]:
    """Return i[H_drive, U] for each drive, in the order of `drives`."""
    return tuple(observable.WorkFlow(INNER_ENERGY, drive) for drive in drives(problem))


@declare("merit", "internal_energy")
class InternalEnergy(Merit):
    """Change of the internal energy of battery and charger since time 0."""

    long_name = "change of the internal energy"
    units = "omega_ref"
    definition = f"Tr[ρ(t) U] − Tr[ρ(0) U], {INTERNAL}"
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_energy(realization)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:  # noqa: ARG002  # the same for all
        """Return U."""
        return (INNER_ENERGY,)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the change, shape ``(T,)``."""
        energy = run.of(INNER_ENERGY)
        return np.asarray(energy - energy[0])


@declare("merit", "heat_current")
class HeatCurrent(Merit):
    """Heat current from each environment into the system."""

    long_name = "heat current from the environment"
    units = "omega_ref^2"
    definition = f"Q̇ = Tr[U D(ρ)] for one environment, positive into the system; {INTERNAL}"
    citations = ("alicki1979",)
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return (
            without_energy(realization) if realization.problem.jumps else "it needs an environment"
        )

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the environments."""
        return {"environment": environments(problem)}

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return D†(U) for each environment."""
        return heat_flows(problem)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return Q̇, shape ``(environments, T)``."""
        return np.array([run.of(flow) for flow in heat_flows(run.problem)])


@declare("merit", "work_flow")
class WorkFlow(Merit):
    """Work that each drive does on the system per unit time."""

    long_name = "work flow from the drive"
    units = "omega_ref^2"
    definition = f"Ẇ = i⟨[H_drive(t), U]⟩ for one drive, positive into the system; {INTERNAL}"
    citations = ("alicki1979",)
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        if drives(realization.problem):
            return without_energy(realization)
        return "the battery has no external drive, neither a classical field nor a pulse"

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the drives."""
        return {"drive": drives(problem)}

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return i[H_drive, U] for each drive."""
        return work_flows(problem)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return Ẇ, shape ``(drives, T)``."""
        return np.array([run.of(flow) for flow in work_flows(run.problem)])


@declare("merit", "first_law_residual")
class FirstLawResidual(Merit):
    """Residual of the first law, 0 up to rounding errors."""

    long_name = "residual of the first law"
    units = "omega_ref^2"
    definition = f"dU/dt − Σ Q̇ − Σ Ẇ over environments and drives; {INTERNAL}"
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return the reason why this merit is unavailable, or an empty string."""
        return without_energy(realization)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return L†(U), and the observables of the heat currents and work flows."""
        return (Derivative(INNER_ENERGY), *heat_flows(problem), *work_flows(problem))

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the residual, shape ``(T,)``."""
        problem = run.problem
        heat = sum(run.of(flow) for flow in heat_flows(problem))
        work = sum(run.of(flow) for flow in work_flows(problem))
        return run.of(Derivative(INNER_ENERGY)) - heat - work
