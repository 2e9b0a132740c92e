"""The text of a PTX kernel as a :class:`~negeig.kernels.ptx.program.Program`.

Nothing is skipped that could matter: an opcode, modifier, directive or operand that is not known
is refused, by its name and line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NoReturn

from negeig.claims import InputError
from negeig.kernels.ptx import asynchronous, warpgroups
from negeig.kernels.ptx.fitting import Unfit, fitted
from negeig.kernels.ptx.opcodes import find, packing
from negeig.kernels.ptx.operands import Reader, Refused
from negeig.kernels.ptx.operation import WIDTHS, Operation
from negeig.kernels.ptx.program import (
    Guard,
    Instruction,
    Operand,
    Parameter,
    Program,
    Register,
    SharedVariable,
    Source,
    Target,
    Vector,
)
from negeig.kernels.ptx.tokens import Token, source_files, tokens

NEWEST = (8, 7)
"""The newest version of PTX whose instructions were read."""


def parse(text: str, name: str = "PTX") -> Program:
    """Read a PTX text with one kernel.

    Parameters
    ----------
    text : str
    name : str
        Of the text, for messages.

    Raises
    ------
    InputError
        Naming every instruction that is not known, with its line; or the first thing that is no
        PTX, a newer version, no kernel or several; or a ``wgmma`` whose registers are accessed
        while it may be under way.

    Examples
    --------
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .address_size 64
    ... .visible .entry twice(.param .u64 .ptr .global x) {
    ...   .reg .b32 %r<2>;
    ...   .reg .b64 %rd<2>;
    ...   ld.param.b64 %rd1, [x];
    ...   ld.global.b32 %r1, [%rd1];
    ...   add.s32 %r1, %r1, %r1;
    ...   st.global.b32 [%rd1], %r1;
    ...   ret;
    ... }''')
    >>> program.name, [str(one) for one in program.instructions][2], program.blocks
    ('twice', 'add.s32, line 10', (Block(start=0, stop=5, next=()),))
    >>> parse(".version 9.9")
    Traceback (most recent call last):
    negeig.claims.InputError: PTX: line 1: expected version 8.7 or older, found 9.9
    """
    reading = _Module(Reader(list(tokens(text))), source_files(text))
    try:
        return reading.program()
    except Refused as refused:
        raise InputError(name, [*reading.problems, str(refused)], "bad-ptx") from None
    except _Problems as found:
        raise InputError(name, found.problems, "bad-ptx") from None


class _Problems(Exception):
    def __init__(self, problems: list[str]) -> None:
        self.problems = problems


def _return(line: int) -> Instruction:
    """Return the ``ret`` behind a barrier that ends a text: who waits there has not ended."""
    operation = find("ret")
    assert operation is not None
    return Instruction(operation, (), None, line, None)


@dataclass
class _Module:
    """What has been read of a text."""

    reader: Reader
    files: dict[int, str]
    version: tuple[int, int] | None = None
    target: str = ""
    shared: list[SharedVariable] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    threads: int | None = None
    source: Source | None = None
    instructions: list[Instruction] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    registers: dict[str, Register] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def program(self) -> Program:
        entry = ""
        while token := self.reader.next():
            if token.text == ".version":
                self._version(self.reader.line(token))
            elif token.text == ".target":
                self.target = self.reader.line(token)[0].text
            elif token.text in (".address_size", ".file", ".loc"):
                self.reader.line(token)
            elif token.text == ".section":
                self.reader.skip_braces()
            elif token.text in (".extern", ".shared", ".global", ".const"):
                self._variable(token)
            elif token.text in (".visible", ".weak"):
                continue
            elif token.text == ".entry":
                if entry:
                    self._refuse(token, "expected one kernel, found another")
                entry = self._entry()
            else:
                self._refuse(token, f"expected a directive, found {token.text!r}")
        if self.version is None or not entry:
            raise _Problems([f"expected {'.version' if self.version is None else 'a kernel'}"])
        if self.problems:
            raise _Problems(self.problems)
        instructions = tuple(map(self._resolved, self.instructions))
        jumped_to = {
            operand.label: operand.index
            for one in instructions
            for operand in one.operands
            if isinstance(operand, Target)
        }
        if instructions and "barrier" in instructions[-1].operation.kind:
            instructions += (_return(instructions[-1].line),)
        program = Program(
            name=entry, version=self.version, target=self.target, parameters=tuple(self.parameters),
            threads=self.threads, shared=tuple(self.shared), registers=self.registers,
            instructions=instructions, labels=jumped_to,
        )  # fmt: skip
        if unordered := asynchronous.problems(program):
            raise _Problems(unordered)
        return program

    def _refuse(self, token: Token, text: str) -> NoReturn:
        raise Refused(f"line {token.line}: {text}")

    def _version(self, rest: list[Token]) -> None:
        major, _, minor = rest[0].text.partition(".")
        self.version = int(major), int(minor)
        if self.version > NEWEST:
            newest = ".".join(map(str, NEWEST))
            self._refuse(rest[0], f"expected version {newest} or older, found {rest[0].text}")

    def _variable(self, token: Token) -> None:
        """Read ``.extern .shared .align 16 .b8 name[];``; constants are kept out of reach."""
        parts = [token.text]
        while (one := self.reader.expect()).text != ";":
            parts.append(one.text)
        if ".shared" not in parts:
            return
        align = int(parts[parts.index(".align") + 1]) if ".align" in parts else 1
        kind = next(part for part in parts if part[1:] in WIDTHS)
        name = parts[parts.index(kind) + 1]
        size = parts[parts.index("[") + 1] if "[" in parts else "1"
        bytes_each = WIDTHS[kind[1:]] // 8
        self.shared.append(
            SharedVariable(name, int(size) * bytes_each if size != "]" else None, align)
        )

    def _entry(self) -> str:
        name = self.reader.expect().text
        self.reader.expect("(")
        while (token := self.reader.expect()).text != ")":
            if token.text == ".param":
                parts = []
                while self.reader.peek().text not in (",", ")"):
                    parts.append(self.reader.expect().text)
                self.parameters.append(Parameter(parts[-1], parts[0][1:], ".ptr" in parts))
        while (token := self.reader.expect()).text != "{":
            sizes = self.reader.sizes()
            if token.text == ".reqntid":
                if any(size != 1 for size in sizes[1:]):
                    self._refuse(token, "expected blocks of one dimension")
                self.threads = sizes[0]
            elif token.text not in (".maxntid", ".minnctapersm", ".maxnreg"):
                self._refuse(token, f"expected a directive of a kernel, found {token.text!r}")
        self._body({})
        return name

    def _body(self, outer: dict[str, Register]) -> None:
        """Read statements up to the closing brace; ``outer`` are the registers of blocks around."""
        scope = dict(outer)
        while (token := self.reader.expect()).text != "}":
            if token.text == "{":
                self._body(scope)
            elif token.text == ".reg":
                self._declare(scope)
            elif token.text == ".loc":
                self._loc(self.reader.line(token))
            elif token.text == ".shared":
                self._variable(token)
            elif token.text == ".pragma":
                self.reader.skip_to(";")
            elif self.reader.peek().text == ":":
                self.reader.expect(":")
                self.labels[token.text] = len(self.instructions)
            elif token.text != ";":
                self._statement(token, scope)

    def _declare(self, scope: dict[str, Register]) -> None:
        kind = self.reader.expect().text[1:]
        width = WIDTHS.get(kind)
        if width is None:
            self._refuse(self.reader.peek(), f"expected a type of registers, found .{kind}")
        for name in self.reader.names():
            unique = name
            while unique in self.registers:  # a name of another block
                unique += "'"
            one = Register(unique, "pred" if width == 1 else f"b{width}")
            scope[name] = self.registers[unique] = one

    def _loc(self, rest: list[Token]) -> None:
        number, line = int(rest[0].text), int(rest[1].text)
        self.source = Source(self.files.get(number, ""), line)

    def _statement(self, token: Token, scope: dict[str, Register]) -> None:
        guard = None
        first = token
        if token.text == "@":
            negated = self.reader.peek().text == "!"
            if negated:
                self.reader.expect("!")
            register = scope.get(self.reader.expect().text)
            if register is None or register.type != "pred":
                self._refuse(token, "expected a predicate register behind @")
            guard = Guard(register, negated)
            token = self.reader.expect()
        operands = tuple(self.reader.operands(scope))
        operation = self._operation(token.text, operands)
        if operation is None:
            self.problems.append(f"line {token.line}: {token.text} is not known")
            return
        one = Instruction(operation, operands, guard, first.line, self.source)
        try:
            self.instructions.append(fitted(one))
        except Unfit as unfit:
            self.problems.append(f"line {token.line}: {token.text}: {unfit}")

    @staticmethod
    def _operation(name: str, operands: tuple[Operand, ...]) -> Operation | None:
        vectors = [isinstance(one, Vector) for one in operands]
        if name.startswith("mov.") and any(vectors) and len(operands) == 2:
            vector = operands[vectors.index(True)]
            assert isinstance(vector, Vector)
            return packing(name, len(vector.items), unpacks=vectors[0])
        if name.startswith("wgmma.mma_async.") and vectors[1:2] == [True]:
            return warpgroups.operation(name, in_registers=True)
        return find(name)

    def _resolved(self, one: Instruction) -> Instruction:
        """Put the number of its target into a jump."""
        if one.operation.kind != "branch":
            return one
        (target,) = one.operands
        assert isinstance(target, Target)
        if target.label not in self.labels:
            raise Refused(f"line {one.line}: no label {target.label}")
        return replace(one, operands=(Target(target.label, self.labels[target.label]),))
