"""The Dataset that qubatt returns: xarray's, with another text for ``print``."""

from __future__ import annotations

import xarray as xr

from qubatt.results.summary import summary


class Result(xr.Dataset):  # type: ignore[no-untyped-call]  # xarray types no __init_subclass__
    """A Dataset that prints what was computed, its main numbers, and how far to trust them.

    Everything else, ``repr`` and selections and files included, is that of `xarray.Dataset`.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Return the summary, at most 25 lines."""
        return summary(self)
