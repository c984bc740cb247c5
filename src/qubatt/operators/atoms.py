"""N identical atoms of any number of levels, on the symmetric ladder or in the full space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product as cartesian
from math import comb

import numpy as np
import scipy.sparse as sp

from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.space import Basis, Factor, Operator


@dataclass(frozen=True)
class Atoms(Factor):
    """N identical atoms with the given levels, lowest first; all in the first is index 0.

    Collective operators: ``S_jk`` = Σᵢ |j⟩⟨k|ᵢ for level initials j, k, and ``P_ground``, the
    projector on all atoms in the lowest level. Two-level atoms also have ``J+`` = S_eg,
    ``J-`` = S_ge, ``Jx``, ``Jy``, ``Jz``, with J = ½ Σ σ.

    In the symmetric basis the atoms are N bosons in the levels, S_jk = b_j†b_k, with
    C(N + L − 1, L − 1) states; for two levels this is the ladder |j = N/2, m⟩, m ascending.
    """

    n_atoms: int
    levels: tuple[str, ...] = ("ground", "excited")

    def __post_init__(self) -> None:
        if len(set(self.initials)) < len(self.levels):
            cure = "Operators are named after first letters."
            raise ArgumentError("levels", "differ in their first letters", self.levels, cure)

    @property
    def initials(self) -> tuple[str, ...]:
        """First letters of the level names."""
        return tuple(level[0] for level in self.levels)

    def dim(self, basis: Basis) -> int:
        """Return L^N in the full basis, C(N + L − 1, L − 1) in the symmetric one."""
        n_levels = len(self.levels)
        if basis == "full":
            return int(n_levels**self.n_atoms)
        return comb(self.n_atoms + n_levels - 1, n_levels - 1)

    def operators(self, basis: Basis) -> Mapping[str, Operator]:
        """Return the named collective operators, each of shape ``(dim, dim)``."""
        return (_full if basis == "full" else _symmetric)(self.n_atoms, self.initials)

    def local_operators(self, name: str, basis: Basis) -> tuple[Operator, ...]:
        """Return |j⟩⟨k|ᵢ for every atom i, for ``name = "S_jk"``, or ½σ_zⁱ for ``"Jz"``.

        Raises
        ------
        UnsupportedError
            In the symmetric basis, which one atom acting alone leaves.
        """
        if basis != "full" and self.n_atoms > 1:
            raise UnsupportedError(
                f"The symmetric basis cannot hold {name!r} of single atoms: it leaves the"
                ' permutation-symmetric states. Use basis "full".'
            )
        two_levels = self.initials == ("g", "e")
        if two_levels and name == "Jz":
            both = (_of_each(self.n_atoms, 2, level, level) for level in (1, 0))
            return tuple(sp.csr_array(0.5 * (up - down)) for up, down in zip(*both, strict=True))
        aliases = {"J+": "S_eg", "J-": "S_ge"} if two_levels else {}
        plain = aliases.get(name, name).removeprefix("S_")
        if len(plain) != 2 or not set(plain) <= set(self.initials):
            raise UnsupportedError(
                f"There is no single-atom part of {name!r}; use S_jk, J+, J- or Jz."
            )
        j, k = (self.initials.index(initial) for initial in plain)
        return _of_each(self.n_atoms, len(self.levels), j, k)


@lru_cache(maxsize=256)
def _of_each(n_atoms: int, n_levels: int, j: int, k: int) -> tuple[Operator, ...]:
    """Return |j⟩⟨k| of every atom in the full basis; they are shared, and never changed."""
    single = sp.csr_array(([1.0], ([j], [k])), shape=(n_levels, n_levels))
    return tuple(
        sp.csr_array(
            sp.kron(
                sp.kron(sp.eye_array(n_levels**atom), single),
                sp.eye_array(n_levels ** (n_atoms - atom - 1)),
            )
        )
        for atom in range(n_atoms)
    )


@lru_cache(maxsize=16)
def _full(n_atoms: int, initials: tuple[str, ...]) -> dict[str, Operator]:
    """Return the operators in the full basis; they are shared, and never changed."""
    count = range(len(initials))
    return _with_derived(
        {
            f"S_{initials[j]}{initials[k]}": sp.csr_array(
                sum(_of_each(n_atoms, len(initials), j, k))
            )
            for j, k in cartesian(count, repeat=2)
        }
    )


@lru_cache(maxsize=64)
def _symmetric(n_atoms: int, initials: tuple[str, ...]) -> dict[str, Operator]:
    """Return the operators in the symmetric basis; they are shared, and never changed."""
    occupations = _occupations(n_atoms, len(initials))
    index = {occupation: number for number, occupation in enumerate(occupations)}
    transfers = {}
    for j, initial_j in enumerate(initials):
        for k, initial_k in enumerate(initials):
            rows, columns, values = [], [], []
            for number, occupation in enumerate(occupations):
                if occupation[k] == 0:
                    continue
                lowered = list(occupation)
                lowered[k] -= 1
                lowered[j] += 1
                rows.append(index[tuple(lowered)])
                columns.append(number)
                values.append(np.sqrt(occupation[k] * float(lowered[j])))
            shape = (len(occupations),) * 2
            matrix = sp.csr_array((values, (rows, columns)), shape=shape, dtype=np.float64)
            transfers[f"S_{initial_j}{initial_k}"] = matrix
    return _with_derived(transfers)


def _occupations(n_atoms: int, n_levels: int) -> list[tuple[int, ...]]:
    """Return all ways to spread N atoms over the levels, all in the lowest level first."""
    if n_levels == 1:
        return [(n_atoms,)]
    return [
        (*rest, upper)
        for upper in range(n_atoms + 1)
        for rest in _occupations(n_atoms - upper, n_levels - 1)
    ]


def _with_derived(transfers: dict[str, Operator]) -> dict[str, Operator]:
    """Add the projector on the ground state and, for two levels, the spin operators."""
    dim = next(iter(transfers.values())).shape[0]
    ground = sp.csr_array(([1.0], ([0], [0])), shape=(dim, dim))
    result = transfers | {"P_ground": ground}
    if "S_eg" in transfers and len(transfers) == 4:
        up, down = transfers["S_eg"], transfers["S_ge"]
        result |= {
            "J+": up,
            "J-": down,
            "Jx": sp.csr_array(0.5 * (up + down)),
            "Jy": sp.csr_array(-0.5j * (up - down)),
            "Jz": sp.csr_array(0.5 * (transfers["S_ee"] - transfers["S_gg"])),
        }
    return result
