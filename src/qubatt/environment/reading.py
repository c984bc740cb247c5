"""Environments as users write them: dissipators, or their names with arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qubatt.core.errors import ArgumentError
from qubatt.core.spec_string import to_declared
from qubatt.environment.dissipator import Dissipator

Environment = Dissipator | str | Sequence[Dissipator | str] | None
"""Dissipators, or their names with arguments as in ``"cavity-loss:0.5"``."""


def read_environment(environment: Environment) -> tuple[Dissipator, ...]:
    """Return an environment as a tuple of dissipators.

    Raises
    ------
    ArgumentError
        If a part is not a dissipator, or if a string does not describe one.
    """
    parts: list[Any] = [] if environment is None else [environment]
    if isinstance(environment, Iterable) and not isinstance(environment, str):
        parts = list(environment)
    parts = [to_declared("environment", part) for part in parts]
    for part in parts:
        if not isinstance(part, Dissipator):
            cure = 'For example qb.CavityLoss(0.5) or "cavity-loss:0.5".'
            raise ArgumentError("environment", "contain only dissipators", part, cure)
    return tuple(parts)
