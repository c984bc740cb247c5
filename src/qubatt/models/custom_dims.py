"""Names, dimensions and roles of the factors of a space that is given by matrices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, get_args

from qubatt.core.check import plain_number
from qubatt.core.errors import ArgumentError, suggest
from qubatt.core.space import WHOLE_SPACE, Factor, Role
from qubatt.operators import Atoms, Levels, Mode

Dims = tuple[tuple[str, int], ...]
"""Names and dimensions in the order of the tensor product."""

Roles = tuple[tuple[str, Role], ...]
"""Names and roles of factors whose role is not the one that their name stands for."""

MEANT: dict[str, Role] = {"cavity": "mode", "atoms": "spins"}
"""Roles that names stand for; factors of all other names are plain levels."""

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
        if name == WHOLE_SPACE or not re.fullmatch(r"[A-Za-z]\w*", name):
            cure = f"Names are words; `{WHOLE_SPACE}` stands for all factors together."
            raise ArgumentError("dims", "name factors", name, cure)
        if dim < 1:
            raise ArgumentError("dims", f"give `{name}` at least 1 levels", dim)
    if len({name for name, _ in named}) < len(named):
        raise ArgumentError("dims", "name every factor once", [name for name, _ in named])
    product = prod(dim for _, dim in named)
    if product != total:
        requirement = f"multiply to {total}, the dimension of H_charge"
        shown = " × ".join(str(dim) for _, dim in named) + f" = {product}"
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
        cure = suggest(battery, names) if isinstance(battery, str) else ""
        raise ArgumentError("battery", "name a factor", battery, cure)
    return str(battery)


def read_roles(roles: Any, dims: Dims) -> Roles:
    """Return the roles that differ from those that names stand for, in the order of the factors.

    Parameters
    ----------
    roles : None, mapping of str to str, or sequence of pairs
        ``"mode"``, ``"spins"`` or ``"levels"`` of any factors.
    dims : tuple of pairs
        Names and dimensions.

    Raises
    ------
    ArgumentError
        If there is no such factor or role, or the factor has too few levels for its role.
    """
    names, all_roles = [name for name, _ in dims], get_args(Role)
    example = f'For example roles={{"{names[-1]}": "mode"}}.'
    try:
        given = {} if roles is None else dict(roles)
    except (TypeError, ValueError):
        raise ArgumentError("roles", "be names of factors with roles", roles, example) from None
    for name, role in given.items():
        if name not in names:
            cure = suggest(name, names) if isinstance(name, str) else example
            raise ArgumentError("roles", "name factors of dims", name, cure)
        if role not in all_roles:
            cure = f"Roles are {', '.join(all_roles[:-1])} and {all_roles[-1]}."
            raise ArgumentError("roles", f"give `{name}` a role", role, cure)
    for name, dim in dims:
        role = given.get(name, MEANT.get(name, "levels"))
        if role != "levels" and dim < 2:
            cure = f'With roles={{"{name}": "levels"}} it may have fewer.'
            raise ArgumentError("dims", f"give `{name}` at least 2 levels", dim, cure)
    return tuple(
        (name, given[name])
        for name in names
        if name in given and given[name] != MEANT.get(name, "levels")
    )


def read_charger(charger: Any, dims: Dims, battery: str) -> str | None:
    """Return the factor that was named as the charger, None if none was.

    Raises
    ------
    ArgumentError
        If there is no factor of that name, or it is the battery.
    """
    if charger is None:
        return None
    names = [name for name, _ in dims if name != battery]
    if charger not in names:
        cure = suggest(charger, names) if isinstance(charger, str) else ""
        if charger == battery:
            cure = "`initial` says how the battery starts."
        raise ArgumentError("charger", "name a factor other than the battery", charger, cure)
    return str(charger)


def factors_of(dims: Dims, roles: Roles) -> dict[str, Factor]:
    """Return the factors by name: modes, two-level atoms on their ladder, or plain levels."""
    given = dict(roles)
    made: dict[str, Factor] = {}
    for name, dim in dims:
        role = given.get(name, MEANT.get(name, "levels"))
        if role == "mode":
            made[name] = Mode(dim - 1)
        else:
            made[name] = Atoms(dim - 1) if role == "spins" else Levels(dim)
    return made


def usual_charger(factors: Mapping[str, Factor], battery: str) -> str | None:
    """Return the factor that is the charger where none is named.

    That is `cavity`, else a factor `charger` that is a ladder, else the first mode that is not the
    battery; None if there is none of these.
    """
    if "cavity" in factors:
        return "cavity"
    if "charger" in factors and factors["charger"].ladder is not None and battery != "charger":
        return "charger"
    modes = (name for name, each in factors.items() if each.role == "mode" and name != battery)
    return next(modes, None)
