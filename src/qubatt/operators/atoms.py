"""N identical atoms with any number of levels, in the symmetric or the full basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product as cartesian
from math import comb, factorial, prod
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.space import Basis, Factor, Operator, Role


@dataclass(frozen=True)
class Atoms(Factor):
    """N identical atoms with L levels in ascending order; in state 0 all are in the lowest level.

    The collective operators are ``S_jk`` = Σᵢ |j⟩⟨k|ᵢ, where j and k are initials of levels, and
    the projectors ``P_ground`` and ``P_full`` onto the states with all atoms in the lowest and in
    the highest level. Two-level atoms also have ``J+`` = S_eg, ``J-`` = S_ge, ``Jx``, ``Jy`` and
    ``Jz``, with J = ½ Σ σ.

    In the symmetric basis the atoms are N bosons in L levels, S_jk = b_j†b_k, and there are
    C(N + L − 1, L − 1) states; for L = 2 these are |j = N/2, m⟩ with ascending m. The full basis
    has L^N states.
    """

    role: ClassVar[Role] = "spins"
    bases: ClassVar[tuple[Basis, ...]] = ("symmetric", "full")

    n_atoms: int
    levels: tuple[str, ...] = ("ground", "excited")
    basis: Basis = "symmetric"

    def __post_init__(self) -> None:
        if len(set(self.initials)) < len(self.levels):
            cure = "The names of operators contain these letters."
            raise ArgumentError("levels", "differ in their first letters", self.levels, cure)

    @property
    def initials(self) -> tuple[str, ...]:
        """First letters of the names of the levels."""
        return tuple(level[0] for level in self.levels)

    @property
    def dim(self) -> int:
        """Dimension: L^N in the full basis, C(N + L − 1, L − 1) in the symmetric basis."""
        n_levels = len(self.levels)
        if self.basis == "full":
            return int(n_levels**self.n_atoms)
        return comb(self.n_atoms + n_levels - 1, n_levels - 1)

    @property
    def operators(self) -> Mapping[str, Operator]:
        """Named collective operators, each of shape ``(dim, dim)``."""
        return (_full if self.basis == "full" else _symmetric)(self.n_atoms, self.initials)

    @property
    def ladder(self) -> int | None:
        """N for two-level atoms, whose symmetric states form a ladder; otherwise None."""
        return self.n_atoms if len(self.levels) == 2 else None

    def small(self) -> Atoms | None:
        """Return a copy with at most six atoms, or None in the full basis."""
        return None if self.basis == "full" else replace(self, n_atoms=min(self.n_atoms, 6))

    def coordinates(self) -> NDArray[np.int64]:
        """Return each state's occupations of levels above the lowest, shape ``(dim, L − 1)``."""
        places = np.arange(self.n_atoms + 1)[:, np.newaxis]
        for _ in self.levels[2:]:
            rows = [
                places[places.sum(axis=1) <= self.n_atoms - upper]
                for upper in range(self.n_atoms + 1)
            ]
            uppers = np.repeat(np.arange(self.n_atoms + 1), [len(part) for part in rows])
            places = np.column_stack([np.concatenate(rows), uppers])
        return places

    @property
    def noun(self) -> str:
        """Description of the factor in error messages."""
        return "An ensemble of atoms"

    def in_basis(self, basis: Basis) -> Atoms:
        """Return the atoms in another basis."""
        return self if basis == self.basis else replace(self, basis=basis)

    def basis_for(self, local: bool) -> Basis:
        """Return ``"full"`` if single-atom operators are required, otherwise ``"symmetric"``."""
        return "full" if local else "symmetric"

    def embed(self, state: Any) -> Any:
        """Convert a ket or density matrix from the symmetric basis to the current basis.

        A state whose size equals the dimension of the current basis is returned unchanged, as is a
        ket with one entry.

        Raises
        ------
        UnsupportedError
            If the size of the state fits neither basis.
        """
        ladder = self.in_basis("symmetric").dim
        d = state.shape[0]
        if d == self.dim or (d == 1 and state.ndim == 1):
            return state
        if d != ladder:
            raise UnsupportedError(
                f"The {self.basis} basis of {self.n_atoms} atoms has {self.dim} states and the"
                f" symmetric basis {ladder}, but the dimension of the given state is {d}."
            )
        V = _isometry(self.n_atoms, len(self.levels))
        return V @ state if state.ndim == 1 else V @ state @ V.T

    def local_operators(self, name: str) -> tuple[Operator, ...]:
        """Return |j⟩⟨k|ᵢ of all atoms i for ``name = "S_jk"``, or ½σ_zⁱ for ``"Jz"``.

        Raises
        ------
        UnsupportedError
            If the basis is symmetric, or if the operator is not a sum over atoms.
        """
        if self.basis != "full" and self.n_atoms > 1:
            raise UnsupportedError(
                f"The symmetric basis cannot represent {name!r} of a single atom, which leaves"
                ' the permutation-symmetric states. Use the basis "full".'
            )
        two_levels = self.initials == ("g", "e")
        if two_levels and name == "Jz":
            both = (_of_each(self.n_atoms, 2, level, level) for level in (1, 0))
            return tuple(sp.csr_array(0.5 * (up - down)) for up, down in zip(*both, strict=True))
        aliases = {"J+": "S_eg", "J-": "S_ge"} if two_levels else {}
        plain = aliases.get(name, name).removeprefix("S_")
        if len(plain) != 2 or not set(plain) <= set(self.initials):
            raise UnsupportedError(
                f"The operator {name!r} has no single-atom part. Use S_jk, J+, J- or Jz."
            )
        j, k = (self.initials.index(initial) for initial in plain)
        return _of_each(self.n_atoms, len(self.levels), j, k)


@lru_cache(maxsize=256)
def _of_each(n_atoms: int, n_levels: int, j: int, k: int) -> tuple[Operator, ...]:
    """Return |j⟩⟨k|ᵢ of all atoms i in the full basis; they are cached and must not be modified."""
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
    """Return the operators in the full basis; they are cached and must not be modified."""
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
    """Return the operators in the symmetric basis; they are cached and must not be modified."""
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
    """Return all distributions of N atoms over the levels, starting with all in the lowest."""
    if n_levels == 1:
        return [(n_atoms,)]
    return [
        (*rest, upper)
        for upper in range(n_atoms + 1)
        for rest in _occupations(n_atoms - upper, n_levels - 1)
    ]


@lru_cache(maxsize=16)
def _isometry(n_atoms: int, n_levels: int) -> Operator:
    """Return the symmetric states as columns in the full basis, shape ``(L^N, dim)``."""
    occupations = _occupations(n_atoms, n_levels)
    index = {occupation: number for number, occupation in enumerate(occupations)}
    sizes = [factorial(n_atoms) // prod(map(factorial, part)) for part in occupations]
    columns = np.array(
        [
            index[tuple(levels.count(k) for k in range(n_levels))]
            for levels in cartesian(range(n_levels), repeat=n_atoms)
        ]
    )
    values = 1.0 / np.sqrt(np.array(sizes, dtype=np.float64)[columns])
    shape = (n_levels**n_atoms, len(occupations))
    return sp.csr_array((values, (np.arange(shape[0]), columns)), shape=shape)


def _with_derived(transfers: dict[str, Operator]) -> dict[str, Operator]:
    """Add the projectors onto the first and last state and, for two levels, spin operators."""
    dim = next(iter(transfers.values())).shape[0]
    ground, full = (
        sp.csr_array(([1.0], ([level], [level])), shape=(dim, dim)) for level in (0, dim - 1)
    )
    result = transfers | {"P_ground": ground, "P_full": full}
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
