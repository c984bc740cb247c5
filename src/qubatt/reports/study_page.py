"""Report of a study as a self-contained HTML page."""

from __future__ import annotations

import datetime
from pathlib import Path

import tomli_w
import xarray as xr

from qubatt.core.call import explained_call
from qubatt.core.errors import MISSING, ArgumentError
from qubatt.core.file import write_whole
from qubatt.core.float_errors import usual_float_errors
from qubatt.core.version import versions
from qubatt.pages import render_page
from qubatt.reports.figures import standard_figures
from qubatt.reports.source import open_result
from qubatt.results.checks import certificate_rows, status_rows
from qubatt.results.contents import json_attribute
from qubatt.results.parameters import fixed_rows
from qubatt.results.tables import axis_rows, failure_rows, merit_rows, provenance_rows


@explained_call
@usual_float_errors
def report(source: xr.Dataset | str | Path, output: str | Path | None = None) -> Path:
    """Write an HTML page with the parameters, figures, certificates and failures of a study.

    The embedded figures depend on the dimensions of the data: curves for one axis, maps for two
    axes, power laws for at least three numbers of atoms, and families of curves over time.

    Parameters
    ----------
    source : xarray.Dataset, str or Path
        A Dataset, the folder of a study or a netCDF file.
    output : str or Path, optional
        File to write. Default: ``report.html`` in the folder of the study or file.

    Returns
    -------
    Path
        The written page.

    Raises
    ------
    ArgumentError
        If the study does not exist, or if the page cannot be written.

    Examples
    --------
    >>> import qubatt as qb
    >>> cycle = qb.recharge(n_atoms=[2, 4], interaction=4.0, beta=1.0)
    >>> qb.report(cycle, "report.html").name
    'report.html'
    """
    if isinstance(source, xr.Dataset):
        if output is None:
            raise ArgumentError("output", "name a file if the source is a Dataset", MISSING)
        return _write(source, Path(output))
    if not isinstance(source, str | Path):
        raise ArgumentError("source", "be a Dataset or a path", type(source).__name__)
    folder = Path(source) if Path(source).is_dir() else Path(source).parent
    return _write(open_result(source), Path(output or folder / "report.html"))


def _write(dataset: xr.Dataset, path: Path) -> Path:
    if path.suffix.lower() not in (".html", ".htm"):
        raise ArgumentError("output", "end in .html", str(path))
    return write_whole(path, lambda part: part.write_text(render(dataset), encoding="utf-8"))


def render(dataset: xr.Dataset) -> str:
    """Return the HTML of the page, with all figures embedded."""
    return render_page(
        "qubatt.reports",
        "report.html.j2",
        title=dataset.attrs.get("title") or "Study",
        description=dataset.attrs.get("description", ""),
        fixed=fixed_rows(dataset),
        axes=axis_rows(dataset),
        statuses=status_rows(dataset),
        quantities=merit_rows(dataset),
        certificates=certificate_rows(dataset),
        failures=failure_rows(dataset),
        provenance=provenance_rows(dataset),
        citations=json_attribute(dataset, "citations") or [],
        figures=standard_figures(dataset),
        study=_study_text(dataset),
        versions=versions(),
        date=datetime.date.today().isoformat(),
    )


def _study_text(dataset: xr.Dataset) -> str:
    """Return the study in TOML form, which can be run again."""
    tables = json_attribute(dataset, "study")
    return tomli_w.dumps(tables) if tables else ""
