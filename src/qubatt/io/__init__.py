"""Store Datasets and read them back."""

from qubatt.io.netcdf import load, save

__all__ = ["load", "save"]
