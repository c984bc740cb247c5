"""Recharging cycle for a pair of commuting Hamiltonians in matrix form."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from qubatt.core.call import explained_call
from qubatt.core.check import FloatArray
from qubatt.core.errors import MISSING, ArgumentError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.input_matrix import check_hermitian
from qubatt.recharging.levels import recharge_levels
from qubatt.recharging.recharge import check_beta, cycle_dataset


@explained_call
@usual_float_errors
def recharge_pair(H_B: Any, H_0: Any, beta: ArrayLike) -> xr.Dataset:
    """Return the recharging cycle of a battery H_B with a reference H₀, where [H_B, H₀] = 0.

    The cycle starts in the Gibbs state ω = exp(−βH₀)/Z; W, W_R, Q_R and η are defined as in
    `recharge` (barra2019). Degenerate levels of H_B are distinguished by H₀.

    Parameters
    ----------
    H_B, H_0 : array_like, sparse matrix or QuTiP Qobj, shape (d, d)
        Commuting Hermitian matrices, in units of ω_ref.
    beta : float or array_like, shape (B,)
        Inverse temperatures ≥ 0, in units of 1/ω_ref.

    Returns
    -------
    xarray.Dataset
        The variables `ergotropy`, `work`, `heat` and `efficiency` with the dimension ``beta``, and
        the scalar `ambiguous`.

    Raises
    ------
    ArgumentError
        If a matrix is not square, finite and Hermitian, or if the matrices do not commute.

    Examples
    --------
    >>> import qubatt as qb
    >>> cycle = qb.recharge_pair([[-0.5, 0], [0, 0.5]], [[0.5, 0], [0, -0.5]], beta=1.0)
    >>> round(float(cycle.efficiency), 6)  # H₀ = −H_B
    0.5
    """
    B, zero = (
        check_hermitian(name, matrix).toarray().astype(np.complex128)
        for name, matrix in (("H_B", H_B), ("H_0", H_0))
    )
    if B.shape != zero.shape:
        raise ArgumentError("H_0", f"have the shape of H_B, {B.shape}", zero.shape)
    betas = check_beta(beta)
    E, E_0 = _joint_spectrum(B, zero)
    cycle = recharge_levels(E, E_0, [1] * len(E), np.atleast_1d(betas))
    return cycle_dataset(cycle, betas, {"dimension": len(E)})


def _joint_spectrum(
    B: NDArray[np.complex128], zero: NDArray[np.complex128]
) -> tuple[FloatArray, FloatArray]:
    """Return the eigenvalues of both matrices for common eigenvectors, each of shape ``(d,)``."""
    noise = 64 * np.finfo(float).eps * np.array([np.linalg.norm(B), np.linalg.norm(zero)])
    B, zero = (
        matrix - np.trace(matrix) / len(matrix) * np.eye(len(matrix)) for matrix in (B, zero)
    )
    sizes = np.linalg.norm(B), np.linalg.norm(zero)
    commutator = float(np.linalg.norm(B @ zero - zero @ B))
    allowed = 1e-10 * sizes[0] * sizes[1] + noise[0] * sizes[1] + noise[1] * sizes[0]
    if commutator > allowed:
        requirement = f"commute with H_B, but ‖[H_B, H_0]‖ = {commutator:.3g}"
        cure = "Otherwise its Gibbs state is not stationary under H_B."
        raise ArgumentError("H_0", requirement, MISSING, cure)
    E, vectors = np.linalg.eigh(B)
    width = max(1e-10 * float(np.ptp(E)), float(noise[0]))
    E_0 = np.empty_like(E)
    start = 0
    for end in range(1, len(E) + 1):
        if end < len(E) and E[end] - E[end - 1] <= width:
            continue
        block = vectors[:, start:end]
        E_0[start:end] = np.linalg.eigvalsh(block.conj().T @ zero @ block)
        E[start:end] = E[start:end].mean()
        start = end
    return E, E_0
