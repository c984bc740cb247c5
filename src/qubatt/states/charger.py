"""What every state of the charging mode offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.check import LARGEST, NonNegative

MeanPhotons = Annotated[NonNegative, Field(le=LARGEST)]
"""A mean number of photons ≥ 0."""


class ChargerState(ABC):
    """A state of the charging mode; subclasses are declared with ``@declare("charger", name)``."""

    @abstractmethod
    def state(self, max_photons: int) -> NDArray[Any]:
        """Return the ket ``(max_photons + 1,)`` or density matrix ``(max_photons + 1,) * 2``.

        Raises
        ------
        ArgumentError
            If the state does not fit below the cut-off.
        """
