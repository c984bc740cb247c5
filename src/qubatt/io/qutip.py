"""Batteries from QuTiP objects, and QuTiP objects from batteries: all that imports QuTiP."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from qubatt.core.errors import ArgumentError, UnsupportedError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.problem import Problem, Pulse
from qubatt.core.realization import Realization, realize
from qubatt.environment import Dissipator
from qubatt.models import Battery, CustomBattery
from qubatt.states import ChargerState


class QutipProblem(NamedTuple):
    """What ``qutip.mesolve(H, rho0, times, c_ops, e_ops=[H_B])`` takes.

    Attributes
    ----------
    H : Qobj or QobjEvo
        H_B + H_charge; a QobjEvo where pulses switch parts of it.
    c_ops : list of Qobj
        √γ c of every dissipator γ D[c].
    rho0 : Qobj
        Initial state, a ket where it is pure by construction.
    H_B : Qobj
        Battery Hamiltonian on the whole space; the stored energy is its change.
    """

    H: Any
    c_ops: list[Any]
    rho0: Any
    H_B: Any


@usual_float_errors
def from_qutip(
    H_B: Any,
    H_charge: Any,
    c_ops: Any = (),
    rho0: Any = None,
    dims: Any = None,
    battery: str | None = None,
    *,
    roles: Mapping[str, str] | None = None,
    charger: str | None = None,
) -> CustomBattery:
    """Return a battery made of QuTiP objects.

    H = H_B + H_charge and dρ/dt = −i[H, ρ] + Σ D[c]ρ.

    Parameters
    ----------
    H_B : Qobj
        Battery Hamiltonian, on the factor that stores the energy or on the whole space.
    H_charge : Qobj, list or QobjEvo
        Everything else in H, on the whole space; ``[H0, [H1, f]]`` with functions of time f, or
        a QobjEvo, whose coefficients may be of any kind, complex ones included.
    c_ops : Qobj or sequence of Qobj
        Jumps, with rates hidden in them as for `mesolve`; pairs (rate, c) are understood too.
    rho0 : Qobj, optional
        Initial ket or density matrix; by default the battery is empty, in the lowest level of
        H_B, and every other factor in its index 0, which for spins of QuTiP is up.
    dims, battery : optional
        Names of the factors and which one stores the energy, see `CustomBattery`.
    roles : mapping of str to str, optional
        Factors that are a ``"mode"``, ``"spins"`` or ``"levels"``, unlike what their names say: by
        default ``cavity`` is a mode, ``atoms`` are spins, all others levels. The highest level of
        every mode is part of the certificate.
    charger : str, optional
        The factor that charger states are prepared in; ``cavity`` or ``charger`` by default, else
        the first mode that is not the battery.

    Raises
    ------
    ArgumentError
        If a matrix, a rate or a state is none, or a factor has no such name or role.

    Notes
    -----
    `jmat` of QuTiP counts m down. Where such a ladder is the battery, as a factor of spins, its H_B
    shows the order, and the battery takes all matrices and `rho0` with m ascending, which
    `to_qutip` returns then. Where spins are not the battery, give them with m ascending.

    Examples
    --------
    >>> import qutip as qt
    >>> import qubatt as qb
    >>> H_B, H_charge = qt.sigmaz() / 2, qt.sigmax() / 2
    >>> battery = qb.from_qutip(H_B, H_charge, [0.5 * qt.sigmam()], rho0=qt.basis(2, 1))
    >>> round(float(qb.charge(battery, times=[1.0]).energy[0]), 6)
    0.186897
    """
    jumps = [c_ops] if callable(getattr(c_ops, "full", None)) else c_ops
    if callable(getattr(H_charge, "to_list", None)):
        H_charge = _parts(H_charge)
    return CustomBattery(H_B, H_charge, jumps, dims, battery, rho0, roles, charger)


@usual_float_errors
def to_qutip(
    battery: Battery,
    charger: ChargerState | None = None,
    environment: Dissipator | Sequence[Dissipator] | None = (),
) -> QutipProblem:
    """Return a battery with its charger state and environment as QuTiP objects.

    Parameters
    ----------
    battery : Battery
        Any battery of this package.
    charger, environment : optional
        As for `charge`.

    Returns
    -------
    QutipProblem
        ``H, c_ops, rho0, H_B``, with the dims of the factors. Index 0 is the lowest level of modes
        and atoms, whereas `jmat` and `basis(2, 0)` of QuTiP begin with the highest; plain levels of
        a battery made of matrices stay in the order that they were given in.

    Raises
    ------
    ArgumentError
        If the battery is none, or does not take the charger state.
    UnsupportedError
        If QuTiP is not installed, or a dissipator does not fit the battery.

    Notes
    -----
    Pulses that jump, or have narrow peaks, need the option ``max_step`` of `mesolve`.

    Examples
    --------
    >>> import numpy as np
    >>> import qubatt as qb
    >>> found = qb.to_qutip(qb.DickeBattery(2, 0.5, 8), environment=[qb.CavityLoss(0.5)])
    >>> found.H.dims
    [[9, 3], [9, 3]]
    """
    if not isinstance(battery, Battery):
        cure = "For example qb.DrivenBattery(n_atoms=4, drive=1.0)."
        raise ArgumentError("battery", "be a battery", battery, cure)
    parts = [environment] if isinstance(environment, Dissipator) else list(environment or ())
    for part in parts:
        if not isinstance(part, Dissipator):
            cure = "For example qb.CavityLoss(0.5)."
            raise ArgumentError("environment", "hold dissipators only", part, cure)
    qutip = _import_qutip()
    realization = realize(battery.problem(charger, parts))
    dims = list(realization.problem.space.dims)

    def operator(matrix: Any) -> Any:
        return qutip.Qobj(sp.csr_matrix(matrix, dtype=np.complex128), dims=[dims, dims])

    H = operator(realization.H)
    # QuTiP reads the type hints of what it calls, which only a plain function gives
    switched = [[operator(part), _function(pulse)] for pulse, part in realization.pulsed]
    ket = _ket(realization.problem, realization)
    one = [1] * len(dims)
    return QutipProblem(
        H=qutip.QobjEvo([H, *switched]) if switched else H,
        c_ops=[operator(math.sqrt(rate) * c) for rate, c in realization.jumps],
        rho0=operator(realization.initial) if ket is None else qutip.Qobj(ket, dims=[dims, one]),
        H_B=operator(realization.H_B),
    )


def _ket(problem: Problem, realization: Realization) -> Any:
    """Return the initial ket, shape ``(D,)``; None where a factor starts in a mixture."""
    if any(getattr(state, "ndim", 0) != 1 for state in problem.initial.values()):
        return None
    return realization.ensemble(problem.initial).kets[0]


def _function(pulse: Pulse) -> Pulse:
    """Return a pulse as a plain function of time."""

    def strength(t: float) -> float:
        return pulse(t)

    return strength


def _import_qutip() -> Any:
    try:
        import qutip
    except ImportError:
        raise UnsupportedError(
            "QuTiP is not installed. Install it: pip install 'qubatt[qutip]'."
        ) from None
    return qutip


@dataclass(frozen=True)
class _Part:
    """The real or imaginary part of a coefficient of QuTiP, as a function of time."""

    coefficient: Callable[[float], complex]
    imaginary: bool = False

    def __call__(self, time: float) -> float:
        value = complex(self.coefficient(time))
        return value.imag if self.imaginary else value.real

    def __hash__(self) -> int:
        return hash(self.imaginary)  # coefficients of QuTiP can be compared, but not hashed


def _parts(evolution: Any) -> list[Any]:
    """Return a Hermitian QobjEvo as matrices and real functions of time.

    Σ c(t) O that is Hermitian equals Σ Re c · ½(O + O†) + Im c · ½i(O − O†).

    Raises
    ------
    ArgumentError
        If it is not Hermitian at time 0, or holds what has no matrix.
    """
    if not evolution(0.0).isherm:
        cure = "H_charge must be Hermitian at all times."
        raise ArgumentError("H_charge", "be Hermitian at time 0", "a QobjEvo that is not", cure)
    steady, pulsed = 0 * evolution(0.0), []
    for entry in evolution.to_list():
        if callable(getattr(entry, "full", None)):
            steady = steady + entry
            continue
        if not isinstance(entry, list | tuple):
            cure = "Give matrices with coefficients, as in qutip.QobjEvo([H0, [H1, f]])."
            raise ArgumentError("H_charge", "be made of matrices", entry, cure)
        matrix, coefficient = entry
        even, odd = 0.5 * (matrix + matrix.dag()), 0.5j * (matrix - matrix.dag())
        pulsed.append((even, _Part(coefficient)))
        if odd.norm() > 0:
            pulsed.append((odd, _Part(coefficient, imaginary=True)))
    return [0.5 * (steady + steady.dag()), *pulsed]
