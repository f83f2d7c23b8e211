"""Writes a page for everything that is declared, before Sphinx reads its sources."""

import shutil
from pathlib import Path
from typing import Any

from objective_page import objective_pages
from rule_page import rule_page, rules_index, rules_script
from sphinx.application import Sphinx

from refmath import rules

GENERATED = ("rules", "objectives", "closed_forms")
"""Folders that hold nothing else than generated pages."""


def pages() -> dict[str, str]:
    """Every generated page by its path."""
    made = {f"rules/{name}.md": rule_page(rule) for name, rule in rules.ALL.items()}
    made["rules/index.md"] = rules_index()
    return made | objective_pages()


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
