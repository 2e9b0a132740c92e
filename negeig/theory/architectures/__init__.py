"""Named architectures: the class of their transition matrices, and what follows for a task."""

from negeig.theory.architectures.catalogue import ARCHITECTURES, Architecture, find
from negeig.theory.architectures.verdicts import ArchitectureRow, verdicts

__all__ = ["ARCHITECTURES", "Architecture", "ArchitectureRow", "find", "verdicts"]
