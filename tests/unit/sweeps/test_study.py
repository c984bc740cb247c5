import json

import numpy as np
import pytest

import qubatt as qb
from qubatt import ArgumentError
from qubatt.sweeps import Study

DICKE = {"type": "dicke", "coupling": 0.5, "max_photons": 6}


def driven(**sweep):
    return Study(
        battery={"type": "driven", "n_atoms": 2, "drive": 1.0},
        environment=["collective-decay:0.5"],
        run={"type": "steady"},
        sweep={
            name.replace("__", ".").replace("decay", "collective-decay"): values
            for name, values in sweep.items()
        },
    )


def test_all_are_combined_with_all_in_the_order_written():
    study = driven(battery__drive=[1, 2], decay__rate=[0.1, 0.2, 0.3])
    assert study.shape == (2, 3)
    assert [point.coordinates for point in study.points[:4]] == [
        {"drive": 1, "collective_decay_rate": 0.1},
        {"drive": 1, "collective_decay_rate": 0.2},
        {"drive": 1, "collective_decay_rate": 0.3},
        {"drive": 2, "collective_decay_rate": 0.1},
    ]
    last = study.points[-1]
    assert last.battery == qb.DrivenBattery(n_atoms=2, drive=2.0)
    assert last.environment == (qb.CollectiveDecay(0.3),)


def test_parameters_together_are_one_axis():
    sweep = {
        "battery.n_atoms": [2, 4],
        "cavity-loss.rate": [0.1, 0.2],
        "battery.max_photons": [8, 16],
        "together": [["battery.n_atoms", "battery.max_photons"]],
    }
    study = Study(battery=DICKE, environment=["cavity-loss:0.5"], sweep=sweep)
    assert [axis.name for axis in study.axes] == ["n_atoms", "cavity_loss_rate"]
    found = [(p.battery.n_atoms, p.battery.max_photons) for p in study.points]
    assert found == [(2, 8), (2, 8), (4, 16), (4, 16)]


def test_formulas_follow_axes_numbers_of_the_battery_and_each_other():
    sweep = {
        "battery.n_atoms": [1, 4],
        "battery.interaction": [0.0, 1.0],
        "battery.coupling": "omega_atom / sqrt(n_atoms)",
        "battery.max_photons": "round(8 * coupling) + n_atoms",
    }
    study = Study(battery={"type": "dicke", "omega_atom": 2.0}, sweep=sweep)
    found = [(p.battery.coupling, p.battery.max_photons) for p in study.points]
    assert found == [(2.0, 17), (2.0, 17), (1.0, 12), (1.0, 12)]
    assert study.points[3].coordinates["coupling"] == 1.0


def test_formulas_that_use_each_other_are_refused():
    study = Study(
        battery=DICKE, sweep={"battery.n_atoms": "max_photons", "battery.max_photons": "n_atoms"}
    )
    with pytest.raises(ArgumentError, match="depend on one another"):
        _ = study.points


def test_whole_things_vary():
    sweep = {
        "charger": ["fock:2", {"type": "coherent", "mean_photons": 0.1}],
        "battery.type": ["dicke", "tavis-cummings"],
        "environment": ["none", ["cavity-loss:0.5", "collective-decay:0.1"]],
    }
    study = Study(battery={"n_atoms": 2, **DICKE}, sweep=sweep)
    settings = study.points
    assert settings[0].charger == qb.FockState(2)
    assert settings[-1].charger == qb.CoherentState(0.1)
    assert [type(s.battery).__name__ for s in settings[:4:2]] == [
        "DickeBattery",
        "TavisCummingsBattery",
    ]
    assert settings[0].environment == ()
    assert settings[1].environment == (qb.CavityLoss(0.5), qb.CollectiveDecay(0.1))


def test_objects_and_pulses():
    pulse = qb.GaussianPulse(0.5, 3.0, 1.0)
    battery = qb.DickeBattery(n_atoms=2, coupling=pulse, max_photons=6)
    study = Study(battery=battery, sweep={"battery.coupling.width": [1.0, 2.0]})
    assert study.points[0].battery == battery
    assert study.points[1].battery.coupling.width == 2.0
    as_text = Study(
        battery={"type": "dicke", "n_atoms": 2, "coupling": "gaussian:0.5,3,1", "max_photons": 6}
    )
    assert as_text.points[0].key == study.points[0].key


def test_batteries_made_of_matrices_vary_as_a_whole():
    battery = qb.DrivenBattery(n_atoms=1, drive=1.0)
    H, c_ops, _, H_B = qb.to_qutip(battery, None, [qb.CollectiveDecay(0.5)])
    made = [
        qb.CustomBattery(H_B.full(), scale * (H - H_B).full(), [c.full() for c in c_ops])
        for scale in (1.0, 2.0)
    ]
    study = Study(
        battery=made[0],
        run="steady:merits=energy",
        sweep={"battery": {"values": made, "labels": [1, 2], "name": "scale"}},
    )
    found = qb.sweep(study)
    own = [float(qb.steady_state(part, merits="energy").energy) for part in made]
    np.testing.assert_array_equal(found.energy, own)
    np.testing.assert_array_equal(found.scale, [1, 2])


def test_file_dict_and_objects_are_the_same_study(tmp_path):
    text = """
    title = "t"
    [battery]
    type = "driven"
    drive = 1
    [[environment]]
    type = "collective-decay"
    rate = 0.5
    [run]
    type = "steady"
    merits = ["energy"]
    [sweep]
    "battery.n_atoms" = { start = 1, stop = 3, step = 1 }
    "battery.interaction" = "0.1 * n_atoms"
    """
    path = tmp_path / "study.toml"
    path.write_text(text)
    from_file = Study.of(path)
    from_objects = Study(
        battery={"type": "driven", "drive": 1.0},
        environment=[qb.CollectiveDecay(0.5)],
        run=qb.SteadyRun(merits=["energy"]),
        sweep={"battery.n_atoms": np.arange(1, 4), "battery.interaction": "0.1 * n_atoms"},
    )
    assert [p.key for p in from_file.points] == [p.key for p in from_objects.points]
    assert json.loads(json.dumps(from_file.to_dict()))["title"] == "t"


def test_study_file_of_a_study_is_that_study(tmp_path):
    study = Study(
        battery=qb.DickeBattery(n_atoms=2, coupling=0.5, max_photons=6),
        charger=qb.FockState(1),
        environment=[qb.CavityLoss(0.5)],
        run=qb.ChargeRun(t_end=2.0, merits=["energy", "free_energy:beta=2"]),
        sweep={
            "battery.n_atoms": [1, 2],
            "run.points": [5, 9],
            "battery.interaction": "1 / n_atoms",
        },
        title='quotes " and \\ stay',
    )
    path = tmp_path / "study.toml"
    path.write_text(study.to_toml())
    again = Study.of(path)
    assert [p.key for p in again.points] == [p.key for p in study.points]
    assert again.title == study.title
    assert again.points[0].run.merits == study.points[0].run.merits


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "`battery` must be given"),
        ({"battery": "dicky"}, "Best matches are: dicke"),
        ({"battery": {"n_atoms": 2}}, "`battery.type` must be given"),
        ({"battery": {**DICKE, "n_atom": 2}}, "`battery.n_atom`.*Best matches are: n_atoms"),
        ({"battery": DICKE, "batery": 1}, "contain only known tables"),
        ({"battery": DICKE, "run": "fly"}, "run"),
        (
            {"battery": {**DICKE, "n_atoms": 1}, "run": {"type": "charge", "engine": "warp"}},
            "engine",
        ),
        (
            {"battery": {**DICKE, "n_atoms": 1}, "run": {"type": "charge", "points": 1}},
            "between 2 and",
        ),
        ({"battery": DICKE, "sweep": [1]}, "table of parameters and values"),
        ({"battery": DICKE, "sweep": {"battery.n_atom": [1]}}, "Best matches are: n_atoms"),
        ({"battery": DICKE, "sweep": {"n_atoms": [1]}}, "Write, for example, battery.coupling"),
        ({"battery": DICKE, "sweep": {"cavity-loss.rate": [1]}}, "name parameters of the study"),
        (
            {"battery": DICKE, "sweep": {"battery.n_atoms": [1, 0]}},
            "`battery.n_atoms` must be at least 1, but is 0",
        ),
        ({"battery": DICKE, "sweep": {"battery.n_atoms": [1, 2.5]}}, "whole number"),
        (
            {"battery": DICKE, "sweep": {"battery.interaction": [0, 1]}},
            "`battery.n_atoms` must be given",
        ),
        (
            {
                "battery": DICKE,
                "sweep": {
                    "battery.n_atoms": [1, 2],
                    "battery.max_photons": [1],
                    "together": ["battery.n_atoms", "battery.max_photons"],
                },
            },
            "have 2 values",
        ),
        (
            {"battery": DICKE, "sweep": {"battery.n_atoms": [1], "together": ["battery.n_atom"]}},
            "together",
        ),
        (
            {"battery": DICKE, "sweep": {"battery.n_atoms": {"values": [1], "name": "energy"}}},
            "reuse the name of a result variable",
        ),
        (
            {
                "battery": DICKE,
                "sweep": {
                    "battery.n_atoms": [1],
                    "battery.interaction": {"values": [1], "name": "n_atoms"},
                },
            },
            "name different from that of battery.n_atoms",
        ),
        (
            {
                "battery": DICKE,
                "environment": ["cavity-loss:1", "cavity-loss:2"],
                "sweep": {"cavity-loss.rate": [1]},
            },
            "specify which cavity-loss is meant",
        ),
        (
            {"battery": {**DICKE, "n_atoms": 1}, "run": {"type": "charge", "merits": ["energi"]}},
            "Best matches are: energy",
        ),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_computed(given, words):
    with pytest.raises(ArgumentError, match=words):
        qb.sweep(given)


def test_missing_and_broken_files(tmp_path):
    with pytest.raises(ArgumentError, match="--example"):
        Study.of(tmp_path / "none.toml")
    path = tmp_path / "broken.toml"
    path.write_text("[battery\n")
    with pytest.raises(ArgumentError, match=r"TOML file.*line 1"):
        Study.of(path)


def test_too_many_points_are_counted_before_values_are_built(monkeypatch):
    def build(*_):
        raise AssertionError("values were built")

    monkeypatch.setattr("qubatt.sweeps.study.axis.axis_values", build)
    long = {"start": 0, "stop": 1, "count": 10**6}
    with pytest.raises(ArgumentError, match=r"at most 1,000,000 points, but is 1000000000000\."):
        Study(battery=DICKE, sweep={"battery.coupling": long, "battery.interaction": long})


def test_descriptions_of_axes_have_units():
    loss = [{"type": "cavity-loss"}]
    sweep = {"battery.coupling": [0.1], "cavity-loss.rate": [0.1], "cavity-loss.n_thermal": [0.0]}
    axes = Study(battery=DICKE, environment=loss, sweep=sweep).axes
    assert [(axis.varied[0].description, axis.varied[0].units) for axis in axes] == [
        ("Atom–cavity coupling g_c", "omega_c"),
        ("Loss rate κ", "omega_ref"),
        ("Mean photon number n̄ of the bath", ""),
    ]
