"""The site builds without a warning, opens from disk, and shows what it is made for."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from document import ROOT
from playwright.sync_api import sync_playwright

from refmath import closed_form, objectives, rules

PAGES = {
    "rules": tuple(rules.ALL), "objectives": (*objectives.ALL, *objectives.LAYERS),
    "closed_forms": tuple(closed_form.ALL),
}
PHONE = {"width": 390, "height": 800}
_LINK = re.compile(r'(?:href|src)="([^"]*)"')
_CODE = re.compile(r"<(pre|code|script|annotation).*?</\1>", re.S)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy of the documents with every warning an error."""
    source, built = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", source, dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", str(source), str(built)],
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    return built


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    place = shutil.which("chromium")
    assert place, "expected Chromium to look at the site with: apt-get install chromium"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield opened
        opened.close()


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
    """Rules, objectives, layers and closed forms; and no page of what is not declared."""
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


@pytest.mark.parametrize("path", [
    "index.html", "rules/adam.html", "objectives/softmax_regression.html", "guides/check.html",
    "closed_forms/optimal_heavy_ball.html", "findings.html",
])
def test_pages_are_quiet_and_fit_a_phone(site: Path, browser: Any, path: str) -> None:
    """No request leaves the disk, nothing is complained of, nothing is wider than 390 pixels."""
    look = Look(browser, f"file://{site}/{path}", viewport=PHONE)
    look.page.wait_for_load_state("networkidle")
    assert (look.outside, look.complaints) == ([], [])
    assert look.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


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
