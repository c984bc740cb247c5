"""The master equations of all batteries written out for QuTiP, from the formulas alone.

Nothing of qubatt is used here but the parameters of its objects: spins come from `jmat`, the
cavity from `destroy`, three-level atoms from single-atom operators in their product space.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import qutip as qt

from qubatt import charging  # noqa: F401  # imports, and so registers, everything
from qubatt.core.registry import registry

OPTIONS = {
    "method": "vern9",
    "atol": 1e-11,
    "rtol": 1e-10,
    "nsteps": 1_000_000,
    "normalize_output": False,
    "progress_bar": "",
}

LEVELS = {"ground": 0, "middle": 1, "excited": 2}


@dataclass(frozen=True)
class WrittenOut:
    """One battery as QuTiP objects; `a` is None without a cavity."""

    H: qt.Qobj
    H_B: qt.Qobj
    empty: qt.Qobj
    scale: float
    a: qt.Qobj | None = None
    J_minus: qt.Qobj | None = None
    transitions: dict = field(default_factory=dict)
    """Per-atom operators |lower><upper| by the pair (lower, upper)."""
    jumps: list = field(default_factory=list)
    """Jumps of the battery itself, with their rates in them."""


def spin_in_cavity(battery):
    """Return a and the spin operators J_x, J_y, J_z on cavity times ladder."""
    levels, ladder = battery.max_photons + 1, battery.n_atoms + 1
    a = qt.tensor(qt.destroy(levels), qt.qeye(ladder))
    spin = [qt.tensor(qt.qeye(levels), qt.jmat(battery.n_atoms / 2, axis)) for axis in "xyz"]
    return a, *spin


def exchange_battery(battery, Jx, Jy, Jz):
    """Return H_B = omega_a J_z + (2g/N)(J_x^2 + J_y^2 - N/2)."""
    N, one = battery.n_atoms, qt.qeye(Jz.dims[0])
    pairs = Jx * Jx + Jy * Jy - N / 2 * one
    return battery.omega_atom * Jz + 2 * battery.interaction / N * pairs


def cavity_battery(battery, coupling):
    """Return the battery whose atoms couple to the mode by `coupling(a, Jx, Jy)`."""
    a, Jx, Jy, Jz = spin_in_cavity(battery)
    H_B = exchange_battery(battery, Jx, Jy, Jz)
    strength = battery.coupling * battery.omega_cavity
    H = H_B + battery.omega_cavity * a.dag() * a + strength * coupling(a, Jx, Jy)
    N = battery.n_atoms
    return WrittenOut(
        H=H,
        H_B=H_B,
        empty=qt.basis(N + 1, N),  # jmat counts m downwards
        scale=N * battery.omega_atom,
        a=a,
        J_minus=Jx - 1j * Jy,
    )


def dicke(battery):
    """H_I = 2 g_c omega_c J_x (a + a^dag)."""
    return cavity_battery(battery, lambda a, Jx, _: 2 * Jx * (a + a.dag()))


def tavis_cummings(battery):
    """H_I = g_c omega_c (a J_+ + a^dag J_-)."""
    return cavity_battery(battery, lambda a, Jx, Jy: a * (Jx + 1j * Jy) + a.dag() * (Jx - 1j * Jy))


def driven(battery):
    """H = H_B + Omega J_x, with omega_a J_z replaced by delta J_z in the dynamics."""
    N = battery.n_atoms
    Jx, Jy, Jz = qt.jmat(N / 2)
    in_frame = battery if battery.detuning is None else replace(battery, omega_atom=0.0)
    H = exchange_battery(in_frame, Jx, Jy, Jz) + battery.drive * Jx
    if battery.detuning is not None:
        H = H + battery.detuning * Jz
    return WrittenOut(
        H=H,
        H_B=exchange_battery(battery, Jx, Jy, Jz),
        empty=qt.basis(N + 1, N),
        scale=N * battery.omega_atom,
        J_minus=Jx - 1j * Jy,
    )


def cascade(battery):
    """Eqs. (19)-(21) of zhang2024, atom by atom."""
    levels = battery.max_photons + 1
    cavity_one, atom_one = qt.qeye(levels), qt.qeye(3)
    a = qt.tensor(qt.destroy(levels), atom_one, atom_one)

    def sigma(j, k):
        """Return |j><k| of the first and of the second atom."""
        flip = qt.basis(3, "gme".index(j)) * qt.basis(3, "gme".index(k)).dag()
        return (
            qt.tensor(cavity_one, flip, atom_one),
            qt.tensor(cavity_one, atom_one, flip),
        )

    exchange = sigma("m", "g")[0] * sigma("g", "m")[1] + sigma("m", "e")[0] * sigma("e", "m")[1]
    H_B = battery.interaction * (exchange + exchange.dag())
    H = battery.detuning_cavity * a.dag() * a
    for atom in (0, 1):
        H_B = H_B + battery.detuning_excited * sigma("e", "e")[atom]
        H_B = H_B + battery.detuning_middle * sigma("m", "m")[atom]
        up = battery.coupling * a * sigma("m", "g")[atom]
        up = up + battery.pump * sigma("m", "g")[atom] + battery.control * sigma("e", "m")[atom]
        H = H + up + up.dag()
    pairs = [("ground", "middle"), ("middle", "excited"), ("ground", "excited")]
    return WrittenOut(
        H=H + H_B,
        H_B=H_B,
        empty=qt.tensor(qt.basis(3, 0), qt.basis(3, 0)),
        scale=2.0,
        a=a,
        transitions={(low, up): sigma(low[0], up[0]) for low, up in pairs},
    )


def custom(battery):
    """H_B on its factor, everything else as the matrix that it is; no cavity."""
    names, dims = zip(*battery.dims, strict=True)
    sizes = [list(dims), list(dims)]
    place = names.index(battery.battery)

    def on(name, matrix):
        """Return a matrix on one factor."""
        parts = [qt.qeye(dim) for dim in dims]
        parts[names.index(name)] = qt.Qobj(matrix)
        return qt.tensor(*parts)

    H_B = on(names[place], battery.H_B.toarray())
    lowering = None
    if "atoms" in names:
        N = dict(battery.dims)["atoms"] - 1
        lowering = on("atoms", qt.jmat(N / 2, "-").full()[::-1, ::-1])  # m counts upwards here
    return WrittenOut(
        H=H_B + qt.Qobj(battery.H_charge.toarray(), dims=sizes),
        H_B=H_B,
        empty=qt.tensor(*(qt.basis(dim, 0) for dim in dims)),
        scale=1.0,
        J_minus=lowering,
        jumps=[np.sqrt(rate) * qt.Qobj(c.toarray(), dims=sizes) for rate, c in battery.jumps],
    )


BATTERIES = {
    "dicke": dicke,
    "tavis-cummings": tavis_cummings,
    "driven": driven,
    "cascade": cascade,
    "custom": custom,
}
"""How each registered battery is written out; a new one needs its entry here."""


def thermal(lowering, rate, n_thermal):
    """Return the jumps of gamma (n + 1) D[c] + gamma n D[c^dag]."""
    return [np.sqrt(rate * (n_thermal + 1)) * lowering, np.sqrt(rate * n_thermal) * lowering.dag()]


ENVIRONMENTS = {
    "cavity-loss": lambda model, part: thermal(model.a, part.rate, part.n_thermal),
    "collective-decay": lambda model, part: thermal(model.J_minus, part.rate, part.n_thermal),
    "level-decay": lambda model, part: [
        np.sqrt(part.rate) * flip for flip in model.transitions[part.lower, part.upper]
    ],
}
"""How each registered dissipator is written out; a new one needs its entry here."""


def coherent(charger, levels):
    """Return |alpha> with alpha = sqrt(n) exp(i phi), cut off and normalised."""
    alpha = np.sqrt(charger.mean_photons) * np.exp(1j * charger.phase)
    return qt.coherent(levels, alpha, method="analytic").unit()


def squeezed(charger, levels):
    """Return exp((zeta^* a^2 - zeta a^dag^2) / 2)|0> of a large space, cut off and normalised."""
    zeta = np.arcsinh(np.sqrt(charger.mean_photons)) * np.exp(1j * charger.phase)
    large = qt.squeeze(8 * levels, zeta) * qt.basis(8 * levels, 0)
    return qt.Qobj(large.full()[:levels]).unit()


def thermal_light(charger, levels):
    """Return the thermal state, cut off and normalised; Qobj.unit is off by 5e-8 here."""
    rho = qt.thermal_dm(levels, charger.mean_photons, method="analytic")
    return rho / rho.tr()


CHARGERS = {
    "fock": lambda charger, levels: qt.basis(levels, charger.photons),
    "coherent": coherent,
    "thermal": thermal_light,
    "squeezed": squeezed,
}
"""How each registered charger state is written out; a new one needs its entry here."""


def registered(kind):
    """Return the names that qubatt itself registers, without those of other tests."""
    entries = registry.items(kind).items()
    return [name for name, entry in entries if entry.__module__.startswith("qubatt.")]


def written_out(battery):
    """Return a battery for QuTiP."""
    return BATTERIES[registry.name_of("battery", type(battery))](battery)


def jumps_of(model, environment):
    """Return the jumps of a battery itself and of its environment."""
    surroundings = [
        jump
        for part in environment
        for jump in ENVIRONMENTS[registry.name_of("environment", type(part))](model, part)
    ]
    return model.jumps + surroundings


def qutip_run(battery, times, charger, environment):
    """Return energy, power, mean_photons and cutoff_population from `mesolve`, by name."""
    model = written_out(battery)
    start = qt.ket2dm(model.empty)
    if model.a is not None:
        levels = model.a.dims[0][0]
        light = CHARGERS[registry.name_of("charger", type(charger))](charger, levels)
        start = qt.tensor(qt.ket2dm(light) if light.isket else light, start)
    c_ops = jumps_of(model, environment)
    tlist = np.unique([0.0, *times])
    states = qt.mesolve(model.H, start, tlist, c_ops, options=OPTIONS).states
    stored = qt.expect(model.H_B, states) - qt.expect(model.H_B, start)
    generator = qt.liouvillian(model.H, c_ops)
    flows = [qt.vector_to_operator(generator * qt.operator_to_vector(rho)) for rho in states]
    result = {"energy": stored, "power": np.real([(model.H_B * flow).tr() for flow in flows])}
    if model.a is not None:
        top = qt.tensor(qt.fock_dm(levels, levels - 1), *(qt.qeye(d) for d in model.empty.dims[0]))
        result["mean_photons"] = qt.expect(model.a.dag() * model.a, states)
        result["cutoff_population"] = qt.expect(top, states)
    return {name: values[-len(times) :] for name, values in result.items()}, model.scale
