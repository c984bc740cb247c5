"""The energy of interacting two-level atoms, shared by several batteries."""

from __future__ import annotations

from qubatt.core.problem import Term


def interacting_atoms(n_atoms: int, omega_atom: float, interaction: float) -> tuple[Term, ...]:
    """Return H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2), all-to-all exchange.

    This is Eq. (3) of zhang2024 over ordered pairs i ≠ j, with J = ½ Σ σ and
    J_x² + J_y² = ½(J₊J₋ + J₋J₊).
    """
    g = interaction
    return (
        Term(omega_atom, {"atoms": "Jz"}),
        Term(g / n_atoms, {"atoms": "J+ J-"}),
        Term(g / n_atoms, {"atoms": "J- J+"}),
        Term(-g),
    )
