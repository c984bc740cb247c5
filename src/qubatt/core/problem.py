"""What a model hands over: terms of named operators, jumps with their rates, a start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

from qubatt.core.space import Space

FRAME = "frame"
"""The drive of a term that only changes the frame, and does no work."""

Pulse = Callable[[float], float]
"""A real function of time; it may have ``breaks()``, times that no step may cross."""


Start = Mapping[str, NDArray[Any]]
"""Initial ket or density matrix of factors, by name; see `Problem`."""


@dataclass(frozen=True)
class Term:
    """A coefficient times a product of named operators on named factors.

    ``Term(0.5, {"cavity": "a", "atoms": "J+"})`` is 0.5 a J₊; no operators at all is a multiple
    of the identity. With a pulse f, the term is f(t) times that. What is no product is named
    alone, as an operator on the whole space: ``Term(1.0, {"space": "H_charge"})``.

    A `drive` names the classical field that does work on the system through this term; whoever
    switches a pulse does so too. Without either, the term is part of the inner energy U. `FRAME`
    marks a change of frame, which is no energy at all.
    """

    coefficient: complex
    operators: Mapping[str, str] = field(default_factory=dict)
    pulse: Pulse | None = None
    drive: str = ""

    @property
    def agent(self) -> str:
        """Name of what does work through this term, empty if nothing does."""
        return self.drive or ("switch" if self.pulse is not None else "")


@dataclass(frozen=True)
class Jump:
    """A dissipator γ D[c], with D[c]ρ = cρc† − ½{c†c, ρ}.

    Parameters
    ----------
    rate : float
        γ, in units of the reference frequency; never hidden in a square root.
    operators : mapping
        c as a product of named operators on named factors.
    scope : {"collective", "local"}
        ``"local"`` stands for one such dissipator per particle of the factor.
    source : str
        Which environment it comes from.
    """

    rate: float
    operators: Mapping[str, str]
    scope: Literal["collective", "local"] = "collective"
    source: str = ""


@dataclass(frozen=True)
class Problem:
    """An open battery, ready for any engine.

    dρ/dt = −i[H, ρ] + Σ γ D[c]ρ with H = H_B + H_charge.

    Parameters
    ----------
    space : Space
        Named factors in order.
    battery : str
        The factor that stores the energy.
    battery_terms : tuple of Term
        H_B, the operator whose expectation value is the stored energy.
    charging_terms : tuple of Term
        Everything else in H: charger, coupling, drive, change of frame.
    jumps : tuple of Jump
        Dissipators; those with rate 0 are left out.
    initial : mapping of str to array
        Initial ket ``(d,)`` or density matrix ``(d, d)`` of a factor; factors left out start in
        their ground level. Alone under the name ``"space"``, one of the whole space.
    """

    space: Space
    battery: str
    battery_terms: tuple[Term, ...]
    charging_terms: tuple[Term, ...]
    jumps: tuple[Jump, ...] = ()
    initial: Start = field(default_factory=dict)

    @property
    def breaks(self) -> set[float]:
        """Times at which pulses say that they may jump."""
        pulses = [term.pulse for term in self.charging_terms if term.pulse is not None]
        return {float(time) for pulse in pulses for time in getattr(pulse, "breaks", tuple)()}
