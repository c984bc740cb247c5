"""Rendering of self-contained HTML pages, shared by the reports of papers and of studies."""

from qubatt.pages.html_page import render_page

__all__ = ["render_page"]
