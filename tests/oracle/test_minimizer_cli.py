"""Minimizers at the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from refmath.cli import main
from refmath.cli_check import own_targets

SUBJECT = '''
"""A minimizer."""


def minimize(fun, x0, jac, callback, maxiter=100):
    """Steepest descent."""
    x = x0
    for _ in range(maxiter):
        step, g = 1.0, jac(x)
        while step > 1e-12 and fun(x - step * g) > fun(x) - 1e-4 * step * (g @ g):
            step /= 2
        x = x - step * g
        callback(x)
    return x
'''


def refmath(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "refmath", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_everything_includes_the_minimizers() -> None:
    """Without a target ours and SciPy's are checked along with the update rules."""
    targets = own_targets()
    for name in ("refmath.optimizers:Adam", "refmath.optimizers:BFGS", "refmath.optimizers:LBFGS",
                 "refmath.optimizers:Newton", "scipy:BFGS", "scipy:L-BFGS-B"):
        assert name in targets


def test_a_user_s_minimizer_deviates_and_is_named(tmp_path: Path) -> None:
    """Exit status 1, the diagnosis, and the smallest run as code."""
    (tmp_path / "mine.py").write_text(SUBJECT)
    found = refmath("check", "mine.py:minimize", "--rule", "lbfgs", cwd=tmp_path)
    assert found.returncode == 1, found.stderr
    assert "DEVIATES" in found.stdout
    assert "steepest descent" in found.stdout
    assert "certified is a multiple of" in found.stdout


def test_scipys_finding_is_a_deviation_by_name() -> None:
    """The iterates and invariances conform, hess_inv deviates: exit status 1."""
    found = refmath("check", "scipy:L-BFGS-B", "scipy:BFGS", "--json", cwd=Path.cwd())
    assert found.returncode == 1, found.stderr
    subjects = json.loads(found.stdout)["subjects"]
    verdicts = {(s["subject"], s["rule"]): s["verdict"] for s in subjects}
    assert verdicts == {
        ("scipy:L-BFGS-B", "lbfgs"): "CONFORMS", ("scipy:L-BFGS-B", "lbfgs hess_inv"): "DEVIATES",
        ("scipy:L-BFGS-B", "lbfgs invariance"): "CONFORMS",
        ("scipy:BFGS", "bfgs"): "CONFORMS", ("scipy:BFGS", "bfgs hess_inv"): "CONFORMS",
        ("scipy:BFGS", "bfgs invariance"): "CONFORMS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scipy:Newton-CG"], "unknown method of SciPy"),
        (["mine.py:minimize", "--rule", "lbfsg"], "Did you mean 'lbfgs'?"),
        (["scipy:BFGS", "--dtype", "float32"], "dtype float32: expected float64, for scipy:BFGS"),
        (["scipy:BFGS", "--convention", "torch"], "--convention is for update rules"),
    ],
    ids=["method", "rule", "dtype", "convention"],
)
def test_bad_usage(tmp_path: Path, arguments: list[str], said: str) -> None:
    """Exit status 2 and one line."""
    (tmp_path / "mine.py").write_text(SUBJECT)
    found = refmath("check", *arguments, cwd=tmp_path)
    assert found.returncode == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_audit_minimizers() -> None:
    """The table, exit status 0, and JSON of the same runs."""
    found = CliRunner().invoke(main, ["audit", "minimizers", "beale", "gaussian", "--runs", "2"])
    assert found.exit_code == 0, found.output
    assert "ours solves 2 of 2, SciPy's 2" in found.output
    assert "16  16" in found.output
    data = CliRunner().invoke(main, ["audit", "minimizers", "beale", "--runs", "2", "--json"])
    runs = json.loads(data.output)["runs"]
    assert [r["method"] for r in runs] == ["BFGS", "L-BFGS-B"]
    assert all(r["complaint"] == "" for r in runs)


def test_audit_of_an_unknown_problem() -> None:
    """Exit status 2, and the problems that there are."""
    found = CliRunner().invoke(main, ["audit", "minimizers", "beele"])
    assert found.exit_code == 2
    assert "Did you mean 'beale'?" in found.output


def test_helps_show_an_example() -> None:
    """Both commands."""
    for name in ("minimizers", "minimizer-mutants"):
        found = CliRunner().invoke(main, ["audit", name, "--help"])
        assert f"Example: refmath audit {name}" in found.output
