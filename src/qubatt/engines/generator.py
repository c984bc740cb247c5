"""The right-hand side of the master equation in matrix form, from sparse operators."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.problem import pulse_value
from qubatt.core.realization import Realization
from qubatt.core.space import Operator


class Generator:
    """𝓛ρ = X + X† + Σ γ cρc† with X = −(iH + Γ)ρ and Γ = ½ Σ γ c†c, for Hermitian ρ.

    Every product is sparse times dense; the D² × D² superoperator is never formed. A real operator
    acts on the real and imaginary parts together, with ρ viewed as a real ``(D, 2D)`` array.
    """

    def __init__(self, realization: Realization) -> None:
        self._H = realization.H
        self._pulsed = realization.pulsed
        damping = realization.no_jump
        diagonal = damping.diagonal()
        is_diagonal = abs(damping - sp.diags_array(diagonal)).sum() == 0
        self._damping = diagonal[:, np.newaxis] if is_diagonal else damping
        self._jumps = [(c, sp.csr_array(rate * c)) for rate, c in realization.jumps]

    def __call__(self, time: float, rho: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return 𝓛(t)ρ, shape ``(D, D)``."""
        H = self._H
        for pulse, part in self._pulsed:
            H = H + pulse_value(pulse, time) * part
        X = _apply(H, rho)
        X *= -1j
        if isinstance(self._damping, np.ndarray):
            X -= self._damping * rho
        else:
            X -= _apply(self._damping, rho)
        out = X + X.conj().T
        for c, weighted in self._jumps:
            out += _apply(weighted, np.ascontiguousarray(_apply(c, rho).conj().T))
        return out


def _apply(operator: Operator, rho: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return operator @ ρ; a real operator acts on ρ as a real array of shape ``(D, 2D)``."""
    if np.iscomplexobj(operator.data):
        return np.asarray(operator @ rho)
    product: Any = operator @ rho.view(np.float64)
    return np.asarray(product).view(np.complex128)
