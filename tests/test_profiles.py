"""The same tests draw the same examples, whatever else is loaded."""

from pathlib import Path

import pytest

_TEST = """
from pathlib import Path

{imports}
from hypothesis import given, strategies as st

drawn = []


@given(st.floats(), st.integers())
def test_it(x, n):
    drawn.append((x.hex(), n))


def test_end():
    Path({out!r}).write_text(repr(drawn))
"""


def test_examples_do_not_depend_on_what_is_imported(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """A module full of numbers, loaded before, changes nothing."""
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text("utf-8").replace(
        'pytest_plugins = ["pytester"]', ""))
    for name, imports in (("alone", ""), ("beside", "import numbers_of_mine")):
        pytester.makepyfile(numbers_of_mine=f"X = {[k + 0.125 for k in range(99)]}")
        pytester.makepyfile(test_it=_TEST.format(imports=imports, out=str(tmp_path / name)))
        done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-q")
        done.assert_outcomes(passed=2)
    alone, beside = ((tmp_path / name).read_text("utf-8") for name in ("alone", "beside"))
    assert alone == beside
    assert len(alone) > 1000
