"""Custom battery, defined by matrices."""

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
from qubatt.core.errors import MISSING, ArgumentError
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
"""Largest allowed entry of H_B − 1 ⊗ h ⊗ 1, relative to the largest entry of H_B, or to 1."""


@declare("battery", "custom")
class CustomBattery(Battery):
    """Battery defined by matrices: NumPy arrays, SciPy sparse arrays or QuTiP Qobj.

        H(t)  = H_B + H_charge(t),  H_charge(t) = H_0 + Σ f_k(t) H_k
        dρ/dt = −i[H, ρ] + Σ γ D[c]ρ

    H_B, shape (d, d), acts on one tensor factor, the battery, and defines the stored energy;
    H_charge and the jumps, shape (D, D), act on the whole space. The matrices of the Hamiltonian
    are in units of ω_ref. The empty battery is the lowest level of H_B and the full battery the
    highest, regardless of the order of the levels. Without `initial` the battery starts empty, the
    charger in its charger state, and all other factors in their state of index 0.

    Each factor has a role. A ``"mode"`` is an oscillator with its Fock levels in ascending order:
    `CavityLoss` and photon merits apply, and the status ``"ok"`` requires an almost empty highest
    level. ``"spins"`` are two-level atoms in their symmetric states |m⟩: `CollectiveDecay` applies.
    All other factors are ``"levels"``. By default a factor named ``cavity`` is a mode, one named
    ``atoms`` consists of spins, and the others are levels; `roles` changes this.

    Spin states ascend from |m = −j⟩, whereas those of QuTiP's `jmat` descend. If the battery
    consists of spins, Tr[H_B J_z] < 0 reveals a descending order, and H_B, H_charge, the jumps and
    `initial` are reordered. Other spins must be in ascending order, because a charger in a
    rotating frame does not reveal its order.

    Charger states are prepared in the factor named by `charger`, otherwise in ``cavity``,
    otherwise in a factor named ``charger``, otherwise in the first mode other than the battery.
    A mode can hold any charger state, other factors only Fock states and custom states.

    Examples
    --------
    A resonantly driven qubit in the rotating frame, E(t) = sin²(t/2):

    >>> import numpy as np
    >>> import qubatt as qb
    >>> n, x = np.diag([0.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> battery = qb.CustomBattery(H_B=n, H_charge=0.5 * x - n)
    >>> qb.charge(battery, times=[0.0, np.pi]).energy.values.round(6).tolist()
    [0.0, 1.0]
    """

    citations: ClassVar[tuple[str, ...]] = ("lindblad1976",)
    has_text_form: ClassVar[bool] = False
    latex: ClassVar[str] = r"H(t) = H_B + H_0 + \sum_k f_k(t) H_k"

    H_B: Any = Field(
        description="Battery Hamiltonian on the battery factor, or 1 ⊗ h ⊗ 1 on the whole space",
        examples=[LEVELS, EVERYWHERE],
        repr=False,
    )
    H_charge: Any = Field(
        description="Remaining Hamiltonian on the whole space: a matrix or [H_0, (H_k, f_k), …]",
        examples=[HAMILTONIAN, [HAMILTONIAN, SWITCHED]],
        repr=False,
    )
    jumps: Any = Field(
        default=(),
        description="Jump operators c with rate 1, or pairs (rate, c), on the whole space",
        examples=[(), [LOSS], [(0.3, LOSS)]],
        repr=False,
    )
    dims: Any = Field(
        default=None,
        description="Factor dimensions, with or without names; by default the dims of a Qobj",
        examples=[{"cavity": 4, "battery": 3}, (4, 3)],
    )
    battery: Any = Field(
        default=None,
        description="Factor that stores the energy; by default `battery` or the last factor",
        examples=["battery"],
    )
    initial: Any = Field(
        default=None,
        description="Initial ket or density matrix; by default the battery is empty",
        examples=[None, KET, MIXTURE],
        repr=False,
    )
    roles: Any = Field(
        default=None,
        description='Roles "mode", "spins" or "levels" of factors; by default given by the names',
        examples=[None, {"battery": "mode"}],
        repr=False,
    )
    charger: Any = Field(
        default=None,
        description="Factor that holds charger states; by default `cavity`, `charger` or a mode",
        examples=[None, "cavity"],
        repr=False,
    )

    @usual_float_errors
    def __post_init__(self) -> None:
        H, switched = read_hamiltonian("H_charge", self.H_charge)
        total = H.shape[0]
        requested = self.dims
        if requested is None:
            requested = _dims_of([*matrices_in(self.H_charge), self.H_B, self.initial], total)
        dims = read_dims(requested, total)
        roles = read_roles(self.roles, dims)
        battery = read_battery(self.battery, dims)
        jumps = read_jumps("jumps", self.jumps)
        for k, (_, c) in enumerate(jumps):
            if c.shape[0] != total:
                requirement = f"have the shape of H_charge, {(total, total)}"
                raise ArgumentError(f"jumps[{k}]", requirement, c.shape)
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
        """Reject a Qobj whose dims differ from `dims`, which may merge neighbouring factors."""
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
                qobj_ends = set(accumulate(qobj_dims, mul)) if plain else ends
                if plain and prod(qobj_dims) == total and not ends <= qobj_ends:
                    cure = "Use the same dims in all Qobj, or dims that merge neighbouring factors."
                    requirement = f"have the dimensions {tuple(dim for _, dim in dims)}"
                    raise ArgumentError(name, requirement, qobj_dims, cure)

    @cached_property
    def space(self) -> Space:
        """The factors named in `dims`, with the matrices acting on them."""
        H, switched = self._charging
        parts = {"H_charge": H}
        parts |= {f"H_charge[{k}]": part for k, (part, _) in enumerate(switched, 1)}
        parts |= {f"jumps[{k}]": c for k, (_, c) in enumerate(self.jumps)}
        matrices = {name: rearranged(part, self._order) for name, part in parts.items()}
        return Space(self._factors, {self.battery: self._stored, WHOLE_SPACE: matrices})

    @cached_property
    def _factors(self) -> dict[str, Factor]:
        return factors_of(self.dims, self.roles)

    @cached_property
    def _stored(self) -> StoredEnergy:
        """H_B and its projectors, with spin states in ascending order."""
        backwards = np.arange(self.H_B.shape[0])[::-1]
        return StoredEnergy(rearranged(self.H_B, None if self._order is None else backwards))

    @cached_property
    def _order(self) -> NDArray[np.intp] | None:
        """New order of the states of the whole space, or None if the order is unchanged."""
        spins = self._factors[self.battery].role == "spins"
        return turned(dict(self.dims), self.battery) if spins and descends(self.H_B) else None

    @property
    def _charging(self) -> tuple[Operator, tuple[Switched, ...]]:
        """H_0 and the pairs (H_k, f_k)."""
        H = self.H_charge
        return (H[0], H[1:]) if isinstance(H, tuple) else (H, ())

    @property
    def battery_factor(self) -> str:
        """Name of the factor that stores the energy."""
        return str(self.battery)

    @property
    def charger_factor(self) -> str | None:
        """Name of the factor in which charger states are prepared, or None if there is none."""
        return self.charger or usual_charger(self._factors, self.battery)

    def battery_terms(self) -> tuple[Term, ...]:
        """Return the term H_B on the battery factor."""
        return (Term(1.0, {self.battery: "H_B"}),)

    def charging_terms(self) -> tuple[Term, ...]:
        """Return the terms of H_charge: H_0 and each f_k(t) H_k."""
        switched = (
            Term(1.0, {WHOLE_SPACE: f"H_charge[{k}]"}, pulse, drive=f"H_charge[{k}]")
            for k, (_, pulse) in enumerate(self._charging[1], 1)
        )
        return (Term(1.0, {WHOLE_SPACE: "H_charge"}), *switched)

    def own_jumps(self) -> tuple[Jump, ...]:
        """Return the jumps of the field `jumps`."""
        return tuple(
            Jump(rate, {WHOLE_SPACE: f"jumps[{k}]"}, source=f"jumps[{k}]")
            for k, (rate, _) in enumerate(self.jumps)
        )

    def default_charger(self) -> FockState | None:
        """Return the vacuum if the charger is a mode and `initial` is None, otherwise None."""
        name = self.charger_factor
        if name is None or self.initial is not None or self._factors[name].role != "mode":
            return None
        # a mode that is itself the battery starts empty, which may differ from its vacuum
        empty = name != self.battery or self._stored.empty is None
        return FockState(0) if empty else None

    def initial_state(self, charger: ChargerState | None) -> Mapping[str, NDArray[Any]]:
        """Return `initial`, or the charger state with an empty battery.

        Raises
        ------
        ArgumentError
            If a charger state is combined with `initial`, if there is no charger or it cannot hold
            the state, or if the empty battery is not unique and `initial` is missing.
        """
        cure = ""
        if self.initial is not None:
            cure = "`initial` already defines the state of the whole space."
        elif self.charger_factor is None:
            cure = "Name the charger factor by charger=…, or set the whole state by initial=…."
        if charger is not None and cure:
            raise ArgumentError("charger", "be omitted", charger, cure)
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
            cure = "Build the matrices with more levels of this factor."
            requirement = f"fit into the {levels} of `{self.charger_factor}`"
            raise ArgumentError("charger", requirement, charger, cure) from None
        if self.battery not in begun and self._stored.empty is not None:
            begun[self.battery] = self._stored.empty
        return begun

    def parameters(self) -> dict[str, Any]:
        """Return the parameters stored with a result: sizes and hashes of the matrices.

        Roles and charger are included if they differ from the defaults, ``empty`` if the empty
        battery is not the state of index 0, and ``turned`` names the battery if its spin states
        were in descending order.
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
        """Whether the field `charger` selects a factor other than the default one."""
        return self.charger_factor != usual_charger(self._factors, self.battery)

    @cached_property
    def _identity(self) -> tuple[Any, ...]:
        """Hashable values that are equal for equal batteries only."""
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
    """Return a density matrix unchanged, or a ket as a column."""
    return sp.csr_array(state if state.ndim == 2 else state[:, np.newaxis])


def _dims_of(matrices: list[Any], total: int) -> tuple[int, ...] | None:
    """Return the most detailed dims of any Qobj on the whole space, or None if there are none."""
    candidates = []
    for matrix in matrices:
        dims = matrix.dims[0] if is_qobj(matrix) else ()
        if all(isinstance(dim, int) for dim in dims) and prod(dims) == total:
            candidates.append(tuple(dims))
    return max(candidates, key=len, default=None)


def _on_battery(H_B: Operator, dims: Mapping[str, int], battery: str) -> Operator:
    """Return h from H_B = 1 ⊗ h ⊗ 1, or H_B itself if it acts on the battery factor alone.

    Raises
    ------
    ArgumentError
        If H_B fits neither the battery nor the whole space, or acts on other factors as well.
    """
    d, D = dims[battery], prod(dims.values())
    if H_B.shape == (d, d):
        return freeze(H_B)
    if H_B.shape != (D, D):
        requirement = f"have shape {(d, d)} on `{battery}` or {(D, D)} on the whole space"
        cure = "Specify the dimensions of the factors by dims=(charger, battery)."
        raise ArgumentError("H_B", requirement, H_B.shape, cure)
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
            "Move terms on other factors to H_charge, or merge the factors that store energy, for"
            f" example all factors by dims=({D},)."
        )
        deviation = f"entry ({row}, {column}) deviates by {complex(rest[row, column]):.3g}"
        requirement = f"act on `{battery}` alone, as 1 ⊗ h ⊗ 1, but {deviation}"
        raise ArgumentError("H_B", requirement, MISSING, cure)
    return freeze(h)
