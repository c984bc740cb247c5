"""Phys. Rev. A 110, 032211 (2024): collective charging of interacting atoms in open systems."""

from qubatt.core.registry import registry
from qubatt.papers.paper import Paper
from qubatt.papers.zhang2024.figure2 import Figure2
from qubatt.papers.zhang2024.figure3 import Figure3
from qubatt.papers.zhang2024.figure4 import Figure4
from qubatt.papers.zhang2024.figure5 import Figure5
from qubatt.papers.zhang2024.figure6 import Figure6
from qubatt.papers.zhang2024.figure7 import Figure7
from qubatt.papers.zhang2024.reading import READINGS
from qubatt.papers.zhang2024.repulsion import Repulsion

ZHANG2024 = Paper(
    key="zhang2024",
    figures=(
        Figure2(),
        Figure3(),
        Figure4(),
        Figure5(),
        Figure6(),
        Figure7(),
        Repulsion(),
    ),
    readings=READINGS,
    notes=(
        "The equations of the paper differ by factors of two; each claim is checked for the"
        " readings listed below. Eq. (5) is the usual convention, and Eq. (3) sums over ordered"
        " pairs, so R2 is drawn unless another reading is requested or fits better.",
        "Results are compared with the text of the paper only; no curves were digitised.",
        "Rates follow the master equation of each model: the standard form for Figs. 2 and 3, and"
        " twice the standard form for Fig. 4 (Eqs. 22 and 23).",
        "Stored energies are drawn per atom, as in the axis labels of the paper.",
        "Steady energies are those of the steady state 𝓛ρ = 0, not values at the last time.",
    ),
)

registry.add("paper", ZHANG2024.key, ZHANG2024)

__all__ = ["ZHANG2024"]
