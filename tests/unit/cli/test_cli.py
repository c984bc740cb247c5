"""The command line: same results as Python, one-sentence errors, exit codes, interruption."""

import json
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
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
            battery, np.linspace(0, 2, 5), qb.FockState(1), qb.CavityLoss(0.3, n_thermal=0.1)
        )
    found = qb.load(target)
    np.testing.assert_allclose(found["energy"], expected["energy"], atol=1e-12)
    assert found.attrs["parameters"] == expected.attrs["parameters"]
    assert "status:" in out


def test_tables_are_as_wide_as_the_terminal(qubatt):
    """All merits at once: every name and number is there, in several tables."""
    code, out, err = qubatt(*DRIVEN, "--merit", "all")
    assert code == 0, err
    assert "…" not in out
    assert max(len(line) for line in out.splitlines()) <= 120
    for name in ("ergotropy_full", "coherence_relative_entropy", "maximum_energy", "entropy"):
        assert name in out


def test_merits_of_all_shapes_are_shown(qubatt):
    """A column per environment, a line per number of the curve, and the same as JSON."""
    merits = ["energy", "ergotropy_full", "free_energy:beta=2", "heat_current", "charging_time"]
    options = [text for merit in merits for text in ("--merit", merit)]
    call = [*DICKE, "--environment", "cavity-loss:rate=0.2,n_thermal=0.05", *options]
    code, out, err = qubatt(*call)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].split()[0] == "charging_time"
    for name in ("time", "energy", "ergotropy_full", "free_energy_beta_2", "cavity-loss"):
        assert any(name in line for line in lines), name
    code, out, err = qubatt(*call, "--json")
    assert code == 0, err
    variables = json.loads(out)["variables"]
    assert variables["heat_current"]["dims"] == ["environment", "time"]
    assert variables["charging_time"]["dims"] == []
    code, out, err = qubatt(
        "steady", *DRIVEN[1:6], "--environment", "collective-decay:0.3", "--merit", "all"
    )
    assert code == 0, err
    assert "heat_current collective-decay" in out
    assert "charging_time" not in out


@pytest.mark.parametrize(
    ("text", "charger"),
    [
        ("coherent:4", qb.CoherentState(4.0)),
        ("coherent:4,phase=0.5", qb.CoherentState(4.0, phase=0.5)),
        ("thermal:2", qb.ThermalState(2.0)),
        ("squeezed:1.5", qb.SqueezedState(1.5)),
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


def test_small_cutoff_is_one_line_on_stderr(qubatt):
    """The warning names max_photons; the result is still printed."""
    code, out, err = qubatt(*"charge dicke --n-atoms 4 --coupling 0.5 --max-photons 5".split())
    assert code == 0
    assert "cutoff-too-small" in out
    (line,) = [line for line in err.splitlines() if line]
    assert line.startswith("Warning:")
    assert "max_photons = 5" in line


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
    "kind", ["battery", "charger", "environment", "pulse", "engine", "merit", "paper"]
)
def test_list_shows_every_kind(qubatt, kind):
    """Everything registered is listed."""
    from qubatt.core.registry import registry

    code, out, _ = qubatt("list", kind)
    assert code == 0
    for name in registry.items(kind):
        assert f"  {name}" in out


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
        ("charge driven --n-atoms 2 --drive 1 --charger fock:2", ["`charger`", "drive"]),
        (
            "charge dicke --n-atoms 2 --coupling 1 --max-photons 10 --charger coherent:4",
            ["`mean_photons`", "max_photons = 10", "15 or more"],
        ),
        (
            "charge dicke --n-atoms 2 --coupling 1 --max-photons 10 --charger coherant:4",
            ["`charger`", "coherent"],
        ),
        ("charge driven --n-atoms 2 --drive gausian:1,2,3", ["`drive`", "'gausian'", "gaussian"]),
        ("charge driven --n-atoms 2 --drive gaussian:1,2,0", ["`width`", "positive", "0"]),
        ("charge driven --n-atoms 2 --drive gaussian", ["`amplitude`", "be given"]),
        ("charge driven --n-atoms 2 --drive sine:1,2,frequency=3", ["`frequency`", "once"]),
        ("charge driven --n-atoms 2 --drive piecewise:0/1/2,1", ["`values`", "2 in number"]),
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
        ("charge driven --n-atoms 2 --drive 1 --engine dense:tolerance=1e-3", ["`tolerance`"]),
        ("charge driven --n-atoms 2 --drive 1 --plot run.gif", ["`plot`", ".png"]),
        ("charge driven --n-atoms 2 --drive 1 --output /proc/no/run.nc", ["`output`", "/proc/no"]),
        ("recharge --n-atoms 6,x --interaction 4 --beta 1", ["`n_atoms`", "6,x"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 1:2", ["`beta`", "0.01:5:100"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 0:2:1", ["`beta`", "count"]),
        ("recharge --n-atoms 6 --interaction 4 --beta -1", ["`beta`", "non-negative"]),
        ("recharge --n-atoms 6 --interaction 4 --beta 1 --space ful", ["`space`", "full"]),
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


def test_version(qubatt):
    """--version prints the version of the package."""
    assert qubatt("--version")[1].strip() == f"qubatt {qb.__version__}"


def test_help_starts_quickly():
    """`qubatt --help` takes under a second (the best of three, as machines are noisy)."""
    spans = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "qubatt", "--help"], check=True, capture_output=True)
        spans.append(time.perf_counter() - start)
    assert min(spans) < 1.0


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
        "3",
        "--output",
        str(tmp_path),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    cache = tmp_path / "cache"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(cache.glob("[!.]*.npz"))) < 3:
        time.sleep(0.02)
    start = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)  # workers that lived on would hold the pipes
    assert time.monotonic() - start < 5
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err
    assert "run the same command again" in err
    assert {path.name for path in tmp_path.iterdir()} == {"cache"}
    assert not list(cache.glob(".*"))
    done = {path: path.stat().st_mtime_ns for path in cache.glob("*.npz")}
    assert len(done) >= 3
    if number == signal.SIGINT:
        subprocess.run(command, check=True, capture_output=True)
        assert (tmp_path / "report.html").exists()
        assert all(path.stat().st_mtime_ns == stamp for path, stamp in done.items())


def test_interruption_of_a_large_run_takes_less_than_a_second():
    """Compiled loops look up often enough: two thousand states, a run of a minute."""
    command = [sys.executable, "-m", "qubatt", "charge", "dicke", "--n-atoms", "24"]
    command += ["--coupling", "0.5", "--max-photons", "80", "--environment", "cavity-loss:0.5"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(8)
    assert process.poll() is None
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - start < 1.0
    assert process.returncode == 130
    assert "Traceback" not in err


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
