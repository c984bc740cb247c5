"""``qubatt sweep | status | export``: studies computed, looked after, and handed on."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer

Directory = Annotated[Path, typer.Argument(help="Folder of a study", metavar="DIR")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sweep", no_args_is_help=True)(_sweep)
    app.command("status", no_args_is_help=True)(_status)
    app.command("export", no_args_is_help=True)(_export)


def _sweep(
    study: Annotated[Path | None, typer.Argument(help="Study file (TOML)")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder of the results; what is there is used again")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes of this machine", show_default="all cores")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Dask scheduler instead, such as tcp://10.0.0.1:8786")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before")
    ] = False,
    keep: Annotated[
        bool | None,
        typer.Option(
            "--keep/--no-keep",
            help="Keep states, so that further merits need no further run",
            show_default="where they take less than 1 GB",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would take on this machine")
    ] = False,
    example: Annotated[
        bool, typer.Option("--example", help="Print a study file with comments, to begin with")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of study files, for editors")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
) -> None:
    """Compute a study: a battery at every point of a grid of parameters.

    What was computed before is used again: the same command goes on with a study that was stopped.
    """
    from qubatt.core.errors import MISSING, ArgumentError

    if example:
        from importlib.resources import files

        typer.echo((files("qubatt.sweeps") / "example.toml").read_text("utf-8"), nl=False)
        return
    if schema:
        from qubatt.sweeps.study.schema import schema as made

        typer.echo(jsons.dumps(made(), indent=2, ensure_ascii=False))
        return
    if study is None:
        cure = "qubatt sweep --example > study.toml writes one to begin with."
        raise ArgumentError("study", "be given", MISSING, cure)
    from qubatt.sweeps.execution.pool import check_workers, cores
    from qubatt.sweeps.study.study import Study

    read = Study.of(study)
    if workers is not None:
        check_workers(workers)
    if dry_run:
        _estimate(read, output, workers, keep, as_json=json)
        return
    if output is None:
        cure = f"For example --output {study.stem}."
        raise ArgumentError("output", "be given", MISSING, cure)
    from qubatt.sweeps import sweep
    from qubatt.sweeps.execution.pool import stopped_cleanly

    with Bar() as bar, stopped_cleanly() as stop:
        try:
            data = sweep(
                read,
                output,
                workers=workers or min(cores(), max(len(read), 1)),
                scheduler=scheduler,
                retry_failed=retry_failed,
                keep=keep,
                progress=bar.show,
            )
        except KeyboardInterrupt:
            bar.stop()
            typer.echo(f"Stopped: {bar.words()}. The same command goes on.", err=True)
            raise typer.Exit(128 + stop.signal) from None
    _tell(data, output, as_json=json)
    if bool((data["status"] == "failed").all()):
        typer.echo("Error: All points failed.", err=True)
        raise typer.Exit(2)


def _estimate(
    read: Any, output: Path | None, workers: int | None, keep: Any, *, as_json: bool
) -> None:
    from qubatt.sweeps.execution.study_cost import study_cost
    from qubatt.sweeps.store.store import Memory, Store

    there = output is not None and (output / "points").is_dir()
    archive = Store.open(output) if there and output is not None else Memory()
    found = study_cost(read, archive, workers, keep)
    typer.echo(jsons.dumps(found.to_dict(), indent=2) if as_json else str(found))


def _status(
    directory: Directory,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON")] = False,
) -> None:
    """Say how far a study is, and what failed; also while it goes on."""
    from qubatt.sweeps import load

    _tell(load(directory), directory, as_json=json)


def _tell(data: Any, directory: Path, *, as_json: bool) -> None:
    """Say how many points have which status, and what failed."""
    from qubatt.results.study_status import study_status, study_status_text
    from qubatt.sweeps.store.store import Store

    arguments = data, str(directory), Store.open(directory).nbytes
    if as_json:
        typer.echo(jsons.dumps(study_status(*arguments), indent=2, ensure_ascii=False))
    else:
        typer.echo(study_status_text(*arguments))


def _export(
    directory: Directory,
    output: Annotated[
        Path | None, typer.Option(help="netCDF file", show_default="DIR.nc beside the folder")
    ] = None,
    point: Annotated[
        str | None, typer.Option(help="Key of one point, or its beginning, instead of the grid")
    ] = None,
) -> None:
    """Write the results of a study, or of one point, as one netCDF file."""
    from qubatt.io import save
    from qubatt.sweeps import load
    from qubatt.sweeps.store.store import Store

    if point is None:
        data = load(directory)
        target = output or directory.with_name(f"{directory.resolve().name}.nc")
    else:
        row = Store.open(directory).find(point)
        data, target = row.dataset(), output or Path(f"{row.key[:12]}.nc")
    typer.echo(f"Wrote {save(data, target)}")


class Bar:
    """Progress on standard error: a bar in a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        self._console = Console(stderr=True)
        self._text = Text
        self._live = Live(console=self._console, refresh_per_second=4, transient=True)
        self._state: Any = None
        self._next = 30.0

    def __enter__(self) -> Bar:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self._live.stop()

    def show(self, state: Any) -> None:
        """Show how far it is."""
        self._state = state
        if self._console.is_terminal:
            width = 20
            full = round(width * state.effort)
            self._live.update(self._text(f"{'█' * full}{'░' * (width - full)} {self.words()}"))
        elif state.seconds >= self._next:
            self._next = state.seconds + 30.0
            self._console.print(self.words(), highlight=False)

    def words(self) -> str:
        """Return how far it is in words."""
        from qubatt.core.format import format_duration

        state = self._state
        if state is None:
            return "nothing computed"
        found = f"{state.done:,} of {state.points:,} points"
        if state.found:
            found += f" ({state.found:,} found)"
        if state.done > state.found:
            found += f", {state.rate:.3g} per second"
            if state.done < state.points and state.left == state.left:
                found += f", about {format_duration(state.left)} left"
        if state.failed:
            found += f", {state.failed:,} failed"
        return found
