"""What every state of the charging mode offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray


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
