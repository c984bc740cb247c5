"""Charger states of equal energy, for comparisons."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from qubatt.core.check import explain
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.registry import registry
from qubatt.states.charger import ChargerState, MeanPhotons

_MEAN = TypeAdapter(dict[str, MeanPhotons])


@usual_float_errors
def equal_energy(mean_photons: float) -> dict[str, ChargerState]:
    """Return all charger states with a given mean photon number, by name.

    All of them start the cavity with the energy ω_c n̄, but differ in its distribution and in their
    coherence (andolina2019). Newly registered charger states are included.

    Parameters
    ----------
    mean_photons : float
        Mean photon number n̄ ≥ 0. Fock states require an integer, odd cat states n̄ ≥ 1.

    Returns
    -------
    dict of str to ChargerState
        States by registered name, with a suffix such as ``-odd`` for further states of a class.

    Raises
    ------
    ArgumentError
        If `mean_photons` is not a number ≥ 0.

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
