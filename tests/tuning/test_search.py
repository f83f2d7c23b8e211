"""Search by grid, at random and by TPE: what is tried, and that it can be resumed."""

import builtins
from pathlib import Path
from typing import Any

import pytest

from refmath.errors import InvalidInput, UnknownName
from refmath.tuning import Choice, Found, Range, parse, search

SPACE = [Range("lr", 1e-4, 1.0, log=True), Choice("size", (16, 32))]


def bowl(point: dict[str, Any], report: Any) -> float:
    """Least at lr = 1e-2 and size = 32."""
    from math import log10

    return (log10(point["lr"]) + 2) ** 2 + (point["size"] != 32)


def tried(found: Found) -> list[tuple[Any, ...]]:
    """Points and values."""
    return [(t.params["lr"], t.params["size"], t.value, t.state) for t in found.trials]


def test_a_grid_tries_every_point_once() -> None:
    """Five points of a range from end to end, evenly in the logarithm, times two sizes."""
    found = search(bowl, SPACE, method="grid", points=5)
    seen = [(t.params["lr"], t.params["size"]) for t in found.trials]
    rates = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    assert len(seen) == 10
    for (rate, size), (lr, expected) in zip(seen, ((r, s) for r in rates for s in (16, 32)),
                                            strict=True):
        assert rate == pytest.approx(lr, rel=1e-12)
        assert size == expected
    assert found.best is not None
    assert found.best.params["lr"] == pytest.approx(1e-2)
    assert found.best.params["size"] == 32


@pytest.mark.parametrize("method", ["tpe", "random"])
def test_points_follow_from_the_seed(method: str) -> None:
    """The same seed tries the same points, another one others; all within the space."""
    first = search(bowl, SPACE, method=method, trials=14, seed=1)
    assert tried(first) == tried(search(bowl, SPACE, method=method, trials=14, seed=1))
    assert tried(first) != tried(search(bowl, SPACE, method=method, trials=14, seed=2))
    assert len({t.params["lr"] for t in first.trials}) == 14
    assert all(1e-4 <= t.params["lr"] <= 1 for t in first.trials)


def test_tpe_searches_where_it_is_good() -> None:
    """The mean score of its last 20 points of 40 is half of that of random points, or less."""
    def mean(method: str) -> float:
        found = search(bowl, SPACE, method=method, trials=40, seed=0)
        return sum(t.value or 0.0 for t in found.trials[20:]) / 20

    assert mean("tpe") <= mean("random") / 2


STORES = [("tpe", "kept.log"), ("grid", "kept.log"), ("random", "kept.db")]


@pytest.mark.parametrize(("method", "name"), STORES)
def test_a_search_that_was_cut_off_goes_on(tmp_path: Path, method: str, name: str) -> None:
    """Ended within its fifth trial and called again it tries what it would have tried."""
    whole = search(bowl, SPACE, method=method, trials=9, points=4, seed=3)
    calls = []

    def cut(point: dict[str, Any], report: Any) -> float:
        calls.append(point)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return bowl(point, report)

    options: dict[str, Any] = {"method": method, "trials": 9, "points": 4, "seed": 3}
    with pytest.raises(KeyboardInterrupt):
        search(cut, SPACE, storage=tmp_path / name, **options)
    rest = search(cut, SPACE, storage=tmp_path / name, **options)
    assert tried(rest) == tried(whole)
    assert len(calls) == len(whole.trials) + 1
    again = search(cut, SPACE, storage=tmp_path / name, **options)
    assert tried(again) == tried(whole)
    assert len(calls) == len(whole.trials) + 1


def test_a_trial_of_a_dead_process_is_tried_again(tmp_path: Path) -> None:
    """A trial that is still marked as running when a search begins does not count."""
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    file = tmp_path / "kept.log"
    search(bowl, SPACE, trials=2, storage=file)
    kept = JournalStorage(JournalFileBackend(str(file)))
    optuna.load_study(study_name="refmath", storage=kept).ask()
    found = search(bowl, SPACE, trials=3, storage=file)
    assert tried(found) == tried(search(bowl, SPACE, trials=3))


def test_bad_trials_are_cut_short() -> None:
    """Once five trials are known, one that reports worse than their median ends there."""
    steps = []

    def score(point: dict[str, Any], report: Any) -> float:
        value = bowl(point, report)
        for step in range(4):
            steps.append(step)
            report(step, value)
        return value

    found = search(score, SPACE, method="random", trials=20)
    states = [t.state for t in found.trials]
    assert states[:5] == ["complete"] * 5
    assert "pruned" in states
    assert len(steps) < 80
    whole = search(score, SPACE, method="random", trials=20, prune=False)
    assert {t.state for t in whole.trials} == {"complete"}


def test_points_without_a_score() -> None:
    """A point at which training diverges counts as tried, and is never the best."""
    found = search(lambda point, report: None, SPACE, trials=3)
    assert [t.state for t in found.trials] == ["pruned"] * 3
    assert found.best is None
    nan = search(lambda point, report: float("nan"), SPACE, trials=1)
    assert nan.best is None


@pytest.mark.parametrize(("text", "expected"), [
    ("lr=1e-4:1:log", Range("lr", 1e-4, 1, log=True)),
    ("momentum=0:0.99", Range("momentum", 0, 0.99)),
    ("batch_size=8:64:log", Range("batch_size", 8, 64, log=True, whole=True)),
    ("batch_size=16,32", Choice("batch_size", (16, 32))),
    ("form=lookahead,shifted", Choice("form", ("lookahead", "shifted"))),
])
def test_spaces_as_text(text: str, expected: Any) -> None:
    """Ranges, whole ranges and choices."""
    assert parse(text) == expected


def test_whole_ranges_have_whole_points() -> None:
    """A grid of a whole range has whole numbers, each once."""
    assert Range("batch_size", 1, 4, whole=True).points(9) == [1, 2, 3, 4]
    assert Range("x", 1, 3).points(3) == [1, 2, 3]


@pytest.mark.parametrize("text", [
    "lr", "lr=", "=1:2", "lr=1:2:lin", "lr=a:b", "lr=2:1", "lr=1:1", "lr=-1:1:log", "lr=nan:1",
    "lr=1,1", "lr=0:inf", "lr=1:2:log:x",
])
def test_no_spaces(text: str) -> None:
    """What is no range or choice is refused, with what was found."""
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert text.partition("=")[0] in str(caught.value)


@pytest.mark.parametrize(("options", "error", "words"), [
    ({"method": "genetic"}, UnknownName, "tpe"),
    ({"space": []}, InvalidInput, "expected distinct parameters"),
    ({"space": [*SPACE, *SPACE]}, InvalidInput, "expected distinct parameters"),
    ({"trials": 0}, InvalidInput, "trials=0"),
    ({"method": "grid", "points": 1}, InvalidInput, "points=1"),
    ({"storage": "/no/such/folder/x.log"}, InvalidInput, "no folder"),
], ids=["method", "empty", "twice", "trials", "points", "storage"])
def test_refused(options: dict[str, Any], error: type[Exception], words: str) -> None:
    """The message names what was given."""
    space = options.pop("space", SPACE)
    with pytest.raises(error, match=words):
        search(bowl, space, **options)


def test_another_search_in_the_storage_is_refused(tmp_path: Path) -> None:
    """A storage belongs to one space, method and seed."""
    file = tmp_path / "kept.log"
    search(bowl, SPACE, trials=1, storage=file)
    with pytest.raises(InvalidInput, match="seed=0, found seed=1"):
        search(bowl, SPACE, trials=1, seed=1, storage=file)
    (tmp_path / "junk.log").write_text("not a journal\n")
    (tmp_path / "junk.db").write_text("not a database, whatever its name says\n" * 50)
    for name in ("junk.log", "junk.db"):
        with pytest.raises(InvalidInput, match="no storage of a search"):
            search(bowl, SPACE, trials=1, storage=tmp_path / name)


def test_without_optuna_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    plain = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "optuna":
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InvalidInput, match=r"pip install 'refmath\[tune\]'"):
        search(bowl, SPACE)
