"""Conversion of batteries from and to QuTiP objects (the only module that imports QuTiP)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from qubatt.core.errors import MISSING, ArgumentError, UnsupportedError
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.problem import Problem, Pulse
from qubatt.core.realization import Realization, realize
from qubatt.core.spec_string import to_declared
from qubatt.environment.reading import Environment, read_environment
from qubatt.models import Battery, CustomBattery
from qubatt.states import ChargerState


class QutipProblem(NamedTuple):
    """Arguments of ``qutip.mesolve(H, rho0, times, c_ops, e_ops=[H_B])``.

    Attributes
    ----------
    H : Qobj or QobjEvo
        H_B + H_charge, as a QobjEvo if there are pulses.
    c_ops : list of Qobj
        Jump operators √γ c of the dissipators γ D[c].
    rho0 : Qobj
        Initial state, as a ket if all factors start in pure states.
    H_B : Qobj
        Battery Hamiltonian on the whole space; the stored energy is the change of ⟨H_B⟩.
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
    """Return a battery defined by QuTiP objects.

    The Hamiltonian is H = H_B + H_charge, and dρ/dt = −i[H, ρ] + Σ D[c]ρ with
    D[c]ρ = cρc† − ½{c†c, ρ}. All operators are in units of ω_ref.

    Parameters
    ----------
    H_B : Qobj
        Battery Hamiltonian, on the battery factor or on the whole space.
    H_charge : Qobj, list or QobjEvo
        Remaining Hamiltonian on the whole space: a Qobj, a list ``[H0, [H1, f]]`` with functions
        of time f, or a QobjEvo with coefficients of any kind, including complex ones.
    c_ops : Qobj or sequence of Qobj
        Collapse operators that include the rates, as in `mesolve`, or pairs (rate, c).
    rho0 : Qobj, optional
        Initial ket or density matrix. By default the battery is empty, in the lowest level of H_B,
        and the other factors are in their state of index 0 (for QuTiP spins this is spin up).
    dims, battery : optional
        Names of the factors and of the factor that stores the energy; see `CustomBattery`.
    roles : mapping of str to str, optional
        Roles ``"mode"``, ``"spins"`` or ``"levels"`` of factors. By default ``cavity`` is a mode,
        ``atoms`` are spins, and all other factors are levels. The certificate checks the highest
        level of each mode.
    charger : str, optional
        Factor in which charger states are prepared. By default it is ``cavity``, otherwise
        ``charger``, otherwise the first mode other than the battery.

    Returns
    -------
    CustomBattery
        The battery, with matrices as sparse arrays.

    Raises
    ------
    ArgumentError
        If a matrix, rate or state is invalid, or if the name or role of a factor is unknown.

    Notes
    -----
    QuTiP's `jmat` orders states by descending m. If the battery consists of such spins, H_B reveals
    the order, and the battery reorders all matrices and `rho0` to ascending m; `to_qutip` uses
    this order. For spins other than the battery, pass matrices with ascending m.

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
    charger: ChargerState | str | None = None,
    environment: Environment = None,
) -> QutipProblem:
    """Return a battery with its charger state and environment as QuTiP objects.

    Parameters
    ----------
    battery : Battery
        A battery of qubatt.
    charger, environment : optional
        Charger state and dissipators, as in `charge`: objects, or strings such as ``"fock:2"`` and
        ``"cavity-loss:0.5"``.

    Returns
    -------
    QutipProblem
        The named tuple ``H, c_ops, rho0, H_B``, with the dims of the factors. Index 0 is the lowest
        level of modes and atoms, whereas QuTiP's `jmat` and `basis(2, 0)` start with the highest
        one. Plain levels of a battery defined by matrices keep their order.

    Raises
    ------
    ArgumentError
        If `battery` is not a battery, or if it does not accept the charger state.
    UnsupportedError
        If QuTiP is not installed, or if a dissipator cannot act on the battery.

    Notes
    -----
    For pulses with jumps or narrow peaks, set the option ``max_step`` of `mesolve`.

    Examples
    --------
    >>> import qubatt as qb
    >>> problem = qb.to_qutip(qb.DickeBattery(2, 0.5, 8), environment="cavity-loss:0.5")
    >>> problem.H.dims
    [[9, 3], [9, 3]]
    """
    if not isinstance(battery, Battery):
        cure = "Example: qb.DrivenBattery(n_atoms=4, drive=1.0)."
        raise ArgumentError("battery", "be a battery", battery, cure)
    dissipators = read_environment(environment)
    state: ChargerState | None = to_declared("charger", charger)
    qutip = _import_qutip()
    realization = realize(battery.problem(state, dissipators))
    dims = list(realization.problem.space.dims)

    def operator(matrix: Any) -> Any:
        return qutip.Qobj(sp.csr_matrix(matrix, dtype=np.complex128), dims=[dims, dims])

    H = operator(realization.H)
    # QuTiP inspects the type hints of its coefficients, so each must be a plain function
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
    """Return the initial ket, shape ``(D,)``, or None if a factor starts in a mixed state."""
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
            "QuTiP is not installed. Install it by: pip install 'qubatt[qutip]'."
        ) from None
    return qutip


@dataclass(frozen=True)
class _Part:
    """The real or imaginary part of a QuTiP coefficient, as a function of time."""

    coefficient: Callable[[float], complex]
    imaginary: bool = False

    def __call__(self, time: float) -> float:
        value = complex(self.coefficient(time))
        return value.imag if self.imaginary else value.real

    def __hash__(self) -> int:
        return hash(self.imaginary)  # QuTiP coefficients support comparison, but not hashing


def _parts(evolution: Any) -> list[Any]:
    """Return a Hermitian QobjEvo as matrices and real functions of time.

    A Hermitian sum Σ c(t) O equals Σ [Re c · ½(O + O†) + Im c · ½i(O − O†)].

    Raises
    ------
    ArgumentError
        If the QobjEvo is not Hermitian at time 0, or if a part has no matrix.
    """
    if not evolution(0.0).isherm:
        cure = "Add the adjoint of each non-Hermitian term."
        raise ArgumentError("H_charge", "be Hermitian at all times", MISSING, cure)
    steady, pulsed = 0 * evolution(0.0), []
    for entry in evolution.to_list():
        if callable(getattr(entry, "full", None)):
            steady = steady + entry
            continue
        if not isinstance(entry, list | tuple):
            cure = "Use matrices with coefficients, as in qutip.QobjEvo([H0, [H1, f]])."
            raise ArgumentError("H_charge", "consist of matrices", entry, cure)
        matrix, coefficient = entry
        even, odd = 0.5 * (matrix + matrix.dag()), 0.5j * (matrix - matrix.dag())
        pulsed.append((even, _Part(coefficient)))
        if odd.norm() > 0:
            pulsed.append((odd, _Part(coefficient, imaginary=True)))
    return [0.5 * (steady + steady.dag()), *pulsed]
