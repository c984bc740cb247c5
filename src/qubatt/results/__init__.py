"""Results: labelled data with parameters, status and summary, and power-law fits."""

from qubatt.results.concat import concat
from qubatt.results.reading import certificate, engine_of, parameters
from qubatt.results.result import Result
from qubatt.results.scaling import scaling

__all__ = ["Result", "certificate", "concat", "engine_of", "parameters", "scaling"]
