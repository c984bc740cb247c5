"""Reproduction of a paper: data, drawings, verdicts and report in one folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory, write_whole
from qubatt.core.version import __version__
from qubatt.io import save
from qubatt.papers.claim import Claim
from qubatt.papers.paper import Paper, PaperFigure
from qubatt.papers.report import FigurePage, render
from qubatt.papers.scans import Scans
from qubatt.plots import save_figure


def reproduce(
    paper: Paper,
    output: str | Path,
    figures: Sequence[int | str] | None = None,
    reading: str = "all",
    fresh: bool = False,
    report: Callable[[str, float, float], None] = lambda label, done, total: None,  # noqa: ARG005
) -> list[Claim]:
    """Reproduce figures of a paper in a folder and check their claims.

    The folder receives ``figureN.nc`` (drawn data), ``figureN-*.nc`` (scanned data),
    ``figureN.png`` and ``figureN.pdf``, the same files for additional figures under their own
    names, ``claims.json`` and ``report.html``. All files are written atomically. Runs are cached
    in ``cache/``, so an interrupted reproduction can be resumed.

    Parameters
    ----------
    paper : Paper
        Paper to reproduce.
    output : str or Path
        Folder, created if necessary.
    figures : sequence of int or str, optional
        Numbers of figures, and keys of additional figures. Default: all.
    reading : str
        One reading, or ``"all"``.
    fresh : bool
        Whether to recompute cached runs.
    report : callable
        Function that receives a label, the completed work and the total work.

    Returns
    -------
    list of Claim
        All claims of the figures, with verdicts.

    Raises
    ------
    ArgumentError
        If a figure or reading does not exist, or if the folder cannot be written.
    """
    chosen = select_figures(paper, figures)
    if reading != "all" and reading not in paper.readings:
        names = ", ".join(paper.readings)
        raise ArgumentError("reading", f"be one of {names} or all", reading)
    readings = list(paper.readings) if reading == "all" else [reading]
    folder = check_directory("output", Path(output))
    pages = []
    with Scans(folder / "cache", fresh, report) as scans:
        for figure in chosen:
            data = figure.compute(scans, readings)
            for name, dataset in data.items():
                suffix = "" if name == "figure" else f"-{name}"
                save(dataset, folder / f"{figure.stem}{suffix}.nc")
            drawings = figure.draw(data)
            for stem, drawing in drawings.items():
                for kind in (".png", ".pdf"):
                    save_figure(drawing, folder / f"{stem}{kind}")
            pages.append(
                FigurePage(
                    name=figure.name,
                    anchor=figure.stem,
                    title=figure.title,
                    caption=figure.caption,
                    images=tuple(folder / f"{stem}.png" for stem in drawings),
                    parameters=tuple(figure.parameters(data)),
                    tables=tuple(figure.tables(data)),
                    claims=tuple(figure.judge(data)),
                )
            )
    claims = [claim for page in pages for claim in page.claims]
    content = {
        "paper": paper.key,
        "qubatt": __version__,
        "readings": {name: paper.readings[name] for name in readings},
        "claims": [claim.to_dict() for claim in claims],
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(folder / "claims.json", lambda path: path.write_text(text, encoding="utf-8"))
    page = render(paper, readings, pages)
    write_whole(folder / "report.html", lambda path: path.write_text(page, encoding="utf-8"))
    return claims


def select_figures(paper: Paper, keys: Sequence[int | str] | None) -> list[PaperFigure]:
    """Return the figures with given numbers or keys, in the order of the paper.

    Raises
    ------
    ArgumentError
        If a figure does not exist.
    """
    by_key = {figure.key: figure for figure in paper.figures}
    if keys is None:
        return list(by_key.values())
    for key in keys:
        if str(key) not in by_key:
            raise ArgumentError("figures", f"be among {', '.join(by_key)}", key)
    chosen = {str(key) for key in keys}
    return [figure for key, figure in by_key.items() if key in chosen]
