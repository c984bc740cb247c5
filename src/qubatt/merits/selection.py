"""Selection of merits by name or by availability."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import cast

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError, UnsupportedError, suggest
from qubatt.core.realization import Realization
from qubatt.core.registry import registry
from qubatt.core.spec_string import from_text
from qubatt.merits.merit import Merit

ALL = "all"
"""Name that selects all available merits except those of the full state."""


def all_merits() -> dict[str, Merit]:
    """Return the variants of all registered merits by name; see `Merit.variants`."""
    return dict(_all_variants(tuple(registry.items("merit").values())))


@functools.cache
def _all_variants(classes: tuple[type[Merit], ...]) -> dict[str, Merit]:
    return {merit.name: merit for cls in classes for merit in cls.variants()}


def select_merits(
    wanted: Iterable[str | Merit] | str | Merit | None, realization: Realization
) -> tuple[Merit, ...]:
    """Return the requested merits.

    Parameters
    ----------
    wanted : iterable of str or Merit, optional
        Names of variables (``"ergotropy_full"``), names with parameters after a colon
        (``"ergotropy:reach=full"``, ``"free_energy:beta=2"``), merit objects, or ``"all"`` for
        all available merits except those of the full state. Default: the default merits.
    realization : Realization
        The problem in the basis in which it is solved.

    Raises
    ------
    ArgumentError
        If a name is unknown; the message suggests similar names.
    UnsupportedError
        If a named merit is not available for this problem; the message states the reason.
    """
    if wanted is None:
        return _available(realization, default=True)
    single = isinstance(wanted, str | Merit)
    names = [wanted] if single else wanted
    if not isinstance(names, Iterable):
        cure = 'Use, for example, ["energy", "power"].'
        raise ArgumentError("merits", "be names of merits", wanted, cure)
    chosen: dict[str, Merit] = {}
    for name in cast("Iterable[str | Merit]", names):
        merits = _available(realization) if name == ALL else (to_merit(name),)
        chosen |= {merit.name: merit for merit in merits}
    for merit in chosen.values():
        if reason := merit.unavailable(realization):
            raise UnsupportedError(f"Merit `{merit.name}` is not available: {reason}.")
    return tuple(chosen.values())


def _available(realization: Realization, default: bool = False) -> tuple[Merit, ...]:
    """Return all available merits except those of the full state, or only the default ones."""
    merits = [merit for merit in all_merits().values() if merit.default or not default]
    cheap = [merit for merit in merits if merit.needs != "full state"]
    return tuple(merit for merit in cheap if not merit.unavailable(realization))


def to_merit(wanted: str | Merit) -> Merit:
    """Return the merit for a name such as ``"ergotropy_full"`` or ``"free_energy:beta=2"``.

    Raises
    ------
    ArgumentError
        If the name is unknown, or if a parameter is missing, unknown or invalid.
    """
    if isinstance(wanted, Merit):
        return wanted
    if not isinstance(wanted, str):
        cure = 'Use, for example, "energy" or "free_energy:beta=2".'
        raise ArgumentError("merits", "contain names of merits", wanted, cure)
    if wanted in (merits := all_merits()):
        return merits[wanted]
    name = wanted.partition(":")[0]
    _check_name(name, "merits")
    if name not in registry.items("merit"):
        cure = f"Write {name} without parameters."
        raise ArgumentError(
            "merits", f"not give parameters to {name}, which has none", wanted, cure
        )
    cls = registry.items("merit")[name]
    if name == wanted and any(field.is_required() for field in fields_of(cls).values()):
        variants = ", ".join(f"{merit.name} ({merit.long_name})" for merit in cls.variants())
        if variants:
            requirement = f"name one of the variants of {name}"
            raise ArgumentError("merits", requirement, wanted, f"They are: {variants}.")
    return cast(Merit, from_text("merit", wanted, "merits"))


def _check_name(name: str, argument: str) -> None:
    """Refuse an unknown name and suggest similar names."""
    names = registry.items("merit") | all_merits()
    if name not in names:
        raise ArgumentError(argument, "name a registered merit", name, suggest(str(name), names))


def merit(name: str, **parameters: object) -> Merit:
    """Return a figure of merit by name, with its parameters.

    Parameters
    ----------
    name : str
        Name of a registered merit (``"ergotropy"``) or of a variant (``"ergotropy_full"``).
    **parameters : object
        Parameters of the merit, such as ``beta=2.0`` of ``"free_energy"``, in the units of the
        merit (energies in ``omega_ref``).

    Returns
    -------
    Merit
        The merit, to be passed in the list ``merits=[…]`` of `charge` and similar functions.

    Raises
    ------
    ArgumentError
        If the name is unknown, or if a parameter is missing, unknown or invalid.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.merit("free_energy", beta=2.0).name
    'free_energy_2'
    >>> qb.merit("ergotropy", reach="full") == qb.merit("ergotropy_full")
    True
    """
    _check_name(name, "name")
    if name in (merits := all_merits()) and not parameters:
        return merits[name]
    cls = registry.items("merit").get(name)
    if cls is None or not fields_of(cls):
        raise ArgumentError(
            sorted(parameters)[0], f"be omitted, because {name} has no parameters", parameters
        )
    return cast(Merit, cls(**parameters))
