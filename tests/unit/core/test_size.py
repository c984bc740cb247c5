"""Problems too large for the memory are refused at once, by a formula."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import numpy as np
import pytest

import qubatt as qb
from qubatt.core.realization import realize
from qubatt.core.size import SizeError, count_text, least_entries
from qubatt.engines.exact.reduced_lindbladian import ReducedLindbladian

BATTERIES = [
    qb.DickeBattery(n_atoms=5, coupling=0.5, max_photons=9, interaction=0.7),
    qb.TavisCummingsBattery(n_atoms=5, coupling=0.5, max_photons=9, interaction_z=0.2),
    qb.TavisCummingsBattery(n_atoms=2, coupling=qb.GaussianPulse(1.0, 1.0, 1.0), max_photons=30),
    qb.TwoPhotonDickeBattery(n_atoms=4, coupling=0.1, max_photons=17),
    qb.CascadeBattery(n_atoms=3, max_photons=9),
    qb.DrivenBattery(n_atoms=9, drive=1.0),
    qb.DrivenBattery(n_atoms=9, drive=0.0, interaction=1.0),
]
ENVIRONMENTS = [
    [],
    [qb.CavityLoss(0.1)],
    [qb.CavityLoss(0.1, n_thermal=0.1)],
    [qb.CavityDephasing(0.1)],
]
CHARGERS = [None, qb.FockState(2), qb.CoherentState(0.2), qb.ThermalState(0.1)]


@pytest.mark.parametrize("battery", BATTERIES, ids=lambda battery: type(battery).__name__)
def test_the_formula_is_a_lower_bound(battery: qb.Battery) -> None:
    """Of the entries of ρ that the exact engine holds, and a close one."""
    ratios = []
    for environment, charger in product(ENVIRONMENTS, CHARGERS):
        has_cavity = "cavity" in battery.space.factors
        if not has_cavity and (environment or charger):
            continue
        problem = battery.problem(charger, environment)
        entries = ReducedLindbladian(realize(problem)).entries
        ratios.append(least_entries(problem) / entries)
    assert max(ratios) <= 1.3
    assert max(ratios) >= 0.4


REFUSED = {
    "driven": "qb.charge(qb.DrivenBattery(n_atoms=10**6, drive=1.0), times=[1.0])",
    "driven, local": "qb.charge(qb.DrivenBattery(n_atoms=10**6, drive=1.0), times=[1.0],"
    " environment='local-emission:0.1')",
    "driven, steady": "qb.steady_state(qb.DrivenBattery(n_atoms=10**6, drive=1.0),"
    " environment='collective-decay:0.1')",
    "dicke": "qb.charge(qb.DickeBattery(2000, 0.5, 3000), times=[0, 1.0])",
    "dicke, steady": "qb.steady_state(qb.DickeBattery(2000, 0.5, 3000),"
    " environment='cavity-loss:0.5')",
    "dicke, discharge": "qb.discharge(qb.DickeBattery(2000, 0.5, 3000), times=[1.0],"
    " environment='collective-decay:0.5')",
    "dicke, most photons": "qb.charge(qb.DickeBattery(10, 0.5, 10**6), times=[1.0])",
    "dicke, most atoms": "qb.charge(qb.DickeBattery(10**6, 0.5, 'auto'), times=[1.0])",
    "dicke, thermal": "qb.charge(qb.DickeBattery(1, 0.5, 10**6), times=[1.0], charger='thermal:1')",
    "tavis-cummings": "qb.charge(qb.TavisCummingsBattery(5000, 0.5, 9000), times=[1.0],"
    " environment='cavity-loss:0.1')",
    "tavis-cummings, coherent": "qb.charge(qb.TavisCummingsBattery(2000, 0.5, 3000), times=[1.0],"
    " charger='coherent:2000')",
    "two-photon": "qb.charge(qb.TwoPhotonDickeBattery(2000, 0.5, 5000), times=[1.0])",
    "cascade": "qb.charge(qb.CascadeBattery(n_atoms=10**6, max_photons=400), times=[1.0])",
    "times": "qb.charge(qb.DrivenBattery(n_atoms=1, drive=1.0), times=np.arange(10**7 + 1))",
    "recharge": "qb.recharge(n_atoms=np.arange(1, 10**5), interaction=np.arange(10.0**5),"
    " beta=np.arange(10.0**5))",
}

TIMED = """
import resource, time
import numpy as np
import qubatt as qb
for step in range(2):
    if step:
        {call}
    else:  # what a first call loads
        qb.charge(qb.DrivenBattery(n_atoms=1, drive=1.0), times=[1.0], engine="dense")
        qb.steady_state(qb.DrivenBattery(n_atoms=1, drive=1.0), environment="collective-decay:0.1")
        qb.recharge(n_atoms=2, interaction=1.0, beta=1.0)
        start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_absurd_sizes_are_refused_at_once(name: str) -> None:
    """Within a second and 100 MB, with the parameter to lower."""
    lines = TIMED.format(
        call=f"""
        try:
            {REFUSED[name]}
        except qb.QubattError as error:
            print(error)
        else:
            raise SystemExit("accepted")
        print(time.process_time() - start)
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
    )
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    message, seconds, megabytes = done.stdout.splitlines()
    assert "Lower" in message or "ewer" in message
    assert "free" in message or "hold at most" in message
    assert float(seconds) < 1.0
    assert float(megabytes) < 100.0


def test_the_refusal_names_dimensions_and_parameters() -> None:
    """Both numbers, the factors, what to lower."""
    with pytest.raises(SizeError) as caught:
        qb.charge(qb.DickeBattery(2000, 0.5, 3000), times=[1.0])
    text = str(caught.value)
    assert "6,005,001 basis states (3,001 of `cavity` x 2,001 of `atoms`)" in text
    assert text.endswith("Lower max_photons or n_atoms.")


def test_cost_reports_what_is_refused() -> None:
    """Without refusing it: dimension and a lower bound of the memory."""
    cost = qb.cost(qb.DickeBattery(2000, 0.5, 3000), times=[1.0])
    assert not cost.fits
    assert cost.dimension == 2001 * 3001
    assert cost.memory > 1e12
    assert "would be refused" in str(cost)
    assert cost.to_dict()["products"] is None


def test_what_symmetry_keeps_small_is_solved() -> None:
    """Many basis states of which few are reached: closed, and with loss from few excitations."""
    battery = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=20_000)
    run = qb.charge(battery, times=[1.0], charger="fock:2", environment="cavity-loss:0.1")
    small = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=4)
    same = qb.charge(small, times=[1.0], charger="fock:2", environment="cavity-loss:0.1")
    np.testing.assert_allclose(run.energy, same.energy, rtol=1e-8)


def test_huge_counts_are_written_as_powers() -> None:
    """Python refuses to print whole numbers of more than 4,300 digits."""
    assert count_text(2**30_000) == "10^9031"
    assert count_text(1234) == "1,234"
