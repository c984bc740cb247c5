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
    "yuen1976": (
        "H. P. Yuen, Two-photon coherent states of the radiation field, Phys. Rev. A 13, 2226"
        " (1976)"
    ),
    "yurke1986": (
        "B. Yurke, D. Stoler, Generating quantum mechanical superpositions of macroscopically"
        " distinguishable states via amplitude dispersion, Phys. Rev. Lett. 57, 13 (1986)"
    ),
    "andolina2019": (
        "G. M. Andolina, M. Keck, A. Mari, M. Campisi, V. Giovannetti, M. Polini, Extractable"
        " work, the role of correlations, and asymptotic freedom in quantum batteries,"
        " Phys. Rev. Lett. 122, 047702 (2019)"
    ),
    "crescente2020": (
        "A. Crescente, M. Carrega, M. Sassetti, D. Ferraro, Ultrafast charging in a two-photon"
        " Dicke quantum battery, Phys. Rev. B 102, 245407 (2020)"
    ),
    "felicetti2015": (
        "S. Felicetti, J. S. Pedernales, I. L. Egusquiza, G. Romero, L. Lamata, D. Braak,"
        " E. Solano, Spectral collapse via two-phonon interactions in trapped ions,"
        " Phys. Rev. A 92, 033817 (2015)"
    ),
    "shammah2018": (
        "N. Shammah, S. Ahmed, N. Lambert, S. De Liberato, F. Nori, Open quantum systems with"
        " local and collective incoherent processes: Efficient numerical simulations using"
        " permutational invariance, Phys. Rev. A 98, 063815 (2018)"
    ),
    "hairer1993": (
        "E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I,"
        " 2nd ed., Springer (1993)"
    ),
}
"""Citations by key."""
