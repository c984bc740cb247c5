"""Versions of the package and of its numerical libraries."""

from __future__ import annotations

from functools import cache

__version__ = "0.1.0"


@cache
def versions() -> dict[str, str]:
    """Return the versions of qubatt, Python and the numerical libraries."""
    from importlib.metadata import version  # these two take longer than the help of a command
    from platform import python_version

    libraries = ("numpy", "scipy", "numba", "xarray")
    return {"qubatt": __version__, "python": python_version()} | {
        name: version(name) for name in libraries
    }
