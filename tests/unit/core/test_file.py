"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from qubatt.core.errors import ArgumentError
from qubatt.core.file import check_directory, write_whole


def test_writes_and_returns_the_path(tmp_path: Path) -> None:
    """The file stands where it was asked for, and nothing else does."""
    target = tmp_path / "new" / "deep" / "run.txt"
    assert write_whole(str(target), lambda part: part.write_text("whole")) == target
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_writer_gets_a_file_beside_the_target_with_its_suffix(tmp_path: Path) -> None:
    """Same folder, so that the last step is one rename; same suffix, which picks formats."""
    seen: list[Path] = []

    def write(part: Path) -> None:
        seen.append(part)
        part.write_text("x")

    write_whole(tmp_path / "run.png", write)
    assert seen[0].parent == tmp_path
    assert seen[0].suffix == ".png"
    assert seen[0] != tmp_path / "run.png"


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    """The new content stands alone, even if shorter."""
    target = tmp_path / "run.txt"
    target.write_text("old and long")
    write_whole(target, lambda part: part.write_text("new"))
    assert target.read_text() == "new"


def test_a_writer_that_fails_midway_leaves_the_old_file(tmp_path: Path) -> None:
    """Neither the old file nor the folder shows that anything happened."""
    target = tmp_path / "run.txt"
    target.write_text("old")

    def write(part: Path) -> None:
        part.write_text("half of the n")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        write_whole(target, write)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_interrupted_writer_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C is no Exception, and cleans up as well."""

    def write(part: Path) -> None:
        part.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "run.txt", write)
    assert list(tmp_path.iterdir()) == []


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    """A result is as readable as any other new file, not private like a temporary one."""
    plain, whole = tmp_path / "plain", tmp_path / "whole"
    plain.write_text("x")
    write_whole(whole, lambda part: part.write_text("x"))
    assert stat.S_IMODE(whole.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_target_that_is_a_directory_is_refused(tmp_path: Path) -> None:
    """The writer is not even called."""
    with pytest.raises(ArgumentError, match="must be a file, not a directory") as caught:
        write_whole(tmp_path, lambda part: pytest.fail(f"called with {part}"))
    assert caught.value.value == str(tmp_path)


def test_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    """A folder that cannot be made is named, with what to do."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArgumentError, match="directory that can be written to") as caught:
        write_whole(tmp_path / "file" / "run.txt", lambda part: part.write_text("x"))
    assert str(caught.value).endswith("Choose another folder.")


def test_folder_that_refuses_files_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's reason stands in the message."""

    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("qubatt.core.file.tempfile.TemporaryFile", refuse)
    with pytest.raises(ArgumentError, match=r"written to \(Permission denied\)") as caught:
        check_directory("output", tmp_path)
    assert (caught.value.argument, caught.value.value) == ("output", str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_read_only_folder_is_refused(tmp_path: Path) -> None:
    """A folder without write permission, as the operating system enforces it."""
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(ArgumentError, match="Permission denied"):
        write_whole(folder / "run.txt", lambda part: part.write_text("x"))


def test_check_directory_makes_the_folder_and_leaves_it_empty(tmp_path: Path) -> None:
    """The probe file is gone afterwards."""
    folder = tmp_path / "a" / "b"
    assert check_directory("output", folder) == folder
    assert list(folder.iterdir()) == []
