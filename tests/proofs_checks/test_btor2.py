"""BTOR2: the system is the network; nothing bad is reached, and is where tables are spoilt."""

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

import negeig
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks.btor2 import btor2
from negeig.proofs_checks.closed_table import ClosedTable, closed_table
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])


def network_of(step: Step) -> LinearRNN:
    layer = Layer(
        alphabet=("1",),
        initial=(Fraction(1),),
        steps={"1": (step,)},
        codes=((Fraction(1),), (Fraction(-1),)),
        emit=(("even",), ("odd",)),
    )
    return LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)


FLIP = DeltaStep(Fraction(2), (Fraction(1),), Fraction(0))


def without_comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith(";")]


class Simulator:
    """Executes the subset of BTOR2 that is written, on integers taken modulo a power of two."""

    def __init__(self, text: str) -> None:
        numbered = without_comments(text)
        self.lines = [line.split()[1:] for line in numbered]
        for number, line in enumerate(numbered, 1):
            assert line.split()[0] == str(number)
        self.names = {line[2]: n for n, line in enumerate(self.lines, 1) if line[0] == "state"}
        self.state = dict.fromkeys(self.names.values(), 0)
        values = self.values(0)
        for number, (kind, *rest) in enumerate(self.lines, 1):
            if kind == "init":
                assert int(rest[2]) < int(rest[1]) < number
                self.state[int(rest[1])] = values[int(rest[2])]

    def values(self, letter: int) -> dict[int, int]:
        found: dict[int, int] = {}
        widths: dict[int, int] = {}
        for number, (kind, *rest) in enumerate(self.lines, 1):
            if kind == "sort":
                widths[number] = int(rest[1])
            elif kind not in ("init", "next", "bad", "constraint"):
                width = widths[int(rest[0])]
                found[number] = self.value(kind, number, rest, found, letter) % 2**width
                widths[number] = width
        return found

    def value(self, kind: str, number: int, rest: Any, found: dict[int, int], letter: int) -> int:
        if kind == "state":
            return self.state[number]
        if kind == "input":
            return letter
        if kind == "constd":
            return int(rest[1])
        if kind in ("one", "zero"):
            return int(kind == "one")
        a, *others = (found[int(n)] for n in rest[1:])
        if kind in ("saddo", "ssubo", "smulo"):
            width = self.width_of(int(rest[1]))
            signed = [x - 2**width * (x >= 2 ** (width - 1)) for x in (a, others[0])]
            exact = {"saddo": sum(signed), "ssubo": signed[0] - signed[1]}.get(
                kind, signed[0] * signed[1]
            )
            return int(not -(2 ** (width - 1)) <= exact < 2 ** (width - 1))
        if kind == "ite":
            return others[0] if a else others[1]
        if kind == "not":
            return 1 - a
        b = others[0]
        return {
            "add": a + b, "sub": a - b, "mul": a * b, "eq": int(a == b), "ulte": int(a <= b),
            "and": a & b, "or": a | b,
        }[kind]  # fmt: skip

    def width_of(self, number: int) -> int:
        sort = int(self.lines[number - 1][1])
        return int(self.lines[sort - 1][2])

    def read(self, letter: int) -> set[str]:
        """Read a letter; return what was bad."""
        values = self.values(letter)
        bad = {line[2] for line in self.lines if line[0] == "bad" and values[int(line[1])]}
        assert all(values[int(line[1])] for line in self.lines if line[0] == "constraint")
        moves = [line for line in self.lines if line[0] == "next"]
        self.state |= {int(line[2]): values[int(line[3])] for line in moves}
        return bad

    def number(self, name: str) -> int:
        """A coordinate, as a signed number."""
        width = self.width_of(self.names[name])
        x = self.state[self.names[name]]
        return x - 2**width * (x >= 2 ** (width - 1))


def table_of(zoo: str) -> ClosedTable:
    network = negeig.compile(zoo=zoo).network
    assert network is not None
    return closed_table(network, negeig.language(zoo=zoo).machine)


CASES = ("cyclic:2", "dihedral:4", "flipflop")


@pytest.mark.parametrize("zoo", CASES)
def test_a_run_of_the_system_is_one_of_the_network(zoo: str) -> None:
    table = table_of(zoo)
    run, draw = Simulator(btor2(table)), random.Random(3)
    state = tuple(layer.initial for layer in table.network.layers)
    (layer,) = table.network.layers
    for _ in range(60):
        a = draw.randrange(len(table.machine.alphabet))
        assert run.read(a) == set()
        state = (layer.apply(table.machine.alphabet[a], state[0]),)
        scale = max(Fraction(x).denominator for code in layer.codes for x in code)
        assert [run.number(f"h0-{j}") for j in range(layer.dim)] == [x * scale for x in state[0]]


@pytest.mark.parametrize("zoo", CASES)
def test_the_closed_set_is_inductive(zoo: str) -> None:
    """From every state of the set, under every letter: nothing is bad, and nothing is after."""
    table = table_of(zoo)
    text = btor2(table)
    for state, q in zip(table.states, table.machine_states, strict=True):
        for a in range(len(table.machine.alphabet)):
            run = Simulator(text)
            for j, x in enumerate(state[0]):
                run.state[run.names[f"h0-{j}"]] = int(x) % 2 ** run.width_of(run.names[f"h0-{j}"])
            run.state[run.names["q"]] = q
            assert run.read(a) == set()
            assert run.read(0) == set()


def bad_of(text: str, letters: int = 4) -> set[str]:
    run = Simulator(text)
    return set().union(*(run.read(0) for _ in range(letters)))


def test_what_is_tampered_with_is_reached() -> None:
    table = closed_table(network_of(FLIP), PARITY)
    assert bad_of(btor2(table)) == set()
    fewer = replace(table, states=table.states[:1], machine_states=table.machine_states[:1])
    assert bad_of(btor2(fewer)) == {"outside"}
    flipped = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    assert bad_of(btor2(replace(table, machine=flipped))) == {"wrong"}
    doubled = network_of(DeltaStep(Fraction(3), (Fraction(1),), Fraction(0)))
    assert bad_of(btor2(replace(table, network=doubled))) >= {"overflow", "outside", "wrong"}


def test_what_is_no_integer_is_refused() -> None:
    halves = network_of(DeltaStep(Fraction(8), (Fraction(1, 2),), Fraction(0)))
    with pytest.raises(InputError, match="no integer"):
        btor2(closed_table(halves, PARITY))
    dense = network_of(DenseStep(((Fraction(-1),),), (Fraction(0),)))
    with pytest.raises(InputError, match="dense"):
        btor2(closed_table(dense, PARITY))
    with pytest.raises(InputError, match="rounded"):
        btor2(closed_table(network_of(FLIP), PARITY, "bf16"))


def test_a_state_that_is_decoded_to_the_nearest_code_is_refused() -> None:
    """A system compares states with codes, and would call the network wrong."""
    stays = DeltaStep(Fraction(3), (Fraction(1),), Fraction(1))
    found, constant = (
        network_of(stays),
        Machine(alphabet="1", transitions=[[0]], outputs=[1], initial=0),
    )
    assert bad_of(btor2(closed_table(found, constant))) == set()
    (layer,) = found.layers
    layer = replace(layer, codes=((Fraction(2),), (Fraction(-1),)))
    table = closed_table(replace(found, layers=(layer,)), constant)
    with pytest.raises(InputError, match="equals no code"):
        btor2(table)


def terms(text: str) -> tuple[Any, Any, Any, Any]:
    """Translate a system for z3: its states, what they become, what is bad, what is assumed."""
    import z3

    sorts: dict[int, int] = {}
    found: dict[int, Any] = {}
    after: dict[int, Any] = {}
    bad, assumed = [], []
    binary = {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "and": lambda a, b: a & b, "or": lambda a, b: a | b,
    }  # fmt: skip
    flags = {
        "eq": lambda a, b: a == b,
        "ulte": z3.ULE,
        "saddo": lambda a, b: z3.Not(fits(z3, a, b, lambda x, y: x + y)),
        "ssubo": lambda a, b: z3.Not(fits(z3, a, b, lambda x, y: x - y)),
        "smulo": lambda a, b: z3.Not(fits(z3, a, b, lambda x, y: x * y)),
    }
    for line in without_comments(text):
        n, kind, *rest = line.split()
        if kind == "sort":
            sorts[int(n)] = int(rest[1])
        elif kind == "next":
            after[int(rest[1])] = found[int(rest[2])]
        elif kind == "bad":
            bad.append(found[int(rest[0])] == 1)
        elif kind == "constraint":
            assumed.append(found[int(rest[0])] == 1)
        elif kind != "init":
            width = sorts[int(rest[0])]
            leaf = kind in ("state", "input", "constd")
            given = [] if leaf else [found[int(r)] for r in rest[1:]]
            if kind in ("state", "input"):
                found[int(n)] = z3.BitVec(f"x{n}", width)
            elif kind == "constd":
                found[int(n)] = z3.BitVecVal(int(rest[1]), width)
            elif kind in ("one", "zero"):
                found[int(n)] = z3.BitVecVal(int(kind == "one"), width)
            elif kind == "ite":
                found[int(n)] = z3.If(given[0] == 1, given[1], given[2])
            elif kind == "not":
                found[int(n)] = ~given[0]
            elif kind in binary:
                found[int(n)] = binary[kind](*given)
            else:
                one, zero = z3.BitVecVal(1, 1), z3.BitVecVal(0, 1)
                found[int(n)] = z3.If(flags[kind](*given), one, zero)
    pairs = [(found[n], term) for n, term in after.items()]
    return pairs, z3.Or(bad), z3.And(assumed), found


def fits(z3: Any, a: Any, b: Any, operation: Any) -> Any:
    """Whether the exact result, in twice as many bits, is that of so many bits."""
    width = a.size()
    exact = operation(z3.SignExt(width, a), z3.SignExt(width, b))
    return exact == z3.SignExt(width, operation(a, b))


@pytest.mark.provers
@pytest.mark.parametrize("zoo", ["dihedral:4", "transformations:3"])
def test_one_step_of_induction_proves_it_to_z3(zoo: str) -> None:
    """Not state by state: for all bit vectors, if nothing is bad nothing is after any letter."""
    import z3

    pairs, bad, assumed, _ = terms(btor2(table_of(zoo)))
    solver = z3.Solver()
    letter = next(x for x in z3.z3util.get_vars(assumed))
    other = z3.BitVec("other", letter.size())
    later = z3.substitute(z3.And(assumed, bad), *pairs, (letter, other))
    solver.add(assumed, z3.Not(bad), later)
    assert solver.check() == z3.unsat
    solver = z3.Solver()
    solver.add(assumed, z3.Not(bad))
    assert solver.check() == z3.sat
