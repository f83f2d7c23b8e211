"""``refmath prove``: the claims in ``proofs/``, or a user's own, with verdict and evidence."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from refmath.cli import echo_json
from refmath.errors import InvalidInput
from refmath.proof.coq.check import available
from refmath.proof.judge import Result, judge_file
from refmath.proof.load import files, load

__all__ = ["prove_all", "run_prove"]


def run_prove(paths: list[str], use_coq: bool, processes: int, as_json: bool) -> int:
    """Print the verdict on every claim; the exit status is 1 if one is not as declared."""
    began = time.perf_counter()
    found = files([Path(p) for p in paths] or [_own()])
    results = prove_all(found, use_coq, processes, progress=not as_json)
    if as_json:
        echo_json({"claims": [r.to_json() for r in results]})
    else:
        _print(results, time.perf_counter() - began, use_coq)
    return int(not all(r.as_declared for r in results))


def _own() -> Path:
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
    kernel = f"Coq {version}" if version else "no Coq: " + (
        "coqc is not installed" if use_coq else "left out as asked"
    )
    by_coq = sum("coq" in r.checkers for r in results)
    out.print(
        f"\n{len(results)} claims, {len(results) - len(wrong)} as declared; {kernel} "
        f"checked {by_coq} of them in full; {seconds:.0f} s", markup=False,
    )
