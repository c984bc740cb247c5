"""Recharging cycles of interacting atoms, for arrays of parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import get_args

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from qubatt.core.bibliography import BIBLIOGRAPHY
from qubatt.core.call import explained_call
from qubatt.core.check import FloatArray, check_array, check_count
from qubatt.core.errors import ArgumentError, ResourceError, suggest
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.format import format_bytes
from qubatt.core.memory import free_memory
from qubatt.core.version import versions
from qubatt.recharging.joint_levels import RechargeBasis, joint_levels
from qubatt.recharging.levels import Cycle, recharge_levels
from qubatt.results.result import Result

LARGEST_FULL = 1000
"""Largest number of atoms in the full basis, with 250,000 joint levels."""

VARIABLES = {
    "ergotropy": ("ergotropy of the Gibbs state", "omega_ref", "W = Tr[H_B (ω − σ)] ≥ 0"),
    "work": ("recharging work", "omega_ref", "W_R = Tr[(H_B − H_0)(ω − σ)] ≥ W"),
    "heat": ("heat from the bath", "omega_ref", "Q_R = Tr[H_0 (ω − σ)] ≤ 0"),
    "efficiency": ("recharging efficiency", "1", "η = W / W_R, NaN if W_R = 0"),
}
"""Long name, units and definition of the variables."""


@explained_call
@usual_float_errors
def recharge(
    n_atoms: ArrayLike,
    interaction: ArrayLike,
    beta: ArrayLike,
    omega_atom: float = 1.0,
    basis: RechargeBasis = "symmetric",
) -> xr.Dataset:
    """Return ergotropy, work, heat and efficiency of the recharging cycle.

    The battery H_B = ω J_z + (2g/N)(J_x² + J_y² − N/2) starts in the Gibbs state ω of H₀ = ω J_z.
    Extracting the ergotropy leaves it in the passive state σ, and contact with the bath restores ω
    (barra2019; Sec. V and Appendix of zhang2024)::

        W   = Tr[H_B (ω − σ)]         ≥ 0
        W_R = Tr[(H_B − H₀)(ω − σ)]   ≥ W
        Q_R = Tr[H₀ (ω − σ)]          ≤ 0
        W = W_R + Q_R,   η = W / W_R

    Parameters
    ----------
    n_atoms : int or array_like of int
        Numbers of atoms N.
    interaction : float or array_like
        Exchange g, in units of ω_ref.
    beta : float or array_like
        Inverse temperatures ≥ 0, in units of 1/ω_ref.
    omega_atom : float
        Level splitting ω > 0, in units of ω_ref.
    basis : {"symmetric", "full"}
        The N + 1 symmetric states, or all 2^N states (counted by multiplicities).

    Returns
    -------
    xarray.Dataset
        The variables `ergotropy`, `work`, `heat`, `efficiency` and `ambiguous`. The efficiency is
        NaN if the work is 0, that is, for β = 0, for weak g, or if the work underflows at large β.
        `ambiguous` is true if work, heat and efficiency (but not the ergotropy) depend on the
        order of levels with equal energy; here this is the order of ascending H₀. Array arguments
        become the dimensions (n_atoms, interaction, beta), in this order, and scalars become
        scalar coordinates.

    Raises
    ------
    ArgumentError
        If an argument is not a number or is out of range, or if `basis` is unknown.

    Examples
    --------
    >>> import qubatt as qb
    >>> cycle = qb.recharge(n_atoms=2, interaction=4.0, beta=1.0)
    >>> round(float(cycle.efficiency), 6)  # 1 − ω/c with c = 2g/N = 4
    0.75
    """
    # check
    counts = check_count("n_atoms", n_atoms)
    g_values = check_array("interaction", interaction)
    betas = check_beta(beta)
    omega = check_array("omega_atom", omega_atom)
    if omega.ndim or omega <= 0:
        raise ArgumentError("omega_atom", "be one positive number", omega_atom)
    if basis not in get_args(RechargeBasis):
        cure = suggest(str(basis), get_args(RechargeBasis))
        raise ArgumentError("basis", 'be "symmetric" or "full"', basis, cure)

    if basis == "full" and counts.max() > LARGEST_FULL:
        cure = 'Use fewer atoms, or basis="symmetric".'
        raise ArgumentError(
            "n_atoms", f"be at most {LARGEST_FULL} in the full basis", int(counts.max()), cure
        )

    _check_size(counts.size * g_values.size * betas.size)

    # compute
    axes = [np.atleast_1d(counts), np.atleast_1d(g_values), np.atleast_1d(betas)]
    shape = tuple(len(axis) for axis in axes)
    values = {name: np.empty(shape) for name in VARIABLES}
    ambiguous = np.zeros(shape[:2], dtype=bool)
    for row, count in enumerate(axes[0]):
        for column, g in enumerate(axes[1]):
            levels = joint_levels(int(count), float(g), float(omega), basis)
            cycle = recharge_levels(*levels, betas.ravel())
            for name, array in values.items():
                array[row, column] = getattr(cycle, name)
            ambiguous[row, column] = cycle.ambiguous

    # label
    names = ("n_atoms", "interaction", "beta")
    labels = {
        "n_atoms": {"units": "1", "long_name": "number of atoms"},
        "interaction": {"units": "omega_ref", "long_name": "exchange interaction"},
        "beta": {"units": "1/omega_ref", "long_name": "inverse temperature"},
    }
    data = _labelled(values, names) | {
        "ambiguous": (
            names[:2],
            ambiguous,
            {"units": "1", "long_name": "whether work and heat depend on the order of levels"},
        )
    }
    coords = {name: (name, axis, labels[name]) for name, axis in zip(names, axes, strict=True)}
    parameters = {"omega_atom": float(omega), "basis": basis}
    result = Result(data, coords=coords, attrs=_attributes(parameters))
    arrays = (counts, g_values, betas)
    scalars = [name for name, array in zip(names, arrays, strict=True) if array.ndim == 0]
    return result.squeeze(scalars)


def _check_size(count: int) -> None:
    """Refuse more combinations of the three parameters than fit in memory."""
    needed, free = 8.0 * len(VARIABLES) * count, free_memory()
    if needed > free:
        raise ResourceError(
            f"{count:,} combinations of n_atoms, interaction and beta take {format_bytes(needed)},"
            f" but {format_bytes(free)} are free. Use fewer values."
        )


def check_beta(beta: ArrayLike) -> FloatArray:
    """Return inverse temperatures after checking that they are finite and ≥ 0."""
    betas = check_array("beta", beta)
    if np.any(betas < 0):
        cure = "A heat bath has no negative temperature."
        raise ArgumentError("beta", "be non-negative", float(betas.min()), cure)
    return betas


def cycle_dataset(cycle: Cycle, beta: FloatArray, parameters: Mapping[str, object]) -> xr.Dataset:
    """Return one cycle as a Dataset with the dimension β, or without it for a scalar β."""
    values = {name: getattr(cycle, name) for name in VARIABLES}
    label = {"units": "1/omega_ref", "long_name": "inverse temperature"}
    data = _labelled(values, ("beta",)) | {"ambiguous": ((), cycle.ambiguous, {"units": "1"})}
    coords = {"beta": ("beta", np.atleast_1d(beta), label)}
    result = Result(data, coords=coords, attrs=_attributes(parameters))
    return result if beta.ndim else result.squeeze("beta")


def _labelled(values: dict[str, FloatArray], dims: tuple[str, ...]) -> dict[str, object]:
    labelled: dict[str, object] = {}
    for name, array in values.items():
        long_name, units, definition = VARIABLES[name]
        attributes = {"long_name": long_name, "units": units, "definition": definition}
        labelled[name] = (dims, array, attributes)
    return labelled


def _attributes(parameters: Mapping[str, object]) -> dict[str, str]:
    citations = [BIBLIOGRAPHY[key] for key in ("zhang2024", "barra2019", "allahverdyan2004")]
    return {
        "status": "ok",
        "parameters": json.dumps(parameters),
        "versions": json.dumps(versions()),
        "citations": json.dumps(citations),
    }
