"""The pages of second-order methods, quasi-Newton updates and line searches, in Markdown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims import about
from example import example
from page import code, contents, escape, join, lines_of, math, table
from signature import arguments, section, summary

from refmath import newton_step, objectives
from refmath.closed_form import line_search
from refmath.optimizers import BFGS, LBFGS, Newton
from refmath.optimizers.minimize import line_search as searches
from refmath.oracle.minimizer.variants import others
from refmath.quasi_newton import UPDATES, Formula, product_form, scaling, two_loops

__all__ = ["METHODS", "SEARCHES", "method_pages"]


@dataclass(frozen=True)
class Method:
    """A method: its class, what ``refmath check --rule`` calls it, and what SciPy does."""

    title: str
    sentence: str
    minimizer: type[Any] | None
    rule: str
    formulas: tuple[Formula, ...]
    scipy: str = ""


_ALIGNED = "\\begin{aligned}\n& "
_LEFT = {
    "bfgs": r"H_{+} =", "dfp": r"H_{+} =", "bfgs_direct": r"B_{+} =", "dfp_direct": r"B_{+} =",
    "scaling": r"\gamma =", "two_loops": "H g =", "product_form": "H g =",
}
_OF = {f.name: f for f in UPDATES}
METHODS = {
    "newton": Method(
        "Newton's method", "The step to the stationary point of the local quadratic model.",
        Newton, "newton", (),
        "SciPy's Newton-CG, trust-ncg and trust-exact are other methods: they solve for the "
        "step inexactly, or within a region, so that there are no iterates to be the same as.",
    ),
    "bfgs": Method(
        "BFGS", "The inverse Hessian is learned from how the gradient changes along each step.",
        BFGS, "bfgs", (_OF["bfgs"], _OF["bfgs_direct"]),
        "This BFGS visits the iterates of SciPy's, to the last bit up to 32 unknowns, on "
        "functions that are finite wherever they are computed.",
    ),
    "lbfgs": Method(
        "L-BFGS", "BFGS that keeps the last few pairs instead of a matrix.",
        LBFGS, "lbfgs", (scaling(), two_loops(1), product_form(1)),
        "This L-BFGS visits the iterates of SciPy's L-BFGS-B, until rounding separates the two.",
    ),
    "dfp": Method(
        "DFP", "The update that is dual to BFGS: the step and the change of the gradient change "
        "places, and so do the Hessian and its inverse.", None, "bfgs",
        (_OF["dfp"], _OF["dfp_direct"]),
        "SciPy has no DFP.",
    ),
}
_KEPT = {"bfgs": "bfgs bfgs_direct", "lbfgs": "scaling two_loops product_form",
         "dfp": "dfp dfp_direct", "newton": ""}
_DECREASE = r"\varphi(a) \le \varphi(0) + c_1 \, a \, \varphi'(0)"
SEARCHES = {
    "armijo": ("Armijo's backtracking", "Halves the step until the function has decreased "
               "sufficiently.", _DECREASE),
    "weak_wolfe": ("Weak Wolfe conditions by bisection", "A step that decreases sufficiently and "
                   "is not too short; it needs no smoothness.",
                   _DECREASE + r", \qquad \varphi'(a) \ge c_2 \, \varphi'(0)"),
    "strong_wolfe": ("Strong Wolfe conditions by bracketing and zooming",
                     "A step that decreases sufficiently, where the slope is small.",
                     _DECREASE + r", \qquad |\varphi'(a)| \le c_2 \, |\varphi'(0)|"),
    "more_thuente": ("Strong Wolfe conditions by Moré and Thuente",
                     "The same, by interpolation in the order of MINPACK-2.",
                     _DECREASE + r", \qquad |\varphi'(a)| \le c_2 \, |\varphi'(0)|"),
    "exact": ("Exact line search on a quadratic", "The minimum along a direction, from one product "
              "with the Hessian.", ""),
}
"""By the name of the function a title, a sentence and the condition that the step satisfies."""
_TRIALS = """from refmath.optimizers.minimize.line_search import {name}

found = {name}({arguments})
print(found.step, found.evaluations, found.reason)
"""


def method_page(name: str) -> str:
    """What is known of a method."""
    method = METHODS[name]
    return join([
        f"# {method.title}", method.sentence, _formulas(method), _newton(name),
        _properties(method), _minimizer(method), _scipy(name, method), _confused(method),
        _check(method), _code(method),
        about("closed_forms", "newton_step") if name == "newton"
        else about("updates", *_KEPT[name].split()),
    ])


def _formulas(method: Method) -> str:
    if not method.formulas:
        return ""
    parts = ["## Formulas", "Printed from the declarations."]
    for formula in method.formulas:
        rows = [[f"${as_symbol(k)}$", escape(v)] for k, v in formula.doc.items()]
        parts += [
            f"### {_titled(formula)}", math(_equation(formula)),
            f"Defined where {escape(formula.condition)}. Source: {escape(formula.source)}.",
            table(["symbol", "meaning"], rows),
        ]
    return join(parts).strip()


def _inside(shown: str) -> str:
    """What stands before an aligned block, moved into its first line."""
    left, sign, rest = shown.partition(_ALIGNED)
    return f"{sign}{left}{rest}" if sign else shown


def _titled(formula: Formula) -> str:
    title = formula.title.replace("1 pairs", "one pair")
    return title[0].upper() + title[1:]


def _equation(formula: Formula) -> str:
    """A formula with what it is on its left."""
    left, shown = _LEFT[formula.name], formula.latex()
    start = _ALIGNED if shown.startswith(_ALIGNED) else ""
    return f"{start}{left} {shown.removeprefix(start)}"


def as_symbol(name: str) -> str:
    """A variable of a declaration in LaTeX: ``s_{1}``."""
    return name if len(name) == 1 else f"{name[0]}_{{{name[1:]}}}"


def _newton(name: str) -> str:
    if name != "newton":
        return ""
    linear, logistic = objectives.get("least_squares"), objectives.get("logistic_regression")
    step = newton_step(linear)
    return join([
        "## Formula", "With the gradient $g$ and the Hessian $H$ at $\\theta$ the step $p$ solves",
        math(r"H p = -g, \qquad \theta \leftarrow \theta + p"),
        f"It holds where {escape(step.condition)}. It is derived from an objective's declaration; "
        "for {doc}`least squares <../objectives/least_squares>`, where one step is enough:",
        math(_inside(step.latex())),
        "and for {doc}`logistic regression <../objectives/logistic_regression>`, where it is "
        "iteratively reweighted least squares:",
        math(_inside(newton_step(logistic).latex())),
        "For other objectives: `refmath.newton_step(objective, theta)`.",
    ]).strip()


_LAWS = {
    "secant": "the secant equation: the new matrix takes $y$ to $s$ (its inverse, $s$ to $y$)",
    "symmetry": "symmetry",
}


def _properties(method: Method) -> str:
    laws = dict.fromkeys(law for f in method.formulas for law in f.laws)
    if not laws:
        return ""
    items = [_LAWS[law] for law in laws]
    items.append("positive definiteness, where the curvature $s^\\top y$ is positive")
    return join([
        "## Properties it keeps", lines_of(items),
        "Tests hold each exactly, in rational arithmetic, and see it fail on slips of the formula.",
    ]).strip()


def _minimizer(method: Method) -> str:
    if method.minimizer is None:
        return ""
    cls = method.minimizer
    return join([
        f"## `refmath.optimizers.{cls.__name__}`", summary(cls), arguments(cls),
        f"Source: {escape(section(cls, 'Source')).rstrip('.')}.",
    ]).strip()


_WITH = {"newton": ("", ", hess=rosen_hess"), "bfgs": ("BFGS", ""), "lbfgs": ("L-BFGS-B", "")}


def _scipy(name: str, method: Method) -> str:
    if method.minimizer is None:
        return join(["## With SciPy", method.scipy]).strip()
    theirs, more = _WITH[name]
    needed = ", rosen_hess" if more else ""
    lines = [
        f"from scipy.optimize import minimize, rosen, rosen_der{needed}",
        "",
        f"from refmath.optimizers import {method.minimizer.__name__}",
        "",
        f"start, method = [-1.2, 1.0], {method.minimizer.__name__}()",
        *(["ours = []"] if theirs else []),
        f"found = minimize(rosen, start, jac=rosen_der{more}, method=method"
        + (",\n                 callback=lambda x: ours.append(x.copy()))" if theirs else ")"),
        "print(found.message, found.x)",
    ]
    if theirs:
        lines += [
            "theirs = []",
            f'minimize(rosen, start, jac=rosen_der, method="{theirs}",',
            "         callback=lambda x: theirs.append(x.copy()))",
            "apart = [abs(a - b).max() for a, b in zip(ours, theirs)]",
            "print(len(ours), len(theirs), max(apart), apart.count(0.0))",
        ]
        said = (
            "The last line has the iterations of both, the largest distance between iterates of "
            "the same number, and how many are the same to the last bit. "
            "`refmath audit minimizers` does this on the problems of Moré, Garbow and Hillstrom. "
            "What SciPy does otherwise where it goes wrong is in {doc}`../findings`."
        )
    else:
        said = ""
    return join(["## With SciPy", method.scipy, example("\n".join(lines)), said]).strip()


def _confused(method: Method) -> str:
    forms = others(method.rule, 10)
    if method.minimizer is None:
        return ""
    wrong = dict.fromkeys(escape(f.text) for f in forms if not f.real)
    real = dict.fromkeys(
        escape(f.text) for f in forms if f.real and not f.text.startswith("L-BFGS with a memory")
    )
    parts = ["## What it is confused with", "Each of these is seen by `refmath check`, and named:",
             lines_of(wrong)]
    if real:
        parts += ["These are in real use, and are named as what they are:", lines_of(real)]
    return join(parts).strip()


def _check(method: Method) -> str:
    if method.minimizer is None:
        return (
            "## Check yours\n\n`refmath check my_minimizer:minimize --rule bfgs` says of a DFP "
            "that it is one."
        )
    more = "hess, " if method.rule == "newton" else ""
    text = f"""def minimize(fun, x0, jac, {more}callback):
    ...  # callback(x) after every iteration
    return x"""
    return join([
        "## Check yours", code("python", text),
        f"`refmath check my_minimizer:minimize --rule {method.rule}` runs it on test problems, "
        "and holds every direction against the certified enclosure of the one that follows from "
        "the points and gradients that it visited itself.",
    ]).strip()


def _code(method: Method) -> str:
    updates = [f for f in method.formulas if f.name in ("bfgs", "dfp", "two_loops")]
    if not updates:
        return ""
    return join([
        "## As code", "Generated from the declaration, and held against it.",
        *(code("python", f.kernel().source) for f in updates),
    ]).strip()


def search_page(name: str) -> str:
    """What is known of a line search."""
    title, sentence, condition = SEARCHES[name]
    function: Callable[..., Any] = getattr(searches, name)
    if name == "exact":
        formula = _inside(line_search(objectives.get("least_squares")).latex())
        formula = formula.replace(r"\alpha", "a")
        general = math(r"a = -\frac{g^\top d}{d^\top H d}")
        lead = (
            f"With the gradient $g$, the Hessian $H$ and a direction $d$ it is\n\n{general}\n\n"
            "From the declaration of {doc}`least squares <../objectives/least_squares>` it "
            "follows for the direction of steepest descent:"
        )
    else:
        formula = condition
        lead = "Along the direction the objective is $\\varphi(a)$; the step $a$ satisfies"
    return join([
        f"# {title}", sentence, "## Condition", lead, math(formula),
        f"## `refmath.optimizers.minimize.line_search.{name}`", summary(function),
        arguments(function), _trial(name),
        f"Source: {escape(section(function, 'Source')).rstrip('.')}.",
        about("closed_forms", "line_search") if name == "exact" else "",
    ])


def _trial(name: str) -> str:
    if name == "exact":
        given = "2.0, np.array([2.0, 2.0]), np.array([-2.0, -2.0]), lambda v: np.array([1, 3]) * v"
        return example("import numpy as np\n\n" + _TRIALS.format(name=name, arguments=given))
    slopes = "" if name == "armijo" else "lambda a: 4 * a**3 - 6, "
    start = f"lambda a: a**4 - 6 * a, {slopes}0.0, -6.0, step=4.0"
    return example(_TRIALS.format(name=name, arguments=start))


def method_pages() -> dict[str, str]:
    """All pages by path."""
    made = {f"methods/{name}.md": method_page(name) for name in METHODS}
    made |= {f"methods/{name}.md": search_page(name) for name in SEARCHES}
    rows = [[f"[{m.title}]({name}.md)", m.sentence] for name, m in METHODS.items()]
    lines = [
        [f"[{title}]({name}.md)", sentence] for name, (title, sentence, _) in SEARCHES.items()
    ]
    made["methods/index.md"] = join([
        "# Second-order methods and line searches",
        "Minimizers that plug into `scipy.optimize.minimize(fun, x0, jac=jac, method=BFGS())`, and "
        "the formulas they follow.",
        "## Methods", table(["method", "what it does"], rows),
        "## Line searches", table(["line search", "what it finds"], lines),
        contents([*METHODS, *SEARCHES]),
    ])
    return made
