"""qubatt: open quantum batteries, from Hamiltonian to figure.

Public names load on first use, so that ``import qubatt`` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from qubatt.core.version import __version__

if TYPE_CHECKING:
    from qubatt.charging import charge, discharge, steady_state
    from qubatt.core.errors import (
        ArgumentError,
        CertificateError,
        QubattError,
        QubattWarning,
        ResourceError,
        UnsupportedError,
    )
    from qubatt.engines import (
        DenseEngine,
        DirectSolver,
        ExactEngine,
        FlowSolver,
        MatrixEngine,
        SecularSolver,
        cost,
    )
    from qubatt.environment import (
        CavityDephasing,
        CavityLoss,
        CollectiveDecay,
        CollectiveDephasing,
        CollectivePumping,
        LevelDecay,
        LocalDephasing,
        LocalEmission,
        LocalPumping,
    )
    from qubatt.io import from_qutip, load, save, to_qutip
    from qubatt.merits import merit
    from qubatt.models import (
        CascadeBattery,
        CustomBattery,
        DickeBattery,
        DrivenBattery,
        TavisCummingsBattery,
        TwoPhotonDickeBattery,
    )
    from qubatt.plots import plot
    from qubatt.pulses import (
        ConstantPulse,
        FunctionPulse,
        GaussianPulse,
        PiecewisePulse,
        SinePulse,
    )
    from qubatt.recharging import recharge, recharge_pair
    from qubatt.reports import report
    from qubatt.results.scaling import scaling
    from qubatt.states import (
        CatState,
        CoherentState,
        CustomState,
        DisplacedSqueezedState,
        FockState,
        SqueezedState,
        ThermalState,
        equal_energy,
    )
    from qubatt.sweeps import ChargeRun, DischargeRun, SteadyRun, Study, sweep

_HOME = {
    "ArgumentError": "core.errors",
    "CascadeBattery": "models",
    "CatState": "states",
    "CavityDephasing": "environment",
    "CavityLoss": "environment",
    "CertificateError": "core.errors",
    "ChargeRun": "sweeps",
    "CoherentState": "states",
    "CollectiveDecay": "environment",
    "CollectiveDephasing": "environment",
    "CollectivePumping": "environment",
    "ConstantPulse": "pulses",
    "CustomBattery": "models",
    "CustomState": "states",
    "DenseEngine": "engines",
    "DickeBattery": "models",
    "DirectSolver": "engines",
    "DischargeRun": "sweeps",
    "DisplacedSqueezedState": "states",
    "DrivenBattery": "models",
    "ExactEngine": "engines",
    "FlowSolver": "engines",
    "FockState": "states",
    "FunctionPulse": "pulses",
    "GaussianPulse": "pulses",
    "LevelDecay": "environment",
    "LocalDephasing": "environment",
    "LocalEmission": "environment",
    "LocalPumping": "environment",
    "MatrixEngine": "engines",
    "PiecewisePulse": "pulses",
    "QubattError": "core.errors",
    "QubattWarning": "core.errors",
    "ResourceError": "core.errors",
    "SecularSolver": "engines",
    "SinePulse": "pulses",
    "SqueezedState": "states",
    "SteadyRun": "sweeps",
    "Study": "sweeps",
    "TavisCummingsBattery": "models",
    "ThermalState": "states",
    "TwoPhotonDickeBattery": "models",
    "UnsupportedError": "core.errors",
    "charge": "charging",
    "cost": "engines",
    "discharge": "charging",
    "equal_energy": "states",
    "from_qutip": "io",
    "load": "io",
    "merit": "merits",
    "plot": "plots",
    "recharge": "recharging",
    "recharge_pair": "recharging",
    "report": "reports",
    "save": "io",
    "scaling": "results.scaling",
    "steady_state": "charging",
    "sweep": "sweeps",
    "to_qutip": "io",
}

__all__ = [  # the names of _HOME, which a test compares
    "ArgumentError",
    "CascadeBattery",
    "CatState",
    "CavityDephasing",
    "CavityLoss",
    "CertificateError",
    "ChargeRun",
    "CoherentState",
    "CollectiveDecay",
    "CollectiveDephasing",
    "CollectivePumping",
    "ConstantPulse",
    "CustomBattery",
    "CustomState",
    "DenseEngine",
    "DickeBattery",
    "DirectSolver",
    "DischargeRun",
    "DisplacedSqueezedState",
    "DrivenBattery",
    "ExactEngine",
    "FlowSolver",
    "FockState",
    "FunctionPulse",
    "GaussianPulse",
    "LevelDecay",
    "LocalDephasing",
    "LocalEmission",
    "LocalPumping",
    "MatrixEngine",
    "PiecewisePulse",
    "QubattError",
    "QubattWarning",
    "ResourceError",
    "SecularSolver",
    "SinePulse",
    "SqueezedState",
    "SteadyRun",
    "Study",
    "TavisCummingsBattery",
    "ThermalState",
    "TwoPhotonDickeBattery",
    "UnsupportedError",
    "charge",
    "cost",
    "discharge",
    "equal_energy",
    "from_qutip",
    "load",
    "merit",
    "plot",
    "recharge",
    "recharge_pair",
    "report",
    "save",
    "scaling",
    "steady_state",
    "sweep",
    "to_qutip",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'qubatt' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"qubatt.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_HOME, *(name for name in globals() if name.startswith("__"))})
