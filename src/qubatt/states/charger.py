"""What every state of the charging mode offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import LARGEST, NonNegative

MeanPhotons = Annotated[NonNegative, Field(le=LARGEST)]
"""A mean number of photons ≥ 0."""


class ChargerState(ABC):
    """A state of the charging mode; subclasses are declared with ``@declare("charger", name)``."""

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
