"""Formulas read off compiled kernels: bit for bit what the executor computes, or refused."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from negeig.claims import InputError
from negeig.kernels.adapters.negeig import compiled
from negeig.kernels.compiled_step import compiled_step, step_through
from negeig.kernels.ptx.formula import formulas
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.parse import parse
from negeig.kernels.ptx.symbolic import NoFormula, Term, Terms, trace
from support.formulas import drawn, evaluated, inputs_of

SEED = 20_261_130


def bits(values: object) -> list[int]:
    return np.asarray(values, np.float32).reshape(-1).view(np.uint32).tolist()


@pytest.mark.parametrize("target", ["sm_80", "sm_90"])
@pytest.mark.parametrize("dim", [1, 3, 8])
def test_the_formula_of_our_kernel_is_what_it_computes(dim: int, target: str) -> None:
    step, kernel = compiled_step(f"triton@{target}", dim), compiled(target).kernel()
    for seed in range(SEED, SEED + 10):
        asked = drawn(dim, seed)
        assert bits(evaluated(step.formula, inputs_of(asked))) == bits(kernel(asked).final)


def test_the_formula_says_the_order() -> None:
    formula = compiled_step("triton@sm_90", 3).formula
    assert formula == (
        "t = (((k0*h0 + k1*h1) + k2*h2) - v)*beta",
        "h0' = h0 - t*k0", "h1' = h1 - t*k1", "h2' = h2 - t*k2",
    )  # fmt: skip
    other = (formula[0].replace("(k0*h0 + k1*h1) + k2*h2", "k0*h0 + (k1*h1 + k2*h2)"), *formula[1:])
    assert other != formula
    cases = [inputs_of(drawn(3, seed)) for seed in range(SEED, SEED + 10)]
    assert any(bits(evaluated(formula, one)) != bits(evaluated(other, one)) for one in cases)


def test_the_formula_of_two_threads_a_word_and_their_shuffles() -> None:
    """Dimension 24 in tiles: 16 coordinates a thread, then the threads by halves."""
    make = partial(compiled, "sm_90", order="tiled")
    step, kernel = step_through(make, 24, shown=24), make().kernel()
    assert "shuffle" in {
        one.operation.kind for one in step.launches[0].compiled.program.instructions
    }
    differs = False
    for seed in range(SEED, SEED + 5):
        asked = drawn(24, seed)
        assert bits(evaluated(step.formula, inputs_of(asked))) == bits(kernel(asked).final)
        differs |= bits(compiled("sm_90").kernel()(asked).final) != bits(kernel(asked).final)
    assert differs


def test_a_decay_is_an_input_too() -> None:
    step, kernel = compiled_step("triton@sm_90", 2, decays=True), compiled("sm_90").kernel()
    asked = replace(drawn(2, SEED), decay=np.full((1, 1), 0.7, np.float32))
    inputs = inputs_of(asked) | {"decay": np.float32(0.7)}
    assert bits(evaluated(step.formula, inputs)) == bits(kernel(asked).final)


def test_wide_kernels_are_compiled_and_have_no_formula() -> None:
    step = compiled_step("triton@sm_90", 9)
    assert (step.formula, len(step.launches)) == ((), 1)
    assert "up to dimension 8" in step.reason
    with pytest.raises(InputError, match="no compiled kernel; there are triton@sm_80"):
        compiled_step("triton@sm_70", 2)


HEAD = """
.version 8.7
.target sm_90a
.visible .entry k(.param .u64 .ptr .global x) .reqntid 2 {
  .reg .pred %p<2>; .reg .b16 %h<2>; .reg .b32 %r<5>; .reg .b64 %rd<5>;
  ld.param.b64 %rd1, [x];
  mov.u32 %r1, %tid.x;
  mad.wide.u32 %rd2, %r1, 4, %rd1;
  ld.global.b32 %r2, [%rd2];
"""


def traced(body: str, name: str = "x") -> tuple[dict[int, Term], int]:
    """Two threads, which hold x0 = x1 = 2 and whatever else ``body`` makes of them."""
    program = parse(HEAD + body + "}")
    memory = Memory.of([(name, np.array([2, 2, 0, 0], np.float32).view(np.uint8), None, 0)])
    at = memory.address(0)
    return trace(program, (1, 1, 1), [at], memory, {at: "x0", at + 4: "x1"}), at


REFUSED = [
    ("setp.gt.f32 %p1, %r2, 0f00000000;\n @%p1 st.global.b32 [%rd1], %r2;", "setp.gt.f32.*depends"),
    ("and.b32 %r3, %r2, 1;", "and.b32, line 10 of an input is no sum or product"),
    ("cvt.u64.u32 %rd3, %r2;\n add.s64 %rd3, %rd3, %rd1;", "cvt.u64.u32"),
    ("ex2.approx.f32 %r3, %r2;", "ex2.approx.f32"),
    ("ld.global.b16 %h1, [%rd2];", "reads a part of an input"),
    ("ld.global.b64 %rd3, [%rd1];", "reads a part of an input, or several"),
    ("mov.u32 %r3, 0x40000000;\n setp.eq.b32 %p1, %r1, 0;\n selp.f32 %r3, %r2, %r3, %p1;\n"
     " st.global.b32 [%rd1], %r3;", "an input and a number to one place"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), REFUSED)
def test_what_is_no_formula_is_refused_by_name(body: str, reason: str) -> None:
    with pytest.raises(NoFormula, match=reason):
        traced(body)


def test_threads_that_race_with_equal_numbers_are_seen() -> None:
    """No number tells, here: only the terms say that 2 x and x + x are two sums."""
    body = """
  add.f32 %r3, %r2, %r2;
  mul.f32 %r4, %r2, 0f40000000;
  setp.eq.b32 %p1, %r1, 0;
  selp.f32 %r3, %r3, %r4, %p1;
  st.global.b32 [%rd1+8], %r3;
"""
    terms, at = traced(body)
    assert formulas({"y": terms[at + 8]}) == ("y = either(x0 + x0, x1*2)",)
    alone, at = traced(body.replace("st.global", "@%p1 st.global"))
    assert formulas({"y": alone[at + 8]}) == ("y = x0 + x0",)


def test_what_is_overwritten_is_forgotten() -> None:
    terms, at = traced("mov.u32 %r3, 0;\n st.global.b32 [%rd2], %r3;")
    assert terms == {}
    kept, at = traced("neg.f32 %r3, %r2;\n st.global.b32 [%rd2+8], %r3;")
    assert [formulas({"y": kept[at + place]})[0] for place in (0, 12)] == ["y = x0", "y = -x1"]


def test_brackets_are_where_they_change_a_sum() -> None:
    terms = Terms()
    a, b, c = map(terms.of, "abc")
    cases = {
        "a - (b + c)": terms.of("sub", a, terms.of("add", b, c)),
        "(b + c) + a": terms.of("add", a, terms.of("add", b, c)),
        "a - b*c": terms.of("sub", a, terms.of("mul", c, b)),
        "(b*c)*a": terms.of("mul", a, terms.of("mul", b, c)),
        "(-a)*b": terms.of("mul", terms.of("neg", a), b),
        "bf16(a - b)": terms.of("bf16", terms.of("sub", a, b)),
        "a*(-1.5)": terms.of("mul", terms.constant(0xBFC00000, "f32"), a),
    }
    for text, term in cases.items():
        assert formulas({"y": term}) == (f"y = {text}",)


WARP = """
.version 8.7
.target sm_90a
.visible .entry k(.param .u64 .ptr .global x) .reqntid 32 {
  .reg .b32 %r<9>; .reg .b64 %rd<5>;
  .shared .align 16 .b8 words[128];
  ld.param.b64 %rd1, [x];
  mov.u32 %r1, %tid.x;
  mad.wide.u32 %rd2, %r1, 4, %rd1;
  mov.u32 %r2, words;
  shl.b32 %r3, %r1, 2;
  add.s32 %r3, %r2, %r3;
  and.b32 %r4, %r1, 7;
  shl.b32 %r4, %r4, 4;
  add.s32 %r4, %r2, %r4;
  ?
  st.global.b32 [%rd2], %r5;
}
"""
LDMATRIX = "ldmatrix.sync.aligned.m8n8.x1?.shared.b16 {%r5}, [%r4];"
STORED = "ld.global.b32 %r6, [%rd2]; st.shared.b32 [%r3], %r6; bar.sync 0; "
COPIED = (
    "cp.async.ca.shared.global [%r3], [%rd2], 4, 4; cp.async.wait_all; bar.sync 0; "
    "xor.b32 %r3, %r3, 4; ld.shared.b32 %r5, [%r3];"
)


def of_a_warp(body: str) -> list[str]:
    """What 32 threads hold in the end, of 32 inputs, by their numbers."""
    numbers = np.arange(1, 33, dtype=np.float32)
    memory = Memory.of([("x", numbers.view(np.uint8), None, 0)])
    at = memory.address(0)
    names = {at + 4 * i: f"{numbers[i]}" for i in range(32)}
    found = trace(parse(WARP.replace("?", body)), (1, 1, 1), [at], memory, names)
    heads = [found[at + 4 * i].head for i in range(32)]
    assert heads == [str(x) for x in memory.read_back(0)[0].view(np.float32)]
    return heads


def test_words_through_shared_memory_and_matrices() -> None:
    """Terms go where the numbers go, which are told apart."""
    numbers = [f"{i}.0" for i in range(1, 33)]
    assert of_a_warp(STORED + LDMATRIX.replace("?", "")) == numbers
    reordered = LDMATRIX.replace("?", "").replace("ld", "xor.b32 %r4, %r4, 16; ld", 1)
    by_rows = np.array(numbers).reshape(4, 2, 4)[:, ::-1].reshape(-1).tolist()
    assert of_a_warp(STORED + reordered) == by_rows
    assert of_a_warp(COPIED)[:4] == ["2.0", "1.0", "4.0", "3.0"]
    with pytest.raises(NoFormula, match="reads a part of an input"):
        of_a_warp(STORED + LDMATRIX.replace("?", ".trans"))
