"""Custom battery: any battery made of matrices."""

from __future__ import annotations

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
from qubatt.core.errors import ArgumentError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.input_matrix import (
    check_hermitian,
    fingerprint,
    freeze,
    is_qobj,
    tidy,
    worst_entry,
)
from qubatt.core.input_state import check_state
from qubatt.core.problem import Jump, Term
from qubatt.core.space import WHOLE_SPACE, Factor, Operator, Space
from qubatt.models.battery import Battery
from qubatt.models.custom_dims import (
    factors_of,
    read_battery,
    read_charger,
    read_dims,
    read_roles,
    usual_charger,
)
from qubatt.models.custom_example import (
    EVERYWHERE,
    HAMILTONIAN,
    KET,
    LEVELS,
    LOSS,
    MIXTURE,
    SWITCHED,
)
from qubatt.models.custom_input import Switched, matrices_in, read_hamiltonian, read_jumps
from qubatt.models.stored_levels import StoredEnergy, descends, rearranged, turned
from qubatt.states import ChargerState, CutoffError, FockState

LOCALITY_TOLERANCE = 1e-12
"""Largest entry of H_B − 1 ⊗ h ⊗ 1, relative to the larger of 1 and the largest of H_B."""


@declare("battery", "custom")
class CustomBattery(Battery):
    """Any battery given by matrices: NumPy arrays, SciPy sparse ones, or QuTiP Qobj.

        H(t)  = H_B + H_charge(t),  H_charge(t) = H_0 + Σ f_k(t) H_k
        dρ/dt = −i[H, ρ] + Σ γ D[c]ρ

    H_B acts on one factor of the space, the battery, and is what the stored energy is measured
    with; H_charge and the jumps act on the whole space. The empty battery is the lowest level of
    H_B and the full one its highest, in whatever order its levels were given. Without `initial` the
    battery starts empty, every other factor in its index 0, a charger as its state says.

    Every factor has a role. A ``"mode"`` is an oscillator in Fock levels, lowest first, with
    `CavityLoss` and photon numbers; its highest level must stay empty for a result to be ``"ok"``.
    ``"spins"`` are two-level atoms on their symmetric ladder |m⟩, with `CollectiveDecay`. All else
    are ``"levels"``. A factor named ``cavity`` is a mode, one named ``atoms`` spins, and all others
    are levels, unless `roles` says otherwise.

    A ladder of spins ascends from |m = −j⟩, whereas `jmat` of QuTiP descends. Where it is the
    battery, Tr[H_B J_z] < 0 shows that it was given the other way round, and the battery turns it
    round in H_B, H_charge, jumps and `initial`. Other spins must be given in ascending order: a
    charger in a rotating frame shows no order.

    The charger, the factor that charger states are prepared in, is the one that `charger` names,
    else ``cavity``, else a factor named ``charger``, else the first mode that is not the battery.
    Modes hold any charger state, other ladders of levels Fock states and custom ones.
    """

    citations: ClassVar[tuple[str, ...]] = ("lindblad1976",)
    has_text_form: ClassVar[bool] = False
    latex: ClassVar[str] = r"H(t) = H_B + H_0 + \sum_k f_k(t) H_k"

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
        description="Ket or density matrix of the whole space; an empty battery if None",
        examples=[None, KET, MIXTURE],
        repr=False,
    )
    roles: Any = Field(
        default=None,
        description='Factors that are a "mode", "spins" or "levels", unlike what their names say',
        examples=[None, {"battery": "mode"}],
        repr=False,
    )
    charger: Any = Field(
        default=None,
        description="Factor that charger states are prepared in; `cavity` or `charger` if left out",
        examples=[None, "cavity"],
        repr=False,
    )

    @usual_float_errors
    def __post_init__(self) -> None:
        H, switched = read_hamiltonian("H_charge", self.H_charge)
        total = H.shape[0]
        given = self.dims
        if given is None:
            given = _dims_of([*matrices_in(self.H_charge), self.H_B, self.initial], total)
        dims = read_dims(given, total)
        roles = read_roles(self.roles, dims)
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
            "roles": roles,
            "charger": read_charger(self.charger, dims, battery),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

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
                qobj_dims = matrix.dims[0] if is_qobj(matrix) else ()
                plain = len(qobj_dims) > 1 and all(isinstance(dim, int) for dim in qobj_dims)
                if (
                    plain
                    and prod(qobj_dims) == total
                    and not ends <= set(accumulate(qobj_dims, mul))
                ):
                    cure = "Give all matrices the same dims, or give dims that merge neighbours."
                    requirement = f"have the factors {tuple(dim for _, dim in dims)}"
                    raise ArgumentError(name, requirement, qobj_dims, cure)

    @cached_property
    def space(self) -> Space:
        """The factors named in `dims`, with the matrices that act on them."""
        H, switched = self._charging
        parts = {"H_charge": H}
        parts |= {f"H_charge[{k}]": part for k, (part, _) in enumerate(switched, 1)}
        parts |= {f"jumps[{k}]": c for k, (_, c) in enumerate(self.jumps)}
        whole = {name: rearranged(part, self._order) for name, part in parts.items()}
        return Space(self._factors, {self.battery: self._stored, WHOLE_SPACE: whole})

    @cached_property
    def _factors(self) -> dict[str, Factor]:
        return factors_of(self.dims, self.roles)

    @cached_property
    def _stored(self) -> StoredEnergy:
        """H_B and what follows from it, a ladder of spins in ascending order."""
        backwards = np.arange(self.H_B.shape[0])[::-1]
        return StoredEnergy(rearranged(self.H_B, None if self._order is None else backwards))

    @cached_property
    def _order(self) -> NDArray[np.intp] | None:
        """The order in which the whole space is taken; None for the one that was given."""
        spins = self._factors[self.battery].role == "spins"
        return turned(dict(self.dims), self.battery) if spins and descends(self.H_B) else None

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
        """The factor that charger states are prepared in; None if there is none."""
        return self.charger or usual_charger(self._factors, self.battery)

    def battery_terms(self) -> tuple[Term, ...]:
        """Return H_B, on its factor."""
        return (Term(1.0, {self.battery: "H_B"}),)

    def charging_terms(self) -> tuple[Term, ...]:
        """Return H_charge, what is switched apart from the rest."""
        switched = (
            Term(1.0, {WHOLE_SPACE: f"H_charge[{k}]"}, pulse, drive=f"H_charge[{k}]")
            for k, (_, pulse) in enumerate(self._charging[1], 1)
        )
        return (Term(1.0, {WHOLE_SPACE: "H_charge"}), *switched)

    def own_jumps(self) -> tuple[Jump, ...]:
        """Return the jumps that the battery was given."""
        return tuple(
            Jump(rate, {WHOLE_SPACE: f"jumps[{k}]"}, source=f"jumps[{k}]")
            for k, (rate, _) in enumerate(self.jumps)
        )

    def default_charger(self) -> FockState | None:
        """Return the vacuum where the charger is a mode; None elsewhere, or with `initial`."""
        name = self.charger_factor
        if name is None or self.initial is not None or self._factors[name].role != "mode":
            return None
        # a mode that is the battery itself starts empty, which need not be its vacuum
        empty = name != self.battery or self._stored.empty is None
        return FockState(0) if empty else None

    def initial_state(self, charger: ChargerState | None) -> Mapping[str, NDArray[Any]]:
        """Return `initial`, or an empty battery beside the charger state.

        Raises
        ------
        ArgumentError
            If a charger state is given besides `initial` or without a charger, or the charger
            cannot hold it; if it takes `initial` to say which of several states is the empty
            battery.
        """
        cure = ""
        if self.initial is not None:
            cure = "`initial` says how the whole space starts."
        elif self.charger_factor is None:
            cure = "Name the factor that it is for with charger=…, or give the battery `initial`."
        if charger is not None and cure:
            raise ArgumentError("charger", "be left out", charger, cure)
        if self.initial is not None:
            order = slice(None) if self._order is None else self._order
            ket = self.initial.ndim == 1
            return {
                WHOLE_SPACE: self.initial[order] if ket else rearranged(self.initial, self._order)
            }
        try:
            begun = dict(super().initial_state(charger))
        except CutoffError:
            levels = f"{self._factors[str(self.charger_factor)].dim} levels"
            cure = "Make the matrices with more levels of it."
            requirement = f"fit into the {levels} of `{self.charger_factor}`"
            raise ArgumentError("charger", requirement, charger, cure) from None
        if self.battery not in begun and self._stored.empty is not None:
            begun[self.battery] = self._stored.empty
        return begun

    def parameters(self) -> dict[str, Any]:
        """Return what is stored of it with a result: sizes and hashes of the matrices.

        Roles and charger are stored where they are not the usual ones, ``empty`` where the empty
        battery is not index 0, and ``turned`` names it where its ladder was given from the highest
        state down.
        """
        H, switched = self._charging
        elsewhere = not self._stored.levels.is_lowest(0)
        values = {
            "empty": "lowest level of H_B" if elsewhere else None,
            "roles": dict(self.roles),
            "charger": self.charger_factor if self._other_charger else None,
            "turned": None if self._order is None else self.battery,
        }
        return {
            "type": "custom",
            "dims": dict(self.dims),
            "battery": self.battery,
            "H_B": fingerprint(self.H_B),
            "H_charge": fingerprint(H),
            "pulses": [fingerprint(part) | {"pulse": parameters_of(f)} for part, f in switched],
            "jumps": [fingerprint(c) | {"rate": rate} for rate, c in self.jumps],
            "initial": None if self.initial is None else fingerprint(_columns(self.initial)),
        } | {name: value for name, value in values.items() if value}

    @property
    def _other_charger(self) -> bool:
        """Whether the charger is another one than without the field `charger`."""
        return self.charger_factor != usual_charger(self._factors, self.battery)

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
        roles = (self.roles, self.charger_factor)
        return (self.dims, self.battery, *hashes, *switched, *jumps, start, *roles)

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
    candidates = []
    for matrix in given:
        dims = matrix.dims[0] if is_qobj(matrix) else ()
        if all(isinstance(dim, int) for dim in dims) and prod(dims) == total:
            candidates.append(tuple(dims))
    return max(candidates, key=len, default=None)


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
    if rest.nnz and np.abs(rest.data).max() > LOCALITY_TOLERANCE * max(np.abs(H_B.data).max(), 1.0):
        row, column = worst_entry(rest)
        cure = (
            "Merge the factors that store energy by dims, all of them by"
            f" dims=({D},); what acts on other factors belongs to H_charge."
        )
        deviation = f"entry ({row}, {column}) off by {complex(rest[row, column]):.3g}"
        raise ArgumentError("H_B", f"act on `{battery}` alone, as 1 ⊗ h ⊗ 1", deviation, cure)
    return freeze(h)
