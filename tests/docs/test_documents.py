"""Every command and snippet of the README and the guides runs and prints what is shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from document import ROOT, Command, File, Script, documents, fits, parts

BIN = str(Path(sys.executable).parent)


def run(path: Path, folder: Path) -> list[str]:
    """What does not come out as shown."""
    wrong = []
    scripts = ""
    environment = {**os.environ, "PATH": BIN + os.pathsep + os.environ["PATH"], "COLUMNS": "80"}
    for part in parts(path.read_text("utf-8")):
        if isinstance(part, File):
            place = folder / part.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(part.text, "utf-8")
        elif isinstance(part, Script):
            scripts += part.text + "\n"
        else:
            done = subprocess.run(
                part.line, shell=True, cwd=folder, env=environment, capture_output=True, text=True
            )
            if not fits(part.output, done.stdout + done.stderr):
                wrong.append(f"$ {part.line}\n{done.stdout}{done.stderr}")
    if scripts:
        done = subprocess.run(
            [sys.executable, "-c", scripts], cwd=folder, env=environment, capture_output=True,
            text=True,
        )
        if done.returncode:
            wrong.append(scripts + done.stderr)
    return wrong


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_it_does_what_it_shows(path: Path, tmp_path: Path) -> None:
    """Commands print what is shown; snippets run."""
    assert run(path, tmp_path) == []


def test_another_output_is_seen() -> None:
    """A changed line, a missing one and one more are differences; dots stand for any."""
    assert fits("a\n...\nd\n", "a\nb\nc\nd\n")
    assert fits("a\n...", "a\nb\n")
    assert fits("a in ...\nb", "a in 2 s\nb\n")
    assert not fits("a\nb\n", "a\nc\n")
    assert not fits("a\nb\n", "a\n")
    assert not fits("a\n", "a\nb\n")
    assert not fits("a.c", "abc")


def test_parts_are_found(tmp_path: Path) -> None:
    """Files, commands and scripts; a wrong document is wrong."""
    text = (
        "<!-- file: a.py\nx = 1\n-->\n```console\n$ echo 1\n2\n```\n"
        "```python\nassert False\n```\n"
    )
    assert [type(p) for p in parts(text)] == [File, Command, Script]
    path = tmp_path / "bad.md"
    path.write_text(text, "utf-8")
    assert len(run(path, tmp_path)) == 2
