"""``refmath audit minimizers``, ``minimizer-mutants`` and ``linesearch-mutants``."""

from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from refmath.cli import echo_json
from refmath.errors import UnknownName
from refmath.optimizers import BFGS, LBFGS
from refmath.optimizers.minimize import line_search
from refmath.oracle.minimizer.agreement import Agreement, compare
from refmath.oracle.minimizer.audit import Caught, audit_minimizers, wrong_minimizers
from refmath.oracle.minimizer.problems import collection
from refmath.oracle.minimizer.searches.audit import Judged, judged
from refmath.oracle.minimizer.searches.mutants import MODULES, mutants

__all__ = ["METHODS", "run_minimizers", "run_mutants", "run_search_mutants"]

METHODS: dict[str, Any] = {"BFGS": BFGS, "L-BFGS-B": LBFGS}
"""Ours by the name of SciPy's method."""

_WIDE = 120


def run_minimizers(names: list[str], runs: int, as_json: bool) -> int:
    """Compare on the problems named, all by default; returns the exit status."""
    known = {p.name: p for p in collection()}
    for name in names:
        if name not in known:
            raise UnknownName("problem", name, list(known))
    chosen = [known[n] for n in names] or list(known.values())
    err, found = Console(stderr=True), []
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("minimizing", total=len(METHODS) * len(chosen))
        for method, own in METHODS.items():
            for problem in chosen:
                found.append(compare(problem, method, own(), method, runs))
                progress.advance(bar)
    failing = [a for a in found if a.complaint]
    if as_json:
        echo_json({"runs": [a.to_dict() for a in found], "complaints": len(failing)})
    else:
        _print(found, runs)
    return 1 if failing else 0


def _print(found: list[Agreement], runs: int) -> None:
    out = Console(highlight=False)
    if not out.is_terminal:
        out = Console(highlight=False, width=_WIDE)
    for method in METHODS:
        rows = [a for a in found if a.method == method]
        out.print(_table(method, rows))
        out.print(_summary(method, rows) + "\n", soft_wrap=True)
    for a in (a for a in found if a.complaint):
        out.print(f"{a.method}, {a.problem}: ours {a.complaint}", style="red")
    out.print(_LEGEND.format(runs=runs), soft_wrap=True)


_LEGEND = """\
Two columns under a heading: ours and SciPy's. solved: success, and 99.9% of the way to a known
minimum. same: evaluations, one after the other, at SciPy's points; "all": to the last bit, else
within the bound, 4 times the largest distance of {runs} runs of SciPy's own whose points and
gradients are moved by what rounding amounts to; judged until the bound is 2^-26 and rounding has
taken over. SciPy's own: the evaluations these runs take. apart, bound: at the last one judged."""


def _table(method: str, rows: list[Agreement]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(method, no_wrap=True)
    for name in ("n", "iterations", "evaluations", "SciPy's own", "solved"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("same", no_wrap=True)
    for name in ("apart", "bound", "value"):
        table.add_column(name, justify="right", no_wrap=True)
    for a in rows:
        low, high = a.own_counts
        apart, bound = ("0", "-") if a.same_bits else (f"{x:.0e}" for x in a.worst)
        own = "-" if a.same_bits else str(low) if low == high else f"{low}-{high}"
        table.add_row(
            a.problem, str(a.size), _two(*a.iterations), _two(*a.evaluations), own,
            _two(("no", "yes")[a.solved[0]], ("no", "yes")[a.solved[1]]), _same(a), apart, bound,
            f"{a.value[0]:.3g}", style="red" if a.complaint else None,
        )
    return table


def _two(ours: object, theirs: object) -> str:
    return f"{ours!s:>3} {theirs!s:>3}"


def _same(a: Agreement) -> Text:
    if a.same_bits:
        return Text("all")
    if a.together < a.judged:
        return Text(f"{a.together}, not beyond", style="red")
    return Text(str(a.together) + ("" if a.end == "end" else f", then {a.end}"))


def _summary(method: str, rows: list[Agreement]) -> str:
    solved = [sum(a.solved[i] for a in rows) for i in (0, 1)]
    shared = [a for a in rows if a.solved[1]]
    same = sum(a.evaluations[0] == a.evaluations[1] for a in shared)
    fewer = sum(a.evaluations[0] < a.evaluations[1] for a in shared)
    bits = sum(a.same_bits for a in rows)
    return (
        f"{method}: ours solves {solved[0]} of {len(rows)}, SciPy's {solved[1]}; on SciPy's "
        f"{len(shared)} ours takes as many evaluations on {same}, fewer on {fewer}, more on "
        f"{len(shared) - same - fewer}; {bits} of {len(rows)} runs are the same to the last bit"
    )


def run_mutants(as_json: bool) -> int:
    """Run every wrong recurrence and condition as a minimizer; returns the exit status."""
    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("wrong minimizers", total=len(wrong_minimizers()))
        found = list(audit_minimizers(tick=lambda: progress.advance(bar)))
    caught, named = (sum(getattr(c, kind) for c in found) for kind in ("killed", "named"))
    if as_json:
        echo_json({"mutants": len(found), "killed": caught, "diagnosed": named,
                   "runs": [_mutant(c) for c in found]})  # fmt: skip
    else:
        out = Console(highlight=False)
        if not out.is_terminal:
            out = Console(highlight=False, width=_WIDE)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("against", "what is wrong", "verdict", "named"):
            table.add_column(name, overflow="fold")
        for c in found:
            table.add_row(c.rule, c.name, c.result.verdict, "yes" if c.named else "no",
                          style=None if c.killed else "red")  # fmt: skip
        out.print(table)
        share = f"{caught / len(found):.1%}"
        out.print(f"\n{caught} of {len(found)} wrong minimizers caught ({share}), {named} named")
    return 0 if caught == len(found) else 1


def _mutant(c: Caught) -> dict[str, Any]:
    return {"against": c.rule, "name": c.name, "kind": c.kind, "verdict": c.result.verdict,
            "caught": c.killed, "named": c.named, "diagnosis": c.result.diagnosis}  # fmt: skip


def run_search_mutants(names: list[str], as_json: bool) -> int:
    """Judge every change of the line searches' code; returns the exit status."""
    for name in names:
        if name not in MODULES:
            raise UnknownName("module of the line searches", name, list(MODULES))
    every = list(mutants(line_search, tuple(names) or MODULES))
    err = Console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("changed line searches", total=len(every))
        found = list(judged(every, tick=lambda: progress.advance(bar)))
    equal = [j for j in found if j.equivalent and not j.survives and not j.killed]
    wrong = [j for j in found if j.survives or j.mislabelled]
    killed, total = sum(j.killed for j in found), len(found) - len(equal)
    if as_json:
        echo_json({
            "mutants": len(found), "equivalent": len(equal), "killed": killed,
            "runs": [{"name": j.mutant.name, "killed": j.killed, "said": j.said,
                      "equivalent": j.equivalent, "differs": j.differs} for j in found],
        })  # fmt: skip
    else:
        _print_searches(found)
        for j in equal:
            _say(f"equivalent: {j.mutant.name}: {j.equivalent}")
        for j in wrong:
            _say(f"{_fault(j)}: {j.mutant.name}{f': {j.differs}' if j.differs else ''}")
        share = f"{killed / max(total, 1):.1%}"
        _say(f"\n{killed} of {total} changes that are no equivalents caught ({share}), "
                    f"{len(equal)} equivalents listed")  # fmt: skip
    return 1 if wrong else 0


def _fault(j: Judged) -> str:
    if j.mislabelled:
        return "listed as equivalent, but caught"
    return "listed as equivalent, but differs" if j.differs else "survives"


def _say(text: str) -> None:
    """A line as it is."""
    Console(highlight=False).print(text, markup=False, soft_wrap=True)


def _print_searches(found: list[Judged]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("module")
    for name in ("changes", "caught", "equivalent", "survive"):
        table.add_column(name, justify="right")
    for module in dict.fromkeys(j.mutant.module for j in found):
        rows = [j for j in found if j.mutant.module == module]
        survive = sum(j.survives or j.mislabelled for j in rows)
        killed = sum(j.killed for j in rows)
        table.add_row(module, str(len(rows)), str(killed), str(len(rows) - killed - survive),
                      str(survive), style="red" if survive else None)  # fmt: skip
    Console(highlight=False).print(table)
