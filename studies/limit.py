"""What the power of N atoms tends to as N grows: a classical spin in a classical mode.

With N photons at the beginning, α = ⟨a⟩/√N and s = ⟨J⟩/N obey, for N → ∞ at fixed Λ = λ√N (the
coupling is λ = g_c ω_c), and with the field B that the mode makes,

    ds/dt = (B_x, B_y, ω) × s,      s(0) = (0, 0, −½),      |α(0)| = 1

    Dicke               B = (4Λ Re α, 0)             dα/dt = −(iω + κ/2) α − 2iΛ s_x
    Tavis–Cummings      B = (2Λ Re α, −2Λ Im α)      dα/dt = −(iω + κ/2) α − iΛ (s_x − i s_y)

and E/N = ω (s_z + ½). A Fock state has no phase: E is averaged over that of α(0), which matters in
the Dicke battery alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar
from scipy.special import j0

FloatArray = NDArray[np.float64]

PHASES = 64
"""Phases of α(0) that are averaged over."""


def energy_per_atom(battery: str, coupling: float, kappa: float, times: FloatArray) -> FloatArray:
    """Return E/(Nω) over time for N → ∞ at the fixed Λ = `coupling`, in units of ω = 1."""
    phases = 2.0 * np.pi * np.arange(PHASES) / PHASES if battery == "dicke" else np.zeros(1)
    start = np.zeros((5, len(phases)))  # Re α, Im α, s_x, s_y, s_z
    start[0], start[1], start[4] = np.cos(phases), np.sin(phases), -0.5

    def flow(_: float, flat: FloatArray) -> FloatArray:
        x, p, sx, sy, sz = flat.reshape(start.shape)
        if battery == "dicke":
            bx, by, dx, dp = 4.0 * coupling * x, 0.0 * x, 0.0 * x, -2.0 * coupling * sx
        else:
            bx, by, dx, dp = 2.0 * coupling * x, -2.0 * coupling * p, -coupling * sy, -coupling * sx
        dx, dp = dx + p - 0.5 * kappa * x, dp - x - 0.5 * kappa * p
        return np.concatenate([dx, dp, by * sz - sy, sx - bx * sz, bx * sy - by * sx])

    found = solve_ivp(
        flow, (0.0, times[-1]), start.ravel(), "DOP853", times, rtol=1e-10, atol=1e-12
    )
    return np.asarray(found.y.reshape(5, len(phases), -1)[4].mean(axis=0) + 0.5)


def power_per_atom(battery: str, coupling: float, kappa: float) -> float:
    """Return max over t of E/(Nt) for N → ∞ at the fixed Λ = `coupling`: power is linear in N."""
    times = np.linspace(0.0, 3.0 / coupling, 2001)
    average = energy_per_atom(battery, coupling, kappa, times)[1:] / times[1:]
    k = int(average.argmax())
    near = slice(max(k - 2, 0), k + 3)
    return float(np.polynomial.Polynomial.fit(times[1:][near], average[near], 4)(times[1:][k]))


def strong_coupling(battery: str) -> float:
    """Return max over t of E/(t λ ω N^{3/2}) for N → ∞ at fixed λ, whatever λ and κ are.

    Charging then ends before ω and κ matter. In the Tavis–Cummings battery E/N = tanh²(λ√N t); in
    the Dicke battery every atom turns by 2λt(a + a†), which gives E/N = ½[1 − J₀(4λ√N t)].
    """
    rate = {
        "tavis-cummings": lambda x: np.tanh(x) ** 2 / x,
        "dicke": lambda x: 0.5 * (1 - j0(4 * x)) / x,
    }
    found = minimize_scalar(
        lambda x: -rate[battery](x), bounds=(0.1, 2.0), method="bounded", options={"xatol": 1e-10}
    )
    return float(-found.fun)
