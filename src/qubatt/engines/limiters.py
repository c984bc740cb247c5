"""Which way to a steady state is taken, when none is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse.csgraph import shortest_path

from qubatt.core.realization import Realization
from qubatt.engines.coordinates import Coordinates, largest_rate
from qubatt.engines.engine import require_memory
from qubatt.engines.factorization import Factorization
from qubatt.engines.krylov import KrylovFlow, PlainFlow
from qubatt.engines.limit import Limiter, spare_memory
from qubatt.engines.resolvent import Resolvent, Shifted
from qubatt.engines.secular import LARGEST_CONDITION, TIGHT, Secular
from qubatt.engines.secular import MOST as SECULAR_VECTORS

Method = Literal["auto", "direct", "secular", "flow"]
"""How a steady state is computed."""

LARGEST_SECULAR = 4000
"""States up to which the secular method is tried."""

LONGEST = 1000.0
"""Seconds that a factorisation may be expected to take where nothing else gets there."""


def limiters(coordinates: Coordinates, method: Method) -> Iterator[Limiter]:
    """Yield the method named; or those that could do, the quickest first."""
    if method == "direct":
        yield _direct(coordinates)
    elif method == "secular":
        yield resolvent(coordinates, Secular(coordinates), 1e-5)
    elif method == "flow":
        yield KrylovFlow(coordinates)
    else:
        yield from _by_speed(coordinates)


def _by_speed(coordinates: Coordinates) -> Iterator[Limiter]:
    """Yield what could do, the quickest first."""
    effort = Effort.of(coordinates)
    if effort.direct < effort.iterative:
        yield _direct(coordinates)
    room = spare_memory()
    small = 8.0 * SECULAR_VECTORS * len(coordinates) <= room
    if coordinates.reduced.realization.dim <= LARGEST_SECULAR and small:
        secular = Secular(coordinates)
        if secular.condition <= LARGEST_CONDITION:
            yield resolvent(coordinates, secular, 1e-5)
    yield KrylovFlow(coordinates)
    if effort.iterative <= effort.direct <= LONGEST and effort.memory <= 2 * room:
        yield _direct(coordinates)


def _direct(coordinates: Coordinates) -> Resolvent:
    require_memory("direct", Effort.of(coordinates).memory, coordinates.reduced.realization.dim)
    return resolvent(coordinates, Factorization(coordinates), 1e-4)


def careful(coordinates: Coordinates, limiter: Limiter) -> Limiter | None:
    """Return what keeps conserved quantities better than a limiter, where it could matter."""
    if limiter.method == "secular":
        return resolvent(coordinates, Secular(coordinates, TIGHT), 1e-2)
    return PlainFlow(coordinates) if limiter.method == "flow" else None


def resolvent(coordinates: Coordinates, shifted: Shifted, sigma: float) -> Resolvent:
    """Return the resolvent for σ in units of the largest rate."""
    return Resolvent(coordinates, shifted, sigma * largest_rate(coordinates))


class Effort(NamedTuple):
    """Rough seconds and bytes of a factorisation of 𝓛, and seconds of ten thousand products.

    A factorisation costs about the cube of the number of unknowns on a front that divides them;
    there are as many fronts as it takes H to lead from one end of ρ to the other, twice over.
    """

    direct: float
    iterative: float
    memory: float

    @classmethod
    def of(cls, coordinates: Coordinates) -> Effort:
        """Estimate them."""
        count, depth = len(coordinates), _depth(coordinates.reduced.realization)
        front = 1.5 * count / (2 * depth)
        return cls(
            direct=3e-8 * front**3 + 5e-6 * count,
            iterative=1e4 * (2e-5 + 5e-10 * count),
            memory=12.0 * (2.1 * front + 100.0) * count,
        )


def _depth(realization: Realization) -> int:
    """Return how many steps of H it takes to get from one basis state to the farthest one."""
    graph = realization.pattern
    farthest = 0
    for _, c in realization.jumps:
        graph = graph + abs(c)
    distance = shortest_path(graph, directed=False, unweighted=True, indices=[0])
    farthest = int(np.max(distance[np.isfinite(distance)]))
    return max(farthest, 1)
