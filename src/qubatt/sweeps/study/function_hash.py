"""Hashes of functions of time; results themselves store only the names of the functions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from qubatt.core.seeding import generators_restored, seed_generators

SAMPLE_TIMES = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 211) * (1 + 1e-3)])
"""Times at which the hash samples a function."""

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""Pattern of the memory address in the text form of an object."""


def function_hash(function: Callable[[float], float]) -> str:
    """Return a hash of the code, the data and sampled values of a function.

    Two functions with equal hashes may still differ in the functions that they call.
    """
    with generators_restored():
        seed_generators(0)  # makes functions that draw random numbers reproducible
        parts = [*_texts(function), *(_value(function, float(time)) for time in SAMPLE_TIMES)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _texts(function: Any, above: tuple[int, ...] = ()) -> Iterator[str]:
    if isinstance(function, partial):
        yield from _texts(function.func, above)
        yield _text([function.args, function.keywords], above)
        return
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        yield _attributes(function, above)
        code = getattr(vars(type(function)).get("__call__"), "__code__", None)
        if not isinstance(code, CodeType):
            return
    yield from _code(code)
    if isinstance(function, MethodType):
        yield _text(function.__self__, above)
    cells = getattr(function, "__closure__", None) or ()
    yield _text([cell.cell_contents for cell in cells], above)
    defaults = [getattr(function, name, None) for name in ("__defaults__", "__kwdefaults__")]
    yield _text(defaults, above)


def _attributes(holder: Any, above: tuple[int, ...]) -> str:
    """Return the type and the attributes of an object, including those in slots."""
    slots = [getattr(cls, "__slots__", ()) for cls in type(holder).__mro__]
    names = [name for part in slots for name in ([part] if isinstance(part, str) else part)]
    values = {name: getattr(holder, name) for name in names if hasattr(holder, name)}
    values.pop("__dict__", None)
    values.pop("__weakref__", None)
    values |= getattr(holder, "__dict__", {})
    return f"{type(holder).__qualname__} {_text(values, above)}"


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        else:
            yield _text(constant)


def _text(value: Any, above: tuple[int, ...] = ()) -> str:
    """Return a text form that does not depend on memory addresses or on hash order.

    `above` contains the addresses of the enclosing objects, which terminates cycles.
    """
    if id(value) in above:
        return type(value).__qualname__
    inner = (*above, id(value))
    if isinstance(value, dict):
        return _text({(_text(key, inner), _text(part, inner)) for key, part in value.items()})
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(_text(part, inner) for part in value))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_text(part, inner) for part in value)}]"
    if isinstance(value, np.ndarray) and value.dtype != object:
        return f"{value.dtype.str} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, partial | FunctionType | MethodType):
        return "\n".join(_texts(value, inner))
    text = repr(value)
    is_bare_address = ADDRESS.search(text) and not isinstance(value, type | ModuleType)
    return _attributes(value, inner) if is_bare_address else ADDRESS.sub("", text)


def _value(function: Callable[[float], float], time: float) -> str:
    try:
        return repr(float(function(time)))
    except Exception as error:
        return type(error).__name__
