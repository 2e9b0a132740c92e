"""A kernel as one module of LLVM IR: the warps of a block by turns, block after block."""

from __future__ import annotations

from negeig.kernels.ptx.llvm import products
from negeig.kernels.ptx.llvm.apart import NO_BARRIER, Apart
from negeig.kernels.ptx.llvm.code import DONE, FAULT, FOREVER, LEAVE, PARTED
from negeig.kernels.ptx.llvm.layout import (
    APART_NOW,
    BARRIER,
    PC,
    REGISTERS,
    STATE,
    STEPS,
    WAITS,
    Layout,
    field,
)
from negeig.kernels.ptx.llvm.together import SIGNATURE, Together, may_part
from negeig.kernels.ptx.llvm.writing import lanes
from negeig.kernels.ptx.warps import WARP


def module(layout: Layout, attributes: str = "") -> str:
    """Return the IR of ``i32 blocks(context, first, last)``, 0 where nothing went wrong.

    Parameters
    ----------
    layout : Layout
    attributes : str
        Of all functions, as LLVM writes them.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry f() .reqntid 32 { ret; }''')
    >>> print(module(Layout.of(program, 32, 0)).partition("{")[0])
    define internal i32 @together(ptr %context, ptr noalias %frame, i32 %x, i32 %y, i32 %z, \
i32 %warp, i32 %resume) #0 
    """
    codes: list[Together | Apart] = [Together(layout)]
    if layout.threads % WARP or may_part(layout.program):
        codes.append(Apart(layout))
    texts = [code.text() for code in codes]
    if len(codes) == 1:
        texts.append(f"define internal i32 @apart{SIGNATURE} #0 {{\n  ret i32 {FAULT}\n}}\n")
    declared = {*RUNTIME}.union(*(code.w.declared for code in codes))
    for shape in set().union(*(code.shapes for code in codes)):
        text, needed = products.functions(shape)
        texts.append(text)
        declared |= needed
    return "\n".join([
        *texts, LEAVE, _start(layout), _RESUME, _blocks(layout), *sorted(declared),
        f"attributes #0 = {{ {attributes} }}",
        '!0 = !{!"branch_weights", i32 1, i32 100000}',
    ])  # fmt: skip


RUNTIME = (
    "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
    "declare i32 @llvm.umin.i32(i32, i32)",
    "declare i32 @llvm.umax.i32(i32, i32)",
)


def _start(layout: Layout) -> str:
    """Return the function that makes the frame of a warp that begins.

    Of a warp with fewer threads than 32 the others have ended.
    """
    rest, end = layout.threads % WARP, len(layout.program.instructions)
    vector = f"<{WARP} x i32>"
    partial = f"""
  %last = icmp eq i32 %warp, {layout.warps - 1}
  br i1 %last, label %few, label %all
few:
  call void @llvm.memset.p0.i64(ptr align 64 %frame, i8 0, i64 {layout.frame}, i1 false)
  %parted = getelementptr i8, ptr %frame, i64 {APART_NOW}
  store i32 1, ptr %parted
  %here = icmp ult {lanes()}, splat (i32 {rest})
  %starts = select <{WARP} x i1> %here, {vector} zeroinitializer, {vector} splat (i32 {end})
  %pc = getelementptr i8, ptr %frame, i64 {PC}
  store {vector} %starts, ptr %pc, align 64
  br label %all
all:""" if rest else ""  # fmt: skip
    return f"""
define internal void @start(ptr %frame, i32 %warp) #0 {{
  call void @llvm.memset.p0.i64(ptr align 64 %frame, i8 0, i64 {REGISTERS}, i1 false){partial}
  ret void
}}
"""


_WARP = "ptr %context, ptr %frame, i32 %x, i32 %y, i32 %z, i32 %warp"

_RESUME = f"""
define internal i32 @resume({_WARP}) #0 {{
  %parted = getelementptr i8, ptr %frame, i64 {APART_NOW}
  %is_apart = load i32, ptr %parted
  %far = icmp ne i32 %is_apart, 0
  br i1 %far, label %apart, label %together
together:
  %point = getelementptr i8, ptr %frame, i64 {STATE}
  %at = load i32, ptr %point
  %found = call i32 @together({_WARP}, i32 %at)
  %parts = icmp eq i32 %found, {PARTED}
  br i1 %parts, label %part, label %end
part:
  store i32 1, ptr %parted
  br label %apart
apart:
  %left = call i32 @apart({_WARP}, i32 0)
  br label %end
end:
  %what = phi i32 [ %found, %together ], [ %left, %apart ]
  ret i32 %what
}}
"""
"""A warp from where it is to where its threads wait or have ended."""


def _blocks(layout: Layout) -> str:
    """Return the loop over blocks; in a block, rounds from barrier to barrier."""
    at = {
        f"{name}_at": f"getelementptr i8, ptr %context, i64 {field(name)}"
        for name in (
            "x",
            "y",
            "frames",
            "shared_state",
            "shared_writer",
            "steps",
            "block",
            "warp",
            "reason",
        )
    }
    pointers = "\n".join(f"  %{name} = {text}" for name, text in at.items())
    noted = layout.shared_size if layout.warps > 1 else 0
    return f"""
define i32 @blocks(ptr %context, i64 %first, i64 %last) #0 {{
{pointers}
  %nx = load i32, ptr %x_at
  %ny = load i32, ptr %y_at
  %frames = load ptr, ptr %frames_at
  %shared_state = load ptr, ptr %shared_state_at
  %writer = load ptr, ptr %shared_writer_at
  %busy = alloca i32
  %least = alloca i32
  %most = alloca i32
  br label %next
next:
  %block = phi i64 [ %first, %0 ], [ %following, %done ]
  %more = icmp ult i64 %block, %last
  br i1 %more, label %begin, label %end
end:
  ret i32 0
begin:
  call void @llvm.memset.p0.i64(ptr %shared_state, i8 1, i64 {layout.shared_size}, i1 false)
  %number = trunc i64 %block to i32
  %x = urem i32 %number, %nx
  %slice = udiv i32 %number, %nx
  %y = urem i32 %slice, %ny
  %z = udiv i32 %slice, %ny
  br label %start
start:
  %s = phi i64 [ 0, %begin ], [ %next_s, %start ]
  %start_offset = mul i64 %s, {layout.frame}
  %fresh = getelementptr i8, ptr %frames, i64 %start_offset
  %s32 = trunc i64 %s to i32
  call void @start(ptr %fresh, i32 %s32)
  %next_s = add i64 %s, 1
  %starts = icmp ult i64 %next_s, {layout.warps}
  br i1 %starts, label %start, label %round
round:
  call void @llvm.memset.p0.i64(ptr %writer, i8 0, i64 {noted}, i1 false)
  store i32 0, ptr %busy
  store i32 -1, ptr %least
  store i32 0, ptr %most
  br label %turn
turn:
  %w64 = phi i64 [ 0, %round ], [ %next_w, %turned ]
  %offset = mul i64 %w64, {layout.frame}
  %frame = getelementptr i8, ptr %frames, i64 %offset
  %state_at = getelementptr i8, ptr %frame, i64 {STATE}
  %state = load i32, ptr %state_at
  %over = icmp eq i32 %state, {DONE}
  br i1 %over, label %turned, label %run
run:
  %warp = trunc i64 %w64 to i32
  %found = call i32 @resume({_WARP})
  store i32 %found, ptr %state_at
  switch i32 %found, label %waits [ i32 {DONE}, label %ends i32 {FAULT}, label %fault ]
ends:
  %warp_steps_at = getelementptr i8, ptr %frame, i64 {STEPS}
  %warp_steps = load i64, ptr %warp_steps_at
  %sum = load i64, ptr %steps_at
  %steps = add i64 %sum, %warp_steps
  store i64 %steps, ptr %steps_at
  br label %turned
waits:
  %barrier_at = getelementptr i8, ptr %frame, i64 {BARRIER}
  %barrier = load i32, ptr %barrier_at
  %least_now = load i32, ptr %least
  %most_now = load i32, ptr %most
  %lower = call i32 @llvm.umin.i32(i32 %least_now, i32 %barrier)
  %upper = call i32 @llvm.umax.i32(i32 %most_now, i32 %barrier)
  store i32 %lower, ptr %least
  store i32 %upper, ptr %most
  store i32 1, ptr %busy
  br label %turned
turned:
  %next_w = add i64 %w64, 1
  %turns = icmp ult i64 %next_w, {layout.warps}
  br i1 %turns, label %turn, label %met
met:
  %any = load i32, ptr %busy
  %waiting = icmp ne i32 %any, 0
  br i1 %waiting, label %compare, label %done
compare:
  %a = load i32, ptr %least
  %b = load i32, ptr %most
  %same = icmp eq i32 %a, %b
  %known = icmp ne i32 %b, {NO_BARRIER}
  %meet = and i1 %same, %known
  br i1 %meet, label %release, label %never
release:
  %r = phi i64 [ 0, %compare ], [ %next_r, %release ]
  %release_offset = mul i64 %r, {layout.frame}
  %released = getelementptr i8, ptr %frames, i64 %release_offset
  %waits_at = getelementptr i8, ptr %released, i64 {WAITS}
  store <{WARP} x i32> zeroinitializer, ptr %waits_at, align 64
  %next_r = add i64 %r, 1
  %releases = icmp ult i64 %next_r, {layout.warps}
  br i1 %releases, label %release, label %round
never:
  store i64 {FOREVER}, ptr %reason_at
  br label %left
fault:
  store i64 %w64, ptr %warp_at
  br label %left
left:
  store i64 %block, ptr %block_at
  ret i32 1
done:
  %following = add i64 %block, 1
  br label %next
}}
"""
