"""Matrix engine: adaptive Runge–Kutta integration of the full density matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import FloatArray, Positive
from qubatt.core.declaration import declare
from qubatt.core.task import Task
from qubatt.engines.engine import Engine, Progress, Propagator, part_of, smallest_eigenvalue
from qubatt.engines.generator import Generator
from qubatt.engines.recorder import Outcome, Readout, Recorder
from qubatt.engines.runge_kutta import (
    STAGES,
    Equation,
    RungeKutta,
    runge_kutta_products,
    step_limits,
)
from qubatt.engines.threads import single_blas

MATRICES_HELD = STAGES + 8
"""Upper estimate of the number of matrices of the size of ρ in memory at once."""

ComplexArray = NDArray[np.complex128]


@declare("engine", "matrix")
class MatrixEngine(Engine):
    """Adaptive Runge–Kutta propagation of the density matrix with sparse operators.

        dρ/dt = −i[H(t), ρ] + Σ γ (cρc† − ½ {c†c, ρ})

    is integrated by a method of order 8 (`RungeKutta`, hairer1993). Steps end at the output times,
    so that nothing is interpolated. Pulses are supported.

    Cost: 12 evaluations of the right-hand side per step; memory for about 20 D² complex numbers.

    Examples
    --------
    >>> import qubatt as qb
    >>> battery = qb.DrivenBattery(n_atoms=1, drive=1.0, detuning=0.0)
    >>> engine = qb.MatrixEngine(tolerance=1e-10)
    >>> run = qb.charge(battery, times=[0.0, 1.0], engine=engine)
    >>> run.energy.values.round(6).tolist()
    [0.0, 0.229849]
    """

    tolerance: Annotated[Positive, Field(ge=1e-13, le=1e-2)] = Field(
        default=1e-9, description="Allowed error of ρ over the whole run", examples=[1e-9]
    )

    def _prepare(self, task: Task) -> Propagator:
        return _Integration(task, self.tolerance)


class _Integration(Propagator):
    """The integration of a task, one initial state after another."""

    def __init__(self, task: Task, tolerance: float) -> None:
        self._task, self._tolerance = task, tolerance
        self._end = float(task.times[-1])
        saved, runs = task.saved_states, len(task.initials)
        self.entries = task.problem.space.dim**2
        self.memory = 16.0 * self.entries * (MATRICES_HELD + saved // runs + saved)

    def products(self) -> float:
        """Return the expected number of evaluations of the right-hand side."""
        return runge_kutta_products(self._task.realization, self._end, self._tolerance)

    def run(self, recorders: list[Recorder], progress: Progress | None) -> list[Outcome]:
        """Integrate from one output time to the next; see `Propagator.run`.

        Raises
        ------
        ResourceError
            If more than ten million steps would be needed.
        """
        realization = self._task.realization
        limits = step_limits(realization, self._end)
        integrand = _integrand(recorders[0].integrated)
        equation = Equation(Generator(realization), tidy=_hermitian, integrand=integrand)
        outcomes = []
        for k, (initial, recorder) in enumerate(zip(self._task.initials, recorders, strict=True)):
            report = part_of(progress, k, len(recorders))
            rho = np.asarray(realization.density(initial).toarray(), dtype=np.complex128)
            with single_blas():
                stepper = RungeKutta("matrix", equation, rho, self._end, self._tolerance, limits)
                for time in self._task.times:
                    stepper.advance(float(time), report)
                    recorder.density(stepper.state)
                if integrand is not None:
                    recorder.integrals(stepper.integrals.edges, stepper.integrals.values)
            counts = {
                "tolerance": self._tolerance,
                "steps": stepper.steps,
                "rejected": stepper.rejected,
                "right_hand_sides": stepper.evaluations,
            }
            outcomes.append(Outcome(stepper.error, counts, smallest_eigenvalue(stepper.state)))
        return outcomes


def _integrand(readout: Readout | None) -> Callable[[float, ComplexArray], FloatArray] | None:
    """Return a function of t and ρ that yields the observables to integrate over time, if any."""
    if readout is None:
        return None
    return lambda time, rho: readout.totals(time, readout.of_density(rho))


def _hermitian(rho: ComplexArray) -> ComplexArray:
    """Return the Hermitian part; the generator assumes a Hermitian ρ and amplifies deviations."""
    return np.asarray(0.5 * (rho + rho.conj().T))
