"""Base class of charger states."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import MAX_COUNT, NonNegative
from qubatt.core.errors import ArgumentError
from qubatt.core.space import Factor
from qubatt.states.truncation import CutoffError

MeanPhotons = Annotated[NonNegative, Field(le=MAX_COUNT)]
"""A mean number of photons ≥ 0."""


class ChargerState(ABC):
    """A state of the charger; subclasses are declared with ``@declare("charger", name)``."""

    bosonic: ClassVar[bool] = True
    """Whether it is a state of a mode only; others fit any ladder of levels."""

    def prepared_in(self, name: str, factor: Factor) -> NDArray[Any]:
        """Return the ket or density matrix of a factor, on its ladder of levels.

        Raises
        ------
        ArgumentError
            If the factor cannot hold the state.
        """
        levels = factor.ladder
        if levels is None or (self.bosonic and factor.role != "mode"):
            cure = f"{factor.noun} holds Fock states and custom states, such as qb.FockState(1)."
            cure = "Its levels are no ladder." if levels is None else cure
            raise ArgumentError("charger", f"be a state that `{name}` can hold", self, cure)
        try:
            return self.state(levels)
        except CutoffError:
            if factor.role == "mode":
                raise
            requirement = f"have at most {levels} excitations, as many as `{name}` holds"
            raise ArgumentError("charger", requirement, self) from None

    @classmethod
    def with_mean_photons(cls, mean_photons: float) -> Mapping[str, ChargerState]:
        """Return the states of this kind with that mean photon number, for `equal_energy`.

        A kind whose first field is the mean photon number, and which has defaults for the rest,
        has one; any other kind says so by a method of its own.

        Parameters
        ----------
        mean_photons : float
            Mean photon number n̄ ≥ 0.

        Returns
        -------
        mapping of str to ChargerState
            By what is put behind the name of the kind, ``""`` for the plain one; empty if no
            state of this kind has that mean.
        """
        build: Any = cls
        return {"": build(mean_photons)}

    @abstractmethod
    def state(self, max_photons: int) -> NDArray[Any]:
        """Return the ket ``(max_photons + 1,)`` or density matrix ``(max_photons + 1,) * 2``.

        Raises
        ------
        ArgumentError
            If the state does not fit below the cut-off.
        """
