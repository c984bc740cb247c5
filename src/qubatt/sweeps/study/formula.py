"""Parameters given as formulas of other parameters, such as ``0.5 / sqrt(n_atoms)``."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qubatt.core.errors import ArgumentError, suggest

Number = int | float

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}

UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
}

CONSTANTS = {"pi": math.pi}

MAX_EXPONENT = 64
"""Maximum exponent, which keeps every formula fast to evaluate."""


@dataclass(frozen=True)
class Formula:
    """An arithmetic expression of named numbers; it cannot run any other code.

    Attributes
    ----------
    argument : str
        The parameter that the formula gives, named in error messages.
    text : str
        Sums, products, powers, ``sqrt exp log sin cos abs min max round floor ceil`` and ``pi``.
    """

    argument: str
    text: str

    def __post_init__(self) -> None:
        _ = self._tree

    @cached_property
    def _tree(self) -> ast.expr:
        try:
            tree = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._refuse() from None
        functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            allowed = isinstance(
                node, ast.expr_context | ast.Name | ast.Call | ast.BinOp | ast.UnaryOp
            )
            allowed |= isinstance(node, ast.Constant) and type(node.value) in (int, float)
            allowed |= type(node) in BINARY or type(node) in UNARY
            if isinstance(node, ast.Name) and node.id in FUNCTIONS:
                allowed &= id(node) in functions
            if isinstance(node, ast.Call):
                allowed &= _is_function(node.func) and not node.keywords
            if not allowed:
                raise self._refuse()
        return tree

    def _refuse(self) -> ArgumentError:
        operators = "+ - * / // % **"
        functions = " ".join(FUNCTIONS)
        cure = f"It may contain numbers, names of parameters, {operators} and {functions}."
        return ArgumentError(self.argument, "be a formula", self.text, cure)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the parameters that the formula uses."""
        names = {node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)}
        return frozenset(names - FUNCTIONS.keys() - CONSTANTS.keys())

    def value(self, numbers: Mapping[str, Number]) -> Number:
        """Return the value of the formula.

        Raises
        ------
        ArgumentError
            If a name is unknown or the arithmetic fails.
        """
        for name in sorted(self.names):
            if name not in numbers:
                cure = f"{name} is not a numerical parameter. {suggest(name, numbers)}"
                raise ArgumentError(self.argument, "be a formula of parameters", self.text, cure)
        try:
            value: Number = self._evaluate(self._tree, {**CONSTANTS, **numbers})
        except (ArithmeticError, ValueError, TypeError) as error:
            inputs = ", ".join(f"{name} = {numbers[name]}" for name in sorted(self.names))
            cure = f"At {inputs}: {error}." if inputs else f"Cause: {error}."
            requirement = "have a value at every point"
            raise ArgumentError(self.argument, requirement, self.text, cure) from None
        return value

    def _evaluate(self, node: Any, numbers: Mapping[str, Number]) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return numbers[node.id]
        if isinstance(node, ast.UnaryOp):
            return UNARY[type(node.op)](self._evaluate(node.operand, numbers))
        if isinstance(node, ast.Call):
            function = FUNCTIONS[node.func.id]  # type: ignore[attr-defined]  # checked when built
            return function(*(self._evaluate(part, numbers) for part in node.args))
        left, right = self._evaluate(node.left, numbers), self._evaluate(node.right, numbers)
        if isinstance(node.op, ast.Pow) and abs(right) > MAX_EXPONENT:
            raise ValueError(f"an exponent of {right:g} is too large")
        value = BINARY[type(node.op)](left, right)
        if isinstance(value, complex):
            raise ValueError("the value is complex")
        return value


def _is_function(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in FUNCTIONS
