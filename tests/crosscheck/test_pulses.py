"""Batteries whose coupling or drive is switched in time, against QuTiP's `mesolve`."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import qutip as qt

import qubatt as qb
from qubatt.core.registry import registry

from .qutip_models import CHARGERS, ENVIRONMENTS, OPTIONS, registered, written_out
from .test_qutip import DRAWS, TOLERANCE, charge, collective, draw_charger, warm_cavity

SWITCHED = {
    "dicke": ["coupling"],
    "tavis-cummings": ["coupling"],
    "two-photon-dicke": ["coupling"],
    "driven": ["drive"],
    "cascade": ["coupling", "pump", "control"],
}
"""Parameters of each battery that may be pulses."""

END = 4.0


def draw_pulse(rng, kind):
    """Draw a pulse of a registered kind, or a plain function."""
    if kind == "gaussian":
        return qb.GaussianPulse(rng.uniform(0.3, 1.0), rng.uniform(1.0, 3.0), rng.uniform(0.3, 1))
    if kind == "sine":
        return qb.SinePulse(*rng.uniform(0.3, 1.0, 2), phase=rng.uniform(0, 6), offset=0.2)
    if kind == "piecewise":
        times = (0.0, *np.sort(rng.uniform(0.5, 3.5, 2)).tolist(), END)
        return qb.PiecewisePulse(times, tuple(rng.uniform(-1.0, 1.0, 3).tolist()))
    if kind == "constant":
        return qb.ConstantPulse(rng.uniform(0.3, 1.0))
    a, b = rng.uniform(0.3, 1.5, 2)
    return lambda t: a * np.exp(-b * t) * (1.0 + t)


def qutip_energies(battery, names, times, charger, environment):
    """Return H_B from `mesolve`, in one piece between two breaks, minus its start."""
    off = written_out(replace(battery, **dict.fromkeys(names, 0.0)))
    terms = []
    for name in names:
        on = written_out(replace(battery, **{**dict.fromkeys(names, 0.0), name: 1.0}))
        pulse = getattr(battery, name)
        terms.append((on.H - off.H, pulse))
    state = qt.ket2dm(off.empty)
    if off.a is not None:
        levels = off.a.dims[0][0]
        light = CHARGERS[registry.name_of("charger", type(charger))](charger, levels)
        state = qt.tensor(qt.ket2dm(light) if light.isket else light, state)
    c_ops = [
        jump
        for part in environment
        for jump in ENVIRONMENTS[registry.name_of("environment", type(part))](off, part)
    ]
    start = qt.expect(off.H_B, state)
    breaks = {b for _, pulse in terms for b in getattr(pulse, "breaks", tuple)() if 0 < b < END}
    edges = np.array([0.0, *sorted(breaks), END])
    found = {}
    for low, high in pairwise(edges):
        inside = times[(times > low) & (times <= high)]
        tlist = np.unique([low, *inside, high])
        before = np.nextafter(high, 0.0)  # the side from which the interval is left
        H = [off.H, *([op, lambda t, f=f, b=before: f(min(t, b))] for op, f in terms)]
        options = OPTIONS | {"max_step": 0.05, "store_states": True}
        states = qt.mesolve(qt.QobjEvo(H), state, tlist, c_ops, options=options).states
        found |= {t: qt.expect(off.H_B, rho) - start for t, rho in zip(tlist, states, strict=True)}
        state = states[-1]
    return np.array([found[t] for t in times]), off.scale


CASES = [
    pytest.param(name, kind, N, id=f"{name}-{kind}-{N}")
    for name in SWITCHED
    for N in ((2,) if name == "cascade" else (2, 3))
    for kind in ("gaussian", "sine", "piecewise", "constant", "function")
]


@pytest.mark.parametrize(("name", "kind", "N"), CASES)
def test_switched_batteries_agree_with_qutip(name, kind, N):
    """Energies on random parameters with every parameter that can be switched."""
    rng = np.random.default_rng([len(name), len(kind), N])
    drawn = DRAWS[name](rng, N)
    names = SWITCHED[name]
    battery = replace(drawn, **{field: draw_pulse(rng, kind) for field in names})
    times, charger = np.linspace(0.5, END, 8), draw_charger(rng, drawn)
    environment = [collective(rng)] if name == "driven" else [warm_cavity(rng)]
    run = charge(battery, times=times, charger=charger, environment=environment)
    expected, scale = qutip_energies(battery, names, times, charger, environment)
    assert np.ptp(expected) > 1e-4 * scale, "nothing happens in this case"
    assert np.max(np.abs(run.energy.values - expected)) < TOLERANCE * scale
    same = charge(
        battery, times=times, charger=charger, environment=environment, engine=qb.MatrixEngine()
    )
    for variable in run.data_vars:
        np.testing.assert_allclose(run[variable], same[variable], atol=1e-8 * scale)


def test_every_pulse_takes_part():
    """A registered pulse is also compared."""
    assert {param.values[1] for param in CASES} == {*registered("pulse"), "function"}
