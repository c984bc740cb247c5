"""Heat from every environment, work by every drive, and the inner energy that they change.

    U = H without drives,   dU/dt = Σ Q̇ + Σ Ẇ
    Q̇ = Tr[U D(ρ)] for the dissipator D of one environment
    Ẇ = i⟨[H_drive(t), U]⟩ for each drive: classical fields, and whatever has a pulse

Flows are positive into the system. A drive is seen from outside, so that a steady one does work
for ever, as a laser does that keeps a leaky battery full.
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
"""Largest entry of U, next to that of H_B, that is rounding."""

INNER = "U = H_B and what else of H is no drive"


def environments(problem: Problem) -> tuple[str, ...]:
    """Return the names of the environments, in order."""
    return tuple(dict.fromkeys(jump.source for jump in problem.jumps))


def drives(problem: Problem) -> tuple[str, ...]:
    """Return the names of the drives, in order."""
    from_text = (term.agent for term in problem.charging_terms if term.coefficient != 0)
    return tuple(name for name in dict.fromkeys(from_text) if name not in ("", ROTATING_FRAME))


def without_energy(realization: Realization) -> str:
    """Return why there is no first law: in some rotating frames nothing is left of U."""
    left, whole = abs(realization.U), abs(realization.H_B)
    if left.nnz and left.max() > MIN_ENERGY * whole.max():
        return ""
    return (
        "in this frame the inner energy U = H_B + H without drives vanishes; write H in the"
        " laboratory frame"
    )


INNER_ENERGY = InnerEnergy()


def heat_flows(problem: Problem) -> tuple[HeatFlow, ...]:
    """Return D†(U) of each environment, in the order of `environments`."""
    return tuple(HeatFlow(INNER_ENERGY, source) for source in environments(problem))


def work_flows(problem: Problem) -> tuple[observable.WorkFlow, ...]:
    """Return i[H_drive, U] of each drive, in the order of `drives`."""
    return tuple(observable.WorkFlow(INNER_ENERGY, drive) for drive in drives(problem))


@declare("merit", "internal_energy")
class InternalEnergy(Merit):
    """Inner energy of battery and charger, since the start."""

    long_name = "change of the inner energy"
    units = "omega_ref"
    definition = f"Tr[ρ(t) U] − Tr[ρ(0) U], {INNER}"
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
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
    """Heat that flows in from each environment."""

    long_name = "heat current from the environment"
    units = "omega_ref^2"
    definition = f"Q̇ = Tr[U D(ρ)] of one environment, positive into the system; {INNER}"
    citations = ("alicki1979",)
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        return (
            without_energy(realization) if realization.problem.jumps else "it needs an environment"
        )

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the environments."""
        return {"environment": environments(problem)}

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return D†(U) of each environment."""
        return heat_flows(problem)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return Q̇, shape ``(environments, T)``."""
        return np.array([run.of(flow) for flow in heat_flows(run.problem)])


@declare("merit", "work_flow")
class WorkFlow(Merit):
    """Work that each drive does on the system, per time."""

    long_name = "work flow from the drive"
    units = "omega_ref^2"
    definition = f"Ẇ = i⟨[H_drive(t), U]⟩ of one drive, positive into the system; {INNER}"
    citations = ("alicki1979",)
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        if drives(realization.problem):
            return without_energy(realization)
        return "nothing drives this battery from outside: no classical field, and no pulse"

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the drives."""
        return {"drive": drives(problem)}

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return i[H_drive, U] of each drive."""
        return work_flows(problem)

    def values(self, run: SolvedRun) -> FloatArray:
        """Return Ẇ, shape ``(drives, T)``."""
        return np.array([run.of(flow) for flow in work_flows(run.problem)])


@declare("merit", "first_law_residual")
class FirstLawResidual(Merit):
    """What the first law leaves open: 0 but for rounding."""

    long_name = "residual of the first law"
    units = "omega_ref^2"
    definition = f"dU/dt − Σ Q̇ − Σ Ẇ over environments and drives; {INNER}"
    linear = True

    def unavailable(self, realization: Realization) -> str:
        """Return why the problem cannot give it."""
        return without_energy(realization)

    def observables(self, problem: Problem) -> tuple[Observable, ...]:
        """Return L†(U) and all flows."""
        return (Derivative(INNER_ENERGY), *heat_flows(problem), *work_flows(problem))

    def values(self, run: SolvedRun) -> FloatArray:
        """Return the residual, shape ``(T,)``."""
        problem = run.problem
        heat = sum(run.of(flow) for flow in heat_flows(problem))
        work = sum(run.of(flow) for flow in work_flows(problem))
        return run.of(Derivative(INNER_ENERGY)) - heat - work
