"""What tells two Python functions of time apart, where only their name is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType
from typing import Any

import numpy as np

TIMES = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 211) * (1 + 1e-3)])
"""Times at which a function is looked at."""


def function_hash(function: Callable[[float], float]) -> str:
    """Return a hash of the code of a function, of what it holds, and of some of its values.

    Two functions of one hash may still differ in what they call.
    """
    parts = [*_said(function), *(_value(function, float(time)) for time in TIMES)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _said(function: Any) -> Iterator[str]:
    if isinstance(function, partial):
        yield from _said(function.func)
        yield repr((function.args, sorted(function.keywords.items())))
        return
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        yield f"{type(function).__qualname__} {sorted(getattr(function, '__dict__', {}).items())}"
        code = getattr(vars(type(function)).get("__call__"), "__code__", None)
        if not isinstance(code, CodeType):
            return
    yield from _code(code)
    cells = getattr(function, "__closure__", None) or ()
    yield repr([cell.cell_contents for cell in cells])
    yield repr(getattr(function, "__defaults__", None))


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        else:
            yield repr(constant)


def _value(function: Callable[[float], float], time: float) -> str:
    try:
        return repr(float(function(time)))
    except Exception as error:
        return type(error).__name__
