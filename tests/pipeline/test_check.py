"""``check`` end to end: the languages of the README and docs, the oracles, every small machine."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

import negeig
from negeig import api
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Resources, Verdict
from negeig.compiled import njit
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.proving import exact_claim, hardware_claim, kernel_claim
from negeig.report.terminal.check import check_text
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep, LinearRNN
from negeig.theory.networks.one_layer import one_layer
from support.altered_networks import altered, flip_last_entry, rebuilt
from support.candidates import candidates
from support.certificates import verified_certificates
from support.machines import small_languages, up_to_names
from support.oracles import FIELDS, ORACLES

HOLDS = {
    "parity": ("scalar", 1, 1, [2, 2, 2]),
    "mod:3": ("rotations", 2, 2, [3, 3, 15]),  # its entries are rounded
    "sym:5": ("permutation", 5, 4, [120, 120, 120]),
    "dyck1:4": ("partial-injection", 5, 5, [6, 6, 6]),
    "flipflop": ("scalar", 1, 1, [2, 2, 2]),
    "tomita:1": ("scalar", 1, 1, [2, 2, 2]),
}


@pytest.mark.parametrize("name", HOLDS)
def test_zoo_tasks_hold(name):
    route, dim, steps, states = HOLDS[name]
    result = api.check(zoo=name)
    assert (result.verdict, result.exit_code) == ("holds", 0)
    assert result.construction.route == route
    assert result.construction.cost == (1, steps, dim)
    verdicts = {claim.id: claim.verdict for claim in result.claims}
    assert verdicts == {
        "exact": "proved",
        "bf16": "proved",
        "fp32": "proved",
        "kernel:cpu": "passed",
    }
    assert [claim.states for claim in result.claims[:3]] == states
    assert result.claims[-1].mismatches == 0
    assert result.claims[-1].tokens > 1000


@pytest.mark.parametrize(
    ("name", "layers", "route"),
    [
        ("starts-with:a", 2, "diagonal"),
        ("modarith:3", 2, "few-left"),
        ("transformations:3", 2, "cascade"),
    ],
)
def test_tasks_that_need_several_layers_hold(name, layers, route):
    result = api.check(zoo=name)
    assert (result.verdict, result.exit_code) == ("holds", 0)
    assert result.construction.route == route
    assert len(result.construction.network.layers) == layers
    assert all(claim.verdict in ("proved", "passed") for claim in result.claims)


@pytest.fixture
def no_cascade(monkeypatch):
    """A machine too large to decompose, in small: no route of several layers looks at any."""
    for route in ("cascade", "diagonal", "solvable"):
        monkeypatch.setattr(f"negeig.theory.constructions.stacks.{route}.MAX_STATES", 1)
    monkeypatch.setattr("negeig.theory.constructions.pieces.first_layer.MAX_MONOID", 1)


def test_without_a_construction_the_rest_of_the_answer_stands(no_cascade):
    result = api.check(zoo="starts-with:a")
    assert (result.verdict, result.exit_code) == ("undecided", 3)
    assert result.construction is None
    assert result.construction_reason
    assert result.monoid is not None
    assert len(result.limits) == 9
    assert result.claims == ()
    lines = check_text(result).splitlines()
    assert lines[0].endswith("OPEN, no network found")
    assert lines[2].startswith("network      none found")


def test_the_report_begins_with_the_verdict():
    result = api.check("(11)*")
    text = check_text(result)
    lines = text.splitlines()
    assert lines[0] == "(11)*   1 letter, 2 states, group C2   YES, proved for every length"
    assert lines[2].split() == [
        *("network", "one", "layer,", "dimension", "1,", "one", "step", "a", "token"),
        *("exact", "✓", "bf16", "✓", "fp32", "✓"),
    ]
    assert lines[3].strip() == "A(1) = [-1]"
    assert "negeig explain T1" in text
    assert "267,378,754" not in text
    assert "267,378,754" in check_text(result, verbose=True)


@pytest.mark.exhaustive
@pytest.mark.parametrize("oracle", ORACLES, ids=lambda entry: entry["name"])
def test_oracles(oracle):
    """Every field of the contract that GAP computed, through ``check`` itself.

    And ``checker.py`` verifies what ``check`` certifies of them.
    """
    table = oracle["table"]
    machine = Machine(
        alphabet=oracle["alphabet"],
        transitions=table,
        initial=oracle["initial"],
        outputs=[int(q in oracle["accepting"]) for q in range(len(table))],
    )
    result = api.check(machine=machine, backends=())
    assert verified_certificates(result)
    document = result.to_json()
    minimal, algebra, monoid = oracle["minimal"], oracle["algebra"], document["monoid"]
    language = document["language"]
    assert language["alphabet"] == oracle["alphabet"]
    assert language["machine"]["states"] == minimal["n_states"]
    assert language["machine"]["transitions"] == minimal["table"]
    accepting = [q for q, o in enumerate(language["machine"]["outputs"]) if o == 1]
    assert accepting == minimal["accepting"]
    for ours, theirs in FIELDS.items():
        assert monoid[ours] == algebra[theirs], ours
    found = sorted((g["order"], g["solvable"], g["abelian"]) for g in monoid["subgroups"])
    wanted = sorted((g["order"], g["solvable"], g["abelian"]) for g in algebra["maximal_subgroups"])
    assert found == wanted
    if document["construction"] is not None:
        assert document["verdict"] == "holds"
    periods = [row["period"] for row in monoid["letters"]]
    impossible = {r["class"] for r in document["limits"] if r["verdict"] == "impossible"}
    assert ("nonnegative-spectrum" in impossible) == any(p > 1 for p in periods)
    assert ("real-spectrum" in impossible) == any(p & (p - 1) for p in periods)


@pytest.mark.exhaustive
@pytest.mark.long
def test_every_machine_with_three_states_is_checked():
    """All minimal machines with at most 3 states: verdicts agree with routes and letter periods."""
    languages = small_languages()
    # Languages with 1, 2, 3 states over two letters: Domaratzki, Kisman and Shallit 2002.
    assert len(languages) == 2 + 24 + 1028
    some = up_to_names(languages)
    assert len(languages) / 4 < len(some) < len(languages) / 4 + 30
    for minimal in some:
        result = api.check(machine=minimal, backends=())
        assert result.verdict == "holds"
        assert [c.verdict for c in result.claims] == [Verdict.PROVED] * 3
        rows_by_class = {row.class_: row.verdict for row in result.limits}
        periods = [naive_period(column) for column in minimal.transitions.T.tolist()]
        assert (rows_by_class["nonnegative-spectrum"] == "impossible") == (max(periods) > 1)
        assert (rows_by_class["real-spectrum"] == "impossible") == (3 in periods)
        if len(result.construction.network.layers) <= 1:
            assert rows_by_class["one-contractive-layer"] == "possible"


def naive_period(images):
    """Least p with x^(i+p) = x^i for some i, by listing powers."""
    powers, power = [], tuple(range(len(images)))
    while power not in powers:
        powers.append(power)
        power = tuple(images[q] for q in power)
    return len(powers) - powers.index(power)


@pytest.mark.parametrize("name", ["parity", "mod:3", "sym:3", "dyck1:2", "cyclic:4"])
@pytest.mark.parametrize("arithmetic", ["exact", "bf16", "fp32", "fp16:acc32", "cpu"])
def test_tampered_networks_are_refuted_with_a_word(name, arithmetic):
    """A flipped sign, swapped decoder rows, a changed machine: each refuted, in every model."""
    minimal = api.language(zoo=name).machine.minimal()
    network = candidates(minimal)[0].network
    (layer,) = network.layers
    swapped = rebuilt(network, codes=layer.codes[::-1])
    table = minimal.transitions.copy()
    table[0, -1] = (table[0, -1] + 1) % minimal.size
    changed = Machine(
        alphabet=minimal.alphabet, transitions=table, initial=0, outputs=minimal.outputs
    )
    twins = [(twin, minimal) for twin in altered(network, flip_last_entry)]
    for twin, machine in [*twins, (swapped, minimal), (network, changed.minimal())]:
        claim = claim_of(twin, machine, arithmetic)
        assert claim.verdict is Verdict.REFUTED
        assert claim.word is not None
    assert claim_of(network, minimal, arithmetic).verdict in (Verdict.PROVED, Verdict.PASSED)


def claim_of(network, machine, arithmetic):
    if arithmetic == "cpu":
        return kernel_claim(network, machine, "cpu")
    if arithmetic == "exact":
        return exact_claim(network, machine)
    return hardware_claim(network, machine, arithmetic, Resources(max_closure=5000))


def test_a_format_too_small_for_the_points_falls_back_to_a_dearer_network():
    """e2m1fn ends at 6: numbers beyond it do not fit, and what holds smaller ones is taken."""
    minimal = api.language(zoo="dihedral:8").machine.minimal()
    found = choose(minimal, arithmetic=["e2m1fn"])
    assert [claim.verdict for claim in found.winner.claims] == [Verdict.PROVED] * 2
    cheaper = found.before(found.winner, Budget())
    assert cheaper
    assert all("e2m1fn" in reason for _, reason in cheaper)
    assert choose(minimal).winner.cost < found.winner.cost


def test_a_monoid_limit_leaves_the_rest_of_the_answer():
    result = api.check(zoo="sym:4", resources=Resources(max_elements=10), backends=())
    assert result.monoid is not None
    assert result.monoid["size"] == 24  # by its structure, without listing the elements
    assert (result.verdict, result.exit_code) == ("holds", 0)  # the network is proved all the same
    assert "--max-elements" in result.limits_reached[0]
    assert [claim.verdict for claim in result.claims] == [Verdict.PROVED] * 3
    refuted = [row.class_ for row in result.limits if row.verdict == "impossible"]
    assert "nonnegative-spectrum" in refuted


def test_a_closure_limit_is_open_and_names_its_option():
    result = api.check(zoo="sym:4", resources=Resources(max_closure=1), backends=())
    assert result.exit_code == 3
    assert result.claims[0].verdict is Verdict.OPEN
    assert "--max-closure" in result.claims[0].detail


def test_a_machine_limit_raises():
    with pytest.raises(LimitReached, match="--max-states"):
        api.check("(a|b)*a(a|b){9}", resources=Resources(max_states=100))


def test_bad_arguments_are_refused_before_any_work():
    with pytest.raises(InputError, match="unknown number format"):
        api.check("a", format="bf17")
    with pytest.raises(InputError, match="unknown backend 'tpu'"):
        api.check("a", backends=("tpu",))
    with pytest.raises(InputError, match="at least 1"):
        api.check("a", dimension=0)
    with pytest.raises(InputError, match="is unknown"):
        api.check("a", arithmetic=("bf17",))
    with pytest.raises(InputError, match="not both"):
        api.check("a", machine=api.language("a").machine)


def test_bounds_follow_dimension_and_format():
    small = api.check("(11)*", dimension=1, format="e4m3fn", backends=())
    first = small.limits[0]
    values = len({float(v) for v in finite_e4m3fn()})
    assert first.bound == (values - 1) + 1 + 1


def finite_e4m3fn():
    import ml_dtypes

    values = np.arange(256, dtype=np.uint8).view(ml_dtypes.float8_e4m3fn).astype(np.float64)
    return values[np.isfinite(values)]


def test_compile_returns_a_proved_network_or_says_why(no_cascade):
    network = api.compile("(ab)*").network
    assert network.run("abab") == (1, 0, 1, 0, 1)
    with pytest.raises(BudgetNotMet, match="no route at hand gives one") as stop:
        api.compile(zoo="starts-with:a")
    assert (stop.value.exit_code, stop.value.tightest) == (3, [])


def test_results_are_deterministic():
    def once():
        document = api.check(zoo="dihedral:4", seed=3).to_json()
        for claim in document["claims"]:
            del claim["seconds"]
        return document

    assert once() == once()


def test_a_backend_that_cannot_take_the_network_leaves_the_rest(monkeypatch):
    """A missing package, or a dimension too large, opens one claim; the proofs stand."""
    monkeypatch.setattr("negeig.kernels.backends.triton.MAX_DIM", 1)
    result = api.check(zoo="mod:3", backends=("triton", "cpu"))
    claims = {claim.id: claim for claim in result.claims}
    assert claims["kernel:triton"].verdict is Verdict.OPEN
    assert "dimension" in claims["kernel:triton"].detail
    assert claims["fp32"].verdict is Verdict.PROVED
    assert claims["kernel:cpu"].verdict is Verdict.PASSED
    assert result.exit_code == 3
    monkeypatch.setitem(sys.modules, "triton", None)
    result = api.check("(11)*", backends=("triton",))
    assert "pip install" in result.claims[-1].detail
    assert result.exit_code == 3


def test_numbers_of_a_field_are_exact():
    """The rotation by 120 degrees over Q(sqrt 3), as a dense step and as two reflections."""
    field = NumberField((-3, 0, 1), "1.73205080756887729352744634151")
    half, root = Fraction(1, 2), field.element([0, Fraction(1, 2)])
    one, zero = Fraction(1), Fraction(0)
    codes = ((one, zero), (-half, root), (-half, -root))
    dense = DenseStep(((-half, -root), (root, -half)), (zero, zero))
    mirrors = (
        DeltaStep(2 * one, (zero, one), zero),
        DeltaStep(2 * one, (root, -half), zero),
    )
    machine = Machine(alphabet="g", transitions=[[1], [2], [0]], initial=0, outputs=["0", "1", "2"])
    for steps in ((dense,), mirrors):
        network = one_layer(machine, initial=codes[0], steps=[steps], codes=codes)
        network = LinearRNN(**{**vars(network), "field": field})
        result = exact_closure(network, machine)
        assert (result.verdict, result.states) == ("proved", 3)
        assert exact_closure(rebuilt(network, codes=codes[::-1]), machine).verdict == "wrong"


@pytest.mark.parametrize("beta", ["-2", "1/3"])
def test_states_that_grow_or_shrink_for_ever_stop_early(beta):
    """Exact entries are bounded in bits: the error that was met is reported all the same."""
    minimal = api.language("(11)*").machine.minimal()
    network = candidates(minimal)[0].network
    twin = next(altered(network, lambda step: DeltaStep(Fraction(beta), step.key, step.write)))
    result = exact_closure(twin, minimal)
    assert result.verdict == "wrong"
    assert result.words == (("1",),)
    assert result.states < 5000
    assert result.decoder_exists is None


def test_the_package_precision_is_also_the_function():
    compiled = negeig.compile("(11)*")
    machine = negeig.language("(11)*").machine
    for _ in range(2):
        assert negeig.prove(compiled.network, machine, ["bf16", "exact"]).exit_code == 0


def test_compiled_functions_do_without_a_cache():
    """A function whose file numba cannot cache for is compiled all the same."""
    namespace = {}
    exec("def double(x):\n    return 2 * x\n", namespace)
    assert njit(namespace["double"])(21) == 42


def test_bounds_count_the_whole_word():
    """b^10 (aa)* b^10: the words that show a failure have the prefix and the suffix too."""
    result = api.check("b{10}(aa)*b{10}", dimension=1, format="e2m1fn", backends=())
    limit = result.limits[0]
    around = len(limit.witness.prefix) + len(limit.witness.suffix)
    assert around >= 20
    assert limit.bound_detail.letters == limit.bound + 1 + around


def test_objects_of_other_libraries_are_languages():
    """An automaton of automata-lib goes in as it is; anything else is refused."""
    from negeig.automata.formats.interop import to_automata_lib

    automaton = to_automata_lib(negeig.language("(ab)*").machine)
    result = negeig.check(machine=automaton, backends=())
    assert result.machine == negeig.language("(ab)*").machine.minimal()
    with pytest.raises(InputError):
        negeig.check(machine=object())
