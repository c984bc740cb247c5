"""PRA 110, 032211 (2024): interacting atoms charged collectively in an open system."""

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
        "The equations of the paper disagree by factors of two; every claim is judged in the"
        " readings listed below. Eq. (5) is the usual convention, Eq. (3) sums over ordered pairs,"
        " so R2 is drawn unless another reading is asked for or fits better.",
        "No curve was read off the printed figures: only the text of the paper is compared.",
        "Rates follow the master equation printed beside each model: standard form for Figs. 2"
        " and 3, twice the standard form for Fig. 4 (Eqs. 22 and 23).",
        "Stored energies are drawn per atom, as the paper's axis labels say.",
        "Steady energies are those of the state in which 𝓛ρ = 0, not of the last time computed.",
    ),
)

registry.add("paper", ZHANG2024.key, ZHANG2024)

__all__ = ["ZHANG2024"]
