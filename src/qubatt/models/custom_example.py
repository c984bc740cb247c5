"""Matrices of a small battery, which show and test the inputs of `CustomBattery`.

A three-level ladder exchanges photons with a cavity of four Fock levels, and both are driven. The
matrices are lists, as required for examples in a JSON schema.
"""

import numpy as np

from qubatt.pulses import SinePulse

_a = np.diag(np.sqrt([1.0, 2.0, 3.0]), k=1)
_lower = np.diag([1.0, 1.4], k=1)
_drive = np.kron(np.eye(4), _lower + _lower.T)
_exchange = np.kron(_a, _lower.T)
_cavity = np.kron(0.9 * _a.T @ _a + 0.5 * (_a + _a.T), np.eye(3))
_levels = np.diag([0.0, 1.0, 1.8])

LEVELS = _levels.tolist()
"""H_B of the ladder, shape ``(3, 3)``."""

EVERYWHERE = np.kron(np.eye(4), _levels).tolist()
"""1 ⊗ H_B, shape ``(12, 12)``."""

HAMILTONIAN = (_cavity + 0.6 * (_exchange + _exchange.T) + 0.3 * _drive).tolist()
"""H_charge: the driven cavity, the exchange and the drive of the ladder, shape ``(12, 12)``."""

SWITCHED = (_drive.tolist(), SinePulse(0.4, 2.0))
"""A second drive of the ladder and its function of time."""

LOSS = np.kron(np.eye(4), _lower).tolist()
"""Jump operator of the ladder, shape ``(12, 12)``."""

KET = np.eye(12)[4].tolist()
"""Ket with one photon and the ladder in its middle level."""

MIXTURE = np.diag([0.25] * 4 + [0.0] * 8).tolist()
"""A density matrix of rank 4."""
