"""Self-contained HTML pages: what the reports of papers and of studies share."""

from qubatt.pages.html_page import render_page

__all__ = ["render_page"]
