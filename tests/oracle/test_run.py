"""Running a subject: whatever it does, the check ends with a verdict and readable text."""

import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refmath
from refmath.emit.cases import Case
from refmath.errors import SubjectError
from refmath.oracle.run import run, time_limit
from refmath.oracle.subject import Subject


class Descent:
    """Gradient descent, correct; others override a part of it."""

    def __init__(self, params: Any, configuration: Any) -> None:
        self.params = params

    def step(self, grads: Any, lr: Any) -> Any:
        self.params = [p - lr * g for p, g in zip(self.params, grads, strict=True)]
        return self.params


class Unprintable(Exception):
    """An error whose text cannot be made."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Odd:
    """An object that cannot be an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("no array")

    def __repr__(self) -> str:
        return "<odd>"


def answering(answer: Callable[[Any], Any]) -> type[Descent]:
    """A descent whose step answers with something made of the right parameters."""

    class Answering(Descent):
        def step(self, grads: Any, lr: Any) -> Any:
            return answer(super().step(grads, lr))

    return Answering


def doing(act: Callable[[Any], Any], when: str = "step") -> type[Descent]:
    """A descent that does something with what it is given, when made or in a step."""

    class Doing(Descent):
        def __init__(self, params: Any, configuration: Any) -> None:
            super().__init__(params, configuration)
            if when == "make":
                act(params)

        def step(self, grads: Any, lr: Any) -> Any:
            answer = super().step(grads, lr)
            if when == "step":
                act(grads)
            return answer

    return Doing


def raising(error: BaseException) -> Callable[[Any], Any]:
    """What raises when it is called."""

    def act(_: Any) -> None:
        raise error

    return act


def showing(state: Callable[[], Any]) -> type[Descent]:
    """A descent that shows a state."""

    class Showing(Descent):
        def state(self) -> Any:
            return state()

    return Showing


def hang(_: Any = None) -> None:
    """Never come back."""
    while True:
        time.sleep(0.01)


def hang_stubbornly(_: Any) -> None:
    """Never come back, whatever error is raised."""
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def overwrite(grads: Any) -> None:
    """Use the gradient's memory for something else."""
    grads[1][...] = 0.5


def nothing_left(grads: Any) -> None:
    """Empty the list that was handed over."""
    grads.clear()


def replace_entry(grads: Any) -> None:
    """Put something else into the list that was handed over."""
    grads[0] = "gone"


FAILURES: dict[str, tuple[type[Descent], str, str]] = {
    "raises": (doing(raising(ValueError("negative rate"))), "raised",
               "step 1: ValueError: negative rate"),
    "raises when made": (doing(raising(KeyError("eps")), "make"), "raised",
                         "making the optimizer: KeyError: 'eps'"),
    "raises over lines": (doing(raising(ValueError("first\nsecond"))), "raised",
                          "step 1: ValueError: first"),
    "raises without text": (doing(raising(ZeroDivisionError())), "raised",
                            "step 1: ZeroDivisionError"),
    "raises what has no text": (doing(raising(Unprintable())), "raised", "step 1: Unprintable"),
    "exits": (doing(sys.exit), "raised", "step 1: SystemExit"),
    "exits when made": (doing(raising(SystemExit(3)), "make"), "raised",
                        "making the optimizer: SystemExit: 3"),
    "runs out of stack": (doing(raising(RecursionError("deep"))), "raised", "RecursionError: deep"),
    "hangs": (doing(hang), "timeout", "did not answer within 0.2 s"),
    "hangs when made": (doing(hang, "make"), "timeout", "did not answer within 0.2 s"),
    "hangs and catches errors": (doing(hang_stubbornly), "timeout", "did not answer within 0.2 s"),
    "answers None": (answering(lambda p: None), "shape",
                     "expected a list of 2 parameter arrays, found None (does step return the"),
    "answers a number": (answering(lambda p: 3.0), "shape", "parameter arrays, found 3.0"),
    "answers too few": (answering(lambda p: p[:1]), "shape", "found a list of 1"),
    "answers an array": (answering(lambda p: np.ones(3)), "shape",
                         "found an array of shape (3,) and dtype float64"),
    "answers another shape": (answering(lambda p: [p[0], p[1][None]]), "shape",
                              "step 1: tensor 1 has shape (1, "),
    "answers strings": (answering(lambda p: ["a", "b"]), "type",
                        "step 1: tensor 0 does not consist of numbers: 'a'"),
    "answers digits": (answering(lambda p: [p[0].astype(str), p[1]]), "type",
                       "step 1: tensor 0 does not consist of numbers: an array of shape"),
    "answers objects": (answering(lambda p: [p[0], Odd()]), "type",
                        "step 1: tensor 1 does not consist of numbers: <odd>"),
    "answers ragged lists": (answering(lambda p: [[1.0, [2.0]], p[1]]), "type",
                             "step 1: tensor 0 does not consist of numbers: a list of 2"),
    "answers complex numbers": (answering(lambda p: [p[0] + 0j, p[1]]), "type",
                                "step 1: tensor 0 does not consist of numbers: an array of shape"),
    "answers a huge integer": (answering(lambda p: [[10**400, 1], p[1]]), "type",
                               "step 1: tensor 0 does not consist of numbers"),
    "changes its gradient": (doing(overwrite), "mutated", "step 1: changed the gradient of tensor"),
    "empties the list": (doing(nothing_left), "mutated", "step 1: changed the list of gradients"),
    "replaces a gradient": (doing(replace_entry), "mutated",
                            "step 1: changed the list of gradients"),
    "shows a state that raises": (showing(lambda: 1 / 0), "raised",
                                  "step 1, state(): ZeroDivisionError: division by zero"),
}


def tried(cls: type[Descent], **options: Any) -> Any:
    """A check of a subject that was made by hand."""
    subject = Subject("mine", cls, **options)
    return refmath.check(subject, rule="sgd", examples=3, dtypes=["float64"], seconds=0.2)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_subject_is_reported(name: str) -> None:
    """Its own failure is the verdict FAILED with its kind; nothing comes out of the check."""
    cls, kind, text = FAILURES[name]
    report = tried(cls)
    assert report.verdict == "FAILED"
    (result,) = report.results
    assert result.notes == [f"outcome: {kind}"]
    assert text in result.diagnosis[0]
    assert result.smallest_case is None
    shown = str(report)
    assert text in shown
    assert "Traceback" not in shown
    assert json.loads(report.to_json())["subjects"][0]["verdict"] == "FAILED"


def test_a_correct_subject_conforms() -> None:
    """The subject that the failing ones derive from is right."""
    assert tried(Descent).verdict == "CONFORMS"
    assert tried(answering(tuple)).verdict == "CONFORMS"
    assert tried(answering(lambda p: [x.tolist() for x in p])).verdict == "CONFORMS"


@pytest.mark.parametrize(
    "state",
    [
        lambda: None, lambda: 3, dict, lambda: {"v": None}, lambda: {"v": [None, None]},
        lambda: {"v": ["a", "b"]}, lambda: {"v": [Odd(), Odd()]}, lambda: {"v": [1.0]},
        lambda: {7: [np.ones(2)] * 2}, lambda: {"v": [np.ones(2) * 1j] * 2},
        lambda: {"step": 1, "name": "x"},
    ],
)
def test_an_unusable_state_is_not_judged(state: Callable[[], Any]) -> None:
    """A state that is not arrays in the parameters' shapes is no failure: nobody asked for it."""
    assert tried(showing(state)).verdict == "CONFORMS"


def test_an_unnamed_array_is_a_list_of_one() -> None:
    """With one tensor the array alone will do."""
    one = Case("float64", (np.ones(2),), ((np.ones(2),),), (0.5,), {})
    trace = run(Subject("mine", answering(lambda p: p[0])), one)
    np.testing.assert_array_equal(trace.params[0][0], [0.5, 0.5])


class Ahead:
    """Nesterov's method, asking for its gradient."""

    times = 1

    def __init__(self, params: Any, configuration: Any) -> None:
        self.params, self.mu = params, configuration.hyper["momentum"]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, gradient: Any, lr: Any) -> Any:
        points = [p + self.mu * v for p, v in zip(self.params, self.v, strict=True)]
        for _ in range(self.times):
            grads = gradient(points)
        self.v = [self.mu * v - lr * g for v, g in zip(self.v, grads, strict=True)]
        self.params = [p + v for p, v in zip(self.params, self.v, strict=True)]
        return self.params


class Never(Ahead):
    """Uses no gradient."""

    def step(self, gradient: Any, lr: Any) -> Any:
        return self.params


class Twice(Ahead):
    """Asks twice."""

    times = 2


class Wrongly(Ahead):
    """Asks with something else."""

    def step(self, gradient: Any, lr: Any) -> Any:
        return gradient(None)


def asking(cls: Any) -> Any:
    """A check of a subject that asks for its gradient."""
    subject = Subject("mine", cls, takes_gradient_function=True)
    return refmath.check(subject, rule="nesterov", examples=6, dtypes=["float64"])


def test_the_gradient_is_asked_for_once() -> None:
    """A subject with a gradient function asks once a step, with a list of arrays."""
    assert asking(Ahead).verdict == "CONFORMS"
    for cls, text in (
        (Never, "asked for the gradient 0 times; once is expected"),
        (Twice, "asked for the gradient 2 times; once is expected"),
        (Wrongly, "expected a list of"),
    ):
        report = asking(cls)
        assert report.verdict == "FAILED"
        assert text in report.diagnosis[0]


def test_a_single_point_may_be_an_array() -> None:
    """With one tensor the point may be the array alone."""
    case = Case("float64", (np.ones(2),), ((np.ones(2),),) * 2, (0.5, 0.5), {"momentum": 0.5})

    class Alone(Ahead):
        def step(self, gradient: Any, lr: Any) -> Any:
            return super().step(lambda points: gradient(points[0]), lr)

    listed, alone = (
        run(Subject("mine", c, takes_gradient_function=True), case) for c in (Ahead, Alone)
    )
    np.testing.assert_array_equal(listed.params, alone.params)


def test_where_the_gradient_is_taken_is_judged() -> None:
    """A gradient asked for at the wrong point is a deviation at that point."""

    class Behind(Ahead):
        def step(self, gradient: Any, lr: Any) -> Any:
            return super().step(lambda _: gradient(self.params), lr)

    report = asking(Behind)
    assert report.verdict == "DEVIATES"
    assert report.first_deviation.quantity == "point"


class Aliasing:
    """Momentum whose first velocity is the caller's gradient itself."""

    def __init__(self, params: Any, configuration: Any) -> None:
        self.params, self.mu = params, configuration.hyper["momentum"]
        self.v: Any = None

    def step(self, grads: Any, lr: Any) -> Any:
        if self.v is None:
            self.v = list(grads)
        else:
            self.v = [self.mu * v + g for v, g in zip(self.v, grads, strict=True)]
        self.params = [p - lr * v for p, v in zip(self.params, self.v, strict=True)]
        return self.params


def test_reused_buffers_are_handed_over() -> None:
    """A state that is the caller's gradient shows when the buffers are used again."""
    grads = tuple((np.full(2, float(x)),) for x in (1, 2, 3))
    kept, reused = (
        run(Subject("mine", Aliasing),
            Case("float64", (np.ones(2),), grads, (1.0,) * 3, {"momentum": 0.5}, reuse=r))
        for r in (False, True)
    )
    np.testing.assert_array_equal(kept.params[1], [[1 - 1 - 2.5] * 2])
    np.testing.assert_array_equal(reused.params[1], [[1 - 1 - 3.0] * 2])
    np.testing.assert_array_equal([g[0] for g in kept.grads], [g[0] for g in grads])


def test_the_time_limit_is_put_back() -> None:
    """After a time limit an older handler and no timer are in force; other threads have none."""
    with pytest.raises(SubjectError, match=r"within 0\.05 s") as error, time_limit(0.05):
        time.sleep(5)
    assert error.value.kind == "timeout"
    time.sleep(0.1)  # no late alarm
    with time_limit(None):
        assert time_limit is not None
    seen = []

    def elsewhere() -> None:
        with time_limit(0.01):
            time.sleep(0.05)
            seen.append("finished")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == ["finished"]


def test_an_interrupt_is_not_swallowed() -> None:
    """Control-C stops the check, wherever the subject is."""
    for when in ("make", "step"):
        with pytest.raises(KeyboardInterrupt):
            tried(doing(raising(KeyboardInterrupt()), when))
