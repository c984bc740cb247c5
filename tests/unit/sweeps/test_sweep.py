import json
import math

import numpy as np
import pytest
import xarray as xr

import qubatt as qb
from qubatt.sweeps import Study, load
from qubatt.sweeps.store.store import Store


def rabi(**run):
    """A qubit without losses: E(t) = sin²(Ωt/2) for the resonant drive Ω."""
    return Study(
        battery=qb.DrivenBattery(n_atoms=1, drive=1.0),
        run={"type": "charge", "t_end": 2.0, "points": 5, "merits": ["energy"], **run},
        sweep={"battery.drive": [0.5, 1.0, 2.0]},
    )


@pytest.mark.blas
def test_points_are_those_of_charge(tmp_path):
    data = qb.sweep(rabi(), tmp_path / "s")
    assert data.energy.dims == ("drive", "time")
    for drive in (0.5, 1.0, 2.0):
        own = qb.charge(
            qb.DrivenBattery(n_atoms=1, drive=drive), times=np.linspace(0, 2, 5), merits="energy"
        )
        np.testing.assert_array_equal(data.energy.sel(drive=drive), own.energy)
        assert data.energy.attrs == own.energy.attrs
    assert (data.status == "ok").all()


def test_closed_form_of_the_driven_qubit_at_rest():
    rates = {"start": 0.1, "stop": 10, "count": 5, "spacing": "logarithmic"}
    data = qb.sweep(
        {
            "battery": {"type": "driven", "n_atoms": 1, "detuning": 0.0},
            "environment": [{"type": "collective-decay"}],
            "run": {"type": "steady", "merits": ["energy"]},
            "sweep": {"battery.drive": [0.2, 1.0], "collective-decay.rate": rates},
        }
    )
    # ρ_ee = s/(2(1 + s)), s = 2Ω²/γ²
    s = 2 * (data.drive) ** 2 / data.collective_decay_rate**2
    xr.testing.assert_allclose(
        data.energy.drop_attrs(), (s / (2 * (1 + s))).drop_attrs(), atol=1e-9
    )


def test_stored_grid_is_what_sweep_returns(tmp_path):
    data = qb.sweep(rabi(), tmp_path)
    for found in (load(tmp_path), qb.load(tmp_path), xr.open_zarr(tmp_path / "data.zarr").load()):
        assert found.equals(data)
    assert (tmp_path / "study.toml").is_file()
    assert qb.sweep(tmp_path / "study.toml", tmp_path).identical(data)


@pytest.mark.blas
def test_every_point_has_an_address(tmp_path):
    data = qb.sweep(rabi(), tmp_path)
    key = str(data.key.sel(drive=2.0).item())
    point = Store.open(tmp_path).find(key[:10]).dataset()
    own = qb.charge(
        qb.DrivenBattery(n_atoms=1, drive=2.0), times=np.linspace(0, 2, 5), merits="energy"
    )
    own = own.drop_vars([name for name in own.coords if name != "time"])
    assert point.drop_attrs().identical(own.drop_attrs())
    for name in ("parameters", "certificate", "status", "engine", "citations"):
        assert point.attrs[name] == own.attrs[name]


@pytest.mark.parametrize(("certificate", "runs"), [("bound", 1), ("full", 2)])
def test_output_times_share_a_propagation(monkeypatch, certificate, runs):
    from qubatt.charging import certified_run

    count = []
    plain = certified_run.propagate_each
    monkeypatch.setattr(
        certified_run, "propagate_each", lambda *a, **k: count.append(1) or plain(*a, **k)
    )
    study = Study(
        battery=qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=24),
        environment=[qb.CavityLoss(0.5)],
        run={
            "type": "charge",
            "merits": ["energy", "maximum_energy", "ergotropy_symmetric"],
            "certificate": certificate,
        },
        sweep={"run.t_end": [1.0, 5.0, 2.0], "run.points": [11, 21]},
    )
    data = qb.sweep(study)
    assert len(count) == runs
    for t_end in (1.0, 5.0, 2.0):
        own = qb.charge(
            qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=24),
            times=np.linspace(0, t_end, 21),
            environment=[qb.CavityLoss(0.5)],
            merits=["energy", "maximum_energy", "ergotropy_symmetric"],
        )
        part = data.sel(t_end=t_end, points=21)
        np.testing.assert_allclose(part.time, own.time, atol=1e-14)
        for name in ("energy", "maximum_energy", "ergotropy_symmetric"):
            np.testing.assert_allclose(part[name], own[name], atol=2e-9)
    short = data.sel(points=11, t_end=1.0)
    assert np.isnan(short.energy[11:]).all()


def test_times_and_cutoffs_that_are_found():
    data = qb.sweep(
        {
            "battery": {"type": "dicke", "n_atoms": 1, "coupling": 0.3, "max_photons": "auto"},
            "environment": ["cavity-loss:1"],
            "run": {"type": "charge", "times": "auto", "merits": ["energy"]},
            "sweep": {"cavity-loss.rate": [1.0, 2.0]},
        }
    )
    assert data.energy.dims == ("cavity_loss_rate", "step")
    assert data.time.dims == ("cavity_loss_rate", "step")
    assert (data.certificate_max_photons >= 2).all()
    assert (data.status == "ok").all()


def test_discharge():
    data = qb.sweep(
        {
            "battery": "driven:1,1.0",
            "environment": ["collective-decay:0.5"],
            "run": {"type": "discharge", "merits": ["half_life"], "t_end": 10.0},
            "sweep": {"collective-decay.rate": [0.5, 1.0]},
        }
    )
    np.testing.assert_allclose(data.half_life * data.collective_decay_rate, math.log(2), atol=1e-8)


def test_failures_are_recorded_and_the_rest_goes_on(tmp_path):
    study = Study(
        battery={"type": "dicke", "n_atoms": 1, "coupling": 0.5},
        charger="fock:4",
        run={"type": "charge", "merits": ["energy"], "points": 3},
        sweep={"battery.max_photons": [3, 15], "battery.coupling": [0.1, 0.2]},
    )
    data = qb.sweep(study, tmp_path)
    assert data.status.values.tolist() == [["failed", "failed"], ["ok", "ok"]]
    assert np.isnan(data.energy[0]).all()
    assert not np.isnan(data.energy[1]).any()
    failures = json.loads(data.attrs["failures"])
    assert [f["parameters"] for f in failures] == [
        {"coupling": 0.1, "max_photons": 3},
        {"coupling": 0.2, "max_photons": 3},
    ]
    assert "must be at most max_photons = 3" in failures[0]["message"]


def test_a_point_alone():
    data = qb.sweep(
        Study(battery=qb.DrivenBattery(n_atoms=1, drive=1.0), run="charge:t_end=1,points=3")
    )
    assert data.energy.dims == ("time",)
    assert data.status.item() == "ok"


def test_states_of_bad_certificate_are_told():
    study = Study(
        battery={"type": "dicke", "n_atoms": 2, "coupling": 0.8},
        run={"type": "charge", "merits": ["energy"], "points": 11},
        sweep={"battery.max_photons": [2, 30, 60]},
    )
    data = qb.sweep(study)
    assert data.status.values.tolist() == ["cutoff-not-resolved", "cutoff-too-small", "ok"]
    assert (data.certificate_cutoff_relative_error > 1e-6).values.tolist() == [True, True, False]


def test_axes_named_like_dims_of_merits():
    data = qb.sweep(
        {
            "battery": {"type": "driven", "n_atoms": 1},
            "environment": ["collective-decay:0.5"],
            "run": {"type": "charge", "merits": ["work_flow"], "points": 3},
            "sweep": {"battery.drive": [1.0, 2.0]},
        }
    )
    assert data.work_flow.dims == ("drive", "of_drive", "time")


def test_progress_ends_with_everything():
    states = []
    qb.sweep(rabi(), progress=states.append)
    assert (states[0].done, states[-1].done, states[-1].points) == (0, 3, 3)
    assert states[-1].fraction == 1.0


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "two"])
def test_workers_must_be_a_number(workers):
    with pytest.raises(qb.ArgumentError, match="workers"):
        qb.sweep(rabi(), workers=workers)


def test_print_tells_of_the_study():
    text = str(qb.sweep(rabi()))
    assert "Study: charge over battery.drive" in text
    assert "drive: 0.5 to 2 omega_ref, 3 values" in text
    assert "status: ok at 3 points" in text
    assert "certificate_" not in text


def test_initial_states_share_what_they_can(monkeypatch):
    from qubatt.charging import certified_run
    from qubatt.sweeps.study import steady_run

    count = []
    for module, name in ((certified_run, "propagate_each"), (steady_run, "certified_states")):
        plain = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, _f=plain, **k: count.append(1) or _f(*a, **k))
    battery = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=24)
    chargers = ["fock:2", "coherent:2", "thermal:0.3", "fock:0"]
    for run in (
        "charge:t_end=3,points=7,merits=energy/ergotropy_symmetric,certificate=bound",
        "steady:merits=energy",
    ):
        count.clear()
        data = qb.sweep(
            {
                "battery": battery,
                "environment": ["cavity-loss:0.5", "collective-decay:0.1"],
                "run": run,
                "sweep": {"charger": chargers},
            }
        )
        assert len(count) == 1
        for charger, state in zip(
            chargers,
            [qb.FockState(2), qb.CoherentState(2.0), qb.ThermalState(0.3), qb.FockState(0)],
            strict=True,
        ):
            leaks = [qb.CavityLoss(0.5), qb.CollectiveDecay(0.1)]
            if run.startswith("steady"):
                own = qb.steady_state(battery, environment=leaks, charger=state, merits="energy")
            else:
                own = qb.charge(
                    battery,
                    times=np.linspace(0, 3, 7),
                    charger=state,
                    environment=leaks,
                    merits=["energy", "ergotropy_symmetric"],
                )
            for name in own.data_vars:
                np.testing.assert_allclose(data[name].sel(charger=charger), own[name], atol=1e-9)


def test_numbers_of_one_point_alone():
    study = {
        "battery": "driven:1,1.0",
        "environment": ["collective-decay:0.5"],
        "run": "steady:merits=energy",
    }
    data = qb.sweep(study)
    assert data.energy.dims == ()
    np.testing.assert_allclose(data.energy, 0.16, atol=1e-9)


def test_files_of_earlier_studies_stay(tmp_path):
    qb.sweep(rabi(), tmp_path)
    text = (tmp_path / "study.toml").read_text()
    qb.sweep(rabi(t_end=3.0), tmp_path)
    (earlier,) = tmp_path.glob("study-*.toml")
    assert earlier.read_text() == text
    states = []
    qb.sweep(earlier, tmp_path, progress=states.append)
    assert states[0].reused == 3
