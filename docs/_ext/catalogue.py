"""Writes a page for everything that is declared, before Sphinx reads its sources."""

import shutil
from pathlib import Path
from typing import Any

from claims_page import claim_pages
from closed_form_page import closed_form_pages
from frameworks_page import framework_pages
from method_page import method_pages
from objective_page import objective_pages
from rule_page import rule_page, rules_index, rules_script
from schedule_page import schedule_pages
from sphinx.application import Sphinx

from refmath import rules

GENERATED = (
    "rules", "objectives", "closed_forms", "schedules", "methods", "frameworks", "sources",
)
"""Folders that hold nothing else than generated pages."""


def pages() -> dict[str, str]:
    """Every generated page by its path."""
    made = {f"rules/{name}.md": rule_page(rule) for name, rule in rules.ALL.items()}
    made["rules/index.md"] = rules_index()
    for more in (
        objective_pages, closed_form_pages, schedule_pages, method_pages, framework_pages,
        claim_pages,
    ):
        made |= more()
    return made


def _write(app: Sphinx) -> None:
    source = Path(app.srcdir)
    for folder in GENERATED:
        shutil.rmtree(source / folder, ignore_errors=True)
    for path, text in pages().items():
        place = source / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def _scripts(app: Sphinx, page: str, template: str, context: Any, doctree: Any) -> None:
    if doctree is not None and 'class="live"' in context.get("body", ""):
        name = page.rpartition("/")[2]
        app.add_js_file(None, body=rules_script(name))
        app.add_js_file("live.js")


def setup(app: Sphinx) -> dict[str, Any]:
    """Generate the pages when the builder starts."""
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
