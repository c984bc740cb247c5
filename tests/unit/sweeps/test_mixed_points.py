"""Points whose results differ in form: labels, dims and names must stay those of each point."""

import numpy as np
import pytest

import qubatt as qb
from qubatt.sweeps import Study

BATTERY = {"type": "driven", "n_atoms": 2, "drive": 1.0}
SHORT = {"type": "charge", "t_end": 1.0, "points": 3}


@pytest.mark.blas
def test_heat_of_each_environment_stands_under_its_own_name():
    losses = [
        ["collective-decay:0.5"],
        ["local-emission:0.3"],
        ["local-emission:0.3", "collective-decay:0.5"],
        ["collective-decay:0.5", "local-emission:0.3"],
    ]
    names = ["c", "l", "lc", "cl"]
    data = qb.sweep(
        {
            "battery": BATTERY,
            "run": SHORT | {"merits": ["heat_current"]},
            "sweep": {"environment": {"values": losses, "labels": names, "name": "losses"}},
        }
    )
    assert set(data.environment.values) == {"collective-decay", "local-emission"}
    made = {"collective-decay": qb.CollectiveDecay(0.5), "local-emission": qb.LocalEmission(0.3)}
    for name, texts in zip(names, losses, strict=True):
        kinds = [text.partition(":")[0] for text in texts]
        own = qb.charge(
            qb.DrivenBattery(n_atoms=2, drive=1.0),
            times=np.linspace(0, 1, 3),
            environment=[made[kind] for kind in kinds],
            merits="heat_current",
        )
        for kind in made:
            found = data.heat_current.sel(losses=name, environment=kind)
            if kind in kinds:
                np.testing.assert_array_equal(found, own.heat_current.sel(environment=kind))
            else:
                assert np.isnan(found).all()


def test_axis_of_environments_beside_heat_of_each():
    data = qb.sweep(
        {
            "battery": BATTERY,
            "run": SHORT | {"merits": ["heat_current"]},
            "sweep": {"environment": ["collective-decay:0.5", "local-emission:0.3"]},
        }
    )
    assert data.heat_current.dims == ("environment", "of_environment", "time")
    there = data.heat_current.isel(time=-1).notnull()
    np.testing.assert_array_equal(there, np.eye(2, dtype=bool))


def test_states_at_other_times_stand_at_their_own():
    values = {"values": [[0.0, 0.5], [0.25, 0.5, 1.0]], "labels": ["few", "many"]}
    merit = {"merits": ["mutual_information"]}
    battery = {"type": "tavis-cummings", "n_atoms": 1, "coupling": 1.0, "max_photons": 3}
    data = qb.sweep(
        {"battery": battery, "run": SHORT | merit, "sweep": {"run.state_times": values}}
    )
    for name, times in zip(values["labels"], values["values"], strict=True):
        own = qb.charge(
            qb.TavisCummingsBattery(n_atoms=1, coupling=1.0, max_photons=3),
            times=np.linspace(0, 1, 3),
            merits="mutual_information",
            state_times=times,
        )
        found = data.mutual_information.sel(state_times=name)
        np.testing.assert_allclose(found.sel(state_time=times), own.mutual_information, atol=1e-9)
        assert found.notnull().sum() == len(times)


def test_coordinates_of_results_do_not_replace_those_of_the_study():
    data = qb.sweep(
        {
            "battery": BATTERY,
            "run": SHORT | {"merits": ["work_flow"]},
            "sweep": {
                "battery.n_atoms": [1, 2],
                "battery.drive": [0.5, 1.5],
                "together": [["battery.n_atoms", "battery.drive"]],
            },
        }
    )
    assert data.drive.dims == ("n_atoms",)
    assert data.drive.values.tolist() == [0.5, 1.5]
    assert "of_drive" in data.work_flow.dims


def test_runs_of_several_types_are_refused_before_anything_is_computed():
    study = {"battery": BATTERY, "environment": ["collective-decay:0.5"]}
    with pytest.raises(qb.ArgumentError, match="have the same type at all points"):
        qb.sweep(study | {"sweep": {"run": ["steady", SHORT]}})
    runs = [SHORT, SHORT | {"state_times": [0.0]}]
    with pytest.raises(qb.ArgumentError, match="state_times"):
        qb.sweep(study | {"sweep": {"run": {"values": runs, "labels": ["all", "few"]}}})


def test_discharge_without_merits_has_its_usual_ones():
    study = {
        "battery": BATTERY,
        "environment": ["collective-decay:0.5"],
        "run": qb.DischargeRun(t_end=1.0, points=3, merits=None),
    }
    data = qb.sweep(study)
    assert (data.status == "ok").all()
    assert {"remaining_energy", "power", "half_life"} <= set(data.data_vars)


def points(**sweep):
    return Study(
        battery=BATTERY, environment=["collective-decay:0.5"], run="steady", sweep=sweep
    ).points


def test_a_whole_thing_does_not_undo_what_varies_in_it():
    whole = ["driven:n_atoms=3,drive=1", "driven:n_atoms=3,drive=2"]
    found = points(**{"battery.n_atoms": [1, 2], "battery": whole})
    said = [(p.battery.n_atoms, p.battery.drive) for p in found]
    assert said == [(1, 1.0), (1, 2.0), (2, 1.0), (2, 2.0)]
    assert len({p.key for p in found}) == 4


def test_a_parameter_is_varied_once():
    with pytest.raises(qb.ArgumentError, match="once"):
        points(
            **{
                "collective-decay.rate": [1.0, 2.0],
                "environment.0.rate": {"values": [3.0, 4.0], "name": "other"},
            }
        )


def test_a_formula_together_with_values_is_refused_wherever_it_stands():
    with pytest.raises(qb.ArgumentError, match="not list formulas"):
        points(
            **{
                "battery.drive": "2 * collective_decay_rate",
                "collective-decay.rate": [0.1, 0.2],
                "together": [["battery.drive", "collective-decay.rate"]],
            }
        )


def test_an_environment_that_some_points_lack_has_no_parameters():
    with pytest.raises(qb.ArgumentError, match="environment index below 0"):
        points(
            **{
                "environment": {
                    "values": [["collective-decay:1"], []],
                    "labels": ["open", "closed"],
                    "name": "losses",
                },
                "environment.0.rate": [1.0, 2.0],
            }
        )


def test_one_point_at_rest_has_a_grid_of_no_dims(tmp_path):
    study = {
        "battery": BATTERY,
        "environment": ["collective-decay:0.5"],
        "run": {"type": "steady", "merits": ["energy"]},
    }
    assert qb.sweep(study, tmp_path).energy.dims == ()


@pytest.mark.parametrize("name", ["certificate_residual", "relaxation_rate", "energy", "key"])
def test_axes_do_not_take_names_of_results(name):
    with pytest.raises(qb.ArgumentError, match="reuse the name of a result variable"):
        points(**{"collective-decay.rate": {"values": [1.0, 2.0], "name": name}})
