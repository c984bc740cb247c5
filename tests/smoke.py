"""One run of everything that a plain install offers: ``python tests/smoke.py``.

It needs neither pytest nor QuTiP, so it runs with the lowest versions that `pyproject.toml` admits
and on a Python for which only the plain install exists (`make smoke`).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import requires, version
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import numpy as np

import qubatt as qb

TIMES = np.linspace(0.0, 2.0, 5)
BATTERY = qb.TavisCummingsBattery(n_atoms=2, coupling=0.5, max_photons=3)
LOSS = qb.CavityLoss(rate=0.3)

STUDY = """
[battery]
type = "driven"
n_atoms = 2
drive = 1.0

[[environment]]
type = "collective-decay"
rate = 0.5

[run]
type = "charge"
t_end = 2.0
points = 5
merits = ["energy", "maximum_energy"]

[sweep]
"battery.drive" = [0.5, 1.0]
"collective-decay.rate" = [0.1, 0.5]
"""

DRIVEN = "driven --n-atoms 2 --drive 0.5 --environment collective-decay:0.5"

COMMANDS = {
    "charge": f"charge {DRIVEN} --t-end 2 --points 5 --output run.nc --plot run.png",
    "steady": f"steady {DRIVEN} --gap --json",
    "discharge": "discharge driven --n-atoms 2 --drive 0.5 --environment collective-decay:0.5"
    " --t-end 2 --points 5",
    "recharge": "recharge --n-atoms 4,6 --interaction 1 --beta 0.1:2:5 --plot cycle.pdf",
    "sweep": "sweep study.toml --output study --workers 2",
    "status": "status study",
    "export": "export study --output grid.nc",
    "plot": "plot study --value maximum_energy --output map.svg",
    "report": "report study",
    "reproduce": "reproduce zhang2024 --figures 6 --output paper",
    "list": "list",
}
"""A call of each command, run in this order in one folder that holds `study.toml`."""

FURTHER = [
    "--version",
    "charge driven --n-atoms 2 --drive 0.5 --dry-run",
    "sweep --example",
    "sweep --schema",
    "sweep study.toml --dry-run",
]
"""What a command does under options that lead elsewhere."""


def check_charging() -> None:
    """Charge with every engine, print, save, load and draw."""
    run = qb.charge(BATTERY, times=TIMES, environment=[LOSS], merits="all")
    text = str(run)
    assert "status: ok" in text, text
    for engine in (qb.DenseEngine(), qb.ExactEngine(), qb.MatrixEngine()):
        other = qb.charge(BATTERY, times=TIMES, environment=[LOSS], engine=engine)
        np.testing.assert_allclose(other.energy, run.energy, atol=1e-8)
    qb.save(run, "run.nc")
    loaded = qb.load("run.nc")
    assert loaded.equals(run)
    assert str(loaded) == text
    for suffix in ("png", "pdf", "svg"):
        qb.plot(loaded).savefig(f"run.{suffix}")
    pulse = qb.GaussianPulse(amplitude=1.0, centre=1.0, width=0.3)
    switched = qb.charge(qb.DrivenBattery(n_atoms=2, drive=pulse), times=TIMES)
    assert switched.attrs["status"] == "ok"


def check_steady_states_and_discharge() -> None:
    """Find a steady state with every method; discharge."""
    battery = qb.DrivenBattery(n_atoms=2, drive=0.5)
    decay = [qb.CollectiveDecay(rate=0.5)]
    energies = [
        float(qb.steady_state(battery, environment=decay, method=method, gap=True).energy)
        for method in ("auto", "direct", "flow")
    ]
    np.testing.assert_allclose(energies, energies[0], atol=1e-8)
    left = qb.discharge(battery, times=TIMES, environment=decay)
    np.testing.assert_allclose(left.remaining_energy[0], 2.0, atol=1e-12)
    assert "half_life" in left


def check_recharging() -> None:
    """Recharge over two axes and draw a map."""
    cycle = qb.recharge(n_atoms=[4, 6], interaction=1.0, beta=np.linspace(0.1, 2.0, 5))
    assert bool((cycle.efficiency <= 1.0).all())
    qb.plot(cycle).savefig("cycle.png")


def check_studies() -> None:
    """Compute a study into a folder, take it from there again, and write its page."""
    study = qb.Study(
        battery=qb.DrivenBattery(n_atoms=2, drive=1.0),
        environment=[qb.CollectiveDecay(rate=0.5)],
        run=qb.SteadyRun(merits=["energy"]),
        sweep={"battery.n_atoms": [2, 4], "battery.drive": [0.5, 1.0, 2.0]},
    )
    data = qb.sweep(study, "steady", workers=2)
    assert bool((data.status == "ok").all()), data.status
    assert qb.load("steady").equals(data)
    assert qb.sweep(study, "steady").equals(data)
    assert Path(qb.report("steady")).stat().st_size > 1000
    qb.plot(data, "energy").savefig("steady.png")


def run_command(line: str) -> str:
    """Run the command line in this process; return what it printed."""
    from qubatt.__main__ import main

    sys.argv = ["qubatt", *line.split()]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            if stop.code:
                raise AssertionError(f"qubatt {line}: {out.getvalue()}{err.getvalue()}") from None
    return out.getvalue()


def registered_commands() -> Iterator[list[str]]:
    """Yield the words of every registered command and sub-command."""
    import typer.main
    from typer.core import TyperGroup

    from qubatt.cli.app import build

    group = typer.main.get_command(build())
    for name, command in group.commands.items():
        words = [name]
        yield words
        if isinstance(command, TyperGroup):
            for part in command.list_commands(
                command.make_context(words[0], [], resilient_parsing=True)
            ):
                yield [*words, part]


def check_commands() -> None:
    """Call every command, and the help of every sub-command."""
    Path("study.toml").write_text(STUDY, "utf-8")
    commands = list(registered_commands())
    unknown = {words[0] for words in commands} ^ set(COMMANDS)
    assert not unknown, f"COMMANDS of {__file__} and the command line differ in {unknown}"
    for line in [*COMMANDS.values(), *FURTHER]:
        assert run_command(line), line
    for words in commands:
        assert "--help" in run_command(" ".join([*words, "--help"])), words
    for name in ("run.nc", "run.png", "cycle.pdf", "grid.nc", "map.svg", "study/report.html"):
        assert Path(name).stat().st_size > 1000, name
    script = Path(sys.executable).with_name("qubatt")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["qubatt", qb.__version__]


CHECKS: tuple[Callable[[], None], ...] = (
    check_charging,
    check_steady_states_and_discharge,
    check_recharging,
    check_studies,
    check_commands,
)


def main() -> None:
    """Run all checks in a folder of their own."""
    needed = [line for line in requires("qubatt") or [] if "extra ==" not in line]
    names = [re.split(r"[^\w-]", line)[0] for line in needed]
    print(f"Python {sys.version.split()[0]},", ", ".join(f"{n} {version(n)}" for n in names))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for check in CHECKS:
            started = time.perf_counter()
            check()
            seconds = time.perf_counter() - started
            print(f"{check.__name__}: passed in {seconds:.0f} s", flush=True)
        os.chdir("/")


if __name__ == "__main__":
    main()
