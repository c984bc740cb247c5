"""Charger state defined by a ket or a density matrix."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.input_state import check_state
from qubatt.core.registry import registry
from qubatt.states.charger import ChargerState
from qubatt.states.truncation import check_cutoff


class _Entries(NamedTuple):
    """Numbers as immutable bytes, so that equal states compare equal and have equal hashes."""

    shape: tuple[int, ...]
    dtype: str
    data: bytes


@dataclass(frozen=True, init=False, repr=False)
class CustomState(ChargerState):
    """Charger state given by a ket ψ or a density matrix ρ, where index n means n photons.

    The state may have any number of levels: it is padded with zeros up to the cut-off, or
    truncated if the population above the cut-off is at most 1e-5. It is available in Python only.
    Results store its shape, its mean photon number and a hash of its entries, which identifies
    the state but does not allow a rerun.

    Parameters
    ----------
    matrix : array_like, sparse matrix, or object with a method ``full()`` such as QuTiP's ``Qobj``
        ψ of shape (d,) or (d, 1) with norm 1, or ρ of shape (d, d) with trace 1.

    Raises
    ------
    ArgumentError
        If an entry is not a finite number, or if ρ is not Hermitian, not positive or not
        normalised; the message names the worst entry or eigenvalue.

    Examples
    --------
    >>> import numpy as np
    >>> import qubatt as qb
    >>> qb.CustomState(np.array([0.6, 0.0, 0.8]))
    CustomState(ket of 3 levels, mean_photons=1.28)
    """

    bosonic: ClassVar[bool] = False

    _entries: _Entries

    def __init__(self, matrix: Any) -> None:
        array = _checked(matrix)
        entries = _Entries(array.shape, array.dtype.str, array.tobytes())
        object.__setattr__(self, "_entries", entries)  # frozen from here on

    def __repr__(self) -> str:
        kind = "ket" if len(self._entries.shape) == 1 else "density matrix"
        levels = f"{kind} of {self._entries.shape[0]} levels"
        return f"CustomState({levels}, mean_photons={self.mean_photons:.6g})"

    @property
    def matrix(self) -> NDArray[Any]:
        """ψ, shape (d,), or ρ, shape (d, d); read-only, and real if all entries are real."""
        shape, dtype, data = self._entries
        return np.frombuffer(data, dtype=np.dtype(dtype)).reshape(shape)

    @property
    def mean_photons(self) -> float:
        """Mean photon number n̄."""
        return float(np.arange(self._entries.shape[0]) @ _populations(self.matrix))

    def state(self, max_photons: int) -> NDArray[Any]:
        """Return ψ, shape ``(max_photons + 1,)``, or ρ, shape ``(max_photons + 1,) * 2``.

        Raises
        ------
        ArgumentError
            If more than 1e-5 of the population lies above the cut-off.
        """
        matrix = self.matrix
        above = _populations(matrix)[::-1].cumsum()[::-1]
        check_cutoff(
            self,
            max_photons,
            lambda level: float(above[level + 1]) if level + 1 < len(above) else 0.0,
            argument="matrix",
        )
        levels = max_photons + 1
        block = matrix[(slice(levels),) * matrix.ndim]
        if len(matrix) > levels:
            block = block / _size(block)
        return np.pad(block, (0, levels - len(block)))

    def parameters(self) -> dict[str, Any]:
        """Return the parameters stored with a result."""
        return {
            "type": "custom",
            "shape": list(self._entries.shape),
            "mean_photons": self.mean_photons,
            "sha256": sha256(self._entries.data).hexdigest(),
        }


registry.reserve("charger", "custom", "It is available in Python only, as qb.CustomState(matrix).")


def _checked(matrix: Any) -> NDArray[Any]:
    """Return a normalised ket or density matrix, little-endian, and real if possible."""
    state = check_state("matrix", matrix)
    array = np.asarray(state.toarray() if isinstance(state, sp.csr_array) else state)
    kind = np.dtype("<c16") if np.iscomplexobj(array) else np.dtype("<f8")
    return np.ascontiguousarray(array + 0.0, dtype=kind)  # + 0.0 makes −0.0 hash as 0.0


def _populations(array: NDArray[Any]) -> NDArray[np.float64]:
    """Return the populations pₙ of a ket or density matrix."""
    return np.abs(array) ** 2 if array.ndim == 1 else np.diag(array).real


def _size(array: NDArray[Any]) -> float:
    """Return the norm of a ket, or the trace of a density matrix."""
    total = _populations(array).sum()
    return float(np.sqrt(total) if array.ndim == 1 else total)
