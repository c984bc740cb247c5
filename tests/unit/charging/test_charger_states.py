"""Questions that differ by their charger state alone, answered together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.charging.certified_run import RunOptions, certified_runs
from qubatt.charging.cutoff_error import CertificateOptions
from qubatt.charging.propagate import propagate_each
from qubatt.charging.request import Request
from qubatt.charging.steady_state import (
    certified_states,
    steady_request,
    suffices,
)

BATTERY = qb.DickeBattery(2, 0.4, 14, interaction=0.5)
LOSS = qb.CavityLoss(0.5)
CHARGERS = [
    qb.FockState(2),
    qb.CoherentState(1.0, phase=0.4),
    qb.ThermalState(0.3),
    qb.FockState(14),
]
TIMES = np.linspace(0.0, 4.0, 9)


def questions(merits: list[str] | None = None) -> list[Request]:
    """Return one question for every charger."""
    return [Request.of(BATTERY, charger, LOSS, merits) for charger in CHARGERS]


@pytest.mark.blas
@pytest.mark.parametrize(
    "merits", [None, ["maximum_power", "energy"], ["ergotropy_full"], ["negativity"]]
)
@pytest.mark.filterwarnings("ignore:.*highest Fock level:qubatt.QubattWarning")
def test_answers_are_those_of_charge(merits: list[str] | None) -> None:
    """Numbers, certificates and parameters, for merits of all kinds and two sets of times."""
    asked = questions(merits)
    times = [TIMES, TIMES[:5]]
    together = certified_runs(asked, times)
    for question, results in zip(asked, together, strict=True):
        (alone,) = certified_runs([question], times)
        for (result, _), (own, _) in zip(results, alone, strict=True):
            xr.testing.assert_identical(result.dataset, own.dataset)
    for charger, ((result, _),) in zip(CHARGERS, certified_runs(asked, [TIMES]), strict=True):
        found = result.dataset
        charged = qb.charge(BATTERY, times=TIMES, charger=charger, environment=LOSS, merits=merits)
        for name in found:
            np.testing.assert_allclose(found[name], charged[name], rtol=0, atol=1e-10)
        assert found.status == charged.status


def test_status_is_that_of_each() -> None:
    """One state that fills the highest level spoils no other."""
    asked = questions()
    options = RunOptions(cutoff=CertificateOptions(tolerance=1e-3))
    rows = certified_runs(asked, [TIMES], options)
    found = [result.certificate.status for ((result, _),) in rows]
    assert found[0] == "ok"
    assert found[-1] == "cutoff-too-small"


@pytest.mark.parametrize("merits", [None, ["energy", "ergotropy_full"], ["negativity"]])
@pytest.mark.filterwarnings("ignore:.*highest Fock level:qubatt.QubattWarning")
def test_answers_at_rest_are_those_of_steady_state(merits: list[str] | None) -> None:
    """Energies are relative to where each began."""
    asked = [steady_request(BATTERY, charger, LOSS, merits) for charger in CHARGERS]
    together = certified_states(asked)
    for question, charger, (result, kept) in zip(asked, CHARGERS, together, strict=True):
        assert suffices(question, kept.solution)
        found = result.dataset
        alone = qb.steady_state(BATTERY, environment=LOSS, charger=charger, merits=merits)
        for name in found:
            np.testing.assert_allclose(found[name], alone[name], rtol=0, atol=1e-10)
        assert found.attrs["uniqueness"] == alone.attrs["uniqueness"] == "unique"
        assert found.status == alone.status


@pytest.mark.parametrize(
    "other",
    [
        Request.of(replace(BATTERY, coupling=0.5), CHARGERS[0], LOSS, None),
        Request.of(BATTERY, CHARGERS[0], qb.CavityLoss(0.4), None),
        Request.of(BATTERY, CHARGERS[0], LOSS, ["energy"]),
        Request.of(replace(BATTERY, max_photons="auto"), CHARGERS[0], LOSS, None),
    ],
    ids=["battery", "environment", "merits", "cutoff"],
)
def test_other_differences_are_refused(other: Request) -> None:
    """They would be answered with the wrong master equation."""
    first = questions()[0]
    assert first.differs_by_charger_only(questions()[1])
    assert not first.differs_by_charger_only(other)
    with pytest.raises(qb.ArgumentError, match="only in the charger state"):
        propagate_each([first, other], [TIMES])
    with pytest.raises(qb.ArgumentError, match="only in the charger state"):
        certified_states([first, other])
