"""The page of ``negeig report`` in Chromium: no errors, no requests, no barriers, and it steps."""

import shutil
from contextlib import contextmanager

import pytest

from negeig.automata.language import Language, Source
from negeig.automata.machines.machine import Machine
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.report import report
from negeig.report.html.page import page

pytestmark = pytest.mark.browser

HOSTILE = Machine(
    alphabet=["<script>alert(1)</script>", "\u202eabc", "x" * 10_000],
    transitions=[[1, 0, 0], [0, 1, 1]],
    initial=0,
    outputs=["</script><img src=x onerror=alert(2)>", "{{ 7*7 }}"],
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    languages = {
        "one": [Source("regex", "(ab)*").read()],
        "several": [
            Source("zoo", "sym:3").read(),
            Source("regex", "a(a|b)*").read(),
            Language("<b>hostile</b>", HOSTILE),
        ],
    }
    for name, own in languages.items():
        text = page(report(own, CheckOptions(backends=())))
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def opened(path, **look):
    """A page in a browser; what it complains about and asks for is kept in ``heard``."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    assert chromium, "needs Chromium: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_context(**look).new_page()
        tab.heard = []
        tab.on("console", lambda message: tab.heard.append(message.text))
        tab.on("pageerror", lambda error: tab.heard.append(str(error)))
        tab.on("dialog", lambda dialog: tab.heard.append(f"dialog {dialog.message}"))
        tab.on("request", lambda request: tab.heard.append(request.url))
        tab.goto(path.as_uri())
        assert tab.heard == [path.as_uri()]
        yield tab
        browser.close()


def sideways(tab):
    """How far the page is wider than the window."""
    return tab.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("name", ["one", "several"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_is_clipped_or_barred(pages, name, scheme, width):
    from support.barriers import barriers

    look = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with opened(pages / f"{name}.html", **look) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert sideways(tab) == 0
        assert barriers(tab) == []


def test_the_checks_above_can_fail(pages):
    from support.barriers import barriers

    with opened(pages / "one.html", viewport={"width": 390, "height": 900}) as tab:
        tab.evaluate("document.body.insertAdjacentHTML('afterbegin', "
                     "'<img src=\"data:,\"><p style=\"width: 900px\">wide</p>')")  # fmt: skip
        assert sideways(tab) > 0
        assert "image-alt" in [rule for rule, _ in barriers(tab)]


def test_a_word_is_stepped_through_from_the_keyboard(pages):
    with opened(pages / "one.html") as tab:
        word, now = tab.get_by_label("Word", exact=True), tab.get_by_role("status")
        word.fill("")
        assert (
            "Before the first letter: the machine is in state 0 and outputs 1" in now.inner_text()
        )
        word.press_sequentially("ab")
        assert "After 2 of 2 letters: the machine is in state 0 and outputs 1" in now.inner_text()
        assert "the network outputs 1, the same" in now.inner_text()
        tab.get_by_role("button", name="Back").press("Enter")
        assert "After 1 of 2 letters" in now.inner_text()
        assert tab.locator(".bars .value").all_inner_texts() == ["0", "1"]
        tab.get_by_label("bf16").check()
        assert "every +, - and * rounded to bf16" in tab.locator(".about").inner_text()
        word.fill("abxab")
        assert "Letter 3, “x”, is not in the alphabet {a, b}" in now.inner_text()
        assert tab.locator(".tape .foreign").all_inner_texts() == ["x"]


def test_letters_of_several_characters_are_separated(pages):
    with opened(pages / "several.html") as tab:
        hostile = tab.locator("[data-stepper=l3]")
        hostile.get_by_label("Word", exact=True).fill("<script>alert(1)</script> \u202eabc")
        said = hostile.get_by_role("status").inner_text()
        assert "After 2 of 2 letters: the machine is in state 1 and outputs {{ 7*7 }}" in said
        assert "the same" in said


def test_letters_are_pressed_and_what_decoders_pass_on_is_told(pages):
    """The machine's picture shows where it is; each layer says what it read and passes on."""
    with opened(pages / "several.html") as tab:
        second = tab.locator("[data-stepper=l2]")
        second.get_by_label("Word", exact=True).fill("")
        for letter in "ab":
            second.get_by_role("button", name=letter, exact=True).press("Enter")
        assert second.get_by_label("Word", exact=True).input_value() == "ab"
        said = second.locator(".decoded").all_inner_texts()
        assert len(said) == 2
        assert "It read “b”; the nearest code is (" in said[0]
        assert said[1].endswith("it outputs 1.")
        here = tab.locator("#l2 .machine .here title").first.text_content()
        assert here == "state 1, output 1"
        third = tab.locator("[data-stepper=l3]")
        third.get_by_label("Word", exact=True).fill("")
        third.locator("[data-letter='1']").click()
        third.locator("[data-letter='0']").click()
        assert "After 2 of 2 letters" in third.get_by_role("status").inner_text()


def test_a_word_that_errs_is_stepped_through(pages):
    """S3 on two numbers is right in bf16; with 3 bits it errs, and the page says where."""
    with opened(pages / "several.html") as tab:
        button = tab.locator("#l1 [data-run='e5m2']")
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        button.click()
        now = tab.locator("[data-stepper=l1]").get_by_role("status")
        assert "which is wrong" in now.inner_text()
        assert tab.locator("[data-stepper=l1]").get_by_label("e5m2").is_checked()
        tab.locator("[data-stepper=l1] [data-go=back]").click()
        assert "the same" in now.inner_text()


def test_letters_that_hold_spaces_and_foreign_ones(pages, tmp_path):
    machine = Machine(
        alphabet=["up", "up down", "a\nb"], transitions=[[1, 0, 0], [0, 0, 1]], initial=0,
        outputs=[0, 1],
    )  # fmt: skip
    path = tmp_path / "spaces.html"
    path.write_text(page(report([Language("spaces", machine)], CheckOptions(backends=()))))
    with opened(path) as tab:
        word = tab.get_by_label("Word", exact=True)
        word.fill("up up down a\\nb up  downwards up")
        tape = tab.locator(".tape span")
        assert tape.all_inner_texts() == ["up", "up down", "a\\nb", "up", "downwards", "up"]
        assert tab.locator(".tape .foreign").all_inner_texts() == ["downwards"]
        said = tab.get_by_role("status").inner_text()
        assert "Letter 5, “downwards”, is not in the alphabet" in said


def test_pictures_fit_a_narrow_page_or_scroll_inside(pages):
    """No table or picture is cut off at the page's edge: what is wider scrolls in its own box."""
    with opened(pages / "several.html", viewport={"width": 390, "height": 900}) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        tables = tab.evaluate(
            "[...document.querySelectorAll('.wide:not(.picture)')]"
            ".filter((box) => box.scrollWidth > box.clientWidth).length"
        )
        assert tables == 0
        small = tab.evaluate(
            "[...document.querySelectorAll('.picture svg')]"
            ".filter((svg) => svg.getBoundingClientRect().width < 0.49 * svg.viewBox.baseVal.width)"
            ".length"
        )
        assert small == 0


def test_a_page_can_be_printed(pages):
    with opened(pages / "several.html") as tab:
        assert tab.pdf()[:5] == b"%PDF-"
