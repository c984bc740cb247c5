"""Names and dimensions of the factors of a space that is given by matrices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from qubatt.core.check import plain_number
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.space import WHOLE, Factor
from qubatt.operators import Atoms, Levels, Mode

Dims = tuple[tuple[str, int], ...]
"""Names and dimensions in the order of the tensor product."""

_EXAMPLE = 'For example dims={"cavity": 10, "battery": 2}.'


def read_dims(dims: Any, total: int) -> Dims:
    """Return names and dimensions of the factors of a space of `total` states.

    Parameters
    ----------
    dims : None, sequence of int, mapping of str to int, or sequence of pairs
        Without names a single factor is called `battery`, two `charger` and `battery`, more
        `part0`, `part1`, … and `battery`.
    total : int
        Product of the dimensions.

    Raises
    ------
    ArgumentError
        If a name or a dimension is none, or the product is another.
    """
    named = _named(dims, total)
    for name, dim in named:
        if name == WHOLE or not re.fullmatch(r"[A-Za-z]\w*", name):
            cure = f"Names are words; `{WHOLE}` stands for all factors together."
            raise ArgumentError("dims", "name factors", name, cure)
        least = 2 if name in ("cavity", "atoms") else 1
        if dim < least:
            raise ArgumentError("dims", f"give `{name}` at least {least} levels", dim)
    if len({name for name, _ in named}) < len(named):
        raise ArgumentError("dims", "name every factor once", [name for name, _ in named])
    found = prod(dim for _, dim in named)
    if found != total:
        requirement = f"multiply to {total}, the dimension of H_charge"
        shown = " × ".join(str(dim) for _, dim in named) + f" = {found}"
        raise ArgumentError("dims", requirement, shown, _EXAMPLE)
    return named


def _named(dims: Any, total: int) -> Dims:
    """Return names and dimensions, not yet checked against each other."""
    if dims is None:
        return (("battery", total),)
    if isinstance(dims, Mapping):
        pairs = list(dims.items())
    elif isinstance(dims, Sequence) and not isinstance(dims, str):
        pairs = list(dims)
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            pairs = list(zip(_names(len(pairs)), pairs, strict=True))
    else:
        raise ArgumentError("dims", "be dimensions, or names with dimensions", dims, _EXAMPLE)
    if not pairs:
        raise ArgumentError("dims", "hold at least one dimension", dims, _EXAMPLE)
    return tuple((_name(name), _dimension(dim)) for name, dim in pairs)


def _names(count: int) -> list[str]:
    """Return the names of factors that were given none."""
    if count == 2:
        return ["charger", "battery"]
    return [*(f"part{k}" for k in range(count - 1)), "battery"][:count]


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ArgumentError("dims", "name factors by words", name, _EXAMPLE)
    return name


def _dimension(dim: Any) -> int:
    try:
        number = plain_number(dim)
    except ValueError:
        number = None
    if number is None or number != int(number):
        raise ArgumentError("dims", "hold whole numbers", dim, _EXAMPLE)
    return int(number)


def read_battery(battery: Any, dims: Dims) -> str:
    """Return the factor that stores the energy: the one named, else `battery`, else the last.

    Raises
    ------
    ArgumentError
        If there is no factor of that name.
    """
    names = [name for name, _ in dims]
    if battery is None:
        return "battery" if "battery" in names else names[-1]
    if battery not in names:
        known = suggest(battery, names) if isinstance(battery, str) else ""
        raise ArgumentError("battery", "name a factor", battery, known)
    return str(battery)


def factor_of(name: str, dim: int) -> Factor:
    """Return a mode for `cavity`, two-level atoms on their ladder for `atoms`, else bare levels."""
    if name == "cavity":
        return Mode(dim - 1)
    return Atoms(dim - 1) if name == "atoms" else Levels(dim)
