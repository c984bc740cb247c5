"""Any state of the charger that a user hands over."""

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
    """Numbers as immutable bytes, so that equal states compare and hash alike."""

    shape: tuple[int, ...]
    dtype: str
    data: bytes


@dataclass(frozen=True, init=False, repr=False)
class CustomState(ChargerState):
    """Any ket ψ or density matrix ρ of the cavity, index n for n photons.

    It may have any number of levels: zeros are added up to the cut-off, and levels above it are
    cut off where they hold next to nothing. It has no name on the command line. Results store
    shape, mean photon number and a hash of the numbers, which tells what was run but cannot
    run it again.

    Parameters
    ----------
    matrix : array_like, sparse matrix, or anything with ``full()`` such as QuTiP's ``Qobj``
        ψ of shape (d,) or (d, 1), or ρ of shape (d, d), with norm or trace 1.

    Raises
    ------
    ArgumentError
        If it holds anything but finite numbers, or is not Hermitian, not positive, or not of
        trace 1; the worst entry or eigenvalue is named.

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
        """ψ, shape (d,), or ρ, shape (d, d); read-only, real where it has no imaginary part."""
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
        """Return what is stored of it with a result."""
        return {
            "type": "custom",
            "shape": list(self._entries.shape),
            "mean_photons": self.mean_photons,
            "sha256": sha256(self._entries.data).hexdigest(),
        }


registry.reserve("charger", "custom", "Only Python can build one: qb.CustomState(matrix).")


def _checked(matrix: Any) -> NDArray[Any]:
    """Return a normalised ket or density matrix, little-endian, real where it can be."""
    state = check_state("matrix", matrix)
    array = np.asarray(state.toarray() if isinstance(state, sp.csr_array) else state)
    kind = np.dtype("<c16") if np.iscomplexobj(array) else np.dtype("<f8")
    return np.ascontiguousarray(array + 0.0, dtype=kind)  # + 0.0 makes −0.0 hash as 0.0


def _populations(array: NDArray[Any]) -> NDArray[np.float64]:
    """Return pₙ of a ket or density matrix."""
    return np.abs(array) ** 2 if array.ndim == 1 else np.diag(array).real


def _size(array: NDArray[Any]) -> float:
    """Return what a state is divided by to be normalised."""
    total = _populations(array).sum()
    return float(np.sqrt(total) if array.ndim == 1 else total)
