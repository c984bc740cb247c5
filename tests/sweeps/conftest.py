"""The command line as processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small import Command, Nursery


class Starter:
    """Starts ``qubatt`` with some arguments; several at a time if need be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nurseries: list[Nursery] = []

    def __call__(self, *arguments: object, hurry: bool = True, largest: int = 0) -> Command:
        """Return a process in a group of its own; see `driver`."""
        nursery = next((one for one in self._nurseries if one.is_free), None)
        if nursery is None:
            nursery = Nursery(self._folder / f"{len(self._nurseries)}")
            self._nurseries.append(nursery)
        return nursery.start(arguments, hurry, largest)

    def close(self) -> None:
        """End all."""
        for nursery in self._nurseries:
            nursery.close()


@pytest.fixture(scope="session")
def qubatt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Return what starts the command line."""
    starter = Starter(tmp_path_factory.mktemp("commands"))
    yield starter
    starter.close()
