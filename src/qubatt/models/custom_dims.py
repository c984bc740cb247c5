"""Names, dimensions and roles of the factors of a space defined by matrices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, get_args

from qubatt.core.check import plain_number
from qubatt.core.errors import MISSING, ArgumentError, suggest
from qubatt.core.space import WHOLE_SPACE, Factor, Role
from qubatt.operators import Atoms, Levels, Mode

Dims = tuple[tuple[str, int], ...]
"""Names and dimensions in the order of the tensor product."""

Roles = tuple[tuple[str, Role], ...]
"""Names and roles of the factors whose role differs from the default for their name."""

MEANT: dict[str, Role] = {"cavity": "mode", "atoms": "spins"}
"""Default roles by name; factors with other names are plain levels."""

_EXAMPLE = 'Example: dims={"cavity": 10, "battery": 2}.'


def read_dims(dims: Any, total: int) -> Dims:
    """Return names and dimensions of the factors of a space of `total` states.

    Parameters
    ----------
    dims : None, sequence of int, mapping of str to int, or sequence of pairs
        Default names are `battery` for one factor, `charger` and `battery` for two, and `part0`,
        `part1`, … and `battery` for more.
    total : int
        Product of the dimensions.

    Raises
    ------
    ArgumentError
        If a name or a dimension is invalid, or the product of the dimensions differs from `total`.
    """
    named = _named(dims, total)
    for name, dim in named:
        if name == WHOLE_SPACE or not re.fullmatch(r"[A-Za-z]\w*", name):
            cure = (
                "Names consist of letters, digits and underscores;"
                f" `{WHOLE_SPACE}` is reserved for the whole space."
            )
            raise ArgumentError("dims", "contain valid names of factors", name, cure)
        if dim < 1:
            raise ArgumentError("dims", f"give `{name}` at least one level", dim)
    if len({name for name, _ in named}) < len(named):
        raise ArgumentError("dims", "name each factor once", [name for name, _ in named])
    product = prod(dim for _, dim in named)
    if product != total:
        shown = " × ".join(str(dim) for _, dim in named) + f" = {product}"
        requirement = f"have the product {total}, the dimension of H_charge, but has {shown}"
        raise ArgumentError("dims", requirement, MISSING, _EXAMPLE)
    return named


def _named(dims: Any, total: int) -> Dims:
    """Return names and dimensions, validated individually but not in combination."""
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
        raise ArgumentError("dims", "contain at least one dimension", dims, _EXAMPLE)
    return tuple((_name(name), _dimension(dim)) for name, dim in pairs)


def _names(count: int) -> list[str]:
    """Return the default names of factors."""
    if count == 2:
        return ["charger", "battery"]
    return [*(f"part{k}" for k in range(count - 1)), "battery"][:count]


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ArgumentError("dims", "name factors by strings", name, _EXAMPLE)
    return name


def _dimension(dim: Any) -> int:
    try:
        number = plain_number(dim)
    except ValueError:
        number = None
    if number is None or number != int(number):
        raise ArgumentError("dims", "contain integers", dim, _EXAMPLE)
    return int(number)


def read_battery(battery: Any, dims: Dims) -> str:
    """Return the factor that stores the energy: the named one, else `battery`, else the last.

    Raises
    ------
    ArgumentError
        If no factor has this name.
    """
    names = [name for name, _ in dims]
    if battery is None:
        return "battery" if "battery" in names else names[-1]
    if battery not in names:
        cure = suggest(battery, names) if isinstance(battery, str) else ""
        raise ArgumentError("battery", "name a factor of dims", battery, cure)
    return str(battery)


def read_roles(roles: Any, dims: Dims) -> Roles:
    """Return the roles that differ from the defaults for the names, in the order of the factors.

    Parameters
    ----------
    roles : None, mapping of str to str, or sequence of pairs
        Roles ``"mode"``, ``"spins"`` or ``"levels"`` by names of factors.
    dims : tuple of pairs
        Names and dimensions.

    Raises
    ------
    ArgumentError
        If a factor or a role is unknown, or if a factor has too few levels for its role.
    """
    names, all_roles = [name for name, _ in dims], get_args(Role)
    example = f'Example: roles={{"{names[-1]}": "mode"}}.'
    try:
        changed = {} if roles is None else dict(roles)
    except (TypeError, ValueError):
        raise ArgumentError("roles", "map names of factors to roles", roles, example) from None
    for name, role in changed.items():
        if name not in names:
            cure = suggest(name, names) if isinstance(name, str) else example
            raise ArgumentError("roles", "name factors of dims", name, cure)
        if role not in all_roles:
            cure = f"The roles are {', '.join(all_roles[:-1])} and {all_roles[-1]}."
            raise ArgumentError("roles", f"give `{name}` a known role", role, cure)
    for name, dim in dims:
        role = changed.get(name, MEANT.get(name, "levels"))
        if role != "levels" and dim < 2:
            cure = f'With roles={{"{name}": "levels"}} a single level is allowed.'
            raise ArgumentError("dims", f"give `{name}` at least 2 levels", dim, cure)
    return tuple(
        (name, changed[name])
        for name in names
        if name in changed and changed[name] != MEANT.get(name, "levels")
    )


def read_charger(charger: Any, dims: Dims, battery: str) -> str | None:
    """Return the factor named as the charger, or None if none is named.

    Raises
    ------
    ArgumentError
        If no factor has the name, or if it is the battery.
    """
    if charger is None:
        return None
    names = [name for name, _ in dims if name != battery]
    if charger not in names:
        cure = suggest(charger, names) if isinstance(charger, str) else ""
        if charger == battery:
            cure = "Set the initial state of the battery by initial=…."
        raise ArgumentError("charger", "name a factor other than the battery", charger, cure)
    return str(charger)


def factors_of(dims: Dims, roles: Roles) -> dict[str, Factor]:
    """Return the factors by name: modes, two-level atoms in symmetric states, or plain levels."""
    changed = dict(roles)
    factors: dict[str, Factor] = {}
    for name, dim in dims:
        role = changed.get(name, MEANT.get(name, "levels"))
        if role == "mode":
            factors[name] = Mode(dim - 1)
        else:
            factors[name] = Atoms(dim - 1) if role == "spins" else Levels(dim)
    return factors


def usual_charger(factors: Mapping[str, Factor], battery: str) -> str | None:
    """Return the default charger factor.

    It is `cavity`, otherwise a factor `charger` whose levels form a ladder, otherwise the first
    mode other than the battery, or None if none of these exists.
    """
    if "cavity" in factors:
        return "cavity"
    if "charger" in factors and factors["charger"].ladder is not None and battery != "charger":
        return "charger"
    modes = (name for name, each in factors.items() if each.role == "mode" and name != battery)
    return next(modes, None)
