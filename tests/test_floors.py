"""The package is built in floors: a module imports from its own floor and those below."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import refmath

ROOT = Path(__file__).parents[1]
PACKAGE = Path(refmath.__file__).parent
FLOORS = (
    ("errors", "domain", "files", "formats"),
    ("notation", "tensor"),
    ("recurrence", "rule", "objective", "schedule"),
    ("rules", "objectives", "schedules", "closed_form", "quasi_newton"),
    ("emit", "conventions"),
    ("oracle", "proof", "training", "tuning", "plots"),
    ("", "__main__", "cli", "pytest_plugin"),
)
FLOOR = {unit: floor for floor, units in enumerate(FLOORS) for unit in units}
APART = [
    {"emit", "conventions"}, {"oracle", "training"}, {"oracle", "tuning"}, {"oracle", "plots"},
    {"training", "tuning"}, {"training", "plots"},
]
"""Pairs of units of one floor that do not import each other."""
NUMERIC = {"numpy", "scipy", *sys.stdlib_module_names}
"""What refmath.optimizers may import besides refmath.errors and itself."""
REGISTRY = {
    ("refmath.rule", "refmath.emit"), ("refmath.tensor.operators", "refmath.emit"),
    ("refmath.schedule.record", "refmath.emit.schedule"),
}
"""The deferred imports upwards: a record loads the emitters, which register with it."""


def modules(package: Path) -> dict[str, Path]:
    """All modules of a package by dotted name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = ("refmath", *path.relative_to(package).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: set[str]) -> Iterator[str]:
    """The modules that a module imports, wherever in it the import stands."""
    own = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = own.split(".")[: len(own.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant))


def unit(module: str) -> str:
    """The floor's entry that a module of refmath belongs to; cli_rule and others are the cli's."""
    name = module.split(".")[1] if "." in module else ""
    return "cli" if name.startswith("cli_") else name


def forbidden(name: str, target: str) -> str | None:
    """Why a module may not import another, or None."""
    inside = target.split(".")[0] == "refmath"
    if unit(name) == "optimizers":
        if inside and (target == "refmath.errors" or unit(target) == "optimizers"):
            return None
        return None if not inside and target.split(".")[0] in NUMERIC else "optimizers stay lean"
    if not inside or (name, target) in REGISTRY:
        return None
    if unit(target) == "optimizers":
        return None if FLOOR[unit(name)] == 6 else "only the top floor knows the optimizers"
    if FLOOR[unit(target)] > FLOOR[unit(name)]:
        return f"floor {FLOOR[unit(name)]} imports from floor {FLOOR[unit(target)]}"
    if {unit(name), unit(target)} in APART:
        return "these two do not know each other"
    return None


def violations(package: Path) -> list[str]:
    """Every import that breaks the floors."""
    known = modules(package)
    out = [f"{name}: on no floor" for name in known if unit(name) not in {*FLOOR, "optimizers"}]
    for name, path in known.items():
        if out and f"{name}: on no floor" in out:
            continue
        for target in imports(name, path, set(known)):
            if target.startswith("refmath") and target not in known:
                out.append(f"{name}: imports {target}, which does not exist")
            elif why := forbidden(name, target):
                out.append(f"{name}: imports {target}: {why}")
    return out


def test_every_module_keeps_to_its_floor() -> None:
    """No module imports from a floor above its own, not even inside a function."""
    assert violations(PACKAGE) == []


PLANTED = [
    ("domain.py", "def f():\n    from refmath.notation import t\n", "floor 0 imports from floor 1"),
    ("recurrence.py", "import refmath.rules.adam\n", "floor 2 imports from floor 3"),
    ("rules/adam.py", "from refmath.emit import cases\n", "floor 3 imports from floor 4"),
    ("emit/text.py", "from refmath import conventions\n", "do not know each other"),
    ("conventions/torch.py", "from ..emit import text\n", "do not know each other"),
    ("emit/mutants.py", "from refmath.oracle.check import Task\n", "floor 4 imports from floor 5"),
    ("oracle/run.py", "import refmath\n", "floor 5 imports from floor 6"),
    ("oracle/run.py", "from refmath.optimizers import Adam\n", "only the top floor"),
    ("optimizers/adam.py", "from refmath.domain import exact\n", "stay lean"),
    ("optimizers/adam.py", "import sympy\n", "stay lean"),
    ("rules/adam.py", "import importlib\nimportlib.import_module('refmath.emit')\n", "floor 3"),
    ("training/train.py", "from refmath.oracle.check import Task\n", "do not know each other"),
    ("training/train.py", "from refmath.optimizers import Adam\n", "only the top floor"),
    ("extra.py", "x = 1\n", "on no floor"),
]


@pytest.mark.parametrize(("where", "text", "why"), PLANTED, ids=[f"{w} {y}" for w, _, y in PLANTED])
def test_a_planted_violation_is_found(tmp_path: Path, where: str, text: str, why: str) -> None:
    """The check sees an import planted in a copy of the package, and nothing else."""
    copy = tmp_path / "refmath"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / where).open("a", encoding="utf-8") as file:
        file.write(text)
    found = violations(copy)
    assert len(found) == 1
    assert why in found[0]


@pytest.mark.parametrize("name", ["refmath", "refmath.optimizers"])
@pytest.mark.parametrize("heavy", ["sympy", "flint", "hypothesis", "torch"])
def test_importing_it_stays_light(name: str, heavy: str) -> None:
    """The package and its numeric optimizers load neither SymPy nor what the oracle needs."""
    code = f"import sys, {name}; print({heavy!r} in sys.modules)"
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_every_name_of_the_package_can_be_loaded() -> None:
    """What ``refmath`` offers lazily exists, is listed, and nothing else is."""
    for name in refmath.__all__:
        assert getattr(refmath, name) is not None
        assert name in dir(refmath)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = refmath.nothing


def source_files() -> list[Path]:
    """Everything that people wrote in Python."""
    return sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")])


@pytest.mark.parametrize("path", source_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_long(path: Path) -> None:
    """A file has at most 400 lines."""
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_the_top_level_is_what_it_should_be() -> None:
    """What one sees first: the package, its tests, proofs and documents, and two files."""
    made = shutil.ignore_patterns("build", "dist", "*.egg-info", "__pycache__")
    names = [p.name for p in ROOT.iterdir() if not p.name.startswith(".")]
    shown = set(names) - made(str(ROOT), names)
    assert shown == {"pyproject.toml", "README.md", "refmath", "tests", "proofs", "docs"}
