"""Records of settings: one JSON line each, appended as they are computed."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from bench.results import say
from bench.trust.judge import judge_in_time
from bench.trust.setting import Setting

PROGRESS = 10.0
"""Seconds between lines about progress."""


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the records of a file in the order of their settings; a torn last line is dropped."""
    records: dict[int, dict[str, Any]] = {}
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            records[record["setting"]["index"]] = record
    return [records[index] for index in sorted(records)]


def write_lines(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write records, one a line."""
    path.write_text("".join(line_of(record) for record in records), "utf-8")


def line_of(record: dict[str, Any]) -> str:
    """Return a record as one line; infinite numbers are null."""
    return json.dumps(plain(record), ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return a value with infinities as 1e300 and NaN as None, which JSON can hold."""
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, float) and value != value:
        return None
    return min(value, 1e300) if isinstance(value, float) else value


def complete(
    path: Path,
    tasks: Sequence[tuple[Setting, tuple[Any, ...]]],
    judging: Callable[..., dict[str, Any]],
    jobs: int,
    revision: str,
) -> list[dict[str, Any]]:
    """Compute the settings that the file lacks, and return the records of all.

    Parameters
    ----------
    path : Path
        File of the records.
    tasks : sequence of pairs
        Setting, and further arguments of `judging`.
    judging : callable
        Returns the record of a setting.
    jobs : int
        Number of processes.
    revision : str
        Commit, stored with each record.
    """
    wanted = {setting.index for setting, _ in tasks}
    done = {record["setting"]["index"] for record in read_records(path)}
    missing = [task for task in tasks if task[0].index not in done]
    say(f"{path}: {len(wanted & done)} settings are there, {len(missing)} are missing")
    start = last = time.monotonic()
    if path.exists() and not path.read_bytes().endswith(b"\n"):
        write_lines(path, read_records(path))  # a line was torn
    with path.open("a", encoding="utf-8") as lines:
        for count, record in enumerate(computed(missing, judging, jobs), 1):
            lines.write(line_of(record | {"revision": revision}))
            lines.flush()
            now = time.monotonic()
            if now - last > PROGRESS or count == len(missing):
                last, left = now, (now - start) / count * (len(missing) - count)
                say(f"{count} of {len(missing)} settings, {left / 60:.0f} min left")
    return [record for record in read_records(path) if record["setting"]["index"] in wanted]


def computed(
    tasks: Sequence[tuple[Setting, tuple[Any, ...]]],
    judging: Callable[..., dict[str, Any]],
    jobs: int,
) -> Iterator[dict[str, Any]]:
    """Yield the records as they are finished."""
    if jobs == 1:
        for setting, arguments in tasks:
            yield judge_in_time(judging, setting, *arguments)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        futures = [
            pool.submit(judge_in_time, judging, setting, *arguments) for setting, arguments in tasks
        ]
        for future in as_completed(futures):
            yield future.result()
