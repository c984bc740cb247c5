# The public names of qubatt, each with the module that defines it. They load on first use.

from .charging import charge, cost, discharge, steady_state
from .core.errors import (
    ArgumentError,
    CertificateError,
    QubattError,
    QubattWarning,
    ResourceError,
    UnsupportedError,
)
from .core.version import __version__
from .engines import (
    DenseEngine,
    DirectSolver,
    ExactEngine,
    FlowSolver,
    MatrixEngine,
    SecularSolver,
)
from .environment import (
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
from .io import from_qutip, load, save, to_qutip
from .merits import merit
from .models import (
    CascadeBattery,
    CustomBattery,
    DickeBattery,
    DrivenBattery,
    TavisCummingsBattery,
    TwoPhotonDickeBattery,
)
from .plots import plot
from .pulses import (
    ConstantPulse,
    FunctionPulse,
    GaussianPulse,
    PiecewisePulse,
    SinePulse,
)
from .recharging import recharge, recharge_pair
from .reports import report
from .results import certificate, concat, engine_of, parameters, scaling
from .states import (
    CatState,
    CoherentState,
    CustomState,
    DisplacedSqueezedState,
    FockState,
    SqueezedState,
    ThermalState,
    equal_energy,
)
from .sweeps import ChargeRun, DischargeRun, SteadyRun, Study, sweep
