"""The command line: same results as Python, one-sentence errors, exit codes, interruption."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import psutil
import pytest

import qubatt as qb
from qubatt.cli.app import run
from qubatt.core.declaration import parameters_of

DICKE = "charge dicke --n-atoms 2 --coupling 0.5 --max-photons 12 --t-end 2 --points 5".split()
DRIVEN = "charge driven --n-atoms 2 --drive 0.5 --t-end 2 --points 5".split()
RECHARGE = "recharge --n-atoms 6 --interaction 4 --beta 1".split()


@pytest.fixture
def qubatt(monkeypatch, capsys):
    """Return a function that runs the command line and returns exit code, output and errors."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["qubatt", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "120")
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            with pytest.raises(SystemExit) as stop:
                run()
        captured = capsys.readouterr()
        return stop.value.code or 0, captured.out, captured.err

    return call


def test_charge_gives_what_python_gives(qubatt, tmp_path):
    """Options reach battery, charger, environment and times under the names of the arguments."""
    target = tmp_path / "run.nc"
    code, out, err = qubatt(
        *DICKE,
        "--interaction",
        0.7,
        "--charger",
        "fock:1",
        "--environment",
        "cavity-loss:rate=0.3,n_thermal=0.1",
        "--omega-atom",
        1.1,
        "--output",
        target,
    )
    assert code == 0, err
    battery = qb.DickeBattery(2, 0.5, 12, interaction=0.7, omega_atom=1.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qb.QubattWarning)
        expected = qb.charge(
            battery,
            times=np.linspace(0, 2, 5),
            charger=qb.FockState(1),
            environment=qb.CavityLoss(0.3, n_thermal=0.1),
        )
    found = qb.load(target)
    np.testing.assert_allclose(found["energy"], expected["energy"], atol=1e-12)
    assert found.attrs["parameters"] == expected.attrs["parameters"]
    assert "status:" in out


@pytest.mark.parametrize(
    ("text", "charger"),
    [
        ("coherent:4", qb.CoherentState(4.0)),
        ("coherent:4,phase=0.5", qb.CoherentState(4.0, phase=0.5)),
        ("thermal:2", qb.ThermalState(2.0)),
        ("squeezed:1.5", qb.SqueezedState(1.5)),
        ("cat:6", qb.CatState(6.0)),
        ("cat:6,odd", qb.CatState(6.0, "odd")),
        ("displaced-squeezed:3,squeezing_fraction=0.1", qb.DisplacedSqueezedState(3.0, 0.1)),
    ],
)
def test_charger_states_by_name(qubatt, tmp_path, text, charger):
    """--charger takes the mean photon number; the file says what the cavity started in."""
    target = tmp_path / "run.nc"
    battery = "charge tavis-cummings --n-atoms 2 --coupling 0.5 --max-photons 40".split()
    code, _, err = qubatt(
        *battery, *"--t-end 1 --points 2 --charger".split(), text, "--output", target
    )
    assert code == 0, err
    parameters = json.loads(qb.load(target).attrs["parameters"])
    assert parameters["charger"] == parameters_of(charger)


@pytest.mark.parametrize(
    ("words", "battery"),
    [
        (
            "two-photon-dicke --n-atoms 1 --coupling 0.05 --max-photons 40",
            qb.TwoPhotonDickeBattery(1, 0.05, 40),
        ),
        (
            "driven --n-atoms 3 --drive 1 --interaction 0.5 --interaction-z 0.2",
            qb.DrivenBattery(3, 1.0, 0.5, interaction_z=0.2),
        ),
        ("cascade --n-atoms 3 --max-photons 4", qb.CascadeBattery(max_photons=4, n_atoms=3)),
    ],
)
def test_new_batteries_and_fields_by_name(qubatt, tmp_path, words, battery):
    """Every field is an option of the same name."""
    target = tmp_path / "run.nc"
    code, _, err = qubatt(
        "charge", *words.split(), *"--t-end 1 --points 3 --output".split(), target
    )
    assert code == 0, err
    assert json.loads(qb.load(target).attrs["parameters"])["battery"] == parameters_of(battery)


def test_environments_by_name(qubatt, tmp_path):
    """Dephasing and pumping may be given several times, next to each other."""
    target = tmp_path / "run.nc"
    texts = ["collective-dephasing:0.1", "local-emission:0.2,0.3", "cavity-dephasing:rate=0.4"]
    options = [word for text in texts for word in ("--environment", text)]
    code, _, err = qubatt(*DICKE, *options, "--output", target)
    assert code == 0, err
    parameters = json.loads(qb.load(target).attrs["parameters"])
    assert parameters["environment"] == [
        parameters_of(part)
        for part in (
            qb.CollectiveDephasing(0.1),
            qb.LocalEmission(0.2, n_thermal=0.3),
            qb.CavityDephasing(0.4),
        )
    ]


def test_small_cutoff_is_one_line_on_stderr(qubatt):
    """The warning names max_photons; the result is still printed."""
    code, out, err = qubatt(*"charge dicke --n-atoms 4 --coupling 0.5 --max-photons 5".split())
    assert code == 0
    assert "cutoff-too-small" in out
    (line,) = [line for line in err.splitlines() if line]
    assert line.startswith("Warning:")
    assert "--max-photons 5" in line


def test_json_is_strict_and_whole(qubatt):
    """--json prints every value; NaN becomes null."""
    code, out, _ = qubatt(*"recharge --n-atoms 6 --interaction 0.1,4 --beta 0:2:3 --json".split())
    assert code == 0
    content = json.loads(out, parse_constant=lambda name: pytest.fail(name))
    efficiency = content["variables"]["efficiency"]
    assert efficiency["dims"] == ["interaction", "beta"]
    assert efficiency["values"][0] == [None, None, None]
    expected = float(qb.recharge(6, 4.0, 1.0)["efficiency"])
    assert efficiency["values"][1][1] == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_plots_are_written(qubatt, tmp_path, suffix):
    """--plot draws what was computed."""
    target = tmp_path / f"run{suffix}"
    assert qubatt(*DRIVEN, "--plot", target)[0] == 0
    assert target.stat().st_size > 1000


@pytest.mark.parametrize(
    "kind",
    ["battery", "charger", "environment", "pulse", "engine", "merit", "paper", "steady-solver"],
)
def test_list_shows_every_kind(qubatt, kind):
    """Everything registered is listed."""
    from qubatt.core.registry import registry

    code, out, _ = qubatt("list", kind)
    assert code == 0
    for name in registry.items(kind):
        assert f"  {name}" in out


def test_list_without_a_kind_is_a_short_table(qubatt):
    """It has the names of every kind, and says how to go on."""
    from qubatt.cli.listing import KIND_MODULES

    code, out, _ = qubatt("list")
    assert code == 0
    for name in (*KIND_MODULES, "dicke", "cavity-loss", "ergotropy_full", "zhang2024"):
        assert name in out
    assert len(out.splitlines()) < 30
    assert "qubatt list merit" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("charge dicke --n-atoms 0 --coupling 0.5 --max-photons 3", ["`n_atoms`", "0"]),
        ("charge dicke --n-atoms 2 --coupling nan --max-photons 3", ["`coupling`", "finite"]),
        (
            "charge dicke --n-atoms 6 --coupling 0.5 --max-photons 3",
            ["`photons`", "6", "12 or more"],
        ),
        ("charge dicke --n-atoms 2.5 --coupling 0.5 --max-photons 3", ["`n_atoms`", "2.5"]),
        ("charge dicke --n-atoms two --coupling 0.5 --max-photons 3", ["`n_atoms`", "'two'"]),
        ("charge driven --n-atoms 2 --drive 1 --points 9999999", ["`points`", "1000000"]),
        (
            "charge driven --n-atoms 2 --drive 1 --environment collective-decay:rate=1,rate=2",
            ["`rate`", "once"],
        ),
        ("charge driven --n-atoms 2 --drive 1 --output run.txt", ["`output`", ".nc"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 0:1:99999999999", ["`beta`", "1000000"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 1 --plot a.png", ["`plot`", "lists"]),
        (
            "recharge --n-atoms 2,6 --interaction 0,4 --beta 1,2 --output a.nc --plot a.png",
            ["`plot`", "lists"],
        ),
        ("charge dicke --n-atoms 2 --max-photons 3", ["--coupling"]),
        ("charge dike", ["dicke"]),
        ("charge driven --n-atoms 2 --drive 1 --omega-atm 2", ["--omega-atom"]),
        ("charge driven --n-atoms 2 --drive 1 --environment collective-decay:-1", ["`rate`", "-1"]),
        (
            "charge driven --n-atoms 2 --drive 1 --environment colective-decay:1",
            ["collective-decay"],
        ),
        ("charge driven --n-atoms 2 --drive 1 --environment collective-decay:x=1", ["`x`", "rate"]),
        (
            "charge driven --n-atoms 2 --drive 1 --environment cavity-loss:1",
            ["CavityLoss", "`cavity`"],
        ),
        ("charge driven --n-atoms 2 --drive 1 --charger fock:2", ["No such option", "--charger"]),
        (
            "charge dicke --n-atoms 2 --coupling 1 --max-photons 10 --charger coherent:4",
            ["`mean_photons`", "--max-photons 10", "15 or more"],
        ),
        (
            "charge dicke --n-atoms 2 --coupling 1 --max-photons 10 --charger coherant:4",
            ["`charger`", "coherent"],
        ),
        (
            "charge dicke --n-atoms 2 --coupling 1 --max-photons 10 --charger custom:0.6,0.8",
            ["`charger`", "It is available in Python only, as qb.CustomState(matrix)"],
        ),
        (
            "charge dicke --n-atoms 2 --coupling 1 --max-photons 10 --charger cat:0.5,odd",
            ["`mean_photons`", "at least 1 for an odd cat"],
        ),
        ("charge driven --n-atoms 2 --drive gausian:1,2,3", ["`drive`", "'gausian'", "gaussian"]),
        ("charge driven --n-atoms 2 --drive gaussian:1,2,0", ["`width`", "positive", "0"]),
        ("charge driven --n-atoms 2 --drive gaussian", ["`amplitude`", "be given"]),
        ("charge driven --n-atoms 2 --drive sine:1,2,frequency=3", ["`frequency`", "once"]),
        ("charge driven --n-atoms 2 --drive piecewise:0/1/2,1", ["`values`", "contain 2 values"]),
        ("charge driven --n-atoms 2 --drive piecewise:0/x,1", ["`times`", "'x'"]),
        ("charge driven --n-atoms 2 --drive piecewise:0,1,2", ["arguments", "times, values"]),
        ("charge driven --n-atoms 2 --drive 1/2", ["`drive`", "a pulse", "'1/2'"]),
        ("charge driven --n-atoms 2 --drive nan", ["`drive`", "finite"]),
        ("charge driven --n-atoms 2 --drive 1 --omega-atom sine:1,2", ["`omega_atom`", "number"]),
        ("charge driven --n-atoms 2 --drive 1 --t-end -1", ["`t_end`", "-1"]),
        ("charge driven --n-atoms 2 --drive 1 --t-end inf", ["`t_end`", "inf"]),
        ("charge driven --n-atoms 2 --drive 1 --points 1", ["`points`", "1"]),
        ("charge driven --n-atoms 2 --drive 1 --merit enrgy", ["energy"]),
        ("charge driven --n-atoms 2 --drive 1 --merit mean_photons", ["mean_photons", "a cavity"]),
        ("charge driven --n-atoms 2 --drive 1 --engine matrx", ["matrix"]),
        (
            "steady driven --n-atoms 2 --drive 1 --method nonsense",
            ["`method`", "'nonsense'", "auto", "direct", "flow", "secular"],
        ),
        ("steady driven --n-atoms 2 --drive 1 --method drect", ["`method`", "Best", "direct"]),
        ("steady driven --n-atoms 2 --drive 1 --method direct:x=1", ["`x`", "left out"]),
        ("charge driven --n-atoms 2 --drive 1 --engine dense:tolerance=1e-3", ["`tolerance`"]),
        ("charge driven --n-atoms 2 --drive 1 --plot run.gif", ["`plot`", ".png"]),
        ("charge driven --n-atoms 2 --drive 1 --output /proc/no/run.nc", ["`output`", "/proc/no"]),
        ("recharge --n-atoms 6,x --interaction 4 --beta 1", ["`n_atoms`", "6,x"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 1:2", ["`beta`", "0.01:5:100"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 0:2:1", ["`beta`", "count"]),
        ("recharge --n-atoms 6 --interaction 4 --beta -1", ["`beta`", "non-negative"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 1 --basis ful", ["`basis`", "full"]),
        (
            "recharge --n-atoms 6 --interaction 4 --beta 1 --omega-atom 0",
            ["`omega_atom`", "positive"],
        ),
        ("reproduce zhang2023", ["zhang2024"]),
        ("reproduce zhang2024 --figures 1", ["`figures`", "2, 3"]),
        ("reproduce zhang2024 --figures two", ["`figures`", "two"]),
        ("reproduce zhang2024 --reading R7", ["`reading`", "R1"]),
        ("reproduce zhang2024 --output /proc/no", ["`output`", "/proc/no"]),
        ("list batteries", ["`kind`", "battery"]),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(qubatt, arguments, words, tmp_path, monkeypatch):
    """The message names argument, value and cure; there is no traceback and nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, _, err = qubatt(*arguments.split())
    assert code == 2
    for word in words:
        assert word in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_help_names_every_field(qubatt):
    """Help comes from the declarations."""
    _, out, _ = qubatt("charge", "cascade", "--help")
    for name in ("--detuning-middle", "--control", "--max-photons", "--environment"):
        assert name in out


@pytest.mark.parametrize("command", ["charge", "steady", "discharge"])
def test_help_ends_with_an_example_and_shows_what_is_needed(qubatt, command):
    """The usage has the required options; names of values are in one style."""
    _, out, _ = qubatt(command, "dicke", "--help")
    usage = " ".join(out.partition("Options:")[0].split())
    assert "photons INTEGER|auto" in usage  # the name of the option may break at a hyphen
    assert ("--environment DISSIPATOR" in usage) is (command != "charge")
    assert out.splitlines()[-1].strip().startswith(f"qubatt {command} dicke --n-atoms ")
    assert "<" not in out
    assert "default: (" not in out


@pytest.mark.parametrize(
    "command", ["recharge", "sweep", "status", "export", "plot", "report", "reproduce", "list"]
)
def test_help_names_values_in_one_style(qubatt, command):
    """Values have capitals, without angle brackets, braces or parentheses around defaults."""
    _, out, _ = qubatt(command, "--help")
    assert "<" not in out
    assert "{" not in out
    assert "default: (" not in out


def seconds_of(number):
    """Return the seconds that all threads of a process computed."""
    times = psutil.Process(number).cpu_times()
    return times.user + times.system


def seconds_of_children():
    """Return the seconds that processes which have ended computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_lists_commands_as_they_are_registered(qubatt):
    """Those with a command per battery are not put behind all others."""
    _, out, _ = qubatt("--help")
    listed = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line]
    first = "charge steady discharge recharge sweep status export plot report reproduce list"
    assert [name for name in listed if name.isalpha()] == first.split()


def test_version(qubatt):
    """--version prints the version of the package."""
    assert qubatt("--version")[1].strip() == f"qubatt {qb.__version__}"


def seconds_of_python(*arguments):
    """Return the seconds that an interpreter with some arguments computes, modules compiled."""
    free = {name: value for name, value in os.environ.items() if "WRITEBYTECODE" not in name}
    before = seconds_of_children()
    subprocess.run([sys.executable, *arguments], env=free, check=True, capture_output=True)
    return seconds_of_children() - before


IMPORT = ("-c", "import qubatt; qubatt.charge")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interruption_is_clean_and_resumes(tmp_path, number):
    """A signal ends a reproduction at once, with its workers and one sentence; it can go on."""
    command = [
        sys.executable,
        "-m",
        "qubatt",
        "reproduce",
        "zhang2024",
        "--figures",
        "4",
        "--output",
        str(tmp_path),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    cache = tmp_path / "cache"
    points = cache / "points"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(points.glob("[!.]*.npz"))) < 3:
        time.sleep(0.02)
    start = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)  # workers that lived on would hold the pipes
    assert time.monotonic() - start < 5
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err
    assert "run the same command again" in err
    assert {path.name for path in tmp_path.iterdir()} == {"cache"}
    assert not list(cache.glob("**/.*"))
    done = {path: path.stat().st_mtime_ns for path in points.glob("*.npz")}
    assert len(done) >= 3
    if number == signal.SIGINT:
        subprocess.run(command, check=True, capture_output=True)
        assert (tmp_path / "report.html").exists()
        assert all(path.stat().st_mtime_ns == stamp for path, stamp in done.items())


def test_interruption_of_a_large_run_is_heard_soon(tmp_path):
    """Compiled loops look up often enough: two thousand states, a run of a minute.

    Until the end it computes for less than it takes to import what computes, about a second.
    Seconds of both threads count, not those that others take from them.
    """
    soon = seconds_of_python(*IMPORT)
    command = [sys.executable, "-m", "qubatt", "charge", "dicke", "--n-atoms", "24"]
    command += ["--coupling", "0.5", "--max-photons", "80", "--environment", "cavity-loss:0.5"]
    with (tmp_path / "error").open("w") as error:
        process = subprocess.Popen(
            command,
            env=os.environ | {"NUMBA_NUM_THREADS": "2"},
            stdout=subprocess.DEVNULL,
            stderr=error,
            start_new_session=True,
        )
    while seconds_of(process.pid) < 8.0:  # imports take some
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGSTOP)
    before, others = seconds_of(process.pid), seconds_of_children()
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    assert process.wait(timeout=30) == 130
    assert seconds_of_children() - others - before < soon
    assert "Traceback" not in (tmp_path / "error").read_text()


def test_dry_run_says_what_it_would_take(qubatt):
    """Engine, states, entries, memory and products, without a run; as JSON, too."""
    command = "charge dicke --n-atoms 10 --coupling 0.5 --max-photons 40 --dry-run"
    command = [*command.split(), "--environment", "cavity-loss:0.5"]
    code, out, _ = qubatt(*command)
    assert code == 0
    assert "451 (symmetric), in 2 sectors" in out
    assert "101,701 of 203,401" in out
    data = json.loads(qubatt(*command, "--json")[1])
    assert data["engine"] == "exact"
    assert data["fits"]


def test_batteries_from_python_are_listed_but_not_offered(qubatt):
    """Matrices cannot be typed: no command, but the list names the battery and says so."""
    code, out, _ = qubatt("list", "battery")
    (line,) = [line for line in out.splitlines() if line.startswith("  custom")]
    assert code == 0
    assert line.startswith("  custom (from Python)")
    for command in ("charge", "steady"):
        code, out, err = qubatt(command, "custom")
        assert code == 2
        assert "must name a battery with a command, but is 'custom'" in err
        assert "custom" not in qubatt(command, "--help")[1]


LEAKY = "--environment cavity-loss:0.5 --max-photons 24 --environment collective-decay:0.2"


def test_merits_of_different_dims_each_have_their_place(qubatt):
    """Curves share a table with a column per environment; numbers stand alone."""
    wanted = "--merit energy --merit heat_current --merit charging_time --merit negativity"
    code, out, err = qubatt(*DICKE, *LEAKY.split(), *wanted.split())
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].split() == [
        "time",
        "energy",
        "heat_current[cavity-loss]",
        "heat_current[collective-decay]",
        "negativity",
    ]
    environment = [qb.CavityLoss(0.5), qb.CollectiveDecay(0.2)]
    run = qb.charge(
        qb.DickeBattery(2, 0.5, 24),
        times=np.linspace(0, 2, 5),
        environment=environment,
        merits=["energy", "heat_current", "negativity"],
    )
    for k, line in enumerate(lines[1:6]):
        expected = [run.time[k], run.energy[k], *run.heat_current[:, k], run.negativity[k]]
        np.testing.assert_allclose([float(word) for word in line.split()], expected, atol=2e-5)
    (number,) = [line for line in lines if line.startswith("charging_time")]
    assert number.endswith("1/omega_ref")


def test_wide_results_are_cut_to_the_terminal(qubatt):
    """Columns that do not fit are counted, and all numbers are in the text beneath."""
    code, out, err = qubatt(*DRIVEN, "--environment", "collective-decay:0.5", "--merit", "all")
    assert code == 0, err
    table, text = out.split("\n\n")
    assert max(map(len, table.splitlines())) <= 120
    assert "columns; all with --output or --json" in table
    for name in ("energy", "heat_current[collective-decay]", "work_flow[drive]", "fisher"):
        assert name in text


def test_text_is_that_of_print(qubatt, tmp_path):
    """The command line and Python say the same."""
    target = tmp_path / "run.nc"
    _, out, _ = qubatt(*DRIVEN, "--output", target)
    assert str(qb.load(target)) in out


@pytest.mark.parametrize("command", [["charge"], ["steady"]])
def test_json_of_all_merits_is_strict(qubatt, command):
    """Infinities and NaN become null, also in attributes."""
    words = [*command, *"driven --n-atoms 2 --drive 0.5 --merit all --json".split()]
    code, out, err = qubatt(*words, "--environment", "collective-decay:0.5")
    assert code == 0, err
    content = json.loads(out, parse_constant=lambda name: pytest.fail(name))
    assert content["variables"]["energy"]["definition"].startswith("E(t)")


def test_json_holds_infinities_as_null():
    """Values and numbers inside attributes; nothing else is lost."""
    import xarray as xr

    from qubatt.results.plain_data import to_plain

    data = xr.Dataset({"a": ("x", [1.0, np.inf]), "b": ("x", [True, False])})
    data.attrs = {"certificate": '{"error": NaN, "more": [1, Infinity]}', "n": np.float64(2.0)}
    content = json.loads(json.dumps(to_plain(data), allow_nan=False))
    assert content["variables"]["a"]["values"] == [1.0, None]
    assert content["variables"]["b"]["values"] == [True, False]
    assert content["attributes"]["certificate"] == {"error": None, "more": [1, None]}
    assert content["attributes"]["n"] == 2.0


def test_discharge_gives_what_python_gives(qubatt):
    """Full, or charged for a while; bad input is one sentence."""
    words = "discharge driven --n-atoms 2 --drive 1 --environment collective-decay:0.2 --t-end 4"
    code, out, err = qubatt(*words.split(), "--points", "5", "--json")
    assert code == 0, err
    found = json.loads(out)["variables"]
    times, bath = np.linspace(0, 4, 5), qb.CollectiveDecay(0.2)
    left = qb.discharge(qb.DrivenBattery(2, 1.0), times=times, environment=bath)
    np.testing.assert_allclose(found["remaining_energy"]["values"], left.remaining_energy)
    assert found["half_life"]["values"] == pytest.approx(float(left.half_life))
    code, out, err = qubatt(*words.split(), "--points", "5", "--start", "0.7")
    assert code == 0, err
    assert "Discharge of driven" in out
    assert "start: charged to time 0.7" in out
    for more, message in (
        (["--start", "half"], "`start`"),
        (["--merit", "mean_photons"], "cavity"),
    ):
        code, _, err = qubatt(*words.split(), *more)
        assert code == 2
        assert err.startswith("Error: ")
        assert message in err
        assert err.count("\n") == 1


def test_state_times_are_read_and_priced(qubatt):
    """Fewer times for merits of the full state; --dry-run counts them."""
    words = [*DICKE, "--max-photons", "24", "--merit", "negativity", "--state-times", "0.5,1"]
    code, out, err = qubatt(*words, "--json")
    assert code == 0, err
    assert json.loads(out)["variables"]["negativity"]["dims"] == ["state_time"]
    code, out, err = qubatt(*words, "--dry-run", "--json")
    assert code == 0, err
    assert json.loads(out)["states"] == 2
