"""What is tried of QuTiP's `steadystate`."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]

RTOLS = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
"""Tolerances of the iterative solvers, loosest first."""

ENDLESS = 10**7
"""Iterations allowed, so that none ends for want of them."""

KRYLOV = {
    "bicgstab": {"maxiter": ENDLESS},
    "lgmres": {"maxiter": ENDLESS},
    "gmres": {"maxiter": ENDLESS, "restart": 100},
}

PRECONDITIONERS = {
    "ILU": {"use_precond": True},
    "ILU, rcm": {"use_precond": True, "use_rcm": True},
    "ILU, wbm": {"use_precond": True, "use_wbm": True},
    "fine ILU, rcm": {
        "use_precond": True,
        "use_rcm": True,
        "drop_tol": 1e-6,
        "fill_factor": 100,
    },
}

DIRECT = {
    "mkl_spsolve": {"solver": "mkl_spsolve"},
    "spsolve": {"solver": "spsolve"},
    "spsolve, rcm": {"solver": "spsolve", "use_rcm": True},
    "spsolve, rcm, natural order": {
        "solver": "spsolve",
        "use_rcm": True,
        "permc_spec": "NATURAL",
    },
    "spsolve, wbm": {"solver": "spsolve", "use_wbm": True},
    "spsolve, rcm, wbm": {"solver": "spsolve", "use_rcm": True, "use_wbm": True},
    "solve (dense)": {"solver": "solve"},
}

POWER = {
    "mkl_spsolve": {"solver": "mkl_spsolve", "power_tol": 1e-9, "power_eps": 1e-8},
    "spsolve": {"solver": "spsolve", "power_tol": 1e-9},
    "spsolve, rcm, natural order": {
        "solver": "spsolve",
        "use_rcm": True,
        "permc_spec": "NATURAL",
        "power_tol": 1e-9,
    },
}
"""Below QuTiP's own tolerance, 1e-12, lies rounding; MKL refuses its own shift, 1e-15."""


def config(name: str, method: str, options: dict[str, Any], adjustable: str = "") -> Config:
    """Return a configuration; `adjustable` names the option that is the tolerance."""
    return {"name": name, "method": method, "options": options, "adjustable": adjustable}


def krylov(solver: str, preconditioner: str = "") -> Config:
    """Return an iterative solver, with or without a preconditioner."""
    options = {"solver": solver, **KRYLOV[solver], **PRECONDITIONERS.get(preconditioner, {})}
    name = f"{solver}, {preconditioner}" if preconditioner else solver
    return config(name, "direct", options, "rtol")


CONFIGS: tuple[Config, ...] = (
    *(config(name, "direct", options) for name, options in DIRECT.items()),
    *(krylov(solver) for solver in KRYLOV),
    *(krylov(solver, name) for solver in KRYLOV for name in PRECONDITIONERS),
    *(config(f"power, {name}", "power", options) for name, options in POWER.items()),
    config("eigen", "eigen", {}),
    config("svd", "svd", {}),
    config("propagator", "propagator", {"propagator_tol": 1e-9}),
)
"""All methods, quick ones first: how long the others may take depends on the best so far."""


def choose(names: tuple[str, ...] | None) -> list[Config]:
    """Return the methods of these names, all of them for None."""
    return [config for config in CONFIGS if names is None or config["name"] in names]
