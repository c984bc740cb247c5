"""Errors of calls that do not fit the signature of a public function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from qubatt.core.declaration import fields_of
from qubatt.core.errors import MISSING, ArgumentError, suggest
from qubatt.core.registry import registry

P = ParamSpec("P")
R = TypeVar("R")

EXAMPLES = {
    "battery": "qb.DrivenBattery(n_atoms=2, drive=1.0)",
    "times": "times=np.linspace(0, 10, 101)",
    "environment": "environment=qb.CavityLoss(0.5)",
    "charger": "charger=qb.FockState(2)",
    "merits": 'merits=["energy", "ergotropy_full"]',
    "engine": 'engine="matrix:tolerance=1e-9"',
    "n_atoms": "n_atoms=[2, 4, 8]",
    "interaction": "interaction=4.0",
    "beta": "beta=1.0",
}
"""Examples of arguments as written in a call, by the name of the argument."""

OTHER_NAMES = {
    "tlist": "times",
    "t_list": "times",
    "t": "times",
    "time": "times",
    "tspan": "times",
    "c_ops": "environment",
    "c_op_list": "environment",
    "jump_ops": "environment",
    "dissipators": "environment",
    "kappa": "environment",
    "gamma": "environment",
    "rate": "environment",
    "n_thermal": "environment",
    "rho0": "charger",
    "psi0": "charger",
    "state": "charger",
    "initial_state": "charger",
    "e_ops": "merits",
    "observables": "merits",
    "merit": "merits",
    "H": "battery",
    "hamiltonian": "battery",
    "solver": "engine",
}
"""Arguments of qubatt, by the names used in other packages or by fields of their values."""


def explained_call(function: Callable[P, R]) -> Callable[P, R]:
    """Turn a call that does not fit the signature of a function into an `ArgumentError`."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError:
            if (error := call_error(function, args, kwargs)) is None:
                raise
            raise error from None

    return call


def call_error(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> ArgumentError | None:
    """Return the error in the arguments of a call, or None if they fit the signature."""
    parameters = inspect.signature(function).parameters
    placed = [name for name, each in parameters.items() if each.kind is not each.KEYWORD_ONLY]
    for name, value in kwargs.items():
        if name not in parameters:
            return ArgumentError(name, "be left out", MISSING, _cure(name, function, args, kwargs))
        if name in placed[: len(args)]:
            return ArgumentError(name, "be given once", value)
    example = f"Write, for example, {_example(function)}."
    if extra := args[len(placed) :]:
        named = [name for name in parameters if name not in placed and name not in kwargs]
        if len(extra) > len(named):
            return ArgumentError("arguments", "fit the function", args, example)
        return ArgumentError(named[0], "be given by name", extra[0], example)
    for name, each in parameters.items():
        if each.default is each.empty and name not in kwargs and name not in placed[: len(args)]:
            return ArgumentError(name, "be given", MISSING, example)
    return None


def _example(function: Callable[..., Any]) -> str:
    """Return an example of a call with all required arguments."""
    parameters = inspect.signature(function).parameters
    required = [name for name, each in parameters.items() if each.default is each.empty]
    written = ", ".join(EXAMPLES.get(name, name) for name in required)
    return f"qb.{function.__name__}({written})"


def _cure(
    name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> str:
    """Return advice on a keyword that the function does not have."""
    parameters = inspect.signature(function).parameters
    if (other := OTHER_NAMES.get(name)) in parameters:
        return f"Use the argument `{other}`, for example {EXAMPLES[str(other)]}."
    battery = args[0] if args else kwargs.get("battery")
    if "battery" in parameters and hasattr(type(battery), "__pydantic_fields__"):
        if name in fields_of(type(battery)):
            return f"It is a field of the battery: {type(battery).__name__}({name}=…)."
        owners = [cls for cls in registry.items("battery").values() if name in fields_of(cls)]
        if owners:
            names = ", ".join(cls.__name__ for cls in owners)
            return f"It is a field of other batteries: {names}."
    return suggest(name, parameters)
