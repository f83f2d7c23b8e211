"""The report: its schema, floats that rebuild the case exactly, and code that runs."""

import json
import re
from typing import Any

import check_subjects as subjects
import jsonschema
import numpy as np
import pytest
from check_subjects import factory

import refmath
from refmath.emit.cases import Case
from refmath.errors import InvalidInput
from refmath.formats import FORMATS
from refmath.oracle.judge import Deviation
from refmath.oracle.report import Report, Result, case_code, describe, worst_verdict
from refmath.oracle.run import run
from refmath.oracle.subject import Subject


def closed(**properties: Any) -> dict[str, Any]:
    """An object with exactly these properties."""
    return {
        "type": "object", "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A list of such items."""
    return {"type": "array", "items": items}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
HEX = {"type": "string", "pattern": r"^-?0x[01]\.[0-9a-f]+p[+-]\d+$"}
DECIMAL = {"type": "string", "pattern": r"^(-?\d+(\.\d+)?(e[+-]\d+)?|nan|-?inf)$"}
ARRAY = closed(shape=listed(COUNT), values=listed(HEX))
DEVIATION = closed(
    step={"type": "integer", "minimum": 1}, tensor=COUNT, element=listed(COUNT), quantity=TEXT,
    value=DECIMAL, low=DECIMAL, high=DECIMAL, radii=maybe({"type": "number", "minimum": 0}),
)
CASE = closed(
    dtype={"enum": list(FORMATS)}, params=listed(ARRAY), grads=listed(listed(maybe(ARRAY))),
    lr=listed({"anyOf": [HEX, listed(HEX)]}),
    hyper={"type": "object", "additionalProperties": HEX},
    switches={"type": "object", "additionalProperties": TEXT},
    reuse_buffers={"type": "boolean"}, restore_after=maybe(COUNT), code={"type": "string"},
)
RESULT = closed(
    subject=TEXT, rule=TEXT, convention=maybe(TEXT), dtype={"enum": list(FORMATS)},
    verdict={"enum": ["CONFORMS", "VARIANT", "INCONCLUSIVE", "DEVIATES", "FAILED"]},
    cases=COUNT, worst=maybe({"type": "number", "minimum": 0}),
    scalars=maybe({"enum": list(FORMATS)}), first_deviation=maybe(DEVIATION),
    diagnosis=listed(TEXT), switch=maybe(TEXT), needs=listed(TEXT), smallest_case=maybe(CASE),
    unbounded=COUNT, seconds={"type": "number", "minimum": 0}, notes=listed(TEXT),
)
REPORT = closed(seed=COUNT, subjects=listed(RESULT))

ADAM = {
    name: getattr(subjects, name) for name in (
        "Adam", "WithoutPower", "Hat", "FirstRate", "LateGradients", "Forgetful", "SharedByShape",
        "ScalarGradient", "RowsMixed", "Blowing",
    )
}
_known: dict[str, Report] = {}


def report(name: str) -> Report:
    """The report of a subject, made once."""
    if name not in _known:
        if name == "Alias":
            vary = {"rate": "outside"}
            _known[name] = refmath.check(factory(subjects.Alias), rule="momentum", vary=vary)
        else:
            both = name in ("Adam", "Hat", "WithoutPower")
            dtypes = None if both else ["float64" if len(name) % 2 else "float32"]
            _known[name] = refmath.check(factory(ADAM[name]), rule="adam", dtypes=dtypes)
    return _known[name]


WRONG = [*(n for n in ADAM if n != "Adam"), "Alias"]
EACH = pytest.mark.parametrize("name", WRONG)


@pytest.mark.parametrize("name", ["Adam", *WRONG])
def test_the_data_keep_to_their_schema(name: str) -> None:
    """Every report has exactly the fields of the schema, as JSON without NaN or infinity."""
    text = report(name).to_json(indent=1)
    jsonschema.validate(json.loads(text, parse_constant=pytest.fail), REPORT)
    assert json.loads(text) == report(name).to_dict()


def test_a_failure_keeps_to_the_schema() -> None:
    """So has the report of a subject that failed by itself."""
    failed = refmath.check(lambda params, hyper: lambda grads, lr: 1 / 0, rule="adam")
    jsonschema.validate(json.loads(failed.to_json()), REPORT)


def rebuilt(data: dict[str, Any]) -> Case:
    """A case from its data."""
    carrier = FORMATS[data["dtype"]].carrier

    def array(item: Any) -> Any:
        if item is None:
            return None
        values = [float.fromhex(x) for x in item["values"]]
        return np.array(values, dtype=carrier).reshape(item["shape"])

    rates = tuple(
        tuple(map(float.fromhex, r)) if isinstance(r, list) else float.fromhex(r)
        for r in data["lr"]
    )
    return Case(
        data["dtype"], tuple(map(array, data["params"])),
        tuple(tuple(map(array, row)) for row in data["grads"]), rates,
        {k: float.fromhex(v) for k, v in data["hyper"].items()}, data["switches"],
        data["reuse_buffers"], data["restore_after"],
    )


def assert_equal(a: Case, b: Case) -> None:
    """Two cases are the same, bit for bit."""
    assert (a.dtype, a.rates, a.hyper, a.place) == (b.dtype, b.rates, b.hyper, b.place)
    assert (a.reuse, a.restore, a.steps) == (b.reuse, b.restore, b.steps)
    for x, y in zip((a.params, *a.grads), (b.params, *b.grads), strict=True):
        for p, q in zip(x, y, strict=True):
            assert (p is None) == (q is None)
            if p is not None and q is not None:
                assert (p.shape, p.dtype, p.tobytes()) == (q.shape, q.dtype, q.tobytes())


@EACH
def test_hexadecimal_floats_rebuild_the_case(name: str) -> None:
    """The case read from JSON is the case exactly, and run again it deviates to the same value."""
    cls = subjects.Alias if name == "Alias" else ADAM[name]
    for result, data in zip(
        report(name).results, json.loads(report(name).to_json())["subjects"], strict=True
    ):
        case = rebuilt(data["smallest_case"])
        assert result.smallest_case is not None
        assert_equal(case, result.smallest_case)
        subject = Subject("again", lambda p, c, cls=cls: Stepping(cls(p, dict(c.hyper))))
        trace = run(subject, case)
        found = data["first_deviation"]
        value = trace.params[found["step"] - 1][found["tensor"]][tuple(found["element"])]
        assert repr(float(value)) == found["value"]
        low, high = float(found["low"]), float(found["high"])
        assert low <= high
        assert not low <= value <= high


class Stepping:
    """A callable optimizer with a method ``step``."""

    def __init__(self, call: Any) -> None:
        self.step = call
        for name in ("save", "load"):
            if hasattr(call, name):
                setattr(self, name, getattr(call, name))


@EACH
def test_the_code_runs_and_shows_the_value(name: str) -> None:
    """The smallest case as code runs with the subject's make, and ends at the printed value."""
    cls = subjects.Alias if name == "Alias" else ADAM[name]
    for result in report(name).results:
        scope: dict[str, Any] = {"make": factory(cls)}
        code = result.code()
        with np.errstate(all="ignore"):
            exec(compile(code, "<code>", "exec"), scope)
        where, value = re.search(r"^# (params\[.*\]) is (\S+)$", code, re.M).groups()
        assert repr(float(eval(where, scope))) == value
        low, high = re.search(r"^# certified:  \[(\S+), (\S+)\]$", code, re.M).groups()
        deviation = result.first_deviation
        assert deviation is not None
        assert (repr(deviation.low), repr(deviation.high)) == (low, high)
        assert deviation.step == result.smallest_case.steps


def test_there_is_no_code_without_a_deviation() -> None:
    """A conforming result has neither code nor a line about a deviation."""
    (result, _) = report("Adam").results
    assert result.code() == ""
    assert result.summary() == "check_subjects:Adam (float64): CONFORMS against adam, 100 cases"
    assert str(report("Adam")).splitlines() == [
        f"check_subjects:Adam ({d}): CONFORMS against adam, 100 cases" for d in
        ("float64", "float32")
    ]


def test_what_a_person_reads() -> None:
    """The text says verdict, formula, how to ask for it, where it left, and the case as code."""
    text = str(report("Hat"))
    for part in (
        "check_subjects:Hat (float64): VARIANT against adam, ",
        "  behaves exactly like: Adam as keras Adam, ",
        "  if that is what you meant: --convention keras",
        "  step 1: theta, element [0] of tensor 0 is -",
        "smallest case (seed 0):\nimport numpy as np\n",
        "\nstep = make(params, {'lr': ",
    ):
        assert part in text
    assert "steps 1 to 2 agree; step 3: theta" in str(report("Blowing"))
    assert "step 1 agrees; step 2: theta" in str(report("WithoutPower"))


def deviation(**changed: Any) -> Deviation:
    """A deviation for texts."""
    given = {
        "step": 1, "tensor": 1, "element": (0, 2), "quantity": "v", "value": 0.5, "low": 0.1,
        "high": 0.25, "error": 3.0,
    }
    return Deviation(**{**given, **changed})


def test_the_texts_of_a_deviation() -> None:
    """A state is named, a scalar tensor has no element, and earlier steps are said to agree."""
    assert describe(deviation()) == (
        "step 1: v, element [0, 2] of tensor 1 is 0.5, certified is [0.1, 0.25]"
    )
    assert describe(deviation(step=4, element=())) == (
        "steps 1 to 3 agree; step 4: v, tensor 1 is 0.5, certified is [0.1, 0.25]"
    )
    case = Case("float32", (np.float32(1) * np.ones(()),), ((None,),), ((0.1,),), {"eps": 1e-8})
    code = case_code(case, deviation(element=()))
    assert "# v of tensor 1 is 0.5" in code
    assert "step([None], [0.1])" in code


def test_code_of_other_cases() -> None:
    """Switches are shown, 0-d arrays and bfloat16 are written so that they can be read."""
    one = np.array(0.1, np.float32)
    case = Case("bfloat16", (one, np.ones((1, 2), np.float32)),
                ((one, np.zeros((1, 2), np.float32)),), (0.5,), {}, {"amsgrad": "yes"})
    scope: dict[str, Any] = {"make": lambda params, hyper: lambda grads, lr: grads}
    code = case_code(case, None)
    assert "# switches: amsgrad=yes" in code
    exec(code, scope)
    for found, own in zip(scope["params"], case.grads[0], strict=True):
        assert own is not None
        assert (found.shape, found.dtype, found.tobytes()) == (own.shape, own.dtype, own.tobytes())


def test_a_long_run_is_a_loop() -> None:
    """Many steps with one gradient are written as a loop, which runs as often."""
    for rates in ((0.5,) * 12, tuple(1.0 / k for k in range(1, 13))):
        grads = ((np.ones(1),),) * 12
        case = Case("float64", (np.zeros(1),), grads, rates, {})
        scope: dict[str, Any] = {"make": factory(Counting)}
        code = case_code(case, None)
        assert "for " in code
        assert len(code.splitlines()) < 12
        exec(code, scope)
        assert scope["params"][0].item() == sum(rates)


class Counting:
    """Adds up the rates, in order."""

    def __init__(self, params: Any, hyper: Any) -> None:
        self.params = params

    def __call__(self, grads: Any, lr: Any) -> Any:
        self.params = [p + lr * g for p, g in zip(self.params, grads, strict=True)]
        return self.params


def test_verdicts_are_ordered() -> None:
    """A report's verdict is the gravest, and its diagnosis is that result's."""
    order = ["CONFORMS", "VARIANT", "INCONCLUSIVE", "DEVIATES", "FAILED"]
    for place, verdict in enumerate(order):
        assert worst_verdict([*order[:place], verdict, "CONFORMS"]) == verdict
    results = [Result("mine", "adam", None, d, v, diagnosis=[v])
               for d, v in (("float64", "VARIANT"), ("float32", "DEVIATES"))]
    both = Report(0, results)
    assert (both.verdict, both.diagnosis) == ("DEVIATES", ["DEVIATES"])
    assert both.gravest is results[1]


def test_the_assertion_shows_the_report() -> None:
    """assert_conforms returns the report, or raises with its text; bad arguments stay errors."""
    assert refmath.assert_conforms(factory(subjects.Adam), rule="adam").verdict == "CONFORMS"
    with pytest.raises(AssertionError, match="both corrections lack the power t") as error:
        refmath.assert_conforms(factory(subjects.WithoutPower), rule="adam")
    assert "smallest case (seed 0):" in str(error.value)
    with pytest.raises(InvalidInput, match="which rule should"):
        refmath.assert_conforms(factory(subjects.Adam))
