"""The pytest plugin: three lines in a user's project, what they say, and their options."""

import sys

import pytest

ADAM = '''
import numpy as np

class Adam:
    def __init__(self, params, lr, beta1, beta2, eps):
        self.params, self.betas, self.eps, self.t = params, (beta1, beta2), eps, 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def power(self):
        return self.t

    def step(self, grads, lr):
        self.t += 1
        b1, b2 = self.betas
        for i, g in enumerate(grads):
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.v[i] = b2 * self.v[i] + (1 - b2) * g**2
            mhat = self.m[i] / (1 - b1 ** self.power())
            vhat = self.v[i] / (1 - b2 ** self.power())
            self.params[i] = self.params[i] - lr * mhat / (np.sqrt(vhat) + self.eps)
        return self.params

class Broken(Adam):
    def power(self):
        return 1
'''
RIGHT = '''
from adam import Adam

def test_adam(assert_conforms):
    assert_conforms(Adam, rule="adam")
'''
WRONG = '''
from adam import Broken

def test_broken(assert_conforms):
    assert_conforms(Broken, rule="adam")
'''


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A user's project with an optimizer."""
    pytester.makepyfile(adam=ADAM)
    pytester.syspathinsert()
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the project's tests in a process of its own, as its users do."""
    return project.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_a_right_optimizer_passes(project: pytest.Pytester) -> None:
    """Three lines of test, and nothing to configure: the fixture comes with the package."""
    project.makepyfile(test_adam=RIGHT)
    result = run(project)
    result.assert_outcomes(passed=1)
    assert result.ret == 0


def test_a_wrong_optimizer_fails_with_its_diagnosis(project: pytest.Pytester) -> None:
    """The failure is the report, at the user's own line: no frame of refmath is shown."""
    project.makepyfile(test_broken=WRONG)
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        "*def test_broken(assert_conforms):",
        ">*assert_conforms(Broken, rule=\"adam\")",
        "E*adam:Broken (float64): DEVIATES against adam, *",
        "E*behaves exactly like: Adam, but both corrections lack the power t: *",
        "E*step 1 agrees; step 2: theta, element [[]0[]] of tensor 0 is *, certified is [[]*",
        "E*smallest case (seed 0):",
        "E*optimizer = make(params, lr=*",
    ])
    text = result.stdout.str()
    assert "refmath/" not in text.replace("plugins: ", "")
    assert "__tracebackhide__" not in text
    assert [line for line in text.splitlines() if line.startswith("test_broken.py:")] == [
        "test_broken.py:4: AssertionError"
    ]


COUNTING = '''
from adam import Adam

def test_counts(assert_conforms):
    report = assert_conforms(Adam, rule="adam")
    print("cases", {r.cases for r in report.results}, "seed", report.seed)
    report = assert_conforms(Adam, rule="adam", examples=3, seed=1)
    print("given", {r.cases for r in report.results}, "seed", report.seed)
'''


@pytest.mark.parametrize(
    ("ini", "arguments", "shown"),
    [
        ("", (), "cases {100} seed 0"),
        ("", ("--refmath-examples", "7", "--refmath-seed", "5"), "cases {7} seed 5"),
        ("refmath_examples = 8\nrefmath_seed = 6", (), "cases {8} seed 6"),
        ("refmath_examples = 8\nrefmath_seed = 6", ("--refmath-seed=2",), "cases {8} seed 2"),
    ],
)
def test_budget_and_seed(
    project: pytest.Pytester, ini: str, arguments: tuple[str, ...], shown: str
) -> None:
    """Options go before the configuration file, arguments in the call before both."""
    project.makeini(f"[pytest]\n{ini}\n")
    project.makepyfile(test_counts=COUNTING)
    result = run(project, "-s", *arguments)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*{shown}", "given {3} seed 1"])


@pytest.mark.parametrize(
    ("ini", "arguments", "message"),
    [
        ("refmath_examples = many", (),
         "ERROR: refmath_examples must be a whole number of at least 1, found 'many'"),
        ("", ("--refmath-seed", "x"), "*--refmath-seed: invalid int value: 'x'*"),
        ("refmath_examples = 0", (),
         "ERROR: refmath_examples must be a whole number of at least 1, found '0'"),
        ("", ("--refmath-seed", "-1"),
         "ERROR: --refmath-seed must be a whole number of at least 0, found -1"),
    ],
)
def test_bad_options(
    project: pytest.Pytester, ini: str, arguments: tuple[str, ...], message: str
) -> None:
    """A value that is no number, or none that makes sense, is named; none of our frames shows."""
    project.makeini(f"[pytest]\n{ini}\n")
    project.makepyfile(test_adam=RIGHT)
    result = run(project, *arguments)
    assert result.ret != 0
    text = result.stdout.str() + result.stderr.str()
    pytest.LineMatcher(text.splitlines()).fnmatch_lines([message])
    assert "pytest_plugin.py" not in text


def test_options_are_explained(project: pytest.Pytester) -> None:
    """``pytest --help`` and ``pytest --fixtures`` show what the plugin offers."""
    shown = run(project, "--help").stdout
    shown.fnmatch_lines(["*holding optimizers against their update rules*"])
    shown.fnmatch_lines(["*--refmath-examples=N*"])
    shown.fnmatch_lines(["*refmath_seed*"])
    run(project, "--fixtures").stdout.fnmatch_lines(["assert_conforms*"])


def test_it_works_in_parallel(project: pytest.Pytester) -> None:
    """Spread over processes by pytest-xdist, right and wrong come out the same."""
    project.makepyfile(test_right=RIGHT, test_wrong=WRONG)
    result = run(project, "-n", "2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E*both corrections lack the power t*"])


def test_it_works_in_unittest(project: pytest.Pytester) -> None:
    """Outside pytest the same assertion is a function."""
    project.makepyfile(test_unit='''
        import unittest
        from refmath import assert_conforms
        from adam import Adam, Broken

        class Optimizers(unittest.TestCase):
            def test_right(self):
                assert_conforms(Adam, rule="adam", examples=5)

            def test_wrong(self):
                with self.assertRaisesRegex(AssertionError, "lack the power t"):
                    assert_conforms(Broken, rule="adam")

            def test_wrong_too(self):
                assert_conforms(Broken, rule="adam")
    ''')
    run(project).assert_outcomes(passed=2, failed=1)
    result = project.run(sys.executable, "-m", "unittest", "test_unit")
    result.stderr.fnmatch_lines(["*AssertionError:*", "*both corrections lack the power t*"])
    result.stderr.fnmatch_lines(["FAILED (failures=1)"])


def test_it_stays_out_of_the_way(project: pytest.Pytester) -> None:
    """A project that does not use it pays no import of SymPy for it."""
    project.makepyfile(test_other='''
        import sys

        def test_nothing_is_loaded():
            assert "sympy" not in sys.modules
            assert "refmath.oracle" not in sys.modules
    ''')
    run(project).assert_outcomes(passed=1)
