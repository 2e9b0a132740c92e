"""The operations of :mod:`.lanes` for numba: each emits the LLVM instructions of its name.

Imported when the first function that calls one is compiled.
"""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.typing.templates import (
    ConcreteTemplate,
    infer_global,
    make_intrinsic_template,
    signature,
)
from numba.extending import lower_builtin, models, register_model

from negeig.compiled.width import LANES


class Vector(types.Type):
    """Type of sixteen numbers."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"{LANES} x {dtype}")


@register_model(Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, vector: Vector) -> None:
        element = manager.lookup(vector.dtype).get_value_type()
        super().__init__(manager, vector, ir.VectorType(element, LANES))


FLOATS, INTS, LONGS = (Vector(kind) for kind in (types.float32, types.int32, types.int64))
TRUTHS = Vector(types.boolean)
_OF = {vector.dtype: vector for vector in (FLOATS, INTS, LONGS)}


def _arithmetic(function: Any, **instructions: str) -> None:
    """Teach numba an operator on two vectors: the names of the instructions, by their type."""
    kinds = [(FLOATS if kind == "floats" else INTS, name) for kind, name in instructions.items()]
    cases = [signature(vector, vector, vector) for vector, _ in kinds]
    infer_global(function)(type("Template", (ConcreteTemplate,), {"cases": cases}))
    for vector, name in kinds:
        lower_builtin(function, vector, vector)(
            lambda context, builder, sig, args, name=name: getattr(builder, name)(*args)
        )


_arithmetic(operator.add, floats="fadd", ints="add")
_arithmetic(operator.sub, floats="fsub", ints="sub")
_arithmetic(operator.mul, floats="fmul", ints="mul")
_arithmetic(operator.and_, ints="and_")
_arithmetic(operator.rshift, ints="ashr")


@infer_global(operator.lt)
class _Less(ConcreteTemplate):
    cases = [signature(TRUTHS, vector, vector) for vector in (FLOATS, INTS)]  # noqa: RUF012


@lower_builtin(operator.lt, FLOATS, FLOATS)
def _less_floats(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.fcmp_ordered("<", *args)


@lower_builtin(operator.lt, INTS, INTS)
def _less_ints(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.icmp_signed("<", *args)


def _address(context: Any, builder: Any, array: Any, value: Any, place: Any) -> Any:
    """Pointer to an element of a C-contiguous array."""
    data = context.make_array(array)(context, builder, value).data
    return builder.gep(data, [place])


def _sixteens(builder: Any, i: Any) -> Any:
    return builder.mul(i, ir.Constant(i.type, LANES))


def _load(typing: Any, array: Any, i: Any) -> Any:
    vector = _OF[array.dtype]

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        at = _address(context, builder, array, args[0], _sixteens(builder, args[1]))
        kind = context.get_value_type(vector)
        return builder.load(builder.bitcast(at, kind.as_pointer()), align=4)

    return vector(array, types.int64), emit


def _store(typing: Any, array: Any, i: Any, values: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        at = _address(context, builder, array, args[0], _sixteens(builder, args[1]))
        builder.store(args[2], builder.bitcast(at, args[2].type.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.none(array, types.int64, values), emit


def _transpose(
    typing: Any, source: Any, begin: Any, step: Any, target: Any, to: Any, by: Any
) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = context.get_value_type(_OF[source.dtype])

        def row(array: Any, values: Any, i: int) -> Any:
            value, begin, step = values
            place = builder.add(begin, builder.mul(step, ir.Constant(step.type, i)))
            at = _address(context, builder, array, value, place)
            return builder.bitcast(at, kind.as_pointer())

        rows = [builder.load(row(source, args[:3], i), align=4) for i in range(LANES)]
        for _ in range(LANES.bit_length() - 1):
            pairs = list(zip(rows[: LANES // 2], rows[LANES // 2 :], strict=True))
            rows = [_merged(builder, pair, half) for pair in pairs for half in (0, LANES // 2)]
        for i, values in enumerate(rows):
            builder.store(values, row(target, args[3:], i), align=4)
        return context.get_dummy_value()

    place = types.int64
    return types.none(source, place, place, target, place, place), emit


def _merged(builder: Any, pair: tuple[Any, Any], half: int) -> Any:
    """Half of the numbers of two vectors, by turns: four times over, it transposes."""
    lanes = [half + i // 2 + LANES * (i % 2) for i in range(LANES)]
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), lanes)
    return builder.shuffle_vector(*pair, mask)


def _spread(typing: Any, number: Any) -> Any:
    vector = _OF[number]

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _built(builder, context.get_value_type(vector), lambda lane: args[0])

    return vector(number), emit


def _built(builder: Any, kind: Any, value: Callable[[Any], Any]) -> Any:
    """Make a vector lane by lane; LLVM finds the instruction that does it at once."""
    made = ir.Constant(kind, ir.Undefined)
    for lane in (ir.Constant(ir.IntType(32), number) for number in range(LANES)):
        made = builder.insert_element(made, value(lane), lane)
    return made


def _permuted(typing: Any, values: Any, lanes: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        name = "permvar.sf.512" if values is FLOATS else "permvar.si.512"
        return _picked(context, builder, name, *args)

    return values(values, INTS), emit


def _permuted_two(typing: Any, first: Any, second: Any, lanes: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        one, other, places = args
        if _wide(context):
            name = "vpermi2var.ps.512" if first is FLOATS else "vpermi2var.d.512"
            return _picked(context, builder, name, one, places, other)
        bit = ir.Constant(places.type, [LANES] * LANES)
        early = builder.icmp_signed("!=", builder.and_(places, bit), bit)
        found = (_picked(context, builder, "", values, places) for values in (one, other))
        return builder.select(early, *found)

    return first(first, first, INTS), emit


def _wide(context: Any) -> bool:
    """Whether the processor has vectors of sixteen numbers."""
    return "+avx512f," in context.codegen()._tm_features


def _picked(context: Any, builder: Any, name: str, *args: Any) -> Any:
    """Pick lanes by the low bits of numbers, in one instruction if there is one.

    From the general form LLVM makes that instruction only inside a basic block.
    """
    vector, places = args[:2]
    if _wide(context):
        kind, name = ir.FunctionType(vector.type, [a.type for a in args]), "llvm.x86.avx512." + name
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)
    places = builder.and_(places, ir.Constant(places.type, [LANES - 1] * LANES))

    def value(lane: Any) -> Any:
        return builder.extract_element(vector, builder.extract_element(places, lane))

    return _built(builder, vector.type, value)


def _gathered(typing: Any, array: Any, places: Any) -> Any:
    vector = _OF[array.dtype]

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        def value(lane: Any) -> Any:
            place = builder.zext(builder.extract_element(args[1], lane), ir.IntType(64))
            return builder.load(_address(context, builder, array, args[0], place))

        return _built(builder, context.get_value_type(vector), value)

    return vector(array, INTS), emit


def _half(typing: Any, values: Any, shift: int) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = args[0].type
        moved = builder.lshr(args[0], ir.Constant(kind, [shift] * LANES)) if shift else args[0]
        return builder.trunc(moved, context.get_value_type(INTS))

    return INTS(LONGS), emit


def _low(typing: Any, values: Any) -> Any:
    return _half(typing, values, 0)


def _high(typing: Any, values: Any) -> Any:
    return _half(typing, values, 32)


def _chosen(typing: Any, condition: Any, one: Any, other: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return one(TRUTHS, one, one), emit


def _everywhere(typing: Any, condition: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(LANES))
        return builder.icmp_unsigned("==", bits, ir.Constant(bits.type, -1))

    return types.boolean(TRUTHS), emit


@functools.cache
def operation(name: str) -> Any:
    """Numba's type of the function of that name."""
    return types.Function(make_intrinsic_template(name, globals()[f"_{name}"], name))
