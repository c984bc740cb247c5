"""Heat from every environment, work by every drive, and the inner energy that they change.

    U = H without drives,   dU/dt = Σ Q̇ + Σ Ẇ
    Q̇ = Tr[U D(ρ)] for the dissipator D of one environment
    Ẇ = i⟨[H_drive(t), U]⟩ for each drive: classical fields, and whatever has a pulse

Flows are positive into the system. A drive is seen from outside, so that a steady one does work
for ever, as a laser does that keeps a leaky battery full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import scipy.sparse as sp

from qubatt.core.check import FloatArray
from qubatt.core.declaration import declare
from qubatt.core.problem import FRAME, Problem
from qubatt.core.realization import Observable, Realization
from qubatt.core.space import Basis, Operator
from qubatt.merits.merit import Merit, Moments
from qubatt.merits.reading import changing
from qubatt.merits.record import Record

VANISHING = 1e-12
"""Largest entry of U, next to that of H_B, that is rounding."""

INNER = "U = H_B and what else of H is no drive"


def environments(problem: Problem) -> tuple[str, ...]:
    """Return the names of the environments, in order."""
    return tuple(dict.fromkeys(jump.source for jump in problem.jumps))


def drives(problem: Problem) -> tuple[str, ...]:
    """Return the names of the drives, in order."""
    named = (term.agent for term in problem.charging_terms if term.coefficient != 0)
    return tuple(name for name in dict.fromkeys(named) if name not in ("", FRAME))


def without_energy(problem: Problem, basis: Basis) -> str:
    """Return why there is no first law: in some rotating frames nothing is left of U."""
    realization = Realization(problem, basis)
    left, whole = abs(realization.U), abs(realization.H_B)
    if left.nnz and left.max() > VANISHING * whole.max():
        return ""
    return (
        "in this frame the inner energy U = H_B + H without drives vanishes; write H in the"
        " laboratory frame"
    )


def _heat(source: str) -> Callable[[Realization], Operator]:
    return lambda realization: realization.dissipated(realization.U, source)


def _work(drive: str) -> Callable[[Realization], Observable]:
    def build(realization: Realization) -> Observable:
        U, part = realization.U, realization.driving(drive)

        def flow(operator: Operator) -> Operator:
            return sp.csr_array(1j * (operator @ U - U @ operator))

        pulsed = tuple((pulse, flow(operator)) for pulse, operator in part.pulsed)
        return Observable(flow(part.steady), pulsed)

    return build


@declare("merit", "internal_energy")
class InternalEnergy(Merit):
    """Inner energy of battery and charger, since the start."""

    long_name = "change of the inner energy"
    units = "omega_ref"
    definition = f"Tr[ρ(t) U] − Tr[ρ(0) U], {INNER}"

    def obstacle(self, problem: Problem, basis: Basis) -> str:
        """Return why the problem cannot give it."""
        return without_energy(problem, basis)

    def moments(self, problem: Problem) -> Moments:  # noqa: ARG002  # the same for all
        """Return U."""
        return {"U": lambda realization: realization.U}

    def values(self, record: Record) -> FloatArray:
        """Return the change, shape ``(T,)``."""
        return np.asarray(record.moments["U"] - record.moments["U"][0])


@declare("merit", "heat_current")
class HeatCurrent(Merit):
    """Heat that flows in from each environment."""

    long_name = "heat current from the environment"
    units = "omega_ref^2"
    definition = f"Q̇ = Tr[U D(ρ)] of one environment, positive into the system; {INNER}"
    citations = ("alicki1979",)

    def obstacle(self, problem: Problem, basis: Basis) -> str:
        """Return why the problem cannot give it."""
        return without_energy(problem, basis) if problem.jumps else "it needs an environment"

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the environments."""
        return {"environment": environments(problem)}

    def moments(self, problem: Problem) -> Moments:
        """Return D†(U) of each environment."""
        return {f"heat {source}": _heat(source) for source in environments(problem)}

    def values(self, record: Record) -> FloatArray:
        """Return Q̇, shape ``(environments, T)``."""
        return np.array([record.moments[f"heat {name}"] for name in environments(record.problem)])


@declare("merit", "work_flow")
class WorkFlow(Merit):
    """Work that each drive does on the system, per time."""

    long_name = "work flow from the drive"
    units = "omega_ref^2"
    definition = f"Ẇ = i⟨[H_drive(t), U]⟩ of one drive, positive into the system; {INNER}"
    citations = ("alicki1979",)

    def obstacle(self, problem: Problem, basis: Basis) -> str:
        """Return why the problem cannot give it."""
        if drives(problem):
            return without_energy(problem, basis)
        return "nothing drives this battery from outside: no classical field, and no pulse"

    def labels(self, problem: Problem) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the drives."""
        return {"drive": drives(problem)}

    def moments(self, problem: Problem) -> Moments:
        """Return i[H_drive, U] of each drive."""
        return {f"work {name}": _work(name) for name in drives(problem)}

    def values(self, record: Record) -> FloatArray:
        """Return Ẇ, shape ``(drives, T)``."""
        return np.array([record.moments[f"work {name}"] for name in drives(record.problem)])


@declare("merit", "first_law_residual")
class FirstLawResidual(Merit):
    """What the first law leaves open: 0 but for rounding."""

    long_name = "residual of the first law"
    units = "omega_ref^2"
    definition = f"dU/dt − Σ Q̇ − Σ Ẇ over environments and drives; {INNER}"

    def obstacle(self, problem: Problem, basis: Basis) -> str:
        """Return why the problem cannot give it."""
        return without_energy(problem, basis)

    def moments(self, problem: Problem) -> Moments:
        """Return L†(U) and all flows."""
        flows = {f"heat {source}": _heat(source) for source in environments(problem)}
        flows |= {f"work {name}": _work(name) for name in drives(problem)}
        return {"dU/dt": lambda realization: changing(realization.U, realization), **flows}

    def values(self, record: Record) -> FloatArray:
        """Return the residual, shape ``(T,)``."""
        problem, moments = record.problem, record.moments
        heat = sum(moments[f"heat {source}"] for source in environments(problem))
        work = sum(moments[f"work {name}"] for name in drives(problem))
        return moments["dU/dt"] - heat - work
