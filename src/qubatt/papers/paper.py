"""What a reproduced paper consists of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import xarray as xr
from matplotlib.figure import Figure

from qubatt.papers.claim import Claim
from qubatt.papers.job import Runner

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


class PaperFigure(ABC):
    """One figure: its data, its drawing, its claims."""

    number: int
    title: str

    @abstractmethod
    def compute(self, runner: Runner, readings: Sequence[str]) -> Datasets:
        """Return the data, computing what the cache lacks."""

    @abstractmethod
    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return drawings by file stem; the first is the figure of the paper."""

    @abstractmethod
    def judge(self, data: Datasets) -> list[Claim]:
        """Return the claims of this figure with their verdicts."""

    @abstractmethod
    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing, in the order of a caption."""


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
