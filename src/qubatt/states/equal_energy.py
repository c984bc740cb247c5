"""Charger states of equal energy, to be compared."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from qubatt.core.check import explain
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.registry import registry
from qubatt.states.charger import ChargerState, MeanPhotons

_MEAN = TypeAdapter(dict[str, MeanPhotons])


@usual_float_errors
def equal_energy(mean_photons: float) -> dict[str, ChargerState]:
    """Return every charger state that can have that mean photon number, by name.

    All bring the energy ω_c n̄ into the cavity; what they differ in is how it is distributed and
    whether it is coherent (andolina2019). A charger state registered tomorrow takes part.

    Parameters
    ----------
    mean_photons : float
        Mean photon number n̄ ≥ 0. Fock states need a whole number, odd cats at least 1.

    Returns
    -------
    dict of str to ChargerState
        By registered name, with ``-odd`` and the like behind it where there are several.

    Raises
    ------
    ArgumentError
        If it is not a number ≥ 0.

    Examples
    --------
    >>> import qubatt as qb
    >>> list(qb.equal_energy(mean_photons=0.5))
    ['cat', 'coherent', 'displaced-squeezed', 'squeezed', 'thermal']
    """
    try:
        mean = _MEAN.validate_python({"mean_photons": mean_photons})["mean_photons"]
    except ValidationError as error:
        raise explain(error, {"mean_photons": None}) from None
    return {
        "-".join(filter(None, (name, variant))): state
        for name, kind in sorted(registry.items("charger").items())
        for variant, state in kind.with_mean_photons(mean).items()
    }
