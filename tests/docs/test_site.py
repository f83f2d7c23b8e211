"""The site builds without a warning, opens from disk, and shows what it is made for."""

import re
from pathlib import Path
from typing import Any

import pytest

from refmath import closed_form, objectives, rules, schedules
from refmath.optimizers.minimize import line_search

PAGES = {
    "rules": tuple(rules.ALL), "objectives": (*objectives.ALL, *objectives.LAYERS),
    "closed_forms": tuple(closed_form.ALL), "schedules": tuple(schedules.ALL),
    "methods": (
        "newton", "bfgs", "lbfgs", "dfp", *(n for n in line_search.__all__ if n[0].islower()),
    ),
    "frameworks": ("optimizers", "schedules"),
    "sources": (
        "optimization_of_deep_networks", "optimization_in_deep_learning", "lecture_4",
        "learning_deep_network", "scaling_optimization", "relations", "beyond",
    ),
}
PHONE = {"width": 390, "height": 800}
_LINK = re.compile(r'(?:href|src)="([^"]*)"')
_CODE = re.compile(r"<(pre|code|script|annotation).*?</\1>", re.S)


class Look:
    """A page as a browser shows it, with what it asked for and complained of."""

    def __init__(self, browser: Any, place: str, **options: Any) -> None:
        self.page = browser.new_page(**options)
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("request", self._asked)
        self.page.goto(place)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.outside.append(request.url)


def test_everything_declared_has_its_page(site: Path) -> None:
    """Rules, schedules, methods, objectives and so on; and no page of what is not declared."""
    for folder, names in PAGES.items():
        found = {p.stem for p in (site / folder).glob("*.html")}
        assert found == {*names, "index"}


def test_links_lead_somewhere_on_this_disk(site: Path) -> None:
    """Every link, script, style and picture of every page is there, its anchor too."""
    broken = []
    anchors: dict[Path, set[str]] = {}
    for page in site.rglob("*.html"):
        for link in _LINK.findall(page.read_text("utf-8")):
            target, _, anchor = link.partition("#")
            if re.match("[a-z]+:", target):
                continue
            place = (page.parent / target.partition("?")[0]).resolve() if target else page
            if not place.exists():
                broken.append(f"{page.name}: {link}")
            elif anchor and place.suffix == ".html":
                if place not in anchors:
                    anchors[place] = set(re.findall(r'id="([^"]*)"', place.read_text("utf-8")))
                if anchor not in anchors[place]:
                    broken.append(f"{page.name}: {link}")
    assert broken == []


def test_no_formula_is_left_as_it_was_typed(site: Path) -> None:
    """Outside of code there is no TeX: formulas are MathML."""
    for page in site.rglob("*.html"):
        shown = re.sub("<[^>]*>", "", _CODE.sub("", page.read_text("utf-8")))
        assert not re.search(r"\\[a-z]+|\$[^$\s]", shown), page
    assert (site / "rules" / "adam.html").read_text("utf-8").count("<math") > 5


LOOKED_AT = [
    "index.html", "rules/adam.html", "objectives/index.html", "objectives/softmax_regression.html",
    "objectives/wood.html", "guides/check.html", "closed_forms/optimal_heavy_ball.html",
    "findings.html", "schedules/index.html", "schedules/cosine_restarts.html",
    "schedules/reduce_on_plateau.html", "methods/bfgs.html", "methods/strong_wolfe.html",
    "frameworks/index.html", "frameworks/optimizers.html", "frameworks/schedules.html",
    "sources/index.html", "sources/lecture_4.html", "sources/relations.html",
]
CUT = """[...document.querySelectorAll("article *")].filter(x =>
    x.scrollWidth > x.clientWidth + 1 && x.clientWidth > 0
    && getComputedStyle(x).overflowX === "hidden" && !x.closest(".visually-hidden")
).map(x => x.tagName + "." + x.className)"""
"""What is wider than its place and cannot be scrolled."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_quiet_and_fit(site: Path, browser: Any, width: int, scheme: str) -> None:
    """No request leaves the disk, no complaint, nothing wider than the screen, nothing cut."""
    for path in LOOKED_AT:
        look = Look(browser, f"file://{site}/{path}", color_scheme=scheme,
                    viewport={"width": width, "height": PHONE["height"]})
        assert (look.outside, look.complaints) == ([], []), path
        assert look.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert look.page.evaluate(CUT) == [], path
        look.page.close()


def test_a_wide_table_scrolls_in_its_own_box(site: Path, browser: Any) -> None:
    """On a phone the table of optimizers is wider than its box, which stays within the screen."""
    look = Look(browser, f"file://{site}/frameworks/optimizers.html", viewport=PHONE)
    box = look.page.locator(".forms .table-wrapper").first
    assert box.evaluate("x => x.getBoundingClientRect().right") <= PHONE["width"]
    scrolled = """x => {
        const wide = [x, x.querySelector("table")].find(y => y.scrollWidth > y.clientWidth);
        wide.scrollLeft = 100;
        return wide.scrollLeft;
    }"""
    assert box.evaluate(scrolled) == 100


def test_search_finds_a_word(site: Path, browser: Any) -> None:
    """Without a server."""
    look = Look(browser, f"file://{site}/search.html?q=epsilon")
    look.page.wait_for_selector("ul.search li")
    assert "Adam" in look.page.locator("ul.search").inner_text()
    assert look.complaints == []


@pytest.mark.parametrize("name", rules.ALL)
def test_a_slider_redraws_the_trajectory(site: Path, browser: Any, name: str) -> None:
    """The script draws what stands there without it, until a slider is dragged."""
    place = f"file://{site}/rules/{name}.html"
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(place)
    look = Look(browser, place)
    path = ".live .path"
    still = plain.locator(path).get_attribute("points")
    drawn = look.page.locator(path).get_attribute("points")
    numbers = [[float(x) for x in re.split("[ ,]", p)] for p in (still, drawn)]
    assert len(numbers[0]) == len(numbers[1]) > 100
    last = 0.01 + 1e-9  # coordinates are printed with two decimals
    assert max(abs(a - b) for a, b in zip(*numbers, strict=True)) <= last
    look.page.locator(".live input").first.fill("900")
    assert look.page.locator(path).get_attribute("points") != drawn
    assert look.complaints == []


def test_the_limit_of_stability_is_drawn(site: Path, browser: Any) -> None:
    """It is where the closed form puts it; beyond it the path leaves the picture."""
    look = Look(browser, f"file://{site}/rules/momentum.html")
    limit = closed_form.critical_rate_heavy_ball(lambda_max=10, momentum=0.9)
    assert f"{limit:.4g}" in look.page.locator(".limit-text").inner_text()
    assert look.page.locator(".live .mark").is_visible()
    look.page.locator(".live input").first.fill("950")
    assert "beyond it" in look.page.locator(".limit-text").inner_text()
