"""The generated pages say what is declared, and nothing that is not."""

import html
import re
from pathlib import Path

import claims
import claims_page
import numpy as np
import objective_summaries
import pytest
import schedule_page
import schedule_picture
from catalogue import GENERATED
from document import ROOT
from example import example
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from page import escape, upright

from refmath import closed_form, conventions, objectives, schedules
from refmath.cli_frameworks import optimizer_forms, schedule_forms
from refmath.conventions import schedule as schedule_conventions
from refmath.optimizers import minimize
from refmath.optimizers.minimize import line_search
from refmath.oracle.minimizer.variants import others
from refmath.proof.load import files
from refmath.quasi_newton import UPDATES

CLAIMS = re.compile(r'^    id="([\w-]+)"', re.M)


def shown(site: Path, path: str) -> str:
    """The text of a page, tags left out."""
    return html.unescape(re.sub("<[^>]*>", "", (site / path).read_text("utf-8")))


# --- generated folders ------------------------------------------------------------------------


def test_generated_pages_are_never_committed(site: Path) -> None:
    """Every folder that the build writes is ignored, and it writes nowhere else."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {f"/docs/{folder}/" for folder in GENERATED} <= set(ignored)
    folders = {p.name for p in (site.parent / "docs").iterdir() if p.is_dir()}
    assert folders - {"_data", "_ext", "_static", "guides", "__pycache__"} == set(GENERATED)


def test_sentences_are_of_what_is_declared() -> None:
    """One for every loss, model, layer and schedule, and none for anything else."""
    wanted = {*objectives.GROUPS["losses"], *objectives.GROUPS["models"], *objectives.LAYERS}
    assert set(objective_summaries.SUMMARIES) == wanted
    assert set(schedule_page.SENTENCES) == set(schedule_picture.SHOWN) == set(schedules.ALL)


# --- schedules --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", schedules.ALL)
def test_a_schedule_has_all_that_is_known_of_it(site: Path, name: str) -> None:
    """Its formula, symbols, axes, wrong forms, and every framework that computes it."""
    schedule, text = schedules.get(name), shown(site, f"schedules/{name}.html")
    assert schedule.source in text
    for wrong in schedule.wrong:
        assert wrong.doc in text
    for key, h in schedule.hyper.items():
        assert key in text
        assert h.doc in text
    for axis in schedule.axes:
        assert axis.doc in text
    computed = {c.label for c, _, _ in schedule_page.places(name)}
    for convention in schedule_conventions.ALL:
        named = re.search(rf"{convention.label}\b", text) is not None
        assert named == (convention.label in computed)


@pytest.mark.parametrize("name", schedules.ALL)
def test_the_listing_of_a_schedule_runs(name: str) -> None:
    """Pasted into a file it gives the rates of the picture, which are those of the kernel."""
    schedule, space = schedules.get(name), {}
    exec(schedule_page.listing(schedule), space)
    hyper = schedule_picture._hyper(schedule)
    given_ = schedule_picture.metrics_shown() if schedule.reacts else np.arange(120)
    np.testing.assert_array_equal(space[name](given_, **hyper), schedule_picture.rates(schedule))


# --- methods ----------------------------------------------------------------------------------


def test_every_minimizer_update_and_line_search_has_its_page(site: Path) -> None:
    """With its arguments; and the wrong forms that the oracle knows are named."""
    text = {p.stem: shown(site, f"methods/{p.name}") for p in (site / "methods").glob("*.html")}
    classes = {getattr(minimize, n) for n in minimize.__all__} - {minimize.Minimizer}
    for cls in classes:
        assert f"refmath.optimizers.{cls.__name__}" in text[cls.__name__.lower()]
    everything = "".join(text.values())
    for update in UPDATES:
        assert update.source in everything
    for name in line_search.__all__:
        if name[0].islower():
            assert f"line_search.{name}" in text[name]
    for rule in ("bfgs", "lbfgs", "newton"):
        for form in others(rule, 10):
            assert form.real or form.text in text[rule], form.text


def test_bfgs_is_shown_beside_scipys(site: Path) -> None:
    """What the page prints was computed: as many iterates, all the same to the last bit."""
    assert "\n32 32 0.0 32\n" in shown(site, "methods/bfgs.html")


# --- examples ---------------------------------------------------------------------------------


def test_an_example_prints_what_it_computes() -> None:
    """What stands below the code is its output; code that fails stops the build."""
    assert example("print(1 + 1)").endswith("```text\n2\n```")
    with pytest.raises(ZeroDivisionError):
        example("1 / 0")


@pytest.mark.parametrize("name", closed_form.ALL)
def test_a_closed_form_is_called_on_its_page(site: Path, name: str) -> None:
    """With numbers, and a result."""
    text = shown(site, f"closed_forms/{name}.html")
    assert f"print({name}(" in text
    assert re.search(r"print\(.*\)\s+[\[{\d-]", text)


# --- frameworks -------------------------------------------------------------------------------


def test_every_form_of_every_framework_is_a_line(site: Path) -> None:
    """As many lines as there are positions of switches, with every class and note."""
    for page, forms, known in (
        ("optimizers", list(optimizer_forms()), conventions.ALL),
        ("schedules", list(schedule_forms()), schedule_conventions.ALL),
    ):
        raw, text = (site / f"frameworks/{page}.html").read_text(), shown(
            site, f"frameworks/{page}.html")
        heads = len({f.framework for f in forms})
        assert raw.count("<tr") == len(forms) + heads
        for convention in known:
            assert getattr(convention, "optimizer", None) or convention.scheduler in text
            for note in convention.notes:
                assert note in text
    assert sum(len(list(c.positions(1))) for c in conventions.ALL) == len(list(optimizer_forms()))


# --- claims -----------------------------------------------------------------------------------


def test_every_claim_is_on_its_page_once(site: Path) -> None:
    """With verdict, counterexamples, proof file and command; the index has those of the sources."""
    text = {p.stem: shown(site, f"sources/{p.name}") for p in (site / "sources").glob("*.html")}
    raw = "".join(p.read_text("utf-8") for p in (site / "sources").glob("*.html"))
    for claim in claims.claims():
        name = claim["id"]
        assert raw.count(f'id="{claims.label(name)}"') == 1, name
        letter = claims_page.document_of(claim)
        page = claims_page.DOCUMENTS[letter][0] if letter else (
            "relations" if claim["group"] == "relations" else "beyond"
        )
        assert f"refmath prove {claim['path']}" in text[page]
        assert " ".join(claim["statement"].split()) in " ".join(text[page].split())
        for part in (*claim["printed"], *claim["controls"]):
            point = part["counterexample"]
            assert point in text[page] or point == "no variable at all", name
        assert not letter or f'href="{page}.html#{claims.label(name)}"' in raw


def test_the_record_is_of_the_claims_that_exist() -> None:
    """Every claim file is recorded, and nothing else is: else refmath prove -o was forgotten."""
    found = {}
    for path in files([ROOT / "proofs"]):
        (name,) = CLAIMS.findall(path.read_text("utf-8"))
        found[name] = path.relative_to(ROOT).as_posix()
    assert {c["id"]: c["path"] for c in claims.claims()} == found


def test_the_statements_of_the_sources_are_in_order(site: Path) -> None:
    """K1 to K6, A1 to A11, T1 to T31, L1 to L7 and S1 to S10, each under its document."""
    counts = {"K": 6, "A": 11, "T": 31, "L": 7, "S": 10}
    for letter, (page, _) in claims_page.DOCUMENTS.items():
        raw = (site / f"sources/{page}.html").read_text("utf-8")
        ids = re.findall(rf'id="claim-({letter.lower()}\d+)"', raw)
        assert ids == [f"{letter.lower()}{k}" for k in range(1, counts[letter] + 1)]


# --- Markdown ---------------------------------------------------------------------------------


@given(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=40))
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    """Whatever stands in a docstring: formulas, pipes, dollars, tags."""
    plain = " ".join(text.split())
    parser = MarkdownIt("commonmark").use(dollarmath_plugin)
    inline = parser.parseInline(escape(text))
    assert "".join(x.content for t in inline for x in t.children or ()) == plain


@pytest.mark.parametrize(("latex", "expected"), [
    (r"\alpha_{end} x", r"\alpha_{\text{end}} x"),
    (r"\text{if } best_{t}", r"\text{if } \text{best}_{t}"),
    (r"\begin{cases} a b \end{cases}", r"\begin{cases} a b \end{cases}"),
])
def test_words_stand_upright(latex: str, expected: str) -> None:
    """Names of several letters do not read as products; commands stay."""
    assert upright(latex) == expected
