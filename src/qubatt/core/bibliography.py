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
    "barra2019": (
        "F. Barra, Dissipative charging of a quantum battery, Phys. Rev. Lett. 122, 210601 (2019)"
    ),
    "allahverdyan2004": (
        "A. E. Allahverdyan, R. Balian, T. M. Nieuwenhuizen, Maximal work extraction from finite"
        " quantum systems, Europhys. Lett. 67, 565 (2004)"
    ),
    "lindblad1976": (
        "G. Lindblad, On the generators of quantum dynamical semigroups,"
        " Commun. Math. Phys. 48, 119 (1976)"
    ),
    "friis2018": (
        "N. Friis, M. Huber, Precision and work fluctuations in Gaussian battery charging,"
        " Quantum 2, 61 (2018)"
    ),
    "mandel1979": (
        "L. Mandel, Sub-Poissonian photon statistics in resonance fluorescence, Opt. Lett. 4, 205"
        " (1979)"
    ),
    "francica2020": (
        "G. Francica, F. C. Binder, G. Guarnieri, M. T. Mitchison, J. Goold, F. Plastina, Quantum"
        " coherence and ergotropy, Phys. Rev. Lett. 125, 180603 (2020)"
    ),
    "yang2023": (
        "X. Yang, Y.-H. Yang, M. Alimuddin, R. Salvia, S.-M. Fei, L.-M. Zhao, S. Nimmrichter,"
        " M.-X. Luo, Battery capacity of energy-storing quantum systems, Phys. Rev. Lett. 131,"
        " 030402 (2023)"
    ),
    "esposito2011": (
        "M. Esposito, C. Van den Broeck, Second law and Landauer principle far from equilibrium,"
        " EPL 95, 40004 (2011)"
    ),
    "baumgratz2014": (
        "T. Baumgratz, M. Cramer, M. B. Plenio, Quantifying coherence, Phys. Rev. Lett. 113,"
        " 140401 (2014)"
    ),
    "braunstein1994": (
        "S. L. Braunstein, C. M. Caves, Statistical distance and the geometry of quantum states,"
        " Phys. Rev. Lett. 72, 3439 (1994)"
    ),
    "pezze2009": (
        "L. Pezzé, A. Smerzi, Entanglement, nonlinear dynamics, and the Heisenberg limit,"
        " Phys. Rev. Lett. 102, 100401 (2009)"
    ),
    "wootters1998": (
        "W. K. Wootters, Entanglement of formation of an arbitrary state of two qubits,"
        " Phys. Rev. Lett. 80, 2245 (1998)"
    ),
    "wang2003": (
        "X. Wang, B. C. Sanders, Spin squeezing and pairwise entanglement for symmetric multiqubit"
        " states, Phys. Rev. A 68, 012101 (2003)"
    ),
    "kitagawa1993": "M. Kitagawa, M. Ueda, Squeezed spin states, Phys. Rev. A 47, 5138 (1993)",
    "wineland1994": (
        "D. J. Wineland, J. J. Bollinger, W. M. Itano, D. J. Heinzen, Squeezed atomic states and"
        " projection noise in spectroscopy, Phys. Rev. A 50, 67 (1994)"
    ),
    "alicki1979": (
        "R. Alicki, The quantum open system as a model of the heat engine, J. Phys. A 12, L103"
        " (1979)"
    ),
    "spohn1978": (
        "H. Spohn, Entropy production for quantum dynamical semigroups, J. Math. Phys. 19, 1227"
        " (1978)"
    ),
    "vidal2002": (
        "G. Vidal, R. F. Werner, Computable measure of entanglement, Phys. Rev. A 65, 032314 (2002)"
    ),
    "juliafarre2020": (
        "S. Julià-Farré, T. Salamon, A. Riera, M. N. Bera, M. Lewenstein, Bounds on the capacity"
        " and power of quantum batteries, Phys. Rev. Research 2, 023113 (2020)"
    ),
    "garciapintos2020": (
        "L. P. García-Pintos, A. Hamma, A. del Campo, Fluctuations in extractable work bound the"
        " charging power of quantum batteries, Phys. Rev. Lett. 125, 040601 (2020)"
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
