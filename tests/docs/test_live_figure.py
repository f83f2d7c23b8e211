"""The figure of a rule answers to fingers, keys and small screens."""

import re
from pathlib import Path
from typing import Any

import pytest
from document import ROOT
from rule_live import LIMITS, SLIDERS, live_section, rules_script

from refmath import closed_form, rules

STATIC = ROOT / "docs" / "_static"
PHONE = {"width": 390, "height": 800}
PATH = ".live .path"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of the figure alone."""
    place = tmp_path_factory.mktemp("figures")
    css, js = ((STATIC / n).read_text("utf-8") for n in ("refmath.css", "live.js"))
    for name, rule in rules.ALL.items():
        figure = re.search(r"<figure.*</figure>", live_section(rule), re.S)
        assert figure
        (place / f"{name}.html").write_text(
            f"<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<style>{css}</style><body>{figure[0]}<script>{rules_script(name)}</script>"
            f"<script>{js}</script>", "utf-8")
    return place


def opened(browser: Any, folder: Path, name: str, **options: Any) -> Any:
    """The page of a rule, with what it complained of as ``said``."""
    page = browser.new_page(**options)
    page.said = []
    page.on("console", lambda m: page.said.append(m.text))
    page.on("pageerror", lambda e: page.said.append(str(e)))
    page.goto(f"file://{folder}/{name}.html")
    return page


@pytest.mark.parametrize("name", rules.ALL)
def test_values_stand_beside_sliders_and_reset_brings_them_back(
    browser: Any, folder: Path, name: str
) -> None:
    """Every slider shows its value, in words for a screen reader too; reset undoes all."""
    page = opened(browser, folder, name)
    keys = [k for k in SLIDERS if k in rules.ALL[name].hyper or k == "kappa"]
    sliders, shown = page.locator(".live input"), page.locator(".live output")
    assert sliders.count() == shown.count() == len(keys)
    before, drawn = shown.all_inner_texts(), page.locator(PATH).get_attribute("points")
    for i in range(len(keys)):
        sliders.nth(i).fill("500")
        assert sliders.nth(i).get_attribute("aria-valuetext") == shown.nth(i).inner_text()
    assert shown.all_inner_texts() != before
    page.locator(".live .reset").click()
    assert shown.all_inner_texts() == before
    assert page.locator(PATH).get_attribute("points") == drawn
    assert page.said == []


def test_arrow_keys_move_a_slider_and_the_start(browser: Any, folder: Path) -> None:
    """By the keyboard alone; keys that are used do not turn the page."""
    page = opened(browser, folder, "adam")
    page.evaluate("addEventListener('keydown', e => { window.turned = e.key; })")
    drawn = page.locator(PATH).get_attribute("points")
    page.locator(".live input").first.focus()
    page.keyboard.press("ArrowRight")
    moved = page.locator(PATH).get_attribute("points")
    assert moved != drawn
    handle = page.locator(".live .handle")
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "-1.50, 1.00"
    assert page.locator(PATH).get_attribute("points") != moved
    assert page.evaluate("document.activeElement.getAttribute('class')") == "handle"
    assert page.evaluate("window.turned") is None


def test_the_start_can_be_dragged_and_stays_in_the_picture(browser: Any, folder: Path) -> None:
    """To where the pointer is, at most to the border."""
    page = opened(browser, folder, "momentum")
    handle = page.locator(".live .handle")
    box = page.locator(".live svg").first.bounding_box()
    at = handle.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    unit = box["width"] / 320
    page.mouse.move(box["x"] + unit * (160 + 80), box["y"] + unit * (110 - 70 * 0.5), steps=4)
    assert handle.get_attribute("aria-valuetext") == "1.00, 0.50"
    page.mouse.move(box["x"] - 4000, box["y"] - 4000)
    page.mouse.up()
    assert handle.get_attribute("aria-valuetext") == "-1.90, 1.50"
    page.locator(".live .reset").click()
    assert handle.get_attribute("aria-valuetext") == "-1.60, 1.00"
    assert page.said == []


def test_it_fits_a_phone_and_a_finger(browser: Any, folder: Path) -> None:
    """Nothing is wider than the screen; sliders and button are at least 40 pixels high."""
    page = opened(browser, folder, "nadam", viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for place in (".live input", ".live .reset"):
        assert page.locator(place).first.bounding_box()["height"] >= 40
    drawn = page.locator(PATH).get_attribute("points")
    box = page.locator(".live input").first.bounding_box()
    page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    assert page.locator(PATH).get_attribute("points") != drawn


def test_nothing_moves_by_itself(browser: Any, folder: Path) -> None:
    """There is no animation, so that nothing is to be reduced."""
    page = opened(browser, folder, "adam", reduced_motion="no-preference")
    drawn = page.locator(".live").inner_html()
    page.wait_for_timeout(300)
    assert page.locator(".live").inner_html() == drawn
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("name", LIMITS)
def test_the_limit_moves_with_conditioning(browser: Any, folder: Path, name: str) -> None:
    """The mark and the number are where the closed form puts them, for other values too."""
    page = opened(browser, folder, name)
    page.locator(".live input").last.fill("1000")
    arguments = {"lambda_max": 100} | ({} if name == "sgd" else {"momentum": 0.9})
    limit = float(LIMITS[name](**arguments))
    assert f"{limit:.4g}" in page.locator(".limit-text").inner_text()
    mark = page.locator(".live .mark")
    assert mark.is_visible()
    assert closed_form.ALL[LIMITS[name].name] is LIMITS[name]
    page.locator(".live input").first.fill("1000")
    assert "beyond it" in page.locator(".limit-text").inner_text()
    assert "it diverges" in page.locator(".result").inner_text()
