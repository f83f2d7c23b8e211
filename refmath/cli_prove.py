"""``refmath prove``: the claims in ``proofs/``, or a user's own, with verdict and evidence."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from refmath.cli import echo_json
from refmath.errors import InvalidInput
from refmath.proof.coq.check import available
from refmath.proof.judge import Result, judge_file
from refmath.proof.load import files, load
from refmath.proof.record import differences, read, record, write

__all__ = ["own_claims", "prove_all", "run_prove"]


def run_prove(
    paths: list[str], use_coq: bool, processes: int, as_json: bool, output: str | None = None,
    against: str | None = None,
) -> int:
    """Print the verdict on every claim, and write or compare the recorded results.

    The exit status is 1 if a claim is not as declared, or not as recorded.
    """
    began = time.perf_counter()
    kernel = available() if use_coq else None
    old = None if against is None else _recorded(against, use_coq, kernel)
    found = files([Path(p) for p in paths] or [own_claims()])
    results = prove_all(found, use_coq, processes, progress=not as_json)
    data = record(results, kernel)
    if as_json:
        echo_json(data)
    else:
        _print(results, time.perf_counter() - began, use_coq)
    if output is not None:
        write(output, data)
    good = all(r.as_declared for r in results)
    if old is not None:
        good = _compare(old, data, str(against), whole=not paths, quiet=as_json) and good
    return int(not good)


def _recorded(path: str, use_coq: bool, kernel: str | None) -> dict[str, Any]:
    """The record to compare with, if it can be compared."""
    old = read(path)
    if use_coq and kernel is None and old["coq"] is not None:
        raise InvalidInput(
            f"{path} was recorded with Coq {old['coq']}, and there is no coqc here; install Coq, "
            "or compare all the rest with --no-coq"
        )
    return old


def _compare(
    old: dict[str, Any], new: dict[str, Any], path: str, *, whole: bool, quiet: bool
) -> bool:
    """Print how a record differs from what came out; whether it does not."""
    with_coq = old["coq"] is not None and new["coq"] is not None
    lines = differences(old, new, whole=whole, with_coq=with_coq)
    out = Console(highlight=False, stderr=quiet)
    for line in lines:
        out.print(f"{path}: {line}", style="red", markup=False, soft_wrap=True)
    if lines:
        out.print(f"{path} is stale; if the changes are meant: refmath prove -o {path}",
                  markup=False, soft_wrap=True)
    elif not quiet:
        rest = "" if with_coq else ", Coq left aside"
        out.print(f"{path} says the same{rest}", markup=False, soft_wrap=True)
    return not lines


def own_claims() -> Path:
    """The claims that come with the source."""
    folder = Path(__file__).parents[1] / "proofs"
    if not folder.is_dir():
        raise InvalidInput(
            "the package is installed without its proofs/; name a folder of claims, or run this "
            "in a checkout"
        )
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def prove_all(
    found: Sequence[Path], use_coq: bool, processes: int, *, progress: bool = False
) -> list[Result]:
    """The results for claim files, in their order.

    Raises:
        InvalidInput: A file raises or is malformed, or two claims have one id.
    """
    _check_ids(found)
    if processes == 1:
        with _bar(len(found), progress) as advance:
            out = []
            for path in found:
                out.append(judge_file(str(path), use_coq))
                advance()
            return out
    results: dict[Path, Result] = {}
    with (
        ProcessPoolExecutor(processes, get_context("spawn")) as pool,
        _bar(len(found), progress) as advance,
    ):
        waiting = {pool.submit(judge_file, str(p), use_coq): p for p in found}
        for done in as_completed(waiting):
            results[waiting[done]] = done.result()
            advance()
    return [results[p] for p in found]


def _check_ids(found: Sequence[Path]) -> None:
    seen: dict[str, Path] = {}
    for path in found:
        name = load(path).claim.id
        if name in seen:
            raise InvalidInput(f"{path}: the id {name} is taken by {seen[name]}; choose another")
        seen[name] = path


@contextmanager
def _bar(total: int, wanted: bool) -> Iterator[Callable[[], None]]:
    if not (wanted and sys.stderr.isatty()):
        yield lambda: None
        return
    columns = (TextColumn("proving"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


_COLOUR = {"PROVED": "green", "REFUTED": "cyan", "OPEN": "yellow"}


def _print(results: Sequence[Result], seconds: float, use_coq: bool) -> None:
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("claim", no_wrap=True)
    for name in ("verdict", "declared", "evidence", "checkers", "control"):
        table.add_column(name)
    table.add_column("s", justify="right")
    for r in results:
        colour = _COLOUR[r.verdict] if r.as_declared else "red"
        table.add_row(
            r.id, f"[{colour}]{r.verdict}[/{colour}]", r.declared, r.evidence,
            ", ".join(r.checkers), r.control, f"{r.seconds:.1f}",
        )
    out.print(table)
    for r in results:
        for p in r.printed:
            if p.counterexample:
                out.print(f"{r.id} as printed: {p.name} fails at {p.counterexample}",
                          markup=False, soft_wrap=True)
    wrong = [r for r in results if not r.as_declared]
    for r in wrong:
        for fault in r.faults:
            out.print(f"{r.path}: {r.id}: {fault}", style="red", markup=False, soft_wrap=True)
    version = available() if use_coq else None
    by_coq = [r for r in results if "coq" in r.checkers]
    full = sum(not any(p.scope for p in r.holds) for r in by_coq)
    small = f", {len(by_coq) - full} more at small sizes" if len(by_coq) > full else ""
    kernel = f"Coq {version} checked {full} of them in full{small}" if version else (
        "coqc is not installed" if use_coq else "Coq is left out as asked"
    )
    out.print(
        f"\n{len(results)} claims, {len(results) - len(wrong)} as declared; {kernel}; "
        f"{seconds:.0f} s", markup=False, soft_wrap=True,
    )
