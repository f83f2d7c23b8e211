"""``refmath check``: every target in a process of its own, progress, a table, diagnoses."""

import json
import os
import queue
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from refmath import conventions
from refmath.errors import InvalidInput
from refmath.oracle.minimizer import api as minimizers

__all__ = ["run_check"]

_START_UP = 120.0
_SILENCE = 30.0
_CLOSING = 1.0
_WIDE = 120
_EDGE = 0.99
_MANY = 1000
_COLOURS = {
    "CONFORMS": "green", "VARIANT": "yellow", "INCONCLUSIVE": "yellow", "DEVIATES": "red",
    "FAILED": "magenta",
}


def own_targets() -> list[str]:
    """Every numeric optimizer and minimizer of refmath, and the minimizers of SciPy."""
    rules = [c.target for c in conventions.ALL if c.framework == "refmath" and c.target]
    return rules + [t for t in minimizers.TARGETS if t.startswith(("refmath.", "scipy:"))]


def run_check(targets: list[str], job: dict[str, Any], as_json: bool) -> int:
    """Check all targets and print what was found; returns the exit status."""
    chosen = targets or own_targets()
    job = {**job, "by_name": bool(targets)}
    _refuse(targets, job)
    out, err = Console(), Console(stderr=True)
    if not out.is_terminal:
        out = Console(width=_WIDE)
    results, refused = _run_all(chosen, job, err)
    if refused and not results:
        raise InvalidInput("\n".join(refused))
    if as_json:
        shown = [{k: v for k, v in r.items() if k not in ("summary", "code")} for r in results]
        print(json.dumps({"seed": job["seed"], "subjects": shown, "refused": refused}, indent=2))
    else:
        _print(out, results, job["seed"])
    for said in refused:
        print(f"refmath: {said}", file=sys.stderr)
    return 2 if refused else _status([r["verdict"] for r in results])


def _refuse(targets: list[str], job: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    if not targets and (job["rule"] or job["convention"]):
        raise InvalidInput("--rule and --convention need a TARGET, for example mymodule:make")
    if job.get("objective") is None:
        if job.get("wrt"):
            raise InvalidInput("--wrt needs --objective, for example --objective cross_entropy")
        return
    if not targets:
        raise InvalidInput("--objective needs a TARGET, for example mymodule:grad")
    for name in ("rule", "convention", "switches"):
        if job[name]:
            option = "switch" if name == "switches" else name
            raise InvalidInput(f"--{option} is for optimizers; it does not go with --objective")


def _status(verdicts: list[str]) -> int:
    if "FAILED" in verdicts:
        return 3
    return 0 if all(v == "CONFORMS" for v in verdicts) else 1


def _run_all(
    targets: list[str], job: dict[str, Any], err: Console
) -> tuple[list[dict[str, Any]], list[str]]:
    """The results in the targets' order, and why targets were refused."""
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )
    found: dict[int, list[dict[str, Any]]] = {}
    refused: dict[int, str] = {}
    with progress, ThreadPoolExecutor(max(1, min(len(targets), os.cpu_count() or 1))) as pool:
        bars = [progress.add_task(t, total=None, start=False) for t in targets]

        def one(index: int) -> None:
            def show(message: dict[str, Any]) -> None:
                progress.start_task(bars[index])
                progress.update(bars[index], total=message.get("total"),
                                advance=message.get("ticks", 0))

            answer = _run_one({**job, "target": targets[index]}, show)
            if "error" in answer:
                said = answer["error"]
                named = targets[index] in said
                refused[index] = said if named else f"{targets[index]}: {said}"
            else:
                found[index] = answer["results"]
                done = sum(r["cases"] for r in answer["results"])
                progress.update(bars[index], completed=done, total=done)

        list(pool.map(one, range(len(targets))))
    return [r for i in sorted(found) for r in found[i]], [refused[i] for i in sorted(refused)]


def _run_one(job: dict[str, Any], show: Any) -> dict[str, Any]:
    """Run a worker; one that gives no sign for much longer than a case may take is ended."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "refmath.oracle.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    lines: queue.Queue[str | None] = queue.Queue()
    noise: list[str | None] = []
    errors = threading.Thread(target=_pump, args=(process.stderr, noise.append), daemon=True)
    readers = [
        threading.Thread(target=_pump, args=(process.stdout, lines.put), daemon=True), errors
    ]
    for reader in readers:
        reader.start()
    try:
        answer = _listen(process, lines, job, show)
        if answer is None:
            errors.join(_CLOSING)
            last = [n.strip() for n in noise if n and n.strip()][-1:]
            text = f"its process ended with status {process.wait()}" + "".join(
                f": {line}" for line in last
            )
            return {"results": [_lost(job, "crashed", text)]}
        return answer
    finally:
        process.kill()
        process.wait()
        for reader in readers:  # a child of the subject may hold the pipes open
            reader.join(_CLOSING)


def _listen(
    process: Any, lines: "queue.Queue[str | None]", job: dict[str, Any], show: Any
) -> dict[str, Any] | None:
    """The worker's answer, or None if it ended without one."""
    patience = _START_UP
    while True:
        try:
            line = lines.get(timeout=patience)
        except queue.Empty:
            return {"results": [_lost(job, "timeout", f"gave no sign for {patience:g} s")]}
        if line is None:
            return None
        message: dict[str, Any] = json.loads(line)
        if "results" in message or "error" in message:
            process.wait()
            return message
        patience = _SILENCE + 3 * float(job["seconds"])
        show(message)


def _pump(stream: Any, put: Any) -> None:
    with stream:
        for line in stream:
            put(line)
    put(None)


def _lost(job: dict[str, Any], kind: str, text: str) -> dict[str, Any]:
    objective = job.get("objective")
    named = {} if objective is None else {"objective": objective}
    return named | {
        "subject": job["target"], "rule": objective or job["rule"] or "?",
        "convention": job["convention"],
        "dtype": "?", "verdict": "FAILED", "cases": 0, "worst": 0.0, "scalars": None,
        "first_deviation": None, "diagnosis": [text], "switch": None, "needs": [],
        "smallest_case": None, "unbounded": 0, "seconds": 0.0, "notes": [f"outcome: {kind}"],
        "summary": f"{job['target']}: FAILED\n  {text}", "code": "",
    }


def _print(out: Console, results: list[dict[str, Any]], seed: int) -> None:
    table = Table(title=None, header_style="bold", pad_edge=False, box=None)
    table.add_column("subject", overflow="fold")
    shown = "objective" if any("objective" in r for r in results) else "rule"
    for name in (shown, "dtype", "verdict"):
        table.add_column(name, no_wrap=True)
    for name in ("cases", "used", "scalars"):
        table.add_column(name, no_wrap=True, justify="right")
    for r in results:
        colour = _COLOURS[r["verdict"]]
        asked = r["rule"] + (f" ({r['convention']})" if r["convention"] else "")
        worst = r["worst"]
        used = "-" if worst is None else f"{worst:.2f}" if worst < _MANY else f">{_MANY:.0f}"
        table.add_row(
            r["subject"], asked, r["dtype"], Text(r["verdict"], style=colour), str(r["cases"]),
            used, r["scalars"] or "-",
        )
    out.print(table)
    for r in results:
        if r["verdict"] != "CONFORMS":
            out.print()
            out.print(r["summary"], markup=False, highlight=False, soft_wrap=True)
            if r["code"]:
                out.print("  smallest case:", markup=False)
                indented = "\n".join(f"    {line}" for line in r["code"].splitlines())
                out.print(indented, markup=False, highlight=False, soft_wrap=True)
    for r in results:
        for note in (n for n in r["notes"] if n.startswith("finding: ")):
            out.print(f"\n{r['subject']}: {note}\n  refmath check {r['subject']} shows it",
                      markup=False, highlight=False, soft_wrap=True)
    conform = sum(r["verdict"] == "CONFORMS" for r in results)
    out.print(f"\n{conform} of {len(results)} conform, seed {seed}", highlight=False)
    out.print("used: the largest part of its certified bound that any value took", highlight=False)
    if any(r["worst"] and r["worst"] > _EDGE for r in results):
        out.print("      1.00 is a value at the edge of what is possible, as the root of 0",
                  highlight=False)
