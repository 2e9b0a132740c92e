"""Operands as they are written: registers, constants, addresses, vectors, labels."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping

from negeig.kernels.ptx.program import (
    Address,
    Immediate,
    Not,
    Operand,
    Register,
    Scalar,
    Special,
    Symbol,
    Target,
    Vector,
)
from negeig.kernels.ptx.tokens import Token

SPECIALS = frozenset(
    f"{name}.{axis}" for name in ("tid", "ntid", "ctaid", "nctaid") for axis in "xyz"
) | {"laneid"}
"""Special registers that are known."""


class Refused(Exception):
    """What stands there is not what PTX would have, or is not known; with its line."""


class Reader:
    """Tokens, read from the front."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at = tokens, 0

    def next(self) -> Token | None:
        """Return the next token, None at the end."""
        if self.at == len(self.tokens):
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def peek(self) -> Token:
        """Return the next token and leave it there; an empty one at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else Token("", 0)

    def expect(self, text: str | None = None) -> Token:
        """Return the next token, which has to be there, and to be ``text`` where that is given."""
        token = self.next()
        if token is None:
            raise Refused(f"expected {text or 'more'}, found the end of the text")
        if text is not None and token.text != text:
            raise Refused(f"line {token.line}: expected {text!r}, found {token.text!r}")
        return token

    def line(self, token: Token) -> list[Token]:
        """Return the rest of a line."""
        found = []
        while self.peek().line == token.line:
            found.append(self.expect())
        return found

    def sizes(self) -> list[int]:
        """Return numbers with commas between them."""
        found = []
        while self.peek().text.isdigit() or self.peek().text == ",":
            token = self.expect()
            found += [int(token.text)] if token.text != "," else []
        return found

    def skip_to(self, text: str) -> None:
        """Drop tokens up to one, and that."""
        while self.expect().text != text:
            pass

    def skip_braces(self) -> None:
        """Drop tokens up to the end of the next pair of braces."""
        self.skip_to("{")
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.expect().text, 0)

    def names(self) -> Iterator[str]:
        """Yield the registers of a declaration: ``%r<3>`` is three of them."""
        while True:
            name = self.expect().text
            if self.peek().text == "<":
                self.expect("<")
                count = int(self.expect().text)
                self.expect(">")
                yield from (f"{name}{i}" for i in range(count))
            else:
                yield name
            if self.expect().text == ";":
                return

    def operands(self, scope: Mapping[str, Register]) -> Iterator[Operand]:
        """Yield the operands of an instruction, up to its semicolon."""
        while self.peek().text != ";":
            yield self._operand(scope)
            if self.peek().text != ";":
                self.expect(",")
        self.expect(";")

    def _operand(self, scope: Mapping[str, Register]) -> Operand:
        token = self.peek()
        if token.text == "[":
            return self._address(scope)
        if token.text == "{":
            self.expect("{")
            items = [self._scalar(scope)]
            while self.peek().text == ",":
                self.expect(",")
                items.append(self._scalar(scope))
            self.expect("}")
            return Vector(tuple(items))
        if token.text[0] == "$":
            return Target(self.expect().text, -1)
        found = self._scalar(scope)
        if self.peek().text == "|":
            self.expect("|")
            return Vector((found, self._scalar(scope)))
        return found

    def _scalar(self, scope: Mapping[str, Register]) -> Scalar:
        token = self.expect()
        text = token.text
        if text == "!":
            register = self._scalar(scope)
            if not isinstance(register, Register) or register.type != "pred":
                raise Refused(f"line {token.line}: expected a predicate behind !")
            return Not(register)
        if text == "-":
            if "." in self.peek().text:
                return Immediate(self._number() ^ 1 << 31)
            return Immediate(-self._number() & (1 << 64) - 1)
        if text[0].isdigit():
            self.at -= 1
            return Immediate(self._number())
        if text in scope:
            return scope[text]
        if text == "_":
            return None
        if text[0] == "%":
            if text[1:] in SPECIALS:
                return Special(text[1:])
            raise Refused(f"line {token.line}: register {text} is not known")
        if re.fullmatch(r"[\w$]+", text):
            return Symbol(text)
        raise Refused(f"line {token.line}: expected an operand, found {text!r}")

    def _number(self) -> int:
        token = self.expect()
        text = token.text.removesuffix("U")
        if text[:2].lower() in ("0f", "0d"):
            return int(text[2:], 16)
        if "." in text:  # in float32: no instruction on float64 takes a constant here
            return int.from_bytes(struct.pack("<f", float(text)), "little")
        try:
            return int(text, 0)
        except ValueError:
            raise Refused(f"line {token.line}: expected a number, found {text!r}") from None

    def _address(self, scope: Mapping[str, Register]) -> Address:
        self.expect("[")
        base: Register | Symbol | None = None
        if not self.peek().text[:1].isdigit():
            token = self.peek()
            found = self._scalar(scope)
            if not isinstance(found, (Register, Symbol)):
                raise Refused(f"line {token.line}: expected an address, found {token.text!r}")
            base = found
        offset, sign = 0, 1
        while (text := self.peek().text) != "]":
            if text in "+-":
                self.expect()
                sign = sign if text == "+" else -sign
            else:
                offset, sign = offset + sign * self._number(), 1
        self.expect("]")
        return Address(base, offset)
