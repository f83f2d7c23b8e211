"""Code that runs while the pages are built, shown with what it prints."""

import io
from contextlib import redirect_stdout

from page import code

__all__ = ["example"]


def example(source: str) -> str:
    """Python, and below it what it printed when this page was built."""
    heard = io.StringIO()
    with redirect_stdout(heard):
        exec(compile(source, "<example>", "exec"), {"__name__": "example"})  # noqa: S102  (the page's own)
    return f"{code('python', source)}\n\n{code('text', heard.getvalue())}"
