"""``qubatt sweep | status | export``: compute a study, show its progress, export its results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from qubatt.cli.command import Command
from qubatt.cli.console import json_text

Directory = Annotated[Path, typer.Argument(help="Folder of a study", metavar="DIR")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sweep", cls=Command)(_sweep)
    app.command("status", cls=Command)(_status)
    app.command("export", cls=Command)(_export)


def _sweep(
    study: Annotated[Path | None, typer.Argument(metavar="STUDY", help="Study file (TOML)")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for the results; earlier results in it are reused"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="INTEGER", help="Number of processes on this machine [default: number of cores]"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Address of a Dask scheduler, such as tcp://10.0.0.1:8786"
        ),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute failed points again")
    ] = False,
    keep: Annotated[
        bool | None,
        typer.Option(
            "--keep/--no-keep",
            help="Keep states, so that other merits can be computed without another run"
            " [default: if they take less than 1 GB]",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the expected cost on this machine")
    ] = False,
    example: Annotated[
        bool, typer.Option("--example", help="Print a commented example of a study file")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of study files, for editors")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
) -> None:
    """Simulate a battery at every point of a grid of parameters.

    Earlier results are reused: rerun the same command to resume an interrupted study.
    """
    from qubatt.core.errors import MISSING, ArgumentError

    if example or schema:
        _print_template(schema)
        return
    if study is None:
        cure = "qubatt sweep --example > study.toml writes an example."
        raise ArgumentError("study", "be given", MISSING, cure)
    from qubatt.core.worker_server import cores, start_worker_server

    if workers != 1 and cores() > 1 and scheduler is None and output is not None and not dry_run:
        start_worker_server()  # it starts while the study is read
    from qubatt.sweeps.execution.pool import check_workers
    from qubatt.sweeps.study.study import Study

    parsed = Study.of(study)
    if workers is not None:
        check_workers(workers)
    if dry_run:
        _print_cost(parsed, output, workers, keep, as_json=json)
        return
    if output is None:
        cure = f"For example --output {study.stem}."
        raise ArgumentError("output", "be given", MISSING, cure)
    from qubatt.sweeps import sweep
    from qubatt.sweeps.execution.pool import stopped_cleanly
    from qubatt.sweeps.execution.progress import StudyBar

    with StudyBar() as bar, stopped_cleanly() as stop:
        try:
            data = sweep(
                parsed,
                output,
                workers=workers or min(cores(), max(len(parsed), 1)),
                scheduler=scheduler,
                retry_failed=retry_failed,
                keep=keep,
                progress=bar.show,
            )
        except KeyboardInterrupt:
            bar.stop()
            typer.echo(f"Stopped: {bar.text()}. Rerun the same command to resume.", err=True)
            raise typer.Exit(128 + stop.number) from None
    _print_status(data, output, as_json=json)
    if bool((data["status"] == "failed").all()):
        typer.echo("Error: All points failed.", err=True)
        raise typer.Exit(2)


def _print_template(schema: bool) -> None:
    """Print the schema of study files, or an example of one."""
    from importlib.resources import files

    if schema:
        from qubatt.sweeps.study.schema import study_schema

        typer.echo(json_text(study_schema(), indent=2))
    else:
        typer.echo((files("qubatt.sweeps") / "example.toml").read_text("utf-8"), nl=False)


def _print_cost(
    study: Any, output: Path | None, workers: int | None, keep: Any, *, as_json: bool
) -> None:
    """Print the expected cost of a study."""
    from qubatt.sweeps.execution.study_cost import study_cost
    from qubatt.sweeps.store.store import MemoryStore, Store

    exists = output is not None and (output / "points").is_dir()
    store = Store.open(output) if exists and output is not None else MemoryStore()
    cost = study_cost(study, store, workers, keep)
    typer.echo(json_text(cost.to_dict(), indent=2) if as_json else str(cost))


def _status(
    directory: Directory,
    json: Annotated[bool, typer.Option("--json", help="Print the status as JSON")] = False,
) -> None:
    """Show the progress and failures of a study, even while it runs."""
    from qubatt.sweeps import load

    _print_status(load(directory), directory, as_json=json)


def _print_status(data: Any, directory: Path, *, as_json: bool) -> None:
    """Print the number of points with each status, and the failures."""
    from qubatt.results.study_status import study_status, study_status_text
    from qubatt.sweeps.store.store import Store

    arguments = data, str(directory), Store.open(directory).nbytes
    if as_json:
        typer.echo(json_text(study_status(*arguments), indent=2))
    else:
        typer.echo(study_status_text(*arguments))


def _export(
    directory: Directory,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="netCDF file [default: DIR.nc next to the folder]"),
    ] = None,
    point: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="Key of a single point to export, or the beginning of the key"
        ),
    ] = None,
) -> None:
    """Write the results of a study or of one point as netCDF."""
    from qubatt.io import save
    from qubatt.sweeps import load
    from qubatt.sweeps.store.store import Store

    if point is None:
        data = load(directory)
        target = output or directory.with_name(f"{directory.resolve().name}.nc")
    else:
        result = Store.open(directory).find(point)
        data, target = result.dataset(), output or Path(f"{result.key[:12]}.nc")
    typer.echo(f"Wrote {save(data, target)}")
