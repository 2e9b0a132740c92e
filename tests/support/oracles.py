"""Machines and facts about them that other programs computed; the file says which."""

import json

from support.paths import DATA

ORACLES = json.loads((DATA / "oracles.json").read_text())["entries"]
