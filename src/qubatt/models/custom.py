"""Custom battery: any battery made of matrices."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from pydantic import Field

from qubatt.core.declaration import declare, parameters_of
from qubatt.core.density import check_state
from qubatt.core.errors import ArgumentError, QubattWarning
from qubatt.core.matrix import (
    check_hermitian,
    fingerprint,
    freeze,
    is_qobj,
    tidy,
    worst_entry,
)
from qubatt.core.problem import Jump, Term
from qubatt.core.space import WHOLE, Operator, Space
from qubatt.models.battery import Battery
from qubatt.models.example import EVERYWHERE, HAMILTONIAN, KET, LEVELS, LOSS, MIXTURE, SWITCHED
from qubatt.models.factors import factor_of, read_battery, read_dims
from qubatt.models.parts import Switched, matrices_in, read_hamiltonian, read_jumps
from qubatt.states import ChargerState, FockState

LOCAL = 1e-12
"""Largest entry of H_B − 1 ⊗ h ⊗ 1, relative to the larger of 1 and the largest of H_B."""


@declare("battery", "custom")
class CustomBattery(Battery):
    """Any battery given by matrices: NumPy arrays, SciPy sparse ones, or QuTiP Qobj.

        H(t)  = H_B + H_charge(t),  H_charge(t) = H_0 + Σ f_k(t) H_k
        dρ/dt = −i[H, ρ] + Σ γ D[c]ρ

    H_B acts on one factor of the space, the battery, and is what the stored energy is measured
    with; H_charge and the jumps act on the whole space. Index 0 is the ground level of every
    factor, as everywhere in qubatt: without `initial` the battery starts there.

    Two names of factors mean something. ``cavity`` is a photon mode in Fock levels, so charger
    states, `CavityLoss`, photon numbers and the check of the cut-off apply. ``atoms`` are
    two-level atoms on their symmetric ladder |m = −j⟩ … |m = j⟩, ascending (`jmat` of QuTiP
    descends), so `CollectiveDecay` applies. All others are bare levels.
    """

    citations: ClassVar[tuple[str, ...]] = ("lindblad1976",)
    typed: ClassVar[bool] = False

    H_B: Any = Field(
        description="Battery Hamiltonian, on the factor that stores the energy or as 1 ⊗ h on all",
        examples=[LEVELS, EVERYWHERE],
        repr=False,
    )
    H_charge: Any = Field(
        description="All else in H, on the whole space: a matrix, or [H_0, (H_k, f_k), …]",
        examples=[HAMILTONIAN, [HAMILTONIAN, SWITCHED]],
        repr=False,
    )
    jumps: Any = Field(
        default=(),
        description="Jumps c of rate 1, or pairs (rate, c), on the whole space",
        examples=[(), [LOSS], [(0.3, LOSS)]],
        repr=False,
    )
    dims: Any = Field(
        default=None,
        description="Dimensions of the factors, or names with dimensions; those of Qobj are known",
        examples=[{"cavity": 4, "battery": 3}, (4, 3)],
    )
    battery: Any = Field(
        default=None,
        description="Factor that stores the energy; `battery` or the last if left out",
        examples=["battery"],
    )
    initial: Any = Field(
        default=None,
        description="Ket or density matrix of the whole space; index 0, or the charger, if None",
        examples=[None, KET, MIXTURE],
        repr=False,
    )

    def __post_init__(self) -> None:
        H, switched = read_hamiltonian("H_charge", self.H_charge)
        total = H.shape[0]
        given = self.dims
        if given is None:
            given = _dims_of([*matrices_in(self.H_charge), self.H_B, self.initial], total)
        dims = read_dims(given, total)
        battery = read_battery(self.battery, dims)
        jumps = read_jumps("jumps", self.jumps)
        for k, (_, c) in enumerate(jumps):
            if c.shape[0] != total:
                requirement = f"act on the whole space of {total} states, as H_charge does"
                raise ArgumentError(f"jumps[{k}]", requirement, f"shape {c.shape}")
        self._check_dims_of_qobj(dims, total)
        values = {
            "H_B": _on_battery(check_hermitian("H_B", self.H_B), dict(dims), battery),
            "H_charge": (H, *switched) if switched else H,
            "jumps": jumps,
            "dims": dims,
            "battery": battery,
            "initial": None
            if self.initial is None
            else check_state("initial", self.initial, total),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._warn_of_a_full_start()

    def _check_dims_of_qobj(self, dims: Any, total: int) -> None:
        """Refuse Qobj whose factors are not those of `dims`, adjacent ones merged perhaps."""
        ends = set(accumulate((dim for _, dim in dims), mul))
        pairs = [entry if isinstance(entry, tuple) else (entry,) for entry in self.jumps]
        parts = {
            "H_charge": matrices_in(self.H_charge),
            "jumps": [c for pair in pairs for c in pair],
        }
        parts |= {"H_B": [self.H_B], "initial": [self.initial]}
        for name, matrices in parts.items():
            for matrix in matrices:
                own = matrix.dims[0] if is_qobj(matrix) else ()
                plain = len(own) > 1 and all(isinstance(dim, int) for dim in own)
                if plain and prod(own) == total and not ends <= set(accumulate(own, mul)):
                    cure = "Give all matrices the same dims, or give dims that merge neighbours."
                    requirement = f"have the factors {tuple(dim for _, dim in dims)}"
                    raise ArgumentError(name, requirement, own, cure)

    def _warn_of_a_full_start(self) -> None:
        """Say so where the levels are ordered the other way round, as QuTiP orders spins."""
        energies = self.H_B.diagonal().real
        if self.initial is None and energies[0] == energies.max() > energies.min():
            warnings.warn(
                f"Index 0 of `{self.battery}` is the highest level of H_B, so the battery starts"
                " full. Give `initial`, or order the levels upwards (QuTiP has spin up first).",
                QubattWarning,
                stacklevel=5,
            )

    @cached_property
    def space(self) -> Space:
        """The factors named in `dims`, with the matrices that act on them."""
        whole = {"H_charge": self._charging[0]}
        whole |= {f"H_charge[{k}]": part for k, (part, _) in enumerate(self._charging[1], 1)}
        whole |= {f"jumps[{k}]": c for k, (_, c) in enumerate(self.jumps)}
        factors = {name: factor_of(name, dim) for name, dim in self.dims}
        return Space(factors, {self.battery: {"H_B": self.H_B}, WHOLE: whole})

    @property
    def _charging(self) -> tuple[Operator, tuple[Switched, ...]]:
        """H_0, and the pairs (H_k, f_k)."""
        H = self.H_charge
        return (H[0], H[1:]) if isinstance(H, tuple) else (H, ())

    @property
    def battery_factor(self) -> str:
        """The factor that stores the energy."""
        return str(self.battery)

    @property
    def charger_factor(self) -> str | None:
        """The factor named ``cavity``, if there is one."""
        return "cavity" if "cavity" in dict(self.dims) else None

    def battery_terms(self) -> tuple[Term, ...]:
        """Return H_B, on its factor."""
        return (Term(1.0, {self.battery: "H_B"}),)

    def charging_terms(self) -> tuple[Term, ...]:
        """Return H_charge, what is switched apart from the rest."""
        switched = (
            Term(1.0, {WHOLE: f"H_charge[{k}]"}, pulse, drive=f"H_charge[{k}]")
            for k, (_, pulse) in enumerate(self._charging[1], 1)
        )
        return (Term(1.0, {WHOLE: "H_charge"}), *switched)

    def own_jumps(self) -> tuple[Jump, ...]:
        """Return the jumps that the battery was given."""
        return tuple(
            Jump(rate, {WHOLE: f"jumps[{k}]"}, source=f"jumps[{k}]")
            for k, (rate, _) in enumerate(self.jumps)
        )

    def default_charger(self) -> FockState | None:
        """Return the vacuum of `cavity`; None without one, or where `initial` is given."""
        return FockState(0) if self.initial is None and "cavity" in dict(self.dims) else None

    def start(self, charger: ChargerState | None) -> Mapping[str, NDArray[Any]]:
        """Return `initial`, or the charger state and index 0 of the other factors.

        Raises
        ------
        ArgumentError
            If a charger state is given besides `initial`, or without a cavity.
        """
        if charger is not None and self.initial is not None:
            cure = "`initial` says how the whole space starts."
            raise ArgumentError("charger", "be left out", charger, cure)
        if charger is not None and "cavity" not in dict(self.dims):
            cure = "Name a factor `cavity` in dims, or give the battery `initial`."
            raise ArgumentError("charger", "be left out", charger, cure)
        return super().start(charger) if self.initial is None else {WHOLE: self.initial}

    def parameters(self) -> dict[str, Any]:
        """Return what is stored of it with a result: sizes and hashes of the matrices."""
        H, switched = self._charging
        return {
            "type": "custom",
            "dims": dict(self.dims),
            "battery": self.battery,
            "H_B": fingerprint(self.H_B),
            "H_charge": fingerprint(H),
            "pulses": [fingerprint(part) | {"pulse": parameters_of(f)} for part, f in switched],
            "jumps": [fingerprint(c) | {"rate": rate} for rate, c in self.jumps],
            "initial": None if self.initial is None else fingerprint(_columns(self.initial)),
        }

    @cached_property
    def _identity(self) -> tuple[Any, ...]:
        """What tells two batteries apart, ready to be hashed."""
        stored = self.parameters()
        hashes = [stored[name]["sha256"] for name in ("H_B", "H_charge")]
        switched = [
            (part["sha256"], pulse)
            for part, (_, pulse) in zip(stored["pulses"], self._charging[1], strict=True)
        ]
        jumps = [(part["rate"], part["sha256"]) for part in stored["jumps"]]
        start = None if self.initial is None else stored["initial"]["sha256"]
        return (self.dims, self.battery, *hashes, *switched, *jumps, start)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CustomBattery):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


def _columns(state: Any) -> Operator:
    """Return a density matrix as it is, a ket as a column."""
    return sp.csr_array(state if state.ndim == 2 else state[:, np.newaxis])


def _dims_of(given: list[Any], total: int) -> tuple[int, ...] | None:
    """Return the dimensions that Qobj of the whole space tell, the most detailed ones."""
    found = []
    for matrix in given:
        dims = matrix.dims[0] if is_qobj(matrix) else ()
        if all(isinstance(dim, int) for dim in dims) and prod(dims) == total:
            found.append(tuple(dims))
    return max(found, key=len, default=None)


def _on_battery(H_B: Operator, dims: Mapping[str, int], battery: str) -> Operator:
    """Return h of H_B = 1 ⊗ h ⊗ 1, or H_B itself where it acts on the battery alone.

    Raises
    ------
    ArgumentError
        If H_B has neither shape, or acts on other factors too.
    """
    d, D = dims[battery], prod(dims.values())
    if H_B.shape == (d, d):
        return freeze(H_B)
    if H_B.shape != (D, D):
        requirement = f"act on `{battery}`, {d} levels, or on the whole space, {D} states"
        cure = (
            "Say with dims how the space is made of factors, for example dims=(charger, battery)."
        )
        raise ArgumentError("H_B", requirement, f"shape {H_B.shape}", cure)
    names = list(dims)
    before = prod(dims[name] for name in names[: names.index(battery)])
    after = D // before // d
    levels = np.arange(d) * after
    h = tidy(H_B[levels][:, levels])
    product = sp.kron(sp.kron(sp.eye_array(before), h), sp.eye_array(after))
    rest = tidy(H_B - product)
    if rest.nnz and np.abs(rest.data).max() > LOCAL * max(np.abs(H_B.data).max(), 1.0):
        row, column = worst_entry(rest)
        cure = (
            "Merge the factors that store energy by dims, all of them by"
            f" dims=({D},); what acts on other factors belongs to H_charge."
        )
        found = f"entry ({row}, {column}) off by {complex(rest[row, column]):.3g}"
        raise ArgumentError("H_B", f"act on `{battery}` alone, as 1 ⊗ h ⊗ 1", found, cure)
    return freeze(h)
