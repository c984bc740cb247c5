"""Recharging cycle of a battery defined by its joint levels.

A joint level i has the energy E_i of H_B, the energy E⁰_i of H₀ and the multiplicity d_i. The
battery is in the Gibbs state ω of H₀ with populations p_i = exp(−βE⁰_i)/Z. In the passive state σ
the same populations, in descending order, occupy the levels of H_B in ascending order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from qubatt.core.check import FloatArray

TIE = 1e-12
"""Energy difference, relative to the largest energy, below which states form one level."""

CHUNK_ENTRIES = 4_000_000
"""Largest number of array entries, over levels and values of β, that are computed at once."""


@dataclass(frozen=True)
class Cycle:
    """Work and heat of one recharging cycle, each of shape ``(B,)`` with one entry per β."""

    ergotropy: FloatArray
    work: FloatArray
    heat: FloatArray
    ambiguous: bool
    """Whether W_R and Q_R depend on the order of levels with equal E and different E⁰."""

    @property
    def efficiency(self) -> FloatArray:
        """η = W / W_R, NaN where W_R = 0."""
        stored = self.work > 0
        ratio = np.full_like(self.work, np.nan)
        return np.divide(self.ergotropy, self.work, out=ratio, where=stored)


def _cluster(values: FloatArray, order: Sequence[int]) -> list[list[int]]:
    """Return the indices in `order`, grouped by equal neighbouring values."""
    scale = TIE * max(float(np.max(np.abs(values))), np.finfo(float).tiny)
    groups: list[list[int]] = []
    for index in order:
        if groups and values[index] - values[groups[-1][-1]] <= scale:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _passive_filling(
    upwards: Sequence[int], counts: Sequence[int], multiplicity: Sequence[int]
) -> list[tuple[int, int, int]]:
    """Return (level, group, number of states) when the groups fill the levels in order.

    Group k has ``counts[k]`` states; the levels are filled in the order of `upwards`.
    """
    filling = []
    group, available = 0, counts[0]
    for level in upwards:
        room = multiplicity[level]
        while room > 0:
            if available == 0:
                group += 1
                available = counts[group]
            taken = min(room, available)
            filling.append((level, group, taken))
            room -= taken
            available -= taken
    return filling


def recharge_levels(
    E: FloatArray, E_0: FloatArray, multiplicity: Sequence[int], beta: FloatArray
) -> Cycle:
    """Return the recharging cycle of joint levels.

        W = Σ E_i Δ_i,   Q_R = Σ E⁰_i Δ_i,   W_R = Σ (E_i − E⁰_i) Δ_i
        Δ_i = population of level i in ω − population of level i in σ

    Levels of equal E are filled in order of ascending E⁰. Exponents are relative to the lowest
    E⁰, so no value of β causes an overflow.

    Parameters
    ----------
    E, E_0 : array, shape (L,)
        Energies of H_B and H₀, in units of the reference frequency.
    multiplicity : sequence of int, length L
        Number of states of each joint level, as exact integers of any size.
    beta : array, shape (B,)
        Inverse temperatures ≥ 0.

    Returns
    -------
    Cycle
        Ergotropy, work and heat of shape ``(B,)``.
    """
    E, E_0 = E - E.min(), E_0 - E_0.min()
    # groups of equal E⁰ have equal populations
    groups = _cluster(E_0, np.argsort(E_0, kind="stable").tolist())
    group_of = np.empty(len(E), dtype=np.intp)
    for number, group in enumerate(groups):
        group_of[group] = number
    counts = [sum(multiplicity[index] for index in group) for group in groups]
    # the order in which the passive state fills the levels
    clusters = _cluster(E, np.argsort(E, kind="stable").tolist())
    upwards = [index for cluster in clusters for index in sorted(cluster, key=lambda i: E_0[i])]
    filling = _passive_filling(upwards, counts, multiplicity)
    received: dict[int, set[int]] = {}
    for filled, origin, _ in filling:
        received.setdefault(filled, set()).add(origin)
    ambiguous = any(
        len({int(group_of[i]) for i in cluster}) > 1
        and len(set().union(*(received[i] for i in cluster))) > 1
        for cluster in clusters
    )

    level = np.array([entry[0] for entry in filling])
    source = np.array([entry[1] for entry in filling])
    log_taken = np.array([math.log(entry[2]) for entry in filling])
    log_counts = np.array([math.log(count) for count in counts])
    gap = np.array([E_0[group[0]] for group in groups])
    heights = np.stack([E, E_0, (E - E_0) - (E - E_0).min()])
    sums = np.empty((3, len(beta)))
    block = max(1, CHUNK_ENTRIES // len(filling))
    for start in range(0, len(beta), block):
        part = beta[start : start + block]
        with np.errstate(over="ignore"):  # such small populations are 0
            exponent = -np.outer(gap, part)  # (groups, B)
        norm = logsumexp(exponent + log_counts[:, np.newaxis], axis=0)
        weight, moved = exponent[group_of[level]], exponent[source]  # (fillings, B)
        larger = np.exp(log_taken[:, np.newaxis] + np.maximum(weight, moved) - norm)
        change = np.zeros((len(E), len(part)))  # (L, B); p − q without cancellation
        np.add.at(
            change, level, larger * np.copysign(-np.expm1(-np.abs(weight - moved)), weight - moved)
        )
        sums[:, start : start + block] = heights @ change
    ergotropy, heat, work = sums
    return Cycle(ergotropy=ergotropy, work=work, heat=heat, ambiguous=ambiguous)
