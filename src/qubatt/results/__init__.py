"""Results: labelled data, their status, their summary as text, and laws fitted to them."""

from qubatt.results.result import Result
from qubatt.results.scaling import scaling

__all__ = ["Result", "scaling"]
