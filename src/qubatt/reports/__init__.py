"""Pages about studies: parameters, figures, certificates, failures."""

from qubatt.reports.page import report
from qubatt.reports.source import open_result

__all__ = ["open_result", "report"]
