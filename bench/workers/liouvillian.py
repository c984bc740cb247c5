"""The master equation written out once more, to judge steady states. NumPy and SciPy only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def residual(H: Any, jumps: Iterable[Any], rho: Any) -> float:
    """Return ‖𝓛ρ‖ (Frobenius norm), 𝓛ρ = −i[H, ρ] + Σ (cρc† − ½{c†c, ρ}).

    Parameters
    ----------
    H : sparse matrix, shape (D, D)
    jumps : iterable of sparse matrix, shape (D, D)
        √γ c.
    rho : array, shape (D, D)
    """
    image = -1j * (H @ rho - right(rho, H))
    for c in jumps:
        damping = c.conj().T @ c
        image += right(c @ rho, c.conj().T) - 0.5 * (damping @ rho + right(rho, damping))
    return float(np.linalg.norm(image))


def right(rho: Any, operator: Any) -> Any:
    """Return ρO for a dense ρ and a sparse O."""
    return (operator.T @ rho.T).T
