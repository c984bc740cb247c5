"""The command line as processes of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small import Starter


@pytest.fixture(scope="session")
def qubatt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Return what starts the command line."""
    starter = Starter(tmp_path_factory.mktemp("commands"))
    yield starter
    starter.close()
