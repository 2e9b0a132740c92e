"""A run stopped anywhere goes on to the same end; a mismatch is reached again at once."""

import json
import os
import shlex
from dataclasses import replace

import pytest

from negeig.automata.language import Source
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Stopped, Unavailable
from negeig.cli.commands.run import run as command
from negeig.kernels.standard_suite import Task
from negeig.kernels.streams import comparing, running, saved
from negeig.kernels.streams.comparing import Standing
from negeig.kernels.streams.saved import _digest, standing_of, state_text
from negeig.pipeline.conform import Asked, suite_tasks
from negeig.pipeline.run import language_task, run
from negeig.pipeline.running.options import RunOptions
from negeig.report.terminal.run import run_text
from support.kernel_networks import RIGHT, parity, two_layers
from support.long_runs import first_wrong_length, shrinking

KINDS = ["mix", "all", "closure", "debruijn", "runs", "avoid-sinks", "uniform"]


def asked(network, machine):
    task = Task(name="a task", network=network, machine=machine, about="a test")
    return Asked(task=task, arguments=("--file", "machine.json"))


def replayed(task, text):
    """What a command that a report names finds: its options read as the command line reads them."""
    name, verb, *arguments = shlex.split(text)
    assert (name, verb) == ("negeig", "run")
    given = command.make_context("run", arguments).params
    letters = given["word"]
    names = set(RunOptions.__dataclass_fields__) & set(given)
    values = {name: given[name] for name in names}
    return run(task, RunOptions(**{**values, "word": None if letters is None else tuple(letters)}))


@pytest.mark.parametrize("words", KINDS)
@pytest.mark.parametrize("name", RIGHT)
def test_right_networks_pass(name, words):
    result = run(asked(*RIGHT[name]()), RunOptions(words=words, tokens=4_000, rows=8))
    assert (result.verdict, result.exit_code) == ("passed", 0)
    assert 0 < result.tokens <= 4_000
    assert all(reached.done for reached in result.run.reached)
    assert result.commands.replay(None) is result.commands.resume() is None
    assert result.claim.verdict == "passed"


@pytest.mark.parametrize("backend", ["reference", "torch"])
def test_other_backends_read_the_same_letters(backend):
    network, machine = shrinking(30)
    task = asked(network, machine)
    mine, other = (
        run(task, RunOptions(words="uniform", tokens=3000, rows=3, backend=name))
        for name in ("cpu", backend)
    )
    assert mine.run.mismatch.position == other.run.mismatch.position
    assert state_text(mine.run.mismatch.after) == state_text(other.run.mismatch.after)
    assert other.tokens == mine.tokens


def test_only_the_compiled_backend_has_threads():
    task = asked(*parity())
    for backend, threads in (("cpu", 3), ("reference", 1), ("torch", 1)):
        assert run(task, RunOptions(backend=backend, threads=3, tokens=99)).run.threads == threads


KERNEL = """
import torch

def delta(q, k, v, beta, initial_state, scale):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None] * scale).sum(2))
    return torch.stack(o, 1).to(q.dtype), h

def clipped(q, k, v, beta, initial_state, scale):
    return delta(q, k, v, beta.clamp(max=1), initial_state, scale)

def raises(q, k, v, beta, initial_state, scale):
    raise ZeroDivisionError("a bug")

def forgets(q, k, v, beta, initial_state, scale):
    return delta(q, k, v, beta, initial_state, scale)[0]

def bursts(q, k, v, beta, initial_state, scale):
    o, h = delta(q, k, v, beta, initial_state, scale)
    return o * float("nan"), h
"""


def test_an_implementation_in_the_place_of_a_backend(tmp_path):
    path, (task,) = tmp_path / "kernel.py", suite_tasks("standard", ["parity"])
    path.write_text(KERNEL)
    for impl in ("negeig.cpu", f"{path}:delta", f"{path}:delta@bf16"):
        result = run(task, RunOptions(impl=impl, tokens=600, rows=4))
        assert (result.verdict, result.promises) == ("passed", ""), impl
        assert result.backend.startswith("impl:")
    wrong = run(task, RunOptions(impl=f"{path}:clipped", words="uniform", tokens=600, rows=4))
    assert (wrong.exit_code, wrong.run.mismatch.again) == (1, True)
    lost = run(task, RunOptions(impl=f"{path}:bursts", words="all:3", tokens=60))
    assert (lost.run.mismatch.position, lost.run.mismatch.found, lost.word) == (1, None, ("0",))
    assert f"--impl {path}:clipped" in wrong.commands.replay(wrong.word)
    for impl, message in (
        ("raises", "raised ZeroDivisionError: a bug"),
        ("forgets", "returned no state to go on with"),
    ):
        with pytest.raises(Unavailable, match=message):
            run(task, RunOptions(impl=f"{path}:{impl}", tokens=600))
    with pytest.raises(Unavailable, match="cannot run this network: it does not take bf16"):
        run(task, RunOptions(impl="negeig.cpu@bf16"))
    with pytest.raises(Unavailable, match="cannot run this network: layer 0"):
        run(asked(*shrinking(3)), RunOptions(impl="negeig.cpu"))
    for impl, message in (("negeig.gpu", "is unknown"), ("fla", "expected one implementation")):
        with pytest.raises(InputError, match=message):
            run(asked(*parity()), RunOptions(impl=impl))


@pytest.mark.parametrize("bits", [13, 30])
@pytest.mark.parametrize("words", KINDS)
def test_a_mismatch_is_reached_again(words, bits):
    """By the word where it is short, else by one letter from the states before it."""
    task = asked(*shrinking(bits))
    options = RunOptions(words=words, tokens=2**18, rows=8, seed=3)
    first = run(task, options)
    wrong = first.run.mismatch
    assert (first.verdict, first.exit_code) == ("refuted", 1)
    assert (wrong.expected, wrong.found) == (0, 1)
    text = first.commands.replay(first.word)
    again = replayed(task, text)
    assert again.run.mismatch.expected == wrong.expected
    assert again.run.mismatch.position == wrong.position
    assert state_text(again.run.mismatch.after) == state_text(wrong.after)
    assert again.exit_code == 1
    if first.word is None:
        assert "--state" in text
        assert (again.tokens, again.word) == (1, None)
        assert again.run.mismatch.row == wrong.row
        # Twin: one letter earlier nothing is wrong, and from other states neither.
        before = text.replace(f"--offset {wrong.position - 1}", f"--offset {wrong.position - 2}")
        assert before != text
        state = text.split("--state ")[1].split()[0]
        healthy = text.replace(state, "0/3f800000")
        assert replayed(task, healthy).exit_code == 0
    else:
        assert len(first.word) == wrong.position
        shorter = text.replace("".join(first.word), "".join(first.word[:-1]))
        assert replayed(task, shorter).exit_code == 0


def test_short_words_pass_and_long_runs_do_not():
    """Random words never hold as many letters 1 as it takes; blocks do, and states are reached."""
    task = asked(*shrinking(1))
    length = first_wrong_length(1)
    assert length == 151
    for words in ("uniform", "avoid-sinks", "all", "debruijn:16"):
        assert run(task, RunOptions(words=words, tokens=2**20)).exit_code == 0, words
    for words in ("runs", "closure", "mix"):
        found = run(task, RunOptions(words=words, tokens=2**20))
        assert found.exit_code == 1, words
        assert found.run.mismatch.position >= length
    assert run(task, RunOptions(word=("1",) * (length - 1))).exit_code == 0
    wrong = run(task, RunOptions(word=("1",) * length))
    assert (wrong.exit_code, wrong.tokens, wrong.run.mismatch.position) == (1, length, length)
    assert run(task, RunOptions(word=("1",) * 140 + ("r",) + ("1",) * 140)).exit_code == 0


class Stops:
    """A progress callback that raises at a call."""

    def __init__(self, at, error):
        self.at, self.error, self.calls = at, error, 0

    def __call__(self, stage, done):
        self.calls += 1
        if self.calls == self.at:
            raise self.error


class InPart:
    """One that raises at the third call about a kind of words."""

    def __init__(self, kind):
        self.kind, self.calls = kind, 0

    def __call__(self, stage, done):
        self.calls += stage.startswith(self.kind)
        if self.calls == 3:
            raise KeyboardInterrupt


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(comparing, "PIECE_TOKENS", 200)
    monkeypatch.setattr(comparing, "PIECES", 1)
    monkeypatch.setattr(running, "SAVE_WORK", 3e4)


@pytest.mark.parametrize("words", ["mix", "uniform", "runs", "avoid-sinks", "debruijn", "closure"])
@pytest.mark.parametrize("name", ["dense", "two layers", "flipflop", "no layers"])
def test_a_run_stopped_anywhere_ends_as_if_it_had_not_been(tmp_path, small_pieces, name, words):
    """The checkpoint at the end is the same file, so the states are the same bits."""
    task = asked(*RIGHT[name]())
    whole, path = str(tmp_path / "whole"), str(tmp_path / "cut")
    options = RunOptions(words=words, tokens=2_500, rows=4, seed=1, checkpoint=whole)
    count = Stops(0, None)
    done = run(task, options, progress=count)
    error = Stopped("seconds in all", 1, reached=1, option="--timeout")
    for at in range(1, count.calls + 1):
        cut = replace(options, checkpoint=path)
        kind, code = (KeyboardInterrupt(), 130) if at % 2 else (error, 3)
        first = run(task, cut, progress=Stops(at, kind))
        assert (first.verdict, first.exit_code) == ("open", code)
        assert first.tokens <= done.tokens
        second = replayed(task, first.commands.resume())
        assert second.options == cut
        assert (second.verdict, second.tokens) == ("passed", done.tokens)
        again = 0 if first.run.current is not None else first.run.reached[first.run.part].tokens
        assert second.run.before == first.tokens - again
        assert [r.tokens for r in second.run.reached] == [r.tokens for r in done.run.reached]
        with open(whole, "rb") as one, open(path, "rb") as other:
            assert one.read() == other.read()
        os.remove(path)


def test_a_run_killed_goes_on_from_what_was_written(tmp_path, small_pieces):
    """An exception that nobody expects, as a kill would be: the file written before still holds."""
    task = asked(*two_layers())
    whole, path = str(tmp_path / "whole"), str(tmp_path / "cut")
    options = RunOptions(words="uniform", tokens=9_000, rows=4, checkpoint=whole)
    done = run(task, options)
    with pytest.raises(ZeroDivisionError):
        run(task, replace(options, checkpoint=path), progress=Stops(20, ZeroDivisionError()))
    second = run(task, replace(options, checkpoint=path))
    assert 0 < second.run.before < done.tokens == second.tokens
    with open(whole, "rb") as one, open(path, "rb") as other:
        assert one.read() == other.read()


def test_a_run_goes_on_to_more_letters(tmp_path):
    task, path = asked(*shrinking(16)), str(tmp_path / "run")
    options = RunOptions(words="uniform", tokens=1_000, rows=2, checkpoint=path)
    first = run(task, options)
    assert first.exit_code == 0
    same = run(task, options)
    assert (same.exit_code, same.tokens, same.run.before) == (0, 1_000, 1_000)
    second = run(task, replace(options, tokens=100_000))
    alone = run(task, replace(options, tokens=100_000, checkpoint=None))
    assert second.exit_code == alone.exit_code == 1
    assert second.run.mismatch.position == alone.run.mismatch.position
    assert (second.tokens, second.run.before) == (alone.tokens, 1_000)
    assert state_text(second.run.mismatch.after) == state_text(alone.run.mismatch.after)
    # What is wrong is not saved: the run reaches it again.
    assert run(task, replace(options, tokens=100_000)).exit_code == 1


def test_what_was_read_since_a_checkpoint_is_no_word(tmp_path):
    """A few letters after it the row is wrong; from the initial states they are right."""
    task, path = asked(*shrinking(16)), str(tmp_path / "run")
    options = RunOptions(words="uniform", tokens=100_000, rows=2)
    alone = run(task, options)
    position = alone.run.mismatch.position
    assert position > comparing.SHOWN
    run(task, replace(options, tokens=2 * (position - 5), checkpoint=path))
    found = run(task, replace(options, checkpoint=path))
    assert (found.run.mismatch.position, found.word) == (position, None)
    assert found.commands.replay(None) == alone.commands.replay(None)
    assert replayed(task, found.commands.replay(None)).exit_code == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_run_goes_on_by_offset(small_pieces, rows):
    """One row with its state, as if it had not been stopped; several begin again, and say so."""
    network, machine = RIGHT["dense"]()
    task = asked(network, machine)
    options = RunOptions(words="uniform", tokens=3_000, rows=rows, seed=9)
    first = run(task, options, progress=Stops(4, KeyboardInterrupt()))
    text = first.commands.resume()
    assert f"--offset {first.tokens // rows}" in text
    assert ("--state" in text) == (rows == 1)
    second = replayed(task, text)
    assert (second.exit_code, first.tokens + second.tokens) == (0, 3_000)
    if rows == 1:
        whole = run(task, options)
        assert state_text(second.run.standing) == state_text(whole.run.standing)
        assert second.run.standing.position == whole.run.standing.position


def test_a_mix_without_checkpoint_goes_on_by_offset(small_pieces):
    task = asked(*parity())
    options = RunOptions(tokens=10_000, rows=4)
    whole = run(task, options)
    first = run(task, options, progress=InPart("runs"))
    text = first.commands.resume()
    later = [replayed(task, one) for one in text.split(" && ")]
    assert [one.options.words for one in later] == ["runs", "uniform"]
    assert [one.exit_code for one in later] == [0, 0]
    assert first.tokens + sum(one.tokens for one in later) == whole.tokens
    assert first.commands.begins_again


@pytest.mark.parametrize("name", ["parity", "flipflop", "dense"])
def test_what_goes_on_reads_exactly_the_rest(small_pieces, name):
    """The parts that the commands plan are those of the mix, each from where it was left."""
    task = asked(*RIGHT[name]())
    options = RunOptions(tokens=2_500, rows=4, seed=6)
    count = Stops(0, None)
    whole = run(task, options, progress=count)
    for at in range(1, count.calls + 1):
        first = run(task, options, progress=Stops(at, KeyboardInterrupt()))
        number, text = first.run.part, first.commands.resume()
        later = [] if text is None else [replayed(task, one) for one in text.split(" && ")]
        parts = [one.run.parts[0] for one in later]
        assert all(len(one.run.parts) == 1 and one.exit_code == 0 for one in later)
        planned = list(whole.run.parts[number:])
        if first.run.standing is not None and first.run.reached[number].done:
            planned = planned[1:]
        assert parts == planned
        begun = first.tokens
        if first.run.standing is None:
            begun -= first.run.reached[number].tokens
        assert begun + sum(one.tokens for one in later) == whole.tokens
    assert text is None  # the last stop was after the last letter


def test_the_options_of_a_run_are_those_that_go_on(tmp_path, small_pieces):
    """The number of letters too, which is chosen where none is asked for; a row, and one word."""
    task, path = asked(*parity()), str(tmp_path / "cut")
    state = "0/3f800000"
    for options in (
        RunOptions(rows=4, checkpoint=path, backend="reference"),
        RunOptions(words="uniform", rows=4, row=2, offset=9, state=state, checkpoint=path),
        RunOptions(word=("0", "1") * 150),
    ):
        first = run(task, options, progress=Stops(1, KeyboardInterrupt()))
        assert first.exit_code == 130
        arguments = shlex.split(first.commands.resume())[2:]
        given = command.make_context("run", arguments).params
        for key, value in vars(options).items():
            read = tuple(given[key]) if key == "word" and given[key] else given[key]
            assert read == value, key
        if options.checkpoint is not None:
            os.remove(path)


def test_the_state_of_a_command_is_every_bit():
    import numpy as np

    values = np.array([[0.0, -0.0, np.inf, -np.inf, 1e-45, 3.0]], np.float32)
    nan = np.array([[0x7FC12345]], np.uint32).view(np.float32)
    wide = np.array([[0.1, -1e-308]], np.float64)
    for states in ((values,), (nan, values), (wide, nan), ()):
        here = Standing(7, np.array([2], np.int32), states)
        read = standing_of([state_text(here)], 7, here, 3)
        assert [s.tobytes() for s in read.states] == [s.tobytes() for s in states]
        assert (read.machine.tolist(), read.position) == ([2], 7)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("2/3f800000", "a state of the machine from 0 to 1"),
        ("x/3f800000", "a state of the machine from 0 to 1"),
        ("/3f800000", "a state of the machine from 0 to 1"),
        ("0", "hexadecimal digits for each layer: 8"),
        ("0/3f8000", "hexadecimal digits for each layer: 8"),
        ("0/3f800000/3f800000", "hexadecimal digits for each layer: 8"),
        ("0/3f80000g", "hexadecimal digits after the first /"),
    ],
)
def test_states_that_are_none(state, message):
    with pytest.raises(InputError, match=message):
        run(asked(*parity()), RunOptions(words="uniform", rows=1, state=state, tokens=1))


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        ({"tokens": 0}, ["--tokens: from 1 to 2,305,843,009,213,693,952 letters, found 0"]),
        ({"tokens": -5}, ["found -5"]),
        ({"tokens": 2**61 + 1}, ["--tokens"]),
        ({"seed": -1}, ["--seed: from 0"]),
        ({"seed": 2**64}, ["--seed: from 0"]),
        ({"rows": 0}, ["--rows: from 1 to 65,536, found 0"]),
        ({"rows": 2**16 + 1}, ["--rows"]),
        ({"rows": 4, "row": 4, "words": "runs"}, ["--row: from 0 to 3, found 4"]),
        ({"offset": -1, "words": "runs"}, ["--offset: from 0"]),
        ({"offset": 2**61 + 1, "words": "runs"}, ["--offset: from 0"]),
        ({"offset": 3}, ["--offset belongs to --words debruijn, runs, avoid-sinks, uniform"]),
        ({"offset": 3, "words": "all:3"}, ["not to --words all:3"]),
        ({"row": 0, "word": ("0",)}, ["--row belongs to", "not to --word"]),
        ({"state": "0/3f800000", "words": "uniform"}, ["--state is that of one row"]),
        ({"checkpoint": "x", "word": ("0",)}, ["--checkpoint belongs to words that are drawn"]),
        ({"threads": 0}, ["--threads"]),
        ({"backend": "gpu", "tokens": 0, "seed": -1}, ["'gpu' is unknown", "--tokens", "--seed"]),
    ],
)
def test_bad_options_are_all_named(options, messages):
    with pytest.raises(InputError) as stop:
        RunOptions(**options)
    for message in messages:
        assert message in str(stop.value)


def test_words_that_do_not_fit_the_machine():
    task = asked(*parity())
    with pytest.raises(InputError, match="letter 'x' is not in the alphabet"):
        run(task, RunOptions(word=("0", "x")))
    with pytest.raises(InputError, match="expected N from 1 to 26"):
        run(task, RunOptions(words="debruijn:40"))
    network, _ = parity()
    _, other = shrinking(3)
    with pytest.raises(InputError, match="the network does not read 'r'; its letters are '0', '1'"):
        run(asked(network, other))


def test_the_empty_word_counts():
    network, machine = parity()
    found = run(asked(replace(network, empty=0), machine), RunOptions(tokens=100))
    assert (found.exit_code, found.tokens, found.run.mismatch.position) == (1, 0, 0)
    assert found.word == ()
    assert replayed(asked(replace(network, empty=0), machine),
                    found.commands.replay(found.word)).exit_code == 1  # fmt: skip
    assert run(asked(network, machine), RunOptions(word=())).exit_code == 0


def damaged(path):
    """Texts that no run wrote: each character another, and what another file may be."""
    text = path.read_text()
    for i in range(0, len(text), 7):
        yield text[:i] + ("1" if text[i] != "1" else "2") + text[i + 1 :]
    yield from (
        "",
        "{}",
        "[]",
        "null",
        text[:-1],
        text[: len(text) // 2],
        text * 2,
        "\0",
        "[" * 10**5,
    )


def test_a_damaged_checkpoint_is_refused(tmp_path):
    task, path = asked(*two_layers()), tmp_path / "run"
    options = RunOptions(tokens=3_000, rows=2, checkpoint=str(path))
    run(task, options)
    texts = list(damaged(path))
    assert len(texts) > 50
    for text in texts:
        path.write_text(text)
        with pytest.raises(InputError, match=r"is damaged|is no checkpoint"):
            run(task, options)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is no checkpoint"):
        run(task, options)
    with pytest.raises(InputError, match="cannot be read"):
        run(task, replace(options, checkpoint=str(tmp_path)))
    unread = Stops(1, AssertionError("letters were read"))
    with pytest.raises(InputError, match=r"cannot be written: there is no folder .*no$"):
        run(task, replace(options, checkpoint=str(tmp_path / "no" / "run")), progress=unread)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("position", 1.5), ("position", True), ("position", -1), ("position", "3"),
        ("position", 2**70), ("about", None), ("about", [1]), ("parts", None), ("parts", []),
        ("parts", [[1]]), ("parts", [["uniform", 2, 1500, 0, -5, ""]]),
        ("parts", [["uniform", 2, 1500, 0, 3001, ""]]),
        ("parts", [["uniform", 2, "x", 0, 5, ""]]), ("parts", [["uniform", 2, 1500, 0, True, ""]]),
        ("parts", [["uniform", 2, 1500, 0, 5, None]]), ("parts", [["all", 2, 1500, 0, 5, ""]]),
        ("part", -1), ("part", 1), ("part", None), ("part", False), ("rows", None), ("rows", [1]),
        ("rows", []), ("rows", ["0/3f800000/3f800000"]), ("rows", ["0/00", "0/00"]),
        ("rows", ["9" * 5_000 + "/3f800000/3f800000"] * 2),
    ],
)  # fmt: skip
def test_a_checkpoint_that_was_made_up_is_refused(tmp_path, key, value):
    """Its digest is right, what it says is none of a run."""
    task, path = asked(*two_layers()), tmp_path / "run"
    options = RunOptions(words="uniform", tokens=3_000, rows=2, checkpoint=str(path))
    run(task, options)
    document = json.loads(path.read_text())
    assert document.pop("sha256") == _digest(document)
    path.write_text(json.dumps({**document, "sha256": _digest(document)}))
    assert run(task, options).exit_code == 0
    for change in (document.__setitem__, lambda key, _: document.pop(key)):
        change(key, value)
        path.write_text(json.dumps({**document, "sha256": _digest(document)}))
        wrong = key if key in document else r"\w+"
        with pytest.raises(InputError, match=rf"damaged: ({wrong}: expected|position: all has)"):
            run(task, options)


def test_a_checkpoint_is_a_file_of_bounded_size(tmp_path):
    task, path = asked(*two_layers()), tmp_path / "run"
    with pytest.raises(InputError, match="/dev/zero cannot be read: it is no regular file"):
        run(task, RunOptions(checkpoint="/dev/zero"))
    with open(path, "wb") as file:
        file.truncate(2**40)  # of which nothing is on the disk
    with pytest.raises(InputError, match=r"no checkpoint of negeig run: it has more than [\d,]+ "):
        run(task, RunOptions(checkpoint=str(path)))


def test_a_full_disk_loses_no_verdict(tmp_path, small_pieces, monkeypatch):
    task, path = asked(*two_layers()), tmp_path / "run"
    options = RunOptions(words="uniform", tokens=9_000, rows=4, checkpoint=str(path))

    def full(path, data):
        raise OSError(28, "No space left on device")

    write = saved.write_whole
    monkeypatch.setattr(saved, "write_whole", full)
    for stops, code in ((None, 0), (Stops(3, KeyboardInterrupt()), 130)):
        result = run(task, options, progress=stops)
        assert result.exit_code == code
        why = f"{path} cannot be written: No space left on device"
        assert result.to_json()["unsaved"] == why
        assert why in " ".join(run_text(result, 1_000).split())
    assert not path.exists()
    # In the middle only: the next one is written, and nothing is to be said.
    calls = []

    def once(path, data):
        calls.append(path)
        (full if len(calls) == 2 else write)(path, data)

    monkeypatch.setattr(saved, "write_whole", once)
    result = run(task, options)
    assert (result.exit_code, result.run.unsaved, len(calls) > 3) == (0, "", True)
    assert "cannot be written" not in run_text(result)
    assert run(task, options).run.before == result.tokens


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    task, path = asked(*two_layers()), tmp_path / "run"
    options = RunOptions(words="uniform", tokens=3_000, rows=2, checkpoint=str(path))
    run(task, options)
    for changes, message in (
        ({"seed": 1}, "seed was 0, is 1"),
        ({"backend": "reference"}, "backend was 'cpu', is 'reference'"),
        ({"offset": 5}, "offset was 0, is 5"),
        ({"seed": 1, "offset": 5}, "2 problems"),
        ({"row": 1}, "row was None, is 1"),
        ({"rows": 1, "state": "0/3f800000/3f800000"}, "state was None, is '0/3f8"),
        ({"tokens": 2_998}, "it has read uniform, 2 rows of 1,500 letters, to letter 1,500; now"),
        ({"rows": 3}, "now there is uniform, 3 rows of 1,000 letters"),
        ({"words": "runs"}, "now there is runs"),
        ({"words": "mix"}, "now there is all:5"),
    ):
        with pytest.raises(InputError, match=message):
            run(task, replace(options, **changes))
    network, machine = two_layers()
    for other in (replace(network, empty=1), replace(network, outputs={**network.outputs, "3": 9})):
        with pytest.raises(InputError, match="network was"):
            run(asked(other, machine), options)
    more = Machine(
        alphabet=machine.alphabet,
        transitions=[*machine.transitions.tolist(), [0, 0]],
        initial=0,
        outputs=[*machine.outputs, 0],
    )
    with pytest.raises(InputError, match="machine was"):
        run(asked(network, more), options)
    assert run(task, options).exit_code == 0


def test_the_network_of_a_language_is_proved_in_the_format_of_the_backend():
    language = Source("zoo", "sym:5").read()
    made = language_task(language, RunOptions())
    assert made.task.about == "permutation: layers 1, steps a token 4, dimension 5"
    assert made.arguments == ("--zoo", "sym:5")


def test_the_report_says_what_was_compared_now_and_why_fewer(tmp_path):
    task, path = asked(*parity()), str(tmp_path / "run")

    def compared(**options):
        text = run_text(run(task, RunOptions(checkpoint=path, rows=1, **options)), 200)
        return " ".join(text.split("compared")[1].split("passed")[0].split())

    assert compared(words="uniform", tokens=1).startswith("1 letter in ")
    assert compared(words="uniform", tokens=1) == "1 letter, none of them now (seed 0)"
    more = compared(words="uniform", tokens=3)
    assert more.startswith("3 letters, 2 of them now, in ")
    assert "at most" not in more
    os.remove(path)
    whole = "words are whole, of one length"
    assert f"of 6 at most: {whole}" in compared(words="all", tokens=6)
    os.remove(path)
    once = "closure reads no letter twice"
    assert compared(words="closure", tokens=100).endswith(f"of 100 at most: {once}")


def test_equal_runs_give_equal_documents():
    """But for seconds, speed and the device."""
    texts = set()
    for threads in (1, 2):
        document = run(asked(*parity()), RunOptions(tokens=50_000, threads=threads)).to_json()
        document["seconds"] = document["tokens_per_second"] = document["claims"][0]["seconds"] = 0
        assert document["backend"].pop("threads") == threads
        texts.add(json.dumps(document))
    assert len(texts) == 1
