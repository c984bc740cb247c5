"""Folders of studies that an earlier version wrote are read, resumed and extended.

``data/earlier-studies.zip`` holds the folders ``charge``, ``steady`` and ``discharge``, two points
each, as the version of commit dbcb3f8 wrote them, with solved states of the first two. These two
have a cavity, so that the states of their companions are stored as well.
"""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import assert_same, computed, new_points
from test_extension import no_dynamics

from qubatt.sweeps import load, sweep
from qubatt.sweeps.store.store import Store

ARCHIVE = Path(__file__).parent / "data/earlier-studies.zip"
KINDS = ("charge", "steady", "discharge")


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Return a folder with the earlier studies."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def study_in(folder: Path) -> dict[str, Any]:
    """Return the study of a folder."""
    return tomllib.loads((folder / "study.toml").read_text())


@pytest.mark.parametrize("kind", KINDS)
def test_earlier_folders_are_read(folders: Path, kind: str) -> None:
    """All variables are there, and equal what is computed today."""
    data = load(folders / kind)
    assert (data.status == "ok").all()
    today = sweep(study_in(folders / kind))
    assert set(data) == set(today)
    assert data.key.values.tolist() == today.key.values.tolist()
    for name in data.data_vars:
        if data[name].dtype.kind == "f" and not str(name).startswith("certificate_"):
            np.testing.assert_allclose(data[name], today[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_earlier_folders_are_resumed_without_new_points(folders: Path, kind: str) -> None:
    """The same study finds its points; a longer axis takes the new one only."""
    earlier = load(folders / kind)
    study = study_in(folders / kind)
    data, progress = computed(study, folders / kind)
    assert (progress.reused, progress.done) == (2, 2)
    assert_same(data, earlier)
    longer = study | {"sweep": {"battery.interaction": [0.0, 0.5, 1.0]}}
    assert new_points(longer, folders / kind)[1] == 1


@pytest.mark.parametrize("kind", ["charge", "steady"])
def test_earlier_states_give_further_merits(folders: Path, kind: str) -> None:
    """They are computed from the stored states, without any dynamics."""
    study = study_in(folders / kind)
    more = study | {"run": study["run"] | {"merits": ["energy", "ergotropy_full"]}}
    with no_dynamics() as calls:
        data, new = new_points(more, folders / kind)
    assert (new, calls) == (2, [])
    own = sweep(more)
    np.testing.assert_allclose(data.ergotropy_full, own.ergotropy_full, rtol=0, atol=1e-9)


def test_earlier_points_have_their_states(folders: Path) -> None:
    """Charging and steady states were kept, discharging never is."""
    for kind, kept in (("charge", True), ("steady", True), ("discharge", False)):
        store = Store.open(folders / kind)
        keys = load(folders / kind).key.values.tolist()
        assert [store.state(key) is not None for key in keys] == [kept, kept]
