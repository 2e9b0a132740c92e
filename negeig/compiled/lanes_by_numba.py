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
        return _picked_of_two(context, builder, first, *args)

    return first(first, first, INTS), emit


def _picked_of_two(
    context: Any, builder: Any, vector: Any, one: Any, other: Any, places: Any
) -> Any:
    if _feature(context, "avx512f"):
        name = "vpermi2var.ps.512" if vector is FLOATS else "vpermi2var.d.512"
        return _called(builder, name, one, places, other)
    return _from_memory(builder, _stored(builder, one, other), places, 2 * LANES)


def _feature(context: Any, name: str) -> bool:
    """Whether the processor has some instructions."""
    return f"+{name}," in f"{context.codegen()._tm_features},"


def _called(builder: Any, name: str, *args: Any) -> Any:
    """Call an instruction of the processor that returns what its first argument is."""
    kind = ir.FunctionType(args[0].type, [a.type for a in args])
    name = f"llvm.x86.avx512.{name}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)


def _picked(context: Any, builder: Any, name: str, vector: Any, places: Any) -> Any:
    """Pick lanes by the low bits of numbers, in one instruction if there is one.

    From the general form LLVM makes that instruction only inside a basic block.
    """
    if _feature(context, "avx512f"):
        return _called(builder, name, vector, places)
    return _from_memory(builder, _stored(builder, vector), places, LANES)


def _stored(builder: Any, *vectors: Any) -> Any:
    """Write vectors one after the other; the pointer to their first number."""
    kind = vectors[0].type
    room = cgutils.alloca_once(builder, ir.ArrayType(kind, len(vectors)))
    start = builder.bitcast(room, kind.as_pointer())
    for i, vector in enumerate(vectors):
        builder.store(vector, builder.gep(start, [ir.Constant(ir.IntType(64), i)]), align=4)
    return builder.bitcast(room, kind.element.as_pointer())


def _from_memory(builder: Any, start: Any, places: Any, count: int) -> Any:
    """Load numbers by the low bits of their places, of a power of two of numbers."""
    places = builder.and_(places, ir.Constant(places.type, [count - 1] * LANES))

    def value(lane: Any) -> Any:
        place = builder.zext(builder.extract_element(places, lane), ir.IntType(64))
        return builder.load(builder.gep(start, [place]))

    return _built(builder, ir.VectorType(start.type.pointee, LANES), value)


def _looked_up(typing: Any, numbers: Any, short: Any, row: Any, places: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places, begin = args[3], builder.mul(args[2], ir.Constant(args[2].type, 8 * LANES))
        if not _feature(context, "avx512vbmi"):
            start = _address(context, builder, numbers, args[0], begin)
            if not _feature(context, "avx512f"):
                return _from_memory(builder, start, places, 8 * LANES)
            return _of_128(context, builder, start, places)
        kind = ir.VectorType(ir.IntType(8), 4 * LANES)
        start = _address(context, builder, short, args[1], begin)
        first, second = _vectors(builder, start, kind, 2)
        index = builder.bitcast(places, kind)
        found = _called(builder, "vpermi2var.qi.512", first, index, second)
        # The other three bytes of a lane have picked something too.
        low = ir.Constant(places.type, [255] * LANES)
        return builder.and_(builder.bitcast(found, places.type), low)

    return INTS(numbers, short, types.int64, INTS), emit


def _vectors(builder: Any, start: Any, kind: Any, count: int) -> list[Any]:
    """Load vectors that stand one after the other."""
    start = builder.bitcast(start, kind.as_pointer())
    places = (ir.Constant(ir.IntType(64), i) for i in range(count))
    return [builder.load(builder.gep(start, [place]), align=4) for place in places]


def _of_128(context: Any, builder: Any, start: Any, places: Any) -> Any:
    """Pick lanes of eight vectors: of each two, and of these by the upper bits of the place."""
    rows = _vectors(builder, start, places.type, 8)
    found = [
        _picked_of_two(context, builder, INTS, one, other, places)
        for one, other in zip(rows[::2], rows[1::2], strict=True)
    ]

    def below(limit: int, one: Any, other: Any) -> Any:
        limits = ir.Constant(places.type, [limit] * LANES)
        return builder.select(builder.icmp_signed("<", places, limits), one, other)

    return below(64, below(32, *found[:2]), below(96, *found[2:]))


def _fused(typing: Any, one: Any, other: Any, summand: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(args[0].type, [a.type for a in args])
        name = f"llvm.fma.v{LANES}f32"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)

    return FLOATS(FLOATS, FLOATS, FLOATS), emit


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


def _prefetch(typing: Any, array: Any, i: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, array, *args), cgutils.voidptr_t)
        flags = [ir.Constant(ir.IntType(32), flag) for flag in (0, 3, 1)]  # read, keep, data
        kind = ir.FunctionType(ir.VoidType(), [at.type, *(flag.type for flag in flags)])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(fetch, [at, *flags])
        return context.get_dummy_value()

    return types.none(array, i), emit


@functools.cache
def operation(name: str) -> Any:
    """Numba's type of the function of that name."""
    return types.Function(make_intrinsic_template(name, globals()[f"_{name}"], name))
