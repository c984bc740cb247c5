"""HTML reports of studies: parameters, figures, certificates and failures."""

from qubatt.reports.source import open_result
from qubatt.reports.study_page import report

__all__ = ["open_result", "report"]
