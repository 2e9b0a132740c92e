"""Machines and facts about them that other programs computed; the file says which."""

import json

from negeig.automata.machines.machine import Machine
from support.paths import DATA

ORACLES = json.loads((DATA / "oracles.json").read_text())["entries"]

# Our name of a field: the oracle's.
FIELDS = {
    "size": "syntactic_monoid_size",
    "idempotents": "n_idempotents",
    "n_j": "n_J",
    "n_l": "n_L",
    "n_r": "n_R",
    "n_h": "n_H",
    "n_regular_j": "n_regular_D",
    "is_group": "is_group",
    "is_aperiodic": "is_aperiodic",
    "is_commutative": "is_commutative",
    "is_r_trivial": "is_R_trivial",
    "is_l_trivial": "is_L_trivial",
    "is_j_trivial": "is_J_trivial",
    "is_inverse": "is_inverse",
    "is_block_group": "is_block_group",
    "is_solvable": "all_maximal_subgroups_solvable",
}


def oracle_machine(entry):
    minimal = entry["minimal"]
    outputs = [int(q in minimal["accepting"]) for q in range(minimal["n_states"])]
    return Machine(
        alphabet=entry["alphabet"],
        transitions=minimal["table"],
        initial=minimal["initial"],
        outputs=outputs,
    )
