"""Which merits are meant, and whether the battery can give them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from qubatt.core.declaration import fields_of
from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.realization import Realization
from qubatt.core.registry import registry
from qubatt.core.spec_string import from_text
from qubatt.merits.merit import Merit

ALL = "all"
"""Stands for all merits that a battery can give without its full state."""


def select_merits(
    wanted: Iterable[str | Merit] | str | Merit | None, realization: Realization
) -> tuple[Merit, ...]:
    """Return the merits that are meant.

    Parameters
    ----------
    wanted : iterable of str or Merit, optional
        Names, with parameters after a colon where there are any (``"free_energy:beta=2"``), or
        merits; the default ones by default; ``"all"`` for all that the battery can give but those
        of the full state.
    realization : Realization
        The problem in the basis in which it is solved.

    Raises
    ------
    ArgumentError
        If a name is unknown; the nearest are suggested.
    UnsupportedError
        If the problem cannot give a merit that was named, with the reason.
    """
    if wanted is None:
        return _possible(realization, default=True)
    single = isinstance(wanted, str | Merit)
    names = [wanted] if single else wanted
    if not isinstance(names, Iterable):
        raise ArgumentError("merits", "be names", wanted, 'For example ["energy", "power"].')
    chosen: dict[str, Merit] = {}
    for name in cast("Iterable[str | Merit]", names):
        found = _possible(realization) if name == ALL else (_built(name),)
        chosen |= {merit.name: merit for merit in found}
    for merit in chosen.values():
        if reason := merit.unavailable(realization):
            raise UnsupportedError(f"Merit `{merit.name}` cannot be given: {reason}.")
    return tuple(chosen.values())


def _possible(realization: Realization, default: bool = False) -> tuple[Merit, ...]:
    """Return the merits with their usual parameters that the problem can give cheaply."""
    known = [cls for cls in registry.items("merit").values() if cls.default or not default]
    merits = [cls() for cls in known if cls.needs != "full state"]
    return tuple(merit for merit in merits if not merit.unavailable(realization))


def _built(wanted: str | Merit) -> Merit:
    if isinstance(wanted, Merit):
        return wanted
    if not isinstance(wanted, str):
        cure = 'For example "energy" or "free_energy:beta=2".'
        raise ArgumentError("merits", "hold names", wanted, cure)
    return cast(Merit, from_text("merit", wanted, "merits"))


def merit(name: str, **parameters: object) -> Merit:
    """Return a figure of merit by name, with its parameters.

    Examples
    --------
    >>> import qubatt as qb
    >>> qb.merit("free_energy", beta=2.0).name
    'free_energy_2'
    """
    cls = registry.get("merit", name, "name")
    unknown = parameters.keys() - fields_of(cls)
    if unknown and not fields_of(cls):
        raise ArgumentError(
            sorted(unknown)[0], f"be left out: {name} has no parameters", parameters
        )
    return cast(Merit, cls(**parameters))
