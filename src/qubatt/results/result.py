"""The Dataset that qubatt returns: an `xarray.Dataset` with a summary as text and as HTML."""

from __future__ import annotations

from typing import Any

import xarray as xr

from qubatt.results.html import html
from qubatt.results.reading import certificate, engine_of, parameters
from qubatt.results.status import one_status
from qubatt.results.summary import summary


class Result(xr.Dataset):  # type: ignore[no-untyped-call]  # xarray types no __init_subclass__
    """A Dataset whose text form shows the parameters, the main numbers and the certificate.

    Everything else, including ``repr``, selection and file output, is that of `xarray.Dataset`.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Return the summary, of about 25 lines at most."""
        return summary(self)

    def _repr_html_(self) -> str:
        """Return the notebook view: status, Hamiltonian and summary above the view of xarray."""
        return html(self, super()._repr_html_())

    @property
    def status(self) -> Any:
        """Status of a single result as a string, or of joined results and studies as an array."""
        one = "" if "study" in self.attrs else one_status(self)
        return one or self["status"]

    @property
    def certificate(self) -> dict[str, Any]:
        """Status and the numbers behind it; see `qubatt.certificate`."""
        return certificate(self)

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the result; see `qubatt.parameters`."""
        return parameters(self)

    @property
    def engine(self) -> dict[str, Any]:
        """Report of the engine; see `qubatt.engine_of`."""
        return engine_of(self)
