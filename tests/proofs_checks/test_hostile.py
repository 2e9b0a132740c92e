"""Files made to keep the checker busy, to fill its memory or to break it are malformed."""

import gzip
import os
import struct
import subprocess
import sys
from itertools import islice

import pytest

from negeig.claims import InputError
from negeig.cli.commands.verify import COMMAND
from negeig.pipeline.verify import verify
from negeig.proofs_checks import checker
from negeig.proofs_checks.certificate import text_of
from support.certificates import closures, lines_of, verdict, verdict_of_bytes

WHOLE = lines_of(next(closures()))
MEMORY = 200 << 20
CLAIM = {name: claim for name, (_, claim, *_) in checker.KINDS.items()}
FP32 = {
    "precision": 24, "emin": -126, "emax": 127, "unused": 0,
    "has_inf": True, "has_nan": True, "has_negative_zero": True,
}  # fmt: skip
ROUNDED = {
    "operations": FP32, "state": FP32, "rounded": "never", "sums": None, "fma": False,
    "direction": "rne", "saturates": False, "flushes": False, "flushes_operands": False,
    "grid": None, "grid_bits": None,
}  # fmt: skip


def altered_header(old, new):
    assert old in WHOLE[0]
    return WHOLE[0].replace(old, new, 1).encode() + b"\n"


def test_line_ends_that_a_mail_program_changed_are_named():
    data = "".join(line + "\r\n" for line in WHOLE).encode()
    found, reason = verdict_of_bytes(data)
    assert (found, reason.endswith("no spaces, no CR")) == ("MALFORMED", True)


def header(kind, about, evidence, rows=()):
    """A certificate that has the form of its kind, as bytes."""
    first = {"schema": checker.SCHEMA, "kind": kind, "claim": CLAIM[kind], "assumptions": [],
             "about": about, "evidence": evidence}  # fmt: skip
    return "".join(text_of(line) + "\n" for line in (first, *rows)).encode()


# ---- form: what is no certificate at all

FORM = {
    "empty": b"",
    "no newline": WHOLE[0].encode(),
    "not JSON": b"x\n",
    "nesting": b"[" * 500_000 + b"\n",
    "nested objects": b'{"a":' * 400_000 + b"\n",
    "duplicate key": altered_header('{"about"', '{"about":0,"about"'),
    "future schema": altered_header("certificate/3", "certificate/4"),
    "old schema": altered_header("certificate/3", "certificate/2"),
    "huge number": altered_header('"initial":0', '"initial":' + "9" * 200_000),
    "long fraction": altered_header('"beta":"2"', '"beta":"' + "9" * 5_000_000 + '"'),
    "exponent": altered_header('"initial":0', '"initial":1e999999999'),
    "spaces": WHOLE[0].replace(":", ": ").encode() + b"\n",
    "cut after the header": (WHOLE[0] + "\n").encode(),
    "cut in a row": ("\n".join(WHOLE))[:-3].encode(),
    "many rows": altered_header('"states":2', '"states":99999999999'),
    "index out of range": altered_header('"transitions":[[0,1]', '"transitions":[[0,2]'),
    "negative index": altered_header('"transitions":[[0,1]', '"transitions":[[0,-1]'),
    "long line": b'"' + b"a" * 40_000_000 + b'"\n',
    "many parts": b"[" + b"[]," * 5_000_000 + b"[]]\n",
    "not ASCII": "\N{SNOWMAN}\n".encode(),
    "half a surrogate": b'"\\ud800"\n',
    "no object": b"[]\n",
    "no members": header("period", {}, {}),
    "a long key": b'{"' + b"a" * 10_000_000 + b'":0}\n',
    "a long assumption": header("equivalence", [], {"pairs": []}).replace(
        b'"assumptions":[]', b'"assumptions":[{"id":"' + b"a" * 1_000_000 + b'"}]'
    ),
}  # fmt: skip

BOMBS = {
    "zeros packed": gzip.compress(bytes(10_000_000)) * 40,
    "zeros after what is packed": gzip.compress(b"x\n") + bytes(1_000_000),
    "a row without end, packed": gzip.compress((WHOLE[0] + "\n[").encode())
    + gzip.compress(b"0," * 5_000_000) * 40,
    "a row again and again, packed": gzip.compress(
        (WHOLE[0].replace('"layers":[2]', '"layers":[9000000]') + "\n").encode()
    )
    + gzip.compress((WHOLE[1] + "\n").encode() * 100_000) * 80,
    "packed and cut": gzip.compress("\n".join([*WHOLE, ""]).encode())[:-9],
    "packed twice": gzip.compress(gzip.compress(b"x\n")),
    "nothing packed, again and again": gzip.compress(b"") * 20_000 + gzip.compress(b"x\n"),
}


def wide_rows():
    """Vectors of a hundred thousand zeros but for a number: many megabytes, packed small."""
    size = 100_000
    layer = one_layer([["0"] * size], "a", codes=[])
    layer["steps"] = {"a": []}
    first = header("closure", about(layer, ROUNDED), {"layers": [90_000], "states": 1})
    rows = (f'["{i:016x}{"0" * (16 * size - 16)}"]\n'.encode() for i in range(1, 60))
    return gzip.compress(first) + gzip.compress(b"".join(rows))


# ---- work: certificates of the right form that ask for too much


def machine(transitions, alphabet="a"):
    outputs = list(range(len(transitions)))
    return {"alphabet": list(alphabet), "initial": 0, "transitions": transitions,
            "outputs": outputs}  # fmt: skip


def cycle(size, alphabet="a"):
    return machine([[(q + 1) % size] * len(alphabet) for q in range(size)], alphabet)


def one_layer(initial_and_rows, letters="a", codes=None, bias=None):
    """A layer whose letters all multiply by one matrix, whose first row is the initial state."""
    initial, *rows = initial_and_rows
    step = {"matrix": rows, "bias": bias or ["0"] * len(initial)}
    codes = [initial] if codes is None else codes
    return {"alphabet": list(letters), "dim": len(initial), "initial": initial,
            "steps": {a: [step] for a in letters}, "codes": codes,
            "emit": [["x"] * len(letters)] * len(codes)}  # fmt: skip


def about(layer, model="exact", task=None, field=None):
    network = {"schema": "negeig.network/1", "alphabet": layer["alphabet"], "field": field,
               "layers": [layer], "outputs": {"x": 0}, "empty": 0}  # fmt: skip
    task = task or machine([[0] * len(layer["alphabet"])], layer["alphabet"])
    return {"machine": task, "network": network, "arithmetic": model}


def collision(layers, times, task=None, cast=FP32):
    """Two powers of a letter, an even and an odd one, in exact arithmetic."""
    given = about(layers[0], task=task or cycle(2))
    given["network"]["layers"] = layers
    words = [[{"word": ["a"], "times": k}] for k in (times, times + 1)]
    return header("collision", given, {"words": words, "cast": cast})


def dense(size, entry):
    return [["1"] * size] + [[entry(i, j) for j in range(size)] for i in range(size)]


def long_words():
    word = ["a"] * 10_000
    return header("idempotents", cycle(10_000), {"e": word, "f": [], "prefix": [], "suffix": []})


def long_period():
    evidence = {"index": 0, "period": 5040, "word": ["a"] * 20_000, "prefix": [], "suffix": []}
    return header("period", cycle(5040), evidence)


def growing_numbers():
    layer = one_layer([["1"], ["7" * 1000 + "/" + "3" * 999 + "1"]])
    return header("word", about(layer), {"word": ["a"] * 5000})


def growing_sums():
    """A dot product of fractions without common factors, which are added up."""
    parts = [f"1/{hex((1 << 4000) + 2 * i + 1)}" for i in range(8)]
    layer = one_layer([["1"] * 8, *[parts] * 8])
    return header("word", about(layer), {"word": ["a"] * 100})


def growing_powers():
    return collision([one_layer(dense(4, lambda i, j: f"1/{i + j + 2}"))], 900_000)


def large_powers():
    return collision([one_layer(dense(300, lambda i, j: "1"))], 900_000_000)


def long_stack():
    layer = one_layer([["1"], ["-1/3"]])
    other = {**layer, "alphabet": ["x"], "steps": {"x": layer["steps"]["a"]}}
    return collision([layer, other], 1_000_000)


def long_powers():
    return collision([one_layer([["1"], ["1"]])], 999_999_998)


def many_codes():
    layer = one_layer([["1"], ["1"]], codes=[[str(i)] for i in range(1, 5000)])
    layer["emit"] = [["x"]] * len(layer["codes"])
    rows = [["3ff0000000000000"], *([f"3ff{i:04x}000000000"] for i in range(1, 5000))]
    rows += [[0, i] for i in range(5000)]
    return header("closure", about(layer, ROUNDED), {"layers": [5000], "states": 5000}, rows)


def long_polynomial():
    matrix = dense(30, lambda i, j: f"1/{i + j + 2}")[1:]
    return header("spectrum", matrix, {"kind": "non-real", "trace": ["1/3"] * 2000, "factors": []})


def wide_cascade():
    letters = [str(i) for i in range(1000)]
    level = {"points": 2, "maps": [[1, 0]], "contexts": [[]], "choice": [[0] * 1000]}
    later = {**level, "contexts": [[0] * i for i in range(1, 2)]}
    states = [[[i, j, *[0] * 38], 0] for i in range(40) for j in range(60)]
    evidence = {"initial": [0] * 40, "levels": [level, *[later] * 39], "states": states}
    return header("cascade", machine([[0] * 1000], letters), evidence)


def long_field():
    """Powers of a root of degree 199: each product is one of polynomials."""
    degree, root = 199, 3 ** (1 / 199)
    field = {"minimal_polynomial": [-3, *[0] * (degree - 1), 1], "root": f"{root:.15f}"}
    powers = [["1" if i == k else "0" for i in range(degree)] for k in range(100)]
    codes = [[power] for power in powers]
    layer = one_layer([[powers[0]], [powers[1]]], codes=codes, bias=[["0"] * degree])
    rows = [*([code] for code in codes), *([0, k] for k in range(100))]
    evidence = {"layers": [100], "states": 100}
    return header("closure", about(layer, field=field), evidence, rows)


def common_denominators():
    """Codes whose common denominator is far longer than each of them."""
    codes = [[f"1/{hex((1 << 8000) + 2 * i + 1)}"] for i in range(150)]
    layer = {**one_layer([["1"], ["1"]], codes=codes), "emit": [["x"]] * 150}
    return header("word", about(layer, ROUNDED), {"word": ["a"] * 10})


def many_regions():
    """Each of them is compared with the cells of many codes."""
    layer = one_layer([["1"], ["1"]], codes=[[str(i)] for i in range(400)])
    layer["emit"] = [["x"]] * 400
    row = {"box": [["1", "1"]], "code": 1, "after": [0]}
    evidence = {"layers": [400], "regions": [True], "classes": [], "states": 1}
    return header("regions", about(layer), evidence, [*([row] for _ in range(400)), [0, 0]])


def wide_region():
    """What a letter does to each coordinate is a function of all of them."""
    shrink = {"beta": "1/2", "key": ["1", *["0"] * 4999], "write": "0"}
    layer = {**one_layer([["0"] * 5000]), "steps": {"a": [shrink]}}
    row = {"box": [["0", "0"]] * 5000, "code": 0, "after": [0]}
    evidence = {"layers": [1], "regions": [True], "classes": [], "states": 1}
    return header("regions", about(layer), evidence, [[row], [0, 0]])


def many_actions():
    """Each may lead each vector elsewhere."""
    layer = one_layer([["1"], ["1"]], [f"a{i}" for i in range(3000)])
    step = {"key": ["0"], "write": "0"}
    layer["steps"] = {f"a{i}": [{**step, "beta": str(i)}] for i in range(3000)}
    vectors = [f"3ff{i:04x}000000000" for i in range(3000)]
    rows = [*([vector] for vector in vectors), [0, 0]]
    return header("closure", about(layer, ROUNDED), {"layers": [3000], "states": 1}, rows)


def many_letters_of_classes():
    """Rows times letters is far more than both."""
    letters = [f"a{i}" for i in range(1000)]
    layer = one_layer([["1"], ["1"]], letters)
    layer["steps"] = {letter: [] for letter in letters}
    vectors = [f"3ff{i:04x}000000000" for i in range(3000)]
    rows = [*([vector] for vector in vectors), *([0, i] for i in range(3000)), [0, 0]]
    evidence = {"layers": [3000], "classes": [3000], "states": 1}
    return header("layers", about(layer, ROUNDED), evidence, rows)


def long_chain():
    words = {key: [] for key in ("prefix", "suffix", "e", "late", "last")}
    evidence = {**words, "f": [0] * 20_000, "links": [], "reflections": True}
    return header("peeling", cycle(1000), {**evidence, "ending": "one layer"})


def chain_of_many_words():
    link = {"parts": [[]], "idempotent": [0], "generators": [[]] * 20_000}
    words = {key: [] for key in ("prefix", "suffix", "e", "f", "late", "last")}
    evidence = {**words, "links": [link], "reflections": True, "ending": "one layer"}
    return header("peeling", cycle(1000), evidence)


def many_edges():
    last = [{"words": [[0]], "tail": i, "head": i + 1} for i in range(3000)]
    words = {key: [] for key in ("prefix", "suffix", "e", "f", "late", "links")}
    evidence = {**words, "last": last, "reflections": True, "ending": "last edges"}
    return header("peeling", cycle(6000), evidence)


def many_conjugates():
    """Each part is one before it, between two letters."""
    parts = [[], *([0, i + 1, 0] for i in range(5000))]
    link = {"parts": parts, "idempotent": [], "generators": []}
    words = {key: [] for key in ("prefix", "suffix", "e", "f", "late", "last")}
    evidence = {**words, "links": [link], "reflections": True, "ending": "one layer"}
    return header("peeling", machine([[q ^ 1] for q in range(1000)]), evidence)


def conjugates_of_many_parts():
    last = [{"words": [[]] * 20_000, "tail": 0, "head": 0}]
    words = {key: [] for key in ("prefix", "suffix", "e", "f", "late", "links")}
    evidence = {**words, "last": last, "reflections": True, "ending": "last parts"}
    return header("peeling", cycle(1000), evidence)


def group(size, needs="space", **evidence):
    """Words that turn as many states about, told apart by the empty word."""
    given = {"points": [*range(size)], "apart": [[]], "generators": [[0]], "needs": needs}
    given |= {key: [] for key in ("turn", "by", "elements", "commutators")}
    turned = cycle(size)
    return header("group", turned, given | evidence)


def group_told_apart_often():
    """Words that take no letter, each of which tells many states apart."""
    return group(2500, apart=[[]] * 19_000)


def group_of_many_generators():
    return group(2500, generators=[[]] * 19_000)


def group_of_many_elements():
    pairs = {"elements": [[]] * 4000, "commutators": [[[], []]] * 4000}
    return group(2500, "not solvable", **pairs)


def group_of_long_words():
    return group(2500, generators=[[0] * 10_000])


def letters_of_large_order():
    """A letter that turns cycles of many lengths: its order is beyond all counting."""
    lengths = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    cycles = [[s + (i + 1) % n] for s, n in zip(starts, lengths, strict=True) for i in range(n)]
    rows = [[*row, (q + 1) % len(cycles)] for q, row in enumerate(cycles)]
    turned = machine(rows, "ab")
    given = {"points": [*range(len(rows))], "apart": [[]], "generators": [[0]], "turn": [0]}
    given |= {"needs": "four steps", "by": [], "elements": [], "commutators": []}
    return header("group", turned, given)


def many_ways():
    """One class leads in many ways, for each of many letters, from each of many states."""
    letters, ways, states = [f"a{i}" for i in range(1000)], 500, 10
    below = {**one_layer([["0"], ["1"]], letters), "steps": {x: [] for x in letters}}
    above = {**one_layer([["0"], ["1"]], ["x"]), "steps": {"x": []}}
    above["codes"] = [[str(i)] for i in range(ways)]
    above["emit"] = [[f"{i}"] for i in range(ways)]
    rows = [[(q + 1) % states if i == q else q for i in range(1000)] for q in range(states)]
    given = about(below, ROUNDED, {**machine(rows, letters), "outputs": [0] * states})
    given["network"]["layers"] = [below, above]
    given["network"] |= {"outputs": {str(i): 0 for i in range(ways)}, "empty": 0}
    numbers = [["0" * 16], *([struct.pack(">d", i).hex()] for i in range(ways))]
    listed = [*numbers, [0, 0], *([0, i] for i in range(ways)), *([q, 0, 0] for q in range(states))]
    evidence = {"layers": [1, ways], "classes": [1, ways], "states": states}
    return header("layers", given, evidence, listed)


WORK = {
    made.__name__: made
    for made in (
        long_words, long_period, growing_numbers, growing_sums, growing_powers, large_powers,
        long_stack, long_powers, many_codes, long_polynomial, wide_cascade, long_field,
        common_denominators, many_regions, wide_region, many_actions, many_letters_of_classes,
        long_chain, chain_of_many_words, many_edges, many_conjugates, conjugates_of_many_parts,
        group_told_apart_often, group_of_many_generators, group_of_many_elements,
        group_of_long_words, letters_of_large_order, many_ways,
    )
}  # fmt: skip


def run(path, share=1):
    """Run the checker in a process that may have 200 MB, with a share of the work it would do."""
    code = f"""
import importlib.util, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY},) * 2)
spec = importlib.util.spec_from_file_location("checker", {checker.__file__!r})
module = sys.modules["checker"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.STEPS_PER_BYTE = int(module.STEPS_PER_BYTE * {share})
sys.exit(module.main([{os.fspath(path)!r}, "--steps", str(int(module.STEPS * {share}))]))
"""
    command = [sys.executable, "-S", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def check_malformed(data, tmp_path, share=1):
    path = tmp_path / "certificate"
    path.write_bytes(data)
    done = run(path, share)
    assert (done.returncode, done.stderr) == (2, "")
    first = done.stdout.splitlines()[0]
    assert first.startswith("MALFORMED: ")
    assert any(place in first for place in ("line ", "about", "evidence"))
    assert len(done.stdout) < 1000
    return first


@pytest.mark.parametrize("name", sorted(FORM | BOMBS))
def test_what_is_no_certificate_is_malformed_within_bounds(name, tmp_path):
    check_malformed((FORM | BOMBS)[name], tmp_path)


def test_rows_are_bounded_by_what_was_packed(tmp_path):
    assert "bomb" in check_malformed(wide_rows(), tmp_path)


@pytest.mark.parametrize("name", sorted(WORK))
def test_what_asks_for_too_much_work_is_malformed_within_bounds(name, tmp_path):
    """With a tenth of the work that the checker would do."""
    first = check_malformed(WORK[name](), tmp_path, share=0.1)
    assert "more than 1,000,000 steps, and 20 a byte: raise --steps" in first


def test_work_is_counted_over_all_certificates_of_a_file(monkeypatch):
    """What a file has left is carried on; no certificate gets more than its bytes."""
    monkeypatch.setattr(checker, "STEPS_PER_BYTE", 0)
    lines = lines_of(next(closures()))
    assert verdict(lines)[0] == "VERIFIED"
    used = checker.STEPS - checker.progress.left
    assert used > 0
    assert verdict(lines * 3, steps=3 * used)[0] == "VERIFIED"
    assert checker.progress.left == 0
    assert verdict(lines * 4, steps=3 * used) == (
        "MALFORMED",
        f"up to line {3 * len(lines) + 1}: more than {3 * used:,} steps, and 0 a byte: "
        "raise --steps",
    )


def test_steps_are_an_option(tmp_path, monkeypatch, capsys):
    """What takes more is verified with more, by either program, which says so."""
    monkeypatch.setattr(checker, "STEPS_PER_BYTE", 0)
    path = tmp_path / "certificate"
    path.write_text("".join(line + "\n" for line in WHOLE))
    assert checker.main([str(path), "--steps", "1"]) == 2
    assert "raise --steps" in capsys.readouterr().out
    assert checker.main([str(path), "--steps", "100000"]) == 0
    assert verify(str(path), steps=1).verdict == "MALFORMED"
    (option,) = [given for given in COMMAND.params if given.name == "steps"]
    assert option.default == checker.STEPS
    assert verify(str(path), steps=100_000).verdict == "VERIFIED"


def test_what_is_honest_takes_a_fraction_of_the_work_that_it_may():
    for certificate in islice(closures(), 8):
        lines = lines_of(certificate)
        assert verdict(lines)[0] == "VERIFIED"
        size = sum(len(line) + 1 for line in lines)
        used = checker.STEPS + checker.STEPS_PER_BYTE * size - checker.progress.left
        assert used < checker.STEPS_PER_BYTE * size / 4


@pytest.mark.parametrize("name", sorted(FORM | BOMBS))
def test_no_words_of_python_are_passed_on(name):
    """What is wrong is said of the file, not of the codec or the module that stumbled."""
    reason = verdict_of_bytes((FORM | BOMBS)[name])[1]
    for word in (
        "codec",
        "Error",
        "Errno",
        "Expecting",
        "Exceeds",
        "literal",
        "object is",
        "Not a",
    ):
        assert word not in reason, reason


def pipe(path):
    os.mkfifo(path)


@pytest.mark.parametrize("make", [os.mkdir, pipe], ids=["directory", "pipe"])
def test_only_a_file_is_read(make, tmp_path):
    """A pipe that nobody writes to would be waited for without end."""
    path = tmp_path / "certificate"
    make(path)
    done = run(path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "not a regular file" in done.stdout
    with pytest.raises(InputError, match="not a regular file"):
        verify(str(path))


def test_a_device_is_not_read():
    assert "not a regular file" in run("/dev/zero").stdout


def test_flipped_bits_of_what_is_packed_are_malformed_or_change_nothing():
    whole = "".join(line + "\n" for line in WHOLE).encode()
    packed = gzip.compress(whole, mtime=0)
    for i in range(10, len(packed)):
        broken = bytearray(packed)
        broken[i] ^= 1 << i % 8
        found = verdict_of_bytes(bytes(broken))
        if found[0] == "VERIFIED":
            assert gzip.decompress(broken) == whole
