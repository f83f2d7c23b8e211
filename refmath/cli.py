"""The command line: ``refmath check``, ``rule``, ``derive``, ``objective``, ``audit``.

Exit status: 0 all conform, 1 something deviates or is a variant, 2 bad usage or input, 3 a subject
itself failed.
"""

import json
import re
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from refmath import __version__
from refmath.errors import InvalidInput, RefmathError

__all__ = ["main"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _clean(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our errors into one line on standard error and exit status 2."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except RefmathError as error:
            click.echo(f"refmath: {error}", err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            click.echo("refmath: interrupted", err=True)
            sys.exit(130)

    return wrapped


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="refmath")
def main() -> None:
    """Verified reference mathematics for the optimization of deep networks."""


def _pairs(values: tuple[str, ...], option: str, example: str) -> dict[str, str]:
    out = {}
    for text in values:
        name, sign, value = text.partition("=")
        if not (name and sign and value):
            raise InvalidInput(f"expected {option} {example}, found {option} {text!r}")
        out[name] = value
    return out


@main.command(
    epilog="Example: refmath check torch.optim:Adam optax:rmsprop mymodule:make --rule adam"
)
@click.argument("targets", nargs=-1, metavar="[TARGET...]")
@click.option("--rule", help="Rule to hold targets of unknown frameworks against.")
@click.option("--objective", metavar="NAME",
              help="Objective or layer to hold a gradient, Hessian, loss or backward pass against.")
@click.option("--wrt", multiple=True, metavar="NAME",
              help="What the gradient is taken by; all parameters of the objective by default.")
@click.option("--convention", help="Ask for the form that a framework writes: torch, keras, ...")
@click.option("--vary", multiple=True, metavar="AXIS=OPTION", help="Another option on an axis.")
@click.option("--switch", multiple=True, metavar="NAME=POSITION",
              help="Hold a known framework's optimizer to one position: amsgrad=yes.")
@click.option("--fix", multiple=True, metavar="NAME=VALUE",
              help="A hyperparameter that the target cannot change: eps=1e-8.")
@click.option("--dtype", multiple=True, help="float64, float32, float16 or bfloat16.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--examples", type=click.IntRange(1), help="Cases a dtype.")
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), default=10.0,
              show_default=True, metavar="SECONDS", help="For one case.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def check(
    targets: tuple[str, ...], rule: str | None, objective: str | None, wrt: tuple[str, ...],
    convention: str | None, vary: tuple[str, ...],
    switch: tuple[str, ...], fix: tuple[str, ...], dtype: tuple[str, ...], seed: int,
    examples: int | None, time_limit: float, as_json: bool,
) -> None:
    """Hold optimizers against their update rules, or gradients against their objectives.

    A TARGET is module:name, for example torch.optim:Adam, mymodule:make or path/to/file.py:make.
    Without a target, every numeric optimizer and minimizer of refmath is checked, and SciPy's BFGS
    and L-BFGS-B. With --rule bfgs, lbfgs or newton a TARGET is minimize(fun, x0, jac, callback).
    With --objective a TARGET is a function of NumPy, PyTorch or JAX arrays: mymodule:grad
    --objective cross_entropy --wrt Z.
    """
    from refmath.cli_check import run_check

    job = {
        "rule": rule, "objective": objective, "wrt": list(wrt), "convention": convention,
        "vary": _pairs(vary, "--vary", "epsilon=outside"),
        "switches": _pairs(switch, "--switch", "amsgrad=yes") or None,
        "fixed": _pairs(fix, "--fix", "eps=1e-8"),
        "dtypes": list(dtype) or None, "seed": seed, "examples": examples, "seconds": time_limit,
    }
    sys.exit(run_check(list(targets), job, as_json))


@main.command(epilog="Example: refmath rule adam --convention torch")
@click.argument("name", required=False)
@click.option("--convention", help="The form that a framework writes: torch, keras, ...")
@click.option("--vary", multiple=True, metavar="AXIS=OPTION", help="Another option on an axis.")
@click.option("--latex", "kind", flag_value="latex", help="Print aligned LaTeX.")
@click.option("--numpy", "kind", flag_value="numpy", help="Print the NumPy kernel.")
@click.option("--json", "kind", flag_value="json", help="Print JSON.")
@_clean
def rule(name: str | None, convention: str | None, vary: tuple[str, ...], kind: str | None) -> None:
    """Show an update rule; without NAME, list them."""
    from refmath.cli_rule import list_rules, show_rule

    if name is None:
        list_rules(kind == "json")
    else:
        show_rule(name, convention, _pairs(vary, "--vary", "epsilon=outside"), kind)


@main.command(epilog="Example: refmath schedule one_cycle --convention torch")
@click.argument("name", required=False)
@click.option("--convention", help="The form that a framework writes: torch, keras, optax, ...")
@click.option("--vary", multiple=True, metavar="AXIS=OPTION", help="Another option on an axis.")
@click.option("--latex", "kind", flag_value="latex", help="Print LaTeX.")
@click.option("--numpy", "kind", flag_value="numpy", help="Print the NumPy kernel.")
@click.option("--json", "kind", flag_value="json", help="Print JSON.")
@_clean
def schedule(
    name: str | None, convention: str | None, vary: tuple[str, ...], kind: str | None
) -> None:
    """Show a learning-rate schedule; without NAME, list them."""
    from refmath.cli_schedule import list_schedules, show_schedule

    if name is None:
        list_schedules(kind == "json")
    else:
        show_schedule(name, convention, _pairs(vary, "--vary", "after=rise"), kind)


@main.command(epilog="Example: refmath frameworks torch --run")
@click.argument("names", nargs=-1, metavar="[FRAMEWORK...]")
@click.option("--schedules", "of_schedules", is_flag=True, help="Schedules instead of optimizers.")
@click.option("--run", is_flag=True, help="Hold what is installed against its forms, in float64.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def frameworks(
    names: tuple[str, ...], of_schedules: bool, run: bool, seed: int, as_json: bool
) -> None:
    """List how every framework writes its optimizers; of the frameworks named, every form."""
    from refmath.cli_frameworks import run_frameworks

    sys.exit(run_frameworks(names, of_schedules, run, seed, as_json))


class _OfExpression(click.Command):
    """A command whose argument may begin with a minus: ``-y`` is an expression, no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options: list[str] = []
        texts: list[str] = []
        waiting = list(args)
        while waiting:
            arg = waiting.pop(0)
            if arg == "--":
                texts, waiting = [*texts, *waiting], []
            elif arg == "-h" or re.match("--[a-z]", arg) or not arg.startswith("-"):
                options.append(arg)
            else:
                texts.append(arg)
        return super().parse_args(ctx, [*options, "--", *texts])


@main.command(
    cls=_OfExpression,
    epilog='Example: refmath derive "sum((X@theta - y)**2)/n + lambda*sum(theta**2)" '
    '--tensors "X[n,d] y[n] theta[d] lambda" --wrt theta --hessian',
)
@click.argument("expr")
@click.option("--tensors", required=True, metavar="DECLARATIONS",
              help='Names with their sizes: "X[n,d] y[n] in k theta[d] lambda".')
@click.option("--wrt", multiple=True, metavar="NAME", help="What to differentiate by.")
@click.option("--hessian", is_flag=True, help="Second derivatives too, by every pair of names.")
@click.option("--value", is_flag=True, help="The expression alone; with --numpy, it too.")
@click.option("--indices", is_flag=True, help="Index notation instead of matrix notation.")
@click.option("--symmetric", default="", metavar="NAMES", help="Which are symmetric matrices.")
@click.option("--latex", "kind", flag_value="latex", help="Print LaTeX.")
@click.option("--numpy", "kind", flag_value="numpy", help="Print NumPy kernels.")
@click.option("--json", "kind", flag_value="json", help="Print JSON.")
@_clean
def derive(
    expr: str, tensors: str, wrt: tuple[str, ...], hessian: bool, value: bool, indices: bool,
    symmetric: str, kind: str | None,
) -> None:
    """Differentiate an expression of vectors and matrices.

    EXPR is written as in NumPy: + - * / ** are elementwise, @ is the matrix product, x.T or x' the
    transpose. Sizes such as n are scalars. Functions: sum, mean, max, exp, log, relu, softmax,
    norm, logdet and others; where(x > y, a, b) chooses. Decimals are exact.
    """
    from refmath.cli_derive import run_derive

    run_derive(expr, tensors, wrt, hessian=hessian, value=value, indices=indices,
               symmetric=symmetric, kind=kind)


@main.command(epilog="Example: refmath objective ridge --gradient --hessian")
@click.argument("name", required=False)
@click.option("--vary", multiple=True, metavar="AXIS=OPTION", help="Another option on an axis.")
@click.option("--gradient", is_flag=True, help="Its gradients; for a layer, the backward pass.")
@click.option("--hessian", is_flag=True, help="Its second derivatives, by every pair.")
@click.option("--indices", is_flag=True, help="Index notation instead of matrix notation.")
@click.option("--latex", "kind", flag_value="latex", help="Print LaTeX.")
@click.option("--numpy", "kind", flag_value="numpy", help="Print NumPy kernels.")
@click.option("--json", "kind", flag_value="json", help="Print JSON.")
@_clean
def objective(
    name: str | None, vary: tuple[str, ...], gradient: bool, hessian: bool, indices: bool,
    kind: str | None,
) -> None:
    """Show a loss, model, test problem or layer; without NAME, list them."""
    from refmath.cli_objective import list_objectives, show_objective

    if name is None:
        list_objectives(kind == "json")
    else:
        show_objective(name, _pairs(vary, "--vary", "reduction=sum"), gradient=gradient,
                       hessian=hessian, indices=indices, kind=kind)


@main.command(epilog="Example: refmath prove proofs/momentum --json")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--no-coq", is_flag=True, help="Leave the second checker Coq out.")
@click.option("--processes", type=click.IntRange(1), default=2, show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE what --json prints.")
@click.option("--against", metavar="FILE", help="Fail where FILE, written by -o, says otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def prove(
    paths: tuple[str, ...], no_coq: bool, processes: int, output: str | None,
    against: str | None, as_json: bool,
) -> None:
    """Prove the claims in files and folders; without PATH, those that come with refmath.

    A claim file is a Python file with claim = Claim(...); it is run, so prove only files that you
    trust. Exit status 0 means: every verdict is the declared one, and every control failed.
    """
    from refmath.cli_prove import run_prove

    sys.exit(run_prove(list(paths), not no_coq, processes, as_json, output, against))


@main.group()
def audit() -> None:
    """Measure the oracle itself: does it catch every wrong form, is its bound sound and tight?"""


@audit.command(epilog="Example: refmath audit mutants adam rmsprop")
@click.argument("names", nargs=-1, metavar="[RULE...]")
@click.option("--no-diagnosis", is_flag=True, help="See that wrong forms are caught, not named.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def mutants(names: tuple[str, ...], no_diagnosis: bool, seed: int, as_json: bool) -> None:
    """Run every wrong form of the rules as a subject: is it caught, is it named?"""
    from refmath.cli_audit import run_mutants

    sys.exit(run_mutants(list(names), not no_diagnosis, seed, as_json))


@audit.command(epilog="Example: refmath audit signs adam momentum")
@click.argument("names", nargs=-1, metavar="[RULE...]")
@click.option("--claims", metavar="FOLDER", help="The claims to run; those of refmath if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def signs(names: tuple[str, ...], claims: str | None, as_json: bool) -> None:
    """Change every sign of the rules, one at a time: does a proof turn red?"""
    from refmath.cli_signs import run_signs

    sys.exit(run_signs(list(names), claims, as_json))


@audit.command(epilog="Example: refmath audit schedules cosine one_cycle")
@click.argument("names", nargs=-1, metavar="[SCHEDULE...]")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def schedules(names: tuple[str, ...], seed: int, as_json: bool) -> None:
    """Run every wrong form of the schedules as a subject: is it caught, is it named?"""
    from refmath.cli_schedule import run_schedule_audit

    sys.exit(run_schedule_audit(list(names), seed, as_json))


@audit.command(epilog="Example: refmath audit bound adam --dtype float32 --steps 100000")
@click.argument("names", nargs=-1, metavar="[RULE...]")
@click.option("--dtype", multiple=True, help="float64, float32, float16 or bfloat16; default all.")
@click.option("--steps", type=click.IntRange(1), default=100_000, show_default=True,
              help="Element-steps for each rule and dtype.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def bound(
    names: tuple[str, ...], dtype: tuple[str, ...], steps: int, seed: int, as_json: bool
) -> None:
    """Evaluate the rules in random orders of operations: does every value lie in its ball?"""
    from refmath.cli_audit import run_bound

    sys.exit(run_bound(list(names), list(dtype), steps, seed, as_json))


@audit.command(epilog="Example: refmath audit minimizers rosenbrock wood")
@click.argument("names", nargs=-1, metavar="[PROBLEM...]")
@click.option("--runs", type=click.IntRange(1), default=8, show_default=True,
              help="Runs of SciPy's with other roundings, for the bound.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def minimizers(names: tuple[str, ...], runs: int, as_json: bool) -> None:
    """Run BFGS and L-BFGS beside SciPy's on the problems of More, Garbow and Hillstrom."""
    from refmath.cli_minimizers import run_minimizers

    sys.exit(run_minimizers(list(names), runs, as_json))


@audit.command("minimizer-mutants", epilog="Example: refmath audit minimizer-mutants --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def minimizer_mutants(as_json: bool) -> None:
    """Run every wrong BFGS, L-BFGS and line search as a subject: is it caught, is it named?"""
    from refmath.cli_minimizers import run_mutants as run_wrong

    sys.exit(run_wrong(as_json))


@audit.command("linesearch-mutants", epilog="Example: refmath audit linesearch-mutants weak_wolfe")
@click.argument("names", nargs=-1, metavar="[MODULE...]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def linesearch_mutants(names: tuple[str, ...], as_json: bool) -> None:
    """Change the line searches' code, one place at a time: is every mistake caught?"""
    from refmath.cli_minimizers import run_search_mutants

    sys.exit(run_search_mutants(list(names), as_json))


def echo_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2))


# Registers its commands, which need what stands above.
from refmath import cli_training as _training  # noqa: E402, F401
