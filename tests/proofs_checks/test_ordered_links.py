"""Links of idempotents that come last in one order: each condition of the checker counts."""

from support.certificates import IN_ORDER, of_kind, verdict_of

ORDER = "a part need not divide the idempotent, and is in no order"
STATES = "not all states of the idempotent are led to"


def made():
    found = [x for x in of_kind("peeling") if x.about["transitions"] == IN_ORDER]
    assert len(found) == 1
    return found[0]


def first_link():
    """The link, its words that pass all parts, and the others."""
    link = made().evidence["links"][0]
    most = max(len(set(word)) for word in link["generators"])
    full = [word for word in link["generators"] if len(set(word)) == most]
    return link, full, [word for word in link["generators"] if word not in full]


def said(about=None, **changed):
    """What the checker says where the first link is changed."""
    first, *others = made().evidence["links"]
    return verdict_of(made(), about or {}, links=[{**first, **changed}, *others])


def refused(because, about=None, **changed):
    found, reason = said(about, **changed)
    assert (found, because in reason) == ("NOT VERIFIED", True), (changed, found, reason)


def test_it_shows_four_layers():
    evidence = made().evidence
    assert said() == ("VERIFIED", "")
    divides = [
        {i for word in link["generators"] for i in word} <= set(link["idempotent"])
        for link in evidence["links"]
    ]
    assert divides == [False, True]
    assert evidence["ending"] == "idempotents"


def test_words_pass_the_first_parts_of_one_order():
    link, full, _ = first_link()
    words = link["generators"]
    last = full[0][-1]
    other = next(i for i in full[0] if i != last)
    refused(ORDER, generators=[*words, [other]])  # an idempotent, but not the one that comes last
    refused(ORDER, generators=[[*words[0], other], *words[1:]])
    refused(ORDER, generators=[*words, [*full[0], other]])
    assert said(generators=[*words, []])[0] == "VERIFIED"  # the identity is always left
    assert said(generators=[*words, [last]])[0] == "VERIFIED"


def test_the_identity_begins_the_order_too():
    """Otherwise words with it in between have another order."""
    link, full, _ = first_link()
    last = full[0][-1]
    for other in range(len(link["parts"])):
        if other != last:
            refused(ORDER, idempotent=[other])


def test_all_states_of_the_identity_are_possible():
    _, full, others = first_link()
    assert len(full) > 1
    led = [said(generators=[*others, *(x for x in full if x != word)]) for word in full]
    assert any(STATES in reason for _, reason in led)
    # Words that pass some of the parts lead there too, and do not count.
    refused(STATES, generators=[*others, full[0], full[0][-1:]])


def test_states_that_no_word_reaches_do_not_count():
    """From other states the words lead everywhere: from the start they do not."""
    about = made().about
    size = len(about["outputs"])
    more = [*about["transitions"], *[[i] * 2 for i in range(size)]]
    changed = {"transitions": more, "outputs": [*about["outputs"], *about["outputs"]]}
    assert said(changed)[0] == "VERIFIED"
    alone = {"transitions": [[0, 0], *more[1:]], "outputs": changed["outputs"]}
    assert said(alone)[0] == "NOT VERIFIED"
    start = {"initial": size, "transitions": [*about["transitions"], [size] * 2]}
    refused(STATES, {**start, "outputs": [*about["outputs"], 2]})


def test_parts_are_idempotent_and_reflections_are_allowed():
    link, *_ = first_link()
    parts = link["parts"]
    refused("not idempotent", parts=[[1], *parts[1:]])
    assert verdict_of(made(), reflections=False)[0] == "NOT VERIFIED"
