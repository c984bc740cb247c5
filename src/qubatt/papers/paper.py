"""Parts of a reproduced paper: figures, parameters, tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, final

import xarray as xr
from matplotlib.figure import Figure

from qubatt.papers.claim import Claim
from qubatt.papers.scans import Scans

Datasets = Mapping[str, xr.Dataset]
"""Data of a figure by name; ``"figure"`` is what is drawn."""


@dataclass(frozen=True)
class Parameter:
    """A value behind a figure, and whether the paper gives it."""

    name: str
    value: str
    origin: Literal["stated", "not stated"]
    reason: str = ""
    """Why this value was chosen, where the paper gives none."""


@dataclass(frozen=True)
class Table:
    """Numbers of a figure, as the report shows them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """What the numbers say."""


class PaperFigure(ABC):
    """One figure: its data, its drawing, its claims.

    Attributes
    ----------
    key : str
        Its number in the paper, or a word if the paper does not have it.
    title : str
        What it shows, in a few words.
    caption : str
        What there is to say below the drawing.
    """

    key: str
    title: str
    caption: str = ""

    @final
    @property
    def name(self) -> str:
        """What it is called: "Fig. 2", or that the paper does not have it."""
        return f"Fig. {self.key}" if self.key.isdigit() else "Beyond the paper"

    @final
    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"figure{self.key}" if self.key.isdigit() else self.key

    @abstractmethod
    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:
        """Return the data, computing what the cache lacks."""

    @abstractmethod
    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return drawings by file stem; the first is the figure itself."""

    @abstractmethod
    def judge(self, data: Datasets) -> list[Claim]:
        """Return the claims of this figure with their verdicts."""

    @abstractmethod
    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing, in the order of a caption."""

    @abstractmethod
    def tables(self, data: Datasets) -> list[Table]:
        """Return the tables of the report; there may be none."""


@dataclass(frozen=True)
class Paper:
    """A paper that can be reproduced.

    Attributes
    ----------
    key : str
        Key in the registry and in the bibliography.
    figures : tuple of PaperFigure
        Figures in order.
    readings : mapping of str to str
        Ways to read what the paper leaves open, with a sentence each.
    notes : tuple of str
        What a reader of the report should know first.
    """

    key: str
    figures: tuple[PaperFigure, ...]
    readings: Mapping[str, str]
    notes: tuple[str, ...] = ()
