"""The sources that docstrings, reports and results cite by key."""

BIBLIOGRAPHY = {
    "zhang2024": (
        "D. Zhang, S. Ma, Y. Jiang, Y. Yu, G. Jin, A. Chen, Quantum battery with interactive"
        " atomic collective charging, Phys. Rev. A 110, 032211 (2024)"
    ),
    "dicke1954": (
        "R. H. Dicke, Coherence in spontaneous radiation processes, Phys. Rev. 93, 99 (1954)"
    ),
    "tavis1968": (
        "M. Tavis, F. W. Cummings, Exact solution for an N-molecule–radiation-field Hamiltonian,"
        " Phys. Rev. 170, 379 (1968)"
    ),
    "ferraro2018": (
        "D. Ferraro, M. Campisi, G. M. Andolina, V. Pellegrini, M. Polini, High-power collective"
        " charging of a solid-state quantum battery, Phys. Rev. Lett. 120, 117702 (2018)"
    ),
    "le2018": (
        "T. P. Le, J. Levinsen, K. Modi, M. M. Parish, F. A. Pollock, Spin-chain model of a"
        " many-body quantum battery, Phys. Rev. A 97, 022106 (2018)"
    ),
    "lin2019": ("J. Z. Lin, K. Hou, C. J. Zhu, Y. P. Yang, Phys. Rev. A 99, 053850 (2019)"),
    "barra2019": "F. Barra, Dissipative charging of a quantum battery, PRL 122, 210601 (2019)",
    "allahverdyan2004": (
        "A. E. Allahverdyan, R. Balian, T. M. Nieuwenhuizen, Maximal work extraction from finite"
        " quantum systems, Europhys. Lett. 67, 565 (2004)"
    ),
    "lindblad1976": (
        "G. Lindblad, On the generators of quantum dynamical semigroups,"
        " Commun. Math. Phys. 48, 119 (1976)"
    ),
    "hairer1993": (
        "E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I,"
        " 2nd ed., Springer (1993)"
    ),
}
"""Citations by key."""
