"""What tells two Python functions of time apart, where only their name is stored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from qubatt.sweeps.seed import seeded

TIMES = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 211) * (1 + 1e-3)])
"""Times at which a function is looked at."""

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""Where a thing is in memory."""


def function_hash(function: Callable[[float], float]) -> str:
    """Return a hash of the code of a function, of what it holds, and of some of its values.

    Two functions of one hash may still differ in what they call.
    """
    with seeded(0):  # for functions that draw random numbers
        parts = [*_said(function), *(_value(function, float(time)) for time in TIMES)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _said(function: Any) -> Iterator[str]:
    if isinstance(function, partial):
        yield from _said(function.func)
        yield _text([function.args, function.keywords])
        return
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        yield f"{type(function).__qualname__} {_text(getattr(function, '__dict__', {}))}"
        code = getattr(vars(type(function)).get("__call__"), "__code__", None)
        if not isinstance(code, CodeType):
            return
    yield from _code(code)
    cells = getattr(function, "__closure__", None) or ()
    yield _text([cell.cell_contents for cell in cells])
    yield _text(
        [getattr(function, "__defaults__", None), getattr(function, "__kwdefaults__", None)]
    )


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        else:
            yield _text(constant)


def _text(value: Any) -> str:
    """Return a text of a value that is the same in every process: no addresses, no hash order."""
    if isinstance(value, dict):
        return _text({(_text(key), _text(part)) for key, part in value.items()})
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_text, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, np.ndarray) and value.dtype != object:
        return f"{value.dtype.str} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, partial | FunctionType):
        return "\n".join(_said(value))
    return ADDRESS.sub("", repr(value))


def _value(function: Callable[[float], float], time: float) -> str:
    try:
        return repr(float(function(time)))
    except Exception as error:
        return type(error).__name__
