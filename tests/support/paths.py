"""Where the repository, the package and the data of the tests are."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
PACKAGE = ROOT / "negeig"
DATA = TESTS / "data"
