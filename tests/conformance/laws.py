"""Laws that every open quantum battery obeys, as assertions; each is shown to fail once.

Tolerances are absolute unless said otherwise and come from what the engines promise, not from
what they happen to reach.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr

SMALLEST_EIGENVALUE = -1e-9
"""States may be negative by the error that the engines allow, and no more."""


def assert_trace_one(states: np.ndarray, atol: float = 1e-10) -> None:
    """Tr ρ(t) = 1 at every time, states of shape ``(T, D, D)``."""
    np.testing.assert_allclose(np.trace(states, axis1=1, axis2=2), 1.0, atol=atol)


def assert_hermitian(matrices: np.ndarray, atol: float = 1e-12) -> None:
    """Every matrix equals its adjoint, shape ``(…, D, D)``."""
    np.testing.assert_allclose(matrices, matrices.conj().swapaxes(-1, -2), atol=atol)


def assert_positive(states: np.ndarray) -> None:
    """No state has an eigenvalue below −1e-9."""
    smallest = np.linalg.eigvalsh(states).min()
    assert smallest >= SMALLEST_EIGENVALUE, f"eigenvalue {smallest:.2e}"


def assert_trace_annihilated(dual_of_one: np.ndarray, change: np.ndarray) -> None:
    """L†(1) = 0, and Tr L(ρ) = 0 for a matrix L(ρ): the generator creates no probability."""
    np.testing.assert_allclose(dual_of_one, 0.0, atol=1e-13)
    np.testing.assert_allclose(np.trace(change), 0.0, atol=1e-13 * max(np.abs(change).max(), 1))


def assert_within_spectrum(values: np.ndarray, operator: np.ndarray) -> None:
    """Expectation values lie between the smallest and the largest eigenvalue."""
    spectrum = np.linalg.eigvalsh(operator)
    slack = 1e-9 * max(np.abs(spectrum).max(), 1.0)
    assert values.min() >= spectrum[0] - slack, f"{values.min()} below {spectrum[0]}"
    assert values.max() <= spectrum[-1] + slack, f"{values.max()} above {spectrum[-1]}"


def assert_populations(values: np.ndarray) -> None:
    """Populations lie in [0, 1] but for the error of the engine."""
    assert values.min() >= -1e-9, f"population {values.min()}"
    assert values.max() <= 1 + 1e-9, f"population {values.max()}"


def assert_constant(values: np.ndarray, atol: float = 1e-9) -> None:
    """A conserved quantity keeps its first value."""
    drift = np.abs(values - values[0]).max()
    assert drift <= atol, f"drift {drift:.2e}"


def assert_never_rises(values: np.ndarray, atol: float = 1e-9) -> None:
    """No value is above an earlier one."""
    rise = np.diff(values).max()
    assert rise <= atol, f"rise {rise:.2e}"


def chebyshev_times(end: float, number: int) -> np.ndarray:
    """Return Chebyshev nodes in (0, end), where interpolation converges exponentially."""
    angles = (np.arange(number) + 0.5) * np.pi / number
    return 0.5 * end * (1.0 - np.cos(angles))


def assert_derivative(
    times: np.ndarray, values: np.ndarray, slope: np.ndarray, atol: float = 1e-7
) -> None:
    """`slope` is dv/dt of `values` at Chebyshev nodes, by differentiating their interpolant."""
    scale = times[0] + times[-1]  # nodes are symmetric in (0, end)
    fit = np.polynomial.Chebyshev.fit(times, values, deg=len(times) - 1, domain=[0.0, scale])
    np.testing.assert_allclose(slope, fit.deriv()(times), atol=atol)


def assert_smooth(
    function: Callable[[float], float], start: float, end: float, atol: float = 1e-10
) -> None:
    """A polynomial of degree 120 follows the function everywhere between two times.

    The end itself is left out, since functions are continuous from the right.
    """
    domain = [start, np.nextafter(end, start)]
    nodes = np.cos((np.arange(121) + 0.5) * np.pi / 121)
    middle, half = sum(domain) / 2, (domain[1] - domain[0]) / 2
    values = [function(float(middle + half * node)) for node in nodes]
    fit = np.polynomial.Chebyshev.fit(middle + half * nodes, values, deg=120, domain=domain)
    times = np.linspace(*domain, 1001)
    np.testing.assert_allclose(fit(times), [function(float(t)) for t in times], atol=atol)


def assert_no_gain(jump: np.ndarray, number: np.ndarray) -> None:
    """D†[c](n) = c†nc − ½{c†c, n} has no positive eigenvalue: the jump never adds excitations."""
    loss = jump.conj().T @ jump
    change = jump.conj().T @ number @ jump - 0.5 * (loss @ number + number @ loss)
    gain = np.linalg.eigvalsh(change).max()
    assert gain <= 1e-12 * max(np.abs(loss).max(), 1.0), f"gain {gain:.2e}"


def assert_detailed_balance(
    jumps: list[tuple[float, np.ndarray]], number: np.ndarray, n_thermal: float
) -> None:
    """Every jump down has its adjoint as a jump up, with rates in the ratio (n̄ + 1) / n̄.

    A jump goes down where [n, c] is negative, that is −kc, and up where it is +kc.
    """
    down, up = [], []
    for rate, c in jumps:
        weight = np.vdot(c, number @ c - c @ number).real
        assert weight != 0, "a thermal jump must change the number of excitations"
        (down if weight < 0 else up).append((rate, c))
    assert len(down) == len(up) > 0
    for rate, c in down:
        partners = [other for other, raised in up if np.allclose(raised, c.conj().T, atol=1e-14)]
        assert len(partners) == 1
        np.testing.assert_allclose(rate / partners[0], (n_thermal + 1) / n_thermal, rtol=1e-12)


def assert_same_states(states: np.ndarray, expected: np.ndarray, atol: float) -> None:
    """‖ρ − ρ_expected‖ (Frobenius) stays below `atol` at every time."""
    assert states.shape == expected.shape
    error = np.linalg.norm(states - expected, axis=(1, 2)).max()
    assert error <= atol, f"states differ by {error:.2e}"


def assert_documented(cls: type[Any], fields: dict[str, Any]) -> None:
    """A class has a docstring of its own, each field a description and an example."""
    text = cls.__dict__.get("__doc__")
    assert text, f"{cls.__name__} has no docstring"
    assert not text.startswith(f"{cls.__name__}("), f"{cls.__name__} has only its signature"
    for name, field in fields.items():
        assert field.description, f"{cls.__name__}.{name} has no description"
        assert field.examples, f"{cls.__name__}.{name} has no example"


def assert_recharging_laws(cycle: xr.Dataset, scale: float) -> None:
    """W = W_R + Q_R, Q_R ≤ 0, W_R ≥ W ≥ 0, 0 ≤ η < 1, and η = NaN where W_R = 0 only.

    `scale` is the largest energy difference; values may be off by its rounding, and η by that
    over W_R.
    """
    W, W_R, Q_R, eta = (
        cycle[name].values.ravel() for name in ("ergotropy", "work", "heat", "efficiency")
    )
    rounding = 1e-13 * scale
    np.testing.assert_allclose(W, W_R + Q_R, atol=rounding)
    assert Q_R.max() <= rounding, f"heat {Q_R.max()}"
    assert W.min() >= -rounding, f"ergotropy {W.min()}"
    assert (W_R - W).min() >= -rounding, f"work below ergotropy by {(W_R - W).min()}"
    assert np.isnan(eta[W_R <= 0]).all(), "efficiency without work"
    assert not np.isnan(eta[np.greater(W_R, rounding)]).any(), "work without efficiency"
    active = W_R > 0
    known, doubt = eta[active], rounding / W_R[active]
    assert not np.any(known < -doubt), "efficiency below 0"
    assert not np.any(known >= 1.0 + doubt), "efficiency of 1 or more"


def assert_within(values: np.ndarray, bounds: tuple[float, float]) -> None:
    """Numbers lie within bounds but for rounding; NaN is what a definition leaves out."""
    known = values[~np.isnan(values)]
    slack = 1e-9 * max(1.0, float(np.abs(known[np.isfinite(known)]).max(initial=0.0)))
    low, high = bounds
    assert np.all(known >= low - slack), f"{known.min()} below {low}"
    assert np.all(known <= high + slack), f"{known.max()} above {high}"


def assert_descending(*chain: np.ndarray | float, atol: float = 1e-9) -> None:
    """Each is at least as large as the next, at every time."""
    for larger, smaller in pairwise(chain):
        excess = np.max(np.asarray(smaller) - np.asarray(larger))
        assert excess <= atol, f"larger by {excess:.2e}"


def assert_balance(change: float, flows: np.ndarray, weights: np.ndarray) -> None:
    """What flows in, integrated with quadrature weights, is the change."""
    assert abs(change - flows @ weights) <= 1e-9, f"{change} is not {flows @ weights}"
