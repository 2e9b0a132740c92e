"""What a task means for named architectures: a row a family, what people ask about first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from negeig.report.terminal.layout import Item, Row
from negeig.report.terminal.limit_rows import WORDS
from negeig.report.terminal.styled import Text, styled
from negeig.report.terminal.table import NOTHING, Table
from negeig.theory.architectures import Architecture, entries
from negeig.theory.architectures.verdicts import ArchitectureRow
from negeig.theory.theorems import ids

FIRST = (
    "deltanet",
    "gated-deltanet",
    "deltaproduct-2",
    "kda",
    "mamba",
    "mamba-2",
    "gla",
    "rwkv-7",
    "mlstm",
    "s4",
)
"""What is asked about most, in that order."""

LAYERS = "numbers: how many layers it takes, with finitely many exact states"
"""What stands below a table that has numbers of layers."""

HEADER = ("", "in [0, 1]", "in [-1, 1]", "why")


@dataclass(frozen=True)
class Family:
    """An architecture with the usual range of eigenvalues, and with the wider one."""

    name: str
    usual: ArchitectureRow | None
    wider: ArchitectureRow | None

    @property
    def is_open(self) -> bool:
        """Whether nothing is decided about it."""
        return self.has_open and all(row.verdict == "open" for row in self.rows)

    @property
    def has_open(self) -> bool:
        """Whether something is undecided about it, in one range at least."""
        return any(row.verdict == "open" for row in self.rows)

    @property
    def rows(self) -> tuple[ArchitectureRow, ...]:
        """Those of its ranges that there are."""
        return tuple(row for row in (self.usual, self.wider) if row is not None)


def families(rows: Sequence[ArchitectureRow]) -> dict[str, Family]:
    """Return the families by the identifier of their first entry.

    Parameters
    ----------
    rows : sequence of ArchitectureRow
        One for each entry of the catalogue, in its order.

    Examples
    --------
    >>> from negeig.theory.architectures.verdicts import verdicts
    >>> found = families(verdicts(()))
    >>> found["deltaproduct-2"].name, found["mamba"].wider.name, found["s4"].usual
    ('DeltaProduct, 2 steps', 'Mamba (range [-1, 1])', None)
    """
    by_id = {entry.id: row for entry, row in zip(entries(), rows, strict=True)}
    widened = {entry.wider for entry in entries()}
    found: dict[str, Family] = {}
    for entry in entries():
        if entry.id in widened:
            continue
        if entry.wider is not None:
            found[entry.id] = Family(_name(entry), by_id[entry.id], by_id[entry.wider])
        elif entry.least is not None and entry.least.value >= 0:
            found[entry.id] = Family(entry.name, by_id[entry.id], None)
        else:
            found[entry.id] = Family(entry.name, None, by_id[entry.id])
    return found


def _name(entry: Architecture) -> str:
    """Name both ranges of an entry: without its own range."""
    name = entry.name.partition(" (")[0]
    if entry.low is None or entry.steps == 1:
        return name
    return f"{name}, {entry.steps or 'any'} steps"


def architecture_rows(rows: Sequence[ArchitectureRow], *, everything: bool) -> Iterator[Item]:
    """Yield the table, and beside everything a line that counts what is left out."""
    found = families(rows)
    order = dict.fromkeys((*(id_ for id_ in FIRST if id_ in found), *found))
    listed = [
        found[id_] for id_ in order if everything or (id_ in FIRST and not found[id_].is_open)
    ]
    if listed:
        yield Table("architecture", HEADER, [_cells(family) for family in listed])
        if any(_tells_layers(row) for family in listed for row in family.rows):
            yield Row("", LAYERS, indent=1)
    hidden = [family for family in found.values() if family not in listed]
    if hidden:
        undecided = sum(family.is_open for family in hidden)
        partly = sum(family.has_open for family in hidden) - undecided
        counts = [
            f"{undecided} of them open" * (undecided > 0),
            f"{partly} in one of the two ranges" * (partly > 0),
        ]
        said = ", ".join([f"{len(hidden)} more", *filter(None, counts)])
        yield Row("" if listed else "architecture", f"{said}: --all lists them")


def _cells(family: Family) -> list[Text]:
    why = dict.fromkeys(_why(row) for row in family.rows if row.theorem)
    return [Text(family.name), _word(family.usual), _word(family.wider), Text(", ".join(why))]


def _word(row: ArchitectureRow | None) -> Text:
    """Return whether it can, and in how many layers where that says more than that it takes one."""
    if row is None:
        return styled(NOTHING, "dim")
    word = styled(*WORDS[row.verdict])
    if not _tells_layers(row):
        return word
    assert row.layers is not None
    return word + f", {row.layers.sign}"


def _tells_layers(row: ArchitectureRow) -> bool:
    """Whether the number of layers is decided, or at least that one is not enough."""
    depth = row.layers
    if row.verdict == "impossible" or depth is None or depth.known == 0:
        return False
    return depth.decided or depth.at_least != 1


def _why(row: ArchitectureRow) -> str:
    return "a network above" if ids.is_about_one_network(row.theorem) else str(row.theorem)
