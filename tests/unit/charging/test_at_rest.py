"""Which merits a steady state is asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import qubatt as qb

BATTERY = qb.DrivenBattery(n_atoms=1, drive=1.0)
LEAK = qb.CollectiveDecay(0.5)


@pytest.mark.parametrize("wanted", ["all", ["all"], ("all", "purity"), iter(["all"])])
def test_all_leaves_out_what_needs_a_curve(wanted: object) -> None:
    """However "all" is written."""
    end = qb.steady_state(BATTERY, environment=LEAK, merits=wanted)
    assert "purity" in end
    assert "average_power" not in end


@pytest.mark.parametrize(
    "wanted", ["charging_time", ["energy", "average_power"], ["all", "time_to_fraction:0.5"]]
)
def test_what_needs_a_curve_is_refused_by_name(wanted: object) -> None:
    """Also beside "all"."""
    with pytest.raises(qb.UnsupportedError, match="no charging curve"):
        qb.steady_state(BATTERY, environment=LEAK, merits=wanted)


def test_a_state_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is formed: ρ of D states takes 16 D² bytes, its blocks far less."""
    battery = qb.TavisCummingsBattery(1, 0.5, 400)
    leak = qb.CavityLoss(0.5)
    free = SimpleNamespace(available=8e6)  # ρ alone takes 10 MB
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    monkeypatch.setattr("qubatt.engines.engine.ALWAYS_FREE", 0.0)
    assert qb.steady_state(battery, environment=leak, merits="energy").status == "ok"
    with pytest.raises(qb.ResourceError, match="Lower"):
        qb.steady_state(battery, environment=leak, merits="negativity")
