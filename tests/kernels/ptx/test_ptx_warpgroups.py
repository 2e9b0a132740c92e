"""``wgmma``: where the elements of matrices stand, products of four warps, and their order."""

import numpy as np
import pytest

from negeig.claims import InputError
from negeig.kernels.ptx.execution import Fault
from negeig.kernels.ptx.opcodes import find
from negeig.kernels.ptx.parse import parse
from negeig.kernels.ptx.warpgroups import Descriptor, described, form, places
from support.ptx_texts import kernel, run

SEED = 20_261_130
NAME = "wgmma.mma_async.sync.aligned.m64n{}k{}.f32.{}.{}"
SWIZZLES = {1: 0, 8: 1, 4: 2, 2: 3}
"""Pieces of 16 bytes in a line, and the mode of the descriptor."""


def coordinate(number, shape, stride):
    """CuTe's layout function: digits of a number in a mixed radix, each times its stride."""
    found = 0
    for size, step in zip(shape, stride, strict=True):
        digit = number if size is None else number % size
        number = 0 if size is None else number // size
        found += digit * step
    return found


def layout(pieces, size, leading, stride, transposed, across, k):
    """Bytes from the start to an element, by the manual's table of canonical layouts."""
    t = 16 // size
    lead, far = leading // size, stride // size
    if transposed and pieces == 1:  # ((T,1,m),(8,k)):((1,T,SBO),(1T,LBO))
        at = coordinate(across, (t, 1, None), (1, t, far)) + coordinate(k, (8, None), (t, lead))
    elif transposed:  # ((T,S,m),(8,k)):((1,T,LBO),(ST,SBO))
        at = coordinate(across, (t, pieces, None), (1, t, lead))
        at += coordinate(k, (8, None), (pieces * t, far))
    elif pieces == 1:  # ((8,m),(T,2k)):((1T,SBO),(1,LBO))
        at = coordinate(across, (8, None), (t, far)) + coordinate(k, (t, None), (1, lead))
    else:  # ((8,m),(T,2k)):((ST,SBO),(1,T))
        at = coordinate(across, (8, None), (pieces * t, far)) + coordinate(k, (t, None), (1, t))
    return at * size


def swizzled(address, pieces):
    """Swizzle<b,4,3>: b bits from the 4th on, each xor the one 3 bits higher."""
    for bit in range(pieces.bit_length() - 1):
        address ^= (address >> (7 + bit) & 1) << (4 + bit)
    return address


@pytest.mark.parametrize("pieces", SWIZZLES)
@pytest.mark.parametrize(("size", "transposed"), [(2, False), (2, True), (4, False)])
def test_elements_stand_where_the_canonical_layouts_have_them(pieces, size, transposed):
    start, leading, stride = 4096, 2048, 1024
    bits = start >> 4 | leading >> 4 << 16 | stride >> 4 << 32 | SWIZZLES[pieces] << 62
    one = described(np.array([bits], np.uint64))
    assert [int(x[0]) for x in one] == [start, leading, stride, pieces, 0]
    for across in range(0, 64, 3):
        for k in range(32 // size):
            plain = layout(pieces, size, leading, stride, transposed, across, k)
            found = places(one, np.array([across]), np.array([k]), size, transposed=transposed)
            assert found.tolist() == [swizzled(start + plain, pieces)], (across, k)


def test_elements_of_an_atom_stand_in_places_of_their_own():
    for pieces in SWIZZLES:
        one = Descriptor(1024, 128 if pieces == 1 else 16, 256 if pieces == 1 else 128 * pieces,
                         pieces, 0)  # fmt: skip
        across, k = np.divmod(np.arange(8 * 16), 16)
        found = places(one, across, k, 2, transposed=False)
        assert len(set(found.tolist())) == 128


SIZE = {"bf16": 2, "f16": 2, "tf32": 4}
STARTS, STRIDE = (1024, 1024 + (1 << 14)), 1024
LEADING = {1: 8192, 8: 8192, 4: 8192, 2: 2048}
"""Addresses of A and B, and the distances in their descriptors, by the pieces of a line."""

LANE, WARP = np.arange(128) % 32, np.arange(128) // 32


def element_bytes(kind, numbers):
    if kind == "f16":
        return numbers.astype(np.float16).view(np.uint8)
    words = numbers.astype(np.float32)
    if kind == "bf16":
        words = (words.view(np.uint32) >> 16).astype(np.uint16)
    return words.view(np.uint8)


def in_shared_memory(kind, matrices, pieces, transposed):
    """Bytes of shared memory in which A and B stand, from address 1024 on, and descriptors."""
    size, image = SIZE[kind], np.zeros(1 << 15, np.uint8)
    for matrix, start, turned in zip(matrices, STARTS, transposed, strict=True):
        for (i, k), number in np.ndenumerate(matrix):
            at = start + layout(pieces, size, LEADING[pieces], STRIDE, turned, i, k)
            at = swizzled(at, pieces) - 1024
            image[at : at + size] = element_bytes(kind, np.array([number]))
    fields = LEADING[pieces] >> 4 << 16 | STRIDE >> 4 << 32 | SWIZZLES[pieces] << 62
    return image.view(np.uint32), [start >> 4 | fields for start in STARTS]


def sum_places(register):
    """Rows and columns of a register of sums in all threads."""
    row = 16 * WARP + LANE // 4 + 8 * (register % 4 // 2)
    return row, 8 * (register // 4) + 2 * (LANE % 4) + register % 2


def in_registers(kind, a):
    """Four registers of A in all threads."""
    packed, found = 4 // SIZE[kind], []
    for register in range(4):
        row = 16 * WARP + LANE // 4 + 8 * (register % 2)
        first = LANE % 4 * packed + 4 * packed * (register // 2)
        numbers = np.stack([a[row, first + part] for part in range(packed)], axis=-1)
        found.append(element_bytes(kind, numbers).view(np.uint32).reshape(-1))
    return found


def text_of(kind, columns, words, descriptors, left, *rest):
    """A kernel that copies x to shared memory, multiplies, and leaves the sums in y."""
    count, share = columns // 2, words // 128
    registers = [*(f"%s{i}" for i in range(count)), *(f"%a{i}" for i in range(4))]
    four = "{%r20, %r21, %r22, %r23}"
    lines = [
        f".reg .b32 %s<{count}>; .reg .b32 %a<4>; mov.u32 %r9, here;",
        f"mad.wide.u32 %rd8, %r1, {4 * share}, %rd1; mad.lo.s32 %r10, %r1, {4 * share}, %r9;",
        *(
            f"ld.global.v4.b32 {four}, [%rd8+{4 * i}]; st.shared.v4.b32 [%r10+{4 * i}], {four};"
            for i in range(0, share, 4)
        ),
        "fence.proxy.async.shared::cta; bar.sync 0;",
        *(
            f"ld.global.b32 {name}, [%rd2+{4 * (words + 128 * i)}];"
            for i, name in enumerate(registers)
        ),
        f"mov.b64 %rd6, {descriptors[0]}; mov.b64 %rd7, {descriptors[1]};",
        "wgmma.fence.sync.aligned;",
        f"{NAME.format(columns, 32 // SIZE[kind], kind, kind)} {{{', '.join(registers[:count])}}},",
        f"{left}, %rd7, {', '.join(map(str, rest))};",
        "wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;",
        *(f"st.global.b32 [%rd4+{512 * i}], %s{i};" for i in range(count)),
    ]
    return "\n".join(lines)


def multiplied(kind, columns, *, pieces=8, turned=(0, 0), signs=(1, 1), adds=1, registers=False):
    """What one instruction leaves of random integers, and what it should."""
    draw, depth = np.random.default_rng(SEED), 32 // SIZE[kind]
    a, b = draw.integers(-9, 10, (64, depth)), draw.integers(-9, 10, (columns, depth))
    c = draw.integers(-99, 100, (64, columns))
    words, descriptors = in_shared_memory(kind, (a, b), pieces, turned)
    sums = [c[sum_places(i)].astype(np.float32).view(np.uint32) for i in range(columns // 2)]
    left = "{%a0, %a1, %a2, %a3}" if registers else "%rd6"
    rest = turned[registers:] if kind != "tf32" else ()
    body = text_of(kind, columns, words.size, descriptors, left, adds, *signs, *rest)
    x = np.concatenate([words, *sums, *in_registers(kind, a)])
    found = run(body, x, threads=128, size=64 * columns, shared_bytes=1 << 15)
    result = np.zeros((64, columns))
    for i, held in enumerate(found.view(np.float32).reshape(-1, 128)):
        result[sum_places(i)] = held
    return result.tolist(), (signs[0] * signs[1] * (a @ b.T) + adds * c).tolist()


@pytest.mark.parametrize("kind", SIZE)
@pytest.mark.parametrize("registers", [False, True])
@pytest.mark.parametrize("columns", [8, 32])
def test_a_product_of_integers_is_exact(kind, registers, columns):
    found, right = multiplied(kind, columns, registers=registers)
    assert found == right


@pytest.mark.parametrize("pieces", SWIZZLES)
@pytest.mark.parametrize("turned", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_product_of_matrices_in_every_layout(pieces, turned):
    found, right = multiplied("bf16", 64, pieces=pieces, turned=turned)
    assert found == right


@pytest.mark.parametrize("signs", [(1, -1), (-1, 1), (-1, -1)])
@pytest.mark.parametrize("adds", [0, 1])
def test_matrices_are_negated_and_sums_begun_anew(signs, adds):
    for registers in (False, True):
        found, right = multiplied("f16", 8, signs=signs, adds=adds, registers=registers)
        assert found == right


def product_text(body, change=("", "")):
    """A kernel with one product of zeros, D in %r10 to %r13 and A in %r20 to %r23."""
    text = f"""mov.u32 %r9, here; mad.lo.s32 %r15, %r1, 8, %r9; mov.b64 %rd9, 0;
    st.shared.b64 [%r15], %rd9; bar.sync 0;
    mov.b32 %r20, 0; mov.b32 %r21, 0; mov.b32 %r22, 0; mov.b32 %r23, 0;
    mov.b64 %rd6, 0x4000004000010040; wgmma.fence.sync.aligned;
    {NAME.format(8, 16, "bf16", "bf16")} {{%r10, %r11, %r12, %r13}}, {{%r20, %r21, %r22, %r23}},
    %rd6, 0, 1, 1, 0;
    wgmma.commit_group.sync.aligned; {body} st.global.b32 [%rd4], %r10;"""
    return text.replace(*change) if change[0] else text


WAIT = "wgmma.wait_group.sync.aligned 0;"


def test_sums_are_waited_for_before_they_are_read():
    assert not run(product_text(WAIT), np.arange(128), threads=128).any()
    for body, line in (
        ("", "st.global.b32: %r10 is of a wgmma that is not waited for"),
        ("wgmma.wait_group.sync.aligned 1;", "%r10 is of a wgmma that is not waited for"),
        (f"mov.b32 %r20, 1; {WAIT}", "mov.b32: %r20 is of a wgmma that is not waited for"),
        (f"setp.eq.b32 %p1, %r1, 0; @%p1 bra $END; {WAIT} $END:", "%r10 is of a wgmma"),
    ):
        with pytest.raises(InputError, match=line):
            parse(kernel(product_text(body), 128))


def test_registers_are_fenced_before_a_product():
    for change in (
        ("wgmma.fence.sync.aligned;", ""),
        ("wgmma.fence.sync.aligned;", "wgmma.fence.sync.aligned; mov.b32 %r23, 0;"),
    ):
        with pytest.raises(InputError, match=r"no wgmma.fence lies behind an access to %r"):
            parse(kernel(product_text(WAIT, change), 128))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("mov.b64 %rd6, 0x4000004000010040;", "cvt.u64.u32 %rd6, %r1;"), "different descriptors"),
        (("0x4000004000010040", "0x4002004000010040"), "begins at no multiple of itself"),
        (("0x4000004000010040", "0x4000004000010140"), "out of bounds: 2 bytes at shared memory"),
        (("bar.sync 0;", ""), r"wgmma.* reads what thread \d+ wrote since the last barrier"),
        (("st.shared.b64 [%r15], %rd9;", ""), "uses what was never written"),
        (("mov.b32 %r23, 0;", "mov.b32 %r23, 0x7F80;"), "sums that round"),
    ],
)  # fmt: skip
def test_what_no_product_may_do_is_named(change, message):
    with pytest.raises(Fault, match=message):
        run(product_text(WAIT, change), np.arange(128), threads=128)


def test_a_block_has_groups_of_four_warps():
    with pytest.raises(Fault, match="96 threads of a block are no groups of four warps"):
        run(product_text(WAIT), np.arange(96), threads=96)


@pytest.mark.parametrize(
    "name",
    [NAME.format(7, 16, "bf16", "bf16"), NAME.format(264, 16, "bf16", "bf16"),
     NAME.format(8, 16, "bf16", "f16"), NAME.format(8, 16, "tf32", "tf32"),
     NAME.format(8, 32, "e4m3", "e4m3"), NAME.format(8, 16, "f16", "f16").replace("f32", "f16")],
)  # fmt: skip
def test_others_are_not_known(name):
    assert find(name) is None
    assert form(name) is None
