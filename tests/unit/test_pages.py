"""The Python, shell and TOML of README and docs run as they stand there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from documented import WrongExampleError, blocks, run_page

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block by block, in a folder of its own that has the studies of the clone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    try:
        run_page(blocks(page.name, page.read_text("utf-8")), tmp_path)
    finally:
        plt.close("all")


def test_blocks_of_pages_are_found() -> None:
    """Those of the first steps, at least; a page that loses its fences would test nothing."""
    tour = ROOT / "docs" / "tour.md"
    for page, python, shell_blocks in ((PAGES[0], 1, 2), (tour, 11, 1)):
        languages = [block.language for block in blocks(page.name, page.read_text("utf-8"))]
        assert languages.count("python") >= python
        assert languages.count("sh") >= shell_blocks


def shell(text: str) -> str:
    """Return a page of one block."""
    return f"# Title\n\n```sh\n{text}\n```\n"


ORDER = "```python\na = 1\n```\n\ntext\n\n- item\n\n  ```python\n  if a:\n      b = a + 1\n  ```\n"


@pytest.mark.parametrize(
    "text",
    [
        ORDER + "```python\nassert b == 2\n```\n",
        shell("echo 1 > file  # comment\n\nmake nothing\ntest -e file"),
        "<!-- not run: needs a cluster -->\n```sh\nfalse\n```\n",
        "```toml\n[battery]\ntype = 'driven'\ndrive = 1.0\n```\n",
        "```json\n{{\n```\n",
        shell("qubatt --version"),
    ],
)
def test_right_pages(tmp_path: Path, text: str) -> None:
    """Later blocks build on earlier ones; what is marked, or of another language, is left out."""
    run_page(blocks("page.md", text), tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ORDER + "```python\nassert b == 3\n```\n", "page.md:14: AssertionError"),
        ("```python\nmissing\n```\n", "page.md:2: NameError"),
        (shell("true\nfalse"), "page.md:5: false"),
        (shell("echo Traceback >&2"), "Traceback"),
        (shell("qubatt charge nobody"), "page.md:4: qubatt"),
        ("```toml\n[battery]\ntype = 'nobody'\n```\n", "page.md:2: "),
        ("```toml\n[battery\n```\n", "page.md:2: TOMLDecodeError"),
        ("<!-- not run -->\n```sh\nfalse\n```\n", "page.md:1: .* why"),
        ("<!-- not run: -->\n```sh\nfalse\n```\n", "page.md:1: .* why"),
        ("<!-- not run: far away -->\n\n```sh\nfalse\n```\n", "page.md:2: .* below the mark"),
        ("```sh\ntrue\n", "page.md:1: .* never closed"),
    ],
)
def test_planted_mistakes_are_found(tmp_path: Path, text: str, message: str) -> None:
    """In any language, with the place; marks must give a reason, directly above a block."""
    with pytest.raises(WrongExampleError, match=message):
        run_page(blocks("page.md", text), tmp_path)


def test_qubatt_of_a_page_is_that_of_this_interpreter(tmp_path: Path) -> None:
    """Not one that happens to be on the path."""
    run_page(blocks("page.md", shell("qubatt --version > version")), tmp_path)
    ours = [sys.executable, "-m", "qubatt", "--version"]
    said = subprocess.run(ours, capture_output=True, text=True, check=True).stdout
    assert (tmp_path / "version").read_text() == said
