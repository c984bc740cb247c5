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
"""A mean photon number ≥ 0."""


class ChargerState(ABC):
    """Base class of charger states, which are declared with ``@declare("charger", name)``."""

    bosonic: ClassVar[bool] = True
    """Whether the state requires a mode; other states fit any ladder of levels."""

    def prepared_in(self, name: str, factor: Factor) -> NDArray[Any]:
        """Return the ket or density matrix of the state on the levels of a factor.

        Raises
        ------
        ArgumentError
            If the factor cannot hold the state.
        """
        levels = factor.ladder
        if levels is None or (self.bosonic and factor.role != "mode"):
            cure = f"{factor.noun} holds Fock states and custom states, such as qb.FockState(1)."
            cure = "The levels of this factor do not form a ladder." if levels is None else cure
            raise ArgumentError("charger", f"be a state that `{name}` can hold", self, cure)
        try:
            return self.state(levels)
        except CutoffError:
            if factor.role == "mode":
                raise
            requirement = f"have at most {levels} excitations, the maximum of `{name}`"
            raise ArgumentError("charger", requirement, self) from None

    @classmethod
    def with_mean_photons(cls, mean_photons: float) -> Mapping[str, ChargerState]:
        """Return the states of this class with a given mean photon number, for `equal_energy`.

        By default this is one state, for classes whose first field is the mean photon number and
        whose other fields have defaults. Other classes override this method.

        Parameters
        ----------
        mean_photons : float
            Mean photon number n̄ ≥ 0.

        Returns
        -------
        mapping of str to ChargerState
            States by the suffix of their name, ``""`` for the plain one; empty if no state of
            this class has the mean photon number.
        """
        build: Any = cls
        return {"": build(mean_photons)}

    @abstractmethod
    def state(self, max_photons: int) -> NDArray[Any]:
        """Return a ket, shape ``(D,)``, or density matrix, ``(D, D)``, with D = max_photons + 1.

        Raises
        ------
        ArgumentError
            If the state does not fit below the cut-off.
        """
