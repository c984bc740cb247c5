"""Selection of the steady solvers to try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.registry import registry
from qubatt.core.spec_string import from_text
from qubatt.engines.steady.coordinates import Coordinates
from qubatt.engines.steady.direct import DirectSolver
from qubatt.engines.steady.krylov import FlowSolver
from qubatt.engines.steady.projector import SteadyProjector
from qubatt.engines.steady.secular import SecularSolver
from qubatt.engines.steady.steady_solver import SOLVER_KIND, SteadySolver

AUTO = "auto"
"""Name of the method that tries the steady solvers in order of their expected speed."""


def method_names() -> tuple[str, ...]:
    """Return the names of all methods: ``"auto"`` and every registered steady solver."""
    return (AUTO, *registry.items(SOLVER_KIND))


def select_solver(method: str | SteadySolver) -> SteadySolver | None:
    """Return the steady solver for an object or a name with options; None for ``"auto"``.

    Raises
    ------
    ArgumentError
        If no steady solver has that name.
    """
    if isinstance(method, SteadySolver):
        return method
    if not isinstance(method, str):
        raise ArgumentError("method", f'be "{AUTO}", a name or a steady solver', method)
    if method == AUTO:
        return None
    name = method.partition(":")[0]
    if name not in registry.items(SOLVER_KIND):
        requirement = f'be "{AUTO}" or name a registered {SOLVER_KIND}'
        raise ArgumentError("method", requirement, method, suggest(name, method_names()))
    return cast(SteadySolver, from_text(SOLVER_KIND, method, "method"))


def method_text(method: Any) -> str:
    """Return a method as text: its name, followed by options that differ from the defaults.

    Raises
    ------
    ArgumentError
        If `method` is neither a steady solver nor the name of one.
    """
    solver = select_solver(method)
    if solver is None:
        return AUTO
    options = {
        name: getattr(solver, name)
        for name, field in fields_of(type(solver)).items()
        if field.is_required() or getattr(solver, name) != field.default
    }
    written = ",".join(f"{name}={value}" for name, value in options.items())
    return f"{solver.name}:{written}" if written else solver.name


def candidates(
    coordinates: Coordinates, method: str | SteadySolver
) -> Iterator[tuple[SteadySolver, SteadyProjector]]:
    """Yield the chosen solver, or for ``"auto"`` the suitable solvers, with their projectors."""
    solver = select_solver(method)
    if solver is None:
        yield from _by_speed(coordinates)
    else:
        yield solver, solver.projector(coordinates)


def _by_speed(coordinates: Coordinates) -> Iterator[tuple[SteadySolver, SteadyProjector]]:
    """Yield the suitable solvers, the fastest first; the others follow in case it fails."""
    direct, flow = DirectSolver(), FlowSolver()
    rest: list[SteadySolver] = [SecularSolver(), flow]
    if direct.cost(coordinates).seconds < flow.cost(coordinates).seconds:
        yield direct, direct.projector(coordinates)
    else:
        rest.append(direct)
    for solver in rest:
        held = coordinates.reduced.realization.problem.space.bases.values()
        fits = solver.bases.issuperset(held)
        if fits and (projector := solver.projector_if_quick(coordinates)) is not None:
            yield solver, projector
