"""The master equations of all batteries written out for QuTiP, from the formulas alone.

Nothing of qubatt is used here but the parameters of its objects: spins come from `jmat`, or from
Pauli matrices of single atoms where an environment acts on those, the cavity from `destroy`,
three-level atoms from single-atom operators in their product space.
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
    at_once: int = 1
    """Photons that come at once, and levels that count as the highest."""
    J_minus: qt.Qobj | None = None
    Jz: qt.Qobj | None = None
    single: list = field(default_factory=list)
    """Pairs (sigma_-, sigma_z / 2) of every two-level atom, in the product space only."""
    transitions: dict = field(default_factory=dict)
    """Per-atom operators |lower><upper| by the pair (lower, upper)."""
    jumps: list = field(default_factory=list)
    """Jumps of the battery itself, with their rates in them."""


@dataclass(frozen=True)
class Spins:
    """Two-level atoms as QuTiP objects, on the ladder or in their product space."""

    Jx: qt.Qobj
    Jy: qt.Qobj
    Jz: qt.Qobj
    empty: qt.Qobj
    single: list = field(default_factory=list)

    def beside(self, levels):
        """Return the same next to a cavity of so many levels."""
        one = qt.qeye(levels)
        Jx, Jy, Jz = (qt.tensor(one, J) for J in (self.Jx, self.Jy, self.Jz))
        single = [tuple(qt.tensor(one, part) for part in pair) for pair in self.single]
        return Spins(Jx, Jy, Jz, self.empty, single)


def spins(N, apart):
    """Return N atoms, one by one if they are to be told apart; both count m downwards."""
    if not apart:
        return Spins(*qt.jmat(N / 2), empty=qt.basis(N + 1, N))
    one = [qt.qeye(2)] * N
    axes = (qt.sigmax(), qt.sigmay(), qt.sigmaz(), qt.sigmam())
    each = [[qt.tensor([*one[:i], s, *one[i + 1 :]]) for i in range(N)] for s in axes]
    Jx, Jy, Jz = (sum(parts) / 2 for parts in each[:3])
    single = [(down, z / 2) for down, z in zip(each[3], each[2], strict=True)]
    return Spins(Jx, Jy, Jz, qt.tensor([qt.basis(2, 1)] * N), single)


def exchange_battery(battery, Jx, Jy, Jz):
    """Return H_B = omega_a J_z + (2g/N)(J_x^2 + J_y^2 - N/2) + (2g_z/N)(J_z^2 - N/4)."""
    N, one = battery.n_atoms, qt.qeye(Jz.dims[0])
    flips, ising = Jx * Jx + Jy * Jy - N / 2 * one, Jz * Jz - N / 4 * one
    pairs = battery.interaction * flips + battery.interaction_z * ising
    return battery.omega_atom * Jz + 2 / N * pairs


def cavity_battery(battery, apart, coupling):
    """Return the battery whose atoms couple to the mode by `coupling(a, Jx, Jy)`."""
    levels, N = battery.max_photons + 1, battery.n_atoms
    atoms = spins(N, apart)
    a = qt.tensor(qt.destroy(levels), qt.qeye(atoms.Jz.dims[0]))
    atoms = atoms.beside(levels)
    Jx, Jy, Jz = atoms.Jx, atoms.Jy, atoms.Jz
    H_B = exchange_battery(battery, Jx, Jy, Jz)
    strength = battery.coupling * battery.omega_cavity
    return WrittenOut(
        H=H_B + battery.omega_cavity * a.dag() * a + strength * coupling(a, Jx, Jy),
        H_B=H_B,
        empty=atoms.empty,
        scale=N * battery.omega_atom,
        a=a,
        J_minus=Jx - 1j * Jy,
        Jz=Jz,
        single=atoms.single,
    )


def dicke(battery, apart=False):
    """H_I = 2 g_c omega_c J_x (a + a^dag)."""
    return cavity_battery(battery, apart, lambda a, Jx, _: 2 * Jx * (a + a.dag()))


def tavis_cummings(battery, apart=False):
    """H_I = g_c omega_c (a J_+ + a^dag J_-)."""
    return cavity_battery(
        battery, apart, lambda a, Jx, Jy: a * (Jx + 1j * Jy) + a.dag() * (Jx - 1j * Jy)
    )


def two_photon_dicke(battery, apart=False):
    """H_I = 2 g_c omega_c J_x (a^2 + a^dag^2)."""
    model = cavity_battery(battery, apart, lambda a, Jx, _: 2 * Jx * (a * a + a.dag() * a.dag()))
    return replace(model, at_once=2)


def driven(battery, apart=False):
    """H = H_B + Omega J_x, with omega_a J_z replaced by delta J_z in the dynamics."""
    N = battery.n_atoms
    atoms = spins(N, apart)
    Jx, Jy, Jz = atoms.Jx, atoms.Jy, atoms.Jz
    in_frame = battery if battery.detuning is None else replace(battery, omega_atom=0.0)
    H = exchange_battery(in_frame, Jx, Jy, Jz) + battery.drive * Jx
    if battery.detuning is not None:
        H = H + battery.detuning * Jz
    return WrittenOut(
        H=H,
        H_B=exchange_battery(battery, Jx, Jy, Jz),
        empty=atoms.empty,
        scale=N * battery.omega_atom,
        J_minus=Jx - 1j * Jy,
        Jz=Jz,
        single=atoms.single,
    )


def cascade(battery, apart=True):  # noqa: ARG001  # its atoms always are
    """Eqs. (19)-(21) of zhang2024, atom by atom."""
    levels, N = battery.max_photons + 1, battery.n_atoms
    atoms = range(N)
    a = qt.tensor(qt.destroy(levels), *[qt.qeye(3)] * N)

    def sigma(j, k):
        """Return |j><k| of each atom."""
        flip = qt.basis(3, "gme".index(j)) * qt.basis(3, "gme".index(k)).dag()
        left = [qt.qeye(levels), *[qt.qeye(3)] * N]
        return [qt.tensor(*left[: i + 1], flip, *left[i + 2 :]) for i in atoms]

    H_B = 0 * a
    for i in atoms:
        H_B = H_B + battery.detuning_excited * sigma("e", "e")[i]
        H_B = H_B + battery.detuning_middle * sigma("m", "m")[i]
        for j in range(i):
            hop = sigma("m", "g")[i] * sigma("g", "m")[j] + sigma("m", "e")[i] * sigma("e", "m")[j]
            H_B = H_B + 2 * battery.interaction / N * (hop + hop.dag())
    H = battery.detuning_cavity * a.dag() * a
    for i in atoms:
        up = battery.coupling * a * sigma("m", "g")[i]
        up = up + battery.pump * sigma("m", "g")[i] + battery.control * sigma("e", "m")[i]
        H = H + up + up.dag()
    pairs = [("ground", "middle"), ("middle", "excited"), ("ground", "excited")]
    return WrittenOut(
        H=H + H_B,
        H_B=H_B,
        empty=qt.tensor([qt.basis(3, 0)] * N),
        scale=float(N),
        a=a,
        transitions={(low, up): sigma(low[0], up[0]) for low, up in pairs},
    )


def custom(battery, apart=False):  # noqa: ARG001  # it has no atoms to take apart
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
        empty=qt.tensor(
            *(
                qt.Qobj(battery.H_B.toarray()).groundstate()[1]
                if name == battery.battery
                else qt.basis(dim, 0)
                for name, dim in battery.dims
            )
        ),
        scale=1.0,
        J_minus=lowering,
        jumps=[np.sqrt(rate) * qt.Qobj(c.toarray(), dims=sizes) for rate, c in battery.jumps],
    )


BATTERIES = {
    "dicke": dicke,
    "tavis-cummings": tavis_cummings,
    "two-photon-dicke": two_photon_dicke,
    "driven": driven,
    "cascade": cascade,
    "custom": custom,
}
"""How each registered battery is written out; a new one needs its entry here."""


def thermal(lowering, rate, n_thermal):
    """Return the jumps of gamma (n + 1) D[c] + gamma n D[c^dag]."""
    return [np.sqrt(rate * (n_thermal + 1)) * lowering, np.sqrt(rate * n_thermal) * lowering.dag()]


def each(model, number, rate):
    """Return one jump per atom: sigma_- (number 0) or sigma_z / 2 (number 1)."""
    return [np.sqrt(rate) * pair[number] for pair in model.single]


ENVIRONMENTS = {
    "cavity-dephasing": lambda model, part: [np.sqrt(part.rate) * model.a.dag() * model.a],
    "collective-dephasing": lambda model, part: [np.sqrt(part.rate) * model.Jz],
    "collective-pumping": lambda model, part: [np.sqrt(part.rate) * model.J_minus.dag()],
    "local-dephasing": lambda model, part: each(model, 1, part.rate),
    "local-emission": lambda model, part: [
        jump for down, _ in model.single for jump in thermal(down, part.rate, part.n_thermal)
    ],
    "local-pumping": lambda model, part: [down.dag() for down in each(model, 0, part.rate)],
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


def cat(charger, levels):
    """Return |alpha> + c|-alpha>; x = |alpha|^2 is bisected for the mean of the whole state."""
    c = {"even": 1, "odd": -1, "none": 1j}[charger.parity]
    low, high = 0.0, charger.mean_photons + 1.0
    for _ in range(60):
        x = (low + high) / 2
        alpha = np.sqrt(x) * np.exp(1j * charger.phase)
        one, other = (qt.coherent(100, sign * alpha, method="analytic") for sign in (1, -1))
        whole = (one + c * other).unit()
        too_many = qt.expect(qt.num(100), whole) > charger.mean_photons
        low, high = (low, x) if too_many else (x, high)
    return qt.Qobj(whole.full()[:levels]).unit()


def displaced_squeezed(charger, levels):
    """Return D(alpha) S(zeta)|0> of a large space, cut off and normalised."""
    n, share = charger.mean_photons, charger.squeezing_fraction
    alpha = np.sqrt((1 - share) * n) * np.exp(1j * charger.phase)
    turn = np.exp(1j * (charger.squeezing_phase + 2 * charger.phase))
    zeta, large = np.arcsinh(np.sqrt(share * n)) * turn, 8 * levels
    ket = qt.displace(large, alpha) * qt.squeeze(large, zeta) * qt.basis(large, 0)
    return qt.Qobj(ket.full()[:levels]).unit()


CHARGERS = {
    "cat": cat,
    "displaced-squeezed": displaced_squeezed,
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


def written_out(battery, environment=()):
    """Return a battery for QuTiP, its atoms apart if an environment acts on single ones."""
    names = [registry.name_of("environment", type(part)) for part in environment]
    apart = any(name.startswith("local-") for name in names)
    return BATTERIES[registry.name_of("battery", type(battery))](battery, apart)


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
    model = written_out(battery, environment)
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
        highest = sum(qt.fock_dm(levels, levels - 1 - k) for k in range(model.at_once))
        top = qt.tensor(highest, *(qt.qeye(d) for d in model.empty.dims[0]))
        result["mean_photons"] = qt.expect(model.a.dag() * model.a, states)
        result["cutoff_population"] = qt.expect(top, states)
    return {name: values[-len(times) :] for name, values in result.items()}, model.scale
