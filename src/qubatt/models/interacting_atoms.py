"""The Hamiltonian of interacting two-level atoms, used by several batteries."""

from __future__ import annotations

from qubatt.core.problem import Term

LATEX = (
    r"\omega_a J_z + \frac{2g}{N}\Big(J_x^2 + J_y^2 - \frac{N}{2}\Big)"
    r" + \frac{2g_z}{N}\Big(J_z^2 - \frac{N}{4}\Big)"
)
"""The Hamiltonian H_B as LaTeX."""


def interacting_atoms(
    n_atoms: int,
    omega_atom: float,
    interaction: float,
    interaction_z: float = 0.0,
    factor: str = "atoms",
) -> tuple[Term, ...]:
    """Return H_B = ω_a J_z + (2g/N)(J_x² + J_y² − N/2) + (2g_z/N)(J_z² − N/4), all-to-all XXZ.

    The exchange is Eq. (3) of zhang2024, summed over ordered pairs i ≠ j, with J = ½ Σ σ and
    J_x² + J_y² = ½(J₊J₋ + J₋J₊). The Ising term is (g_z/2N) Σ_{i≠j} σ_zⁱσ_zʲ, also summed over
    ordered pairs, so g_z = g is the Heisenberg interaction. The terms act on the factor `factor`.
    """
    g, g_z = interaction, interaction_z
    return (
        Term(omega_atom, {factor: "Jz"}),
        Term(g / n_atoms, {factor: ("J+", "J-")}),
        Term(g / n_atoms, {factor: ("J-", "J+")}),
        Term(-g),
        Term(2.0 * g_z / n_atoms, {factor: ("Jz", "Jz")}),
        Term(-0.5 * g_z),
    )
