"""Which BLAS kernels are tested depends on the processor alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernels import NEEDED, active, chosen, instructions

AVX = NEEDED["Haswell"]
LEVEL_TOLERANCE = {None: "Haswell", "Haswell": "Haswell", "Zen": "Haswell", "Nehalem": "Nehalem"}


@pytest.mark.parametrize(
    ("there", "run", "tested"),
    [
        (AVX | {"sse4_2"}, LEVEL_TOLERANCE, ["Nehalem"]),
        (AVX | {"sse4_2"}, LEVEL_TOLERANCE | {"Zen": "Zen"}, ["Zen", "Nehalem"]),
        (
            AVX | {"sse4_2"} | NEEDED["SkylakeX"],
            LEVEL_TOLERANCE | {None: "SkylakeX", "SkylakeX": "SkylakeX"},
            ["Haswell", "Nehalem"],
        ),
        (AVX | NEEDED["SkylakeX"] - {"avx512vl"}, LEVEL_TOLERANCE, []),
        (set(), {None: "armv8"}, []),
    ],
)
def test_chosen(there: set[str], run: dict[str | None, str], tested: list[str]) -> None:
    """Those that can run and differ from all before; a reason for every other one."""
    found, left = chosen(NEEDED, there, run)
    assert found == tested
    assert {*found, *left} == {*NEEDED}


def test_instructions(tmp_path: Path) -> None:
    """Those of the processor, as Linux lists them; none elsewhere."""
    (tmp_path / "cpuinfo").write_text("vendor_id : x\nflags\t\t: fpu avx2 fma\n\nflags : fpu\n")
    assert instructions(tmp_path / "cpuinfo") == {"fpu", "avx2", "fma"}
    assert instructions(tmp_path / "missing") == set()


def test_kernels_can_be_chosen() -> None:
    """What is asked for does run: the tests under other kernels would else prove nothing."""
    if not NEEDED["Nehalem"] <= instructions() or active(None) == "?":
        pytest.skip("other processors, or another library than OpenBLAS")
    assert active("Nehalem") == "Nehalem"
