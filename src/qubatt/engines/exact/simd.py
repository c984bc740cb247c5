"""SIMD vectors: explicit vectors of doubles for compiled kernels, as LLVM types.

Compilers vectorise loops over rows of a matrix only under conditions that are difficult to prove.
Here the vectors are explicit, and LLVM splits them into the vectors that the machine supports.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model
from numba.np import arrayobj


class Simd(types.Type):
    """Vector of `width` doubles."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Lanes({width})")


@register_model(Simd)
class SimdModel(models.PrimitiveModel):
    """Representation of `Simd` by an LLVM vector."""

    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, ir.VectorType(ir.DoubleType(), fe_type.width))


def _vector(width):
    return ir.VectorType(ir.DoubleType(), width)


def _mask(entries):
    return ir.Constant(ir.VectorType(ir.IntType(32), len(entries)), list(entries))


def _pointer(context, builder, array_type, array, index, width):
    data = arrayobj.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _vector(width).as_pointer())


def _spread(builder, number, width):
    """Broadcast a number to every lane; return a vector unchanged."""
    if isinstance(number.type, ir.VectorType):
        return number
    first = ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(ir.Constant(_vector(width), ir.Undefined), number, first)
    return builder.shuffle_vector(one, one, _mask([0] * width))


def _zeros(width):
    def generate(context, builder, signature, args):
        return ir.Constant(_vector(width), [0.0] * width)

    return Simd(width)(), generate


@intrinsic
def zeros8(typing):
    """Return 8 lanes with the value 0."""
    return _zeros(8)


@intrinsic
def zeros32(typing):
    """Return 32 lanes with the value 0."""
    return _zeros(32)


@intrinsic
def bare(typing, array):
    """Return an array without its owner, so that no references to it are counted.

    Counting is atomic, and Numba counts references wherever an array is used after a branch. The
    caller must keep the owner alive.
    """

    def generate(context, builder, signature, args):
        made = arrayobj.make_array(signature.args[0])(context, builder, args[0])
        made.meminfo = ir.Constant(made.meminfo.type, None)
        made.parent = ir.Constant(made.parent.type, None)
        return made._getvalue()

    return array(array), generate


@intrinsic
def at(typing, array, index):
    """Return ``array[index]`` for an index ≥ 0, without the check for negative ones."""

    def generate(context, builder, signature, args):
        data = arrayobj.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.load(builder.gep(data, [args[1]]))

    return array.dtype(array, types.intp), generate


@intrinsic
def load(typing, array, index, like):
    """Return consecutive numbers from ``array[index]``, one for each lane of `like`."""

    def generate(context, builder, signature, args):
        pointer = _pointer(context, builder, signature.args[0], args[0], args[1], like.width)
        return builder.load(pointer, align=8)

    return like(array, types.intp, like), generate


@intrinsic
def store(typing, array, index, lanes):
    """Write the lanes to consecutive elements from ``array[index]``."""

    def generate(context, builder, signature, args):
        pointer = _pointer(context, builder, signature.args[0], args[0], args[1], lanes.width)
        builder.store(args[2], pointer, align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), generate


@intrinsic
def fma(typing, a, b, c):
    """Return ab + c; `a` may be a single number."""
    first = a if isinstance(a, Simd) else types.float64

    def generate(context, builder, signature, args):
        x, y, z = args
        product = builder.fmul(_spread(builder, x, c.width), y, flags=("contract",))
        return builder.fadd(product, z, flags=("contract",))

    return c(first, b, c), generate


@intrinsic
def fms(typing, a, b, c):
    """Return c − ab; `a` may be a single number."""
    first = a if isinstance(a, Simd) else types.float64

    def generate(context, builder, signature, args):
        x, y, z = args
        product = builder.fmul(_spread(builder, x, c.width), y, flags=("contract",))
        return builder.fsub(z, product, flags=("contract",))

    return c(first, b, c), generate


@intrinsic
def minus(typing, a, b):
    """Return a − b; `a` may be a single number."""
    first = a if isinstance(a, Simd) else types.float64

    def generate(context, builder, signature, args):
        return builder.fsub(_spread(builder, args[0], b.width), args[1])

    return b(first, b), generate


@intrinsic
def times(typing, a, b):
    """Return ab; `a` may be a single number."""
    first = a if isinstance(a, Simd) else types.float64

    def generate(context, builder, signature, args):
        return builder.fmul(_spread(builder, args[0], b.width), args[1], flags=("contract",))

    return b(first, b), generate


@intrinsic
def flush(typing, a, tiny):
    """Return `a` with lanes of magnitude up to `tiny` set to 0; NaN is preserved."""

    def generate(context, builder, signature, args):
        kind = args[0].type
        name = f"llvm.fabs.v{a.width}f64"
        size = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name)
        bound = _spread(builder, args[1], a.width)
        keep = builder.fcmp_unordered(">", builder.call(size, [args[0]]), bound)
        return builder.select(keep, args[0], ir.Constant(kind, [0.0] * a.width))

    return a(a, types.float64), generate


@intrinsic
def total(typing, a):
    """Return the sum of the lanes."""

    def generate(context, builder, signature, args):
        lanes, width = args[0], a.width
        while width > 1:
            width //= 2
            low = builder.shuffle_vector(lanes, lanes, _mask(range(width)))
            high = builder.shuffle_vector(lanes, lanes, _mask(range(width, 2 * width)))
            lanes = builder.fadd(low, high)
        return builder.extract_element(lanes, ir.Constant(ir.IntType(32), 0))

    return types.float64(a), generate


@intrinsic
def transpose8(typing, array, source, source_stride, target, target_stride, sign):
    """Write `sign` times the transpose of an 8 × 8 tile of an array to another place in it."""

    def generate(context, builder, signature, args):
        array_type, data = signature.args[0], args[0]

        def pointer(base, stride, k):
            index = builder.add(base, builder.mul(stride, ir.Constant(base.type, k)))
            return _pointer(context, builder, array_type, data, index, 8)

        rows = [builder.load(pointer(args[1], args[2], k), align=8) for k in range(8)]
        for half in (4, 2, 1):  # swap the off-diagonal quarters of 2 half × 2 half squares
            low = _mask([8 + j - half if j & half else j for j in range(8)])
            high = _mask([8 + j if j & half else j + half for j in range(8)])
            swapped = list(rows)
            for k in (k for k in range(8) if not k & half):
                swapped[k] = builder.shuffle_vector(rows[k], rows[k | half], low)
                swapped[k | half] = builder.shuffle_vector(rows[k], rows[k | half], high)
            rows = swapped
        factor = _spread(builder, args[5], 8)
        for k, row in enumerate(rows):
            builder.store(builder.fmul(factor, row), pointer(args[3], args[4], k), align=8)
        return context.get_dummy_value()

    integer = types.intp
    return types.void(array, integer, integer, integer, integer, types.float64), generate
