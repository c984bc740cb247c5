"""Results: labelled data, their parameters and status, their summary, and laws fitted to them."""

from qubatt.results.concat import concat
from qubatt.results.reading import certificate, engine_of, parameters
from qubatt.results.result import Result
from qubatt.results.scaling import scaling

__all__ = ["Result", "certificate", "concat", "engine_of", "parameters", "scaling"]
