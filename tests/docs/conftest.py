"""The site, built once for all tests that look at it, and the browser that looks."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from document import ROOT
from playwright.sync_api import sync_playwright

sys.path.append(str(ROOT / "docs" / "_ext"))
LONGEST = 900.0
"""Seconds that a worker waits for another one's build."""


def built(source: Path, target: Path) -> str:
    """Build the site with every warning an error; what was complained of, empty if nothing."""
    shutil.copytree(ROOT / "docs", source)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", str(source), str(target)],
        capture_output=True, text=True,
    )
    return done.stderr or ("" if done.returncode == 0 else f"status {done.returncode}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, from a copy of the documents; the first worker that asks builds it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    target, said = shared / "site", shared / "site.txt"
    try:
        (shared / "site.lock").mkdir()
    except FileExistsError:
        until = time.monotonic() + LONGEST
        while not said.exists() and time.monotonic() < until:
            time.sleep(0.2)
    else:
        text = built(shared / "docs", target)
        said.with_suffix(".part").write_text(text, "utf-8")
        said.with_suffix(".part").replace(said)
    assert said.read_text("utf-8") == ""
    return target


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    place = shutil.which("chromium")
    assert place, "expected Chromium to look at the site with: apt-get install chromium"
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield opened
        opened.close()
