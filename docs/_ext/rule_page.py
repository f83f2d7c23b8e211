"""The page of an update rule, in Markdown."""

import json
from collections.abc import Iterator
from html import escape

from static_picture import loss_pane, path_pane, trajectory
from sympy import Symbol, jscode, latex

from refmath import closed_form, conventions, rules
from refmath.conventions import Convention
from refmath.emit.text import decimal
from refmath.notation import number
from refmath.rule import Rule

LIMITS = {
    "sgd": closed_form.critical_rate,
    "momentum": closed_form.critical_rate_heavy_ball,
    "nesterov": closed_form.critical_rate_nesterov,
}
"""The learning rate beyond which a rule diverges on a quadratic."""
SLIDERS = {
    "lr": {"label": "learning rate", "low": 1e-3, "high": 4.0},
    "momentum": {"label": "momentum", "low": 1e-3, "high": 1.0, "complement": True},
    "beta1": {"label": "beta1", "low": 1e-3, "high": 1.0, "complement": True},
    "beta2": {"label": "beta2", "low": 1e-4, "high": 1.0, "complement": True},
    "rho": {"label": "rho", "low": 1e-3, "high": 1.0, "complement": True},
    "kappa": {"label": "conditioning", "low": 1.0, "high": 100.0},
}
STARTS = {"sgd": 0.15, "momentum": 0.06, "nesterov": 0.06, "adagrad": 0.5, "adadelta": 1.0}


def rule_page(rule: Rule) -> str:
    """Everything that is known of a rule, from its declaration."""
    parts = [
        f"# {rule.title}", f"{rule.source}.",
        "```{math}\n" + rule.latex() + "\n```",
        _symbols(rule), _live(rule), _axes(rule), _frameworks(rule), _confused(rule), _check(rule),
        _code(rule),
    ]
    return "\n\n".join(p for p in parts if p) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(r) + " |" for r in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines)


def _symbol(name: str) -> str:
    return f"${latex(Symbol(name))}$"


def _symbols(rule: Rule) -> str:
    rows = []
    for key, h in rule.hyper.items():
        value = rule.default(key)
        shown = "none" if value is None else f"`{decimal(number(value))}`"
        rows.append([_symbol(h.name), f"`{key}`", shown, f"`{h.domain}`", h.doc])
    for q in rule.recurrence.states:
        start = "given" if q.start is None else f"starts at ${latex(q.start)}$"
        rows.append([_symbol(q.name), "state", start, "", q.doc])
    return "## Symbols\n\n" + _table(["symbol", "name", "default", "domain", "meaning"], rows)


def _axes(rule: Rule) -> str:
    rows = []
    for axis in rule.axes:
        chosen = rule.setting(axis.name)
        options = ", ".join(f"**{o}**" if o == chosen else o for o in axis.options)
        rows.append([f"`{axis.name}`", options, axis.doc])
    head = ["axis", "options, the one above in bold", "what it decides"]
    return "## Where implementations differ\n\n" + _table(head, rows)


def _forms(rule: Rule) -> Iterator[tuple[Convention, dict[str, str]]]:
    for convention in conventions.ALL:
        if convention.framework == "refmath" or rule.name not in conventions.rules_of(convention):
            continue
        places = [p for p in convention.positions(1) if convention.form(p).name == rule.name]
        yield convention, places[0]


def _frameworks(rule: Rule) -> str:
    rows = []
    for convention, place in _forms(rule):
        form = convention.form(place)
        differs = ", ".join(f"`{k}={v}`" for k, v in form.settings.items()) or "as above"
        given = ", ".join(
            f"`{convention.names[k]}={v}`" for k, v in convention.defaults.items()
            if k in convention.names and k in form.hyper
        )
        how = "run" if convention.ran else "read"
        rows.append([convention.label, differs, given, f"{convention.version}, {how}"])
    if not rows:
        return ""
    text = (
        "Each form below is this rule with other options on its axes. *Run*: the installed "
        "framework conforms to the form within the certified bound; *read*: taken from its source."
    )
    head = ["framework", "differs by", "defaults", "version"]
    return "## How frameworks write it\n\n" + text + "\n\n" + _table(head, rows)


def _confused(rule: Rule) -> str:
    items = [f"- {w.doc}" for w in rule.wrong]
    if not items:
        return ""
    lead = "Each of these is seen by `refmath check`, and named:"
    return "## What it is confused with\n\n" + lead + "\n\n" + "\n".join(items)


def _check(rule: Rule) -> str:
    return f"""## Check yours

```python
from my_optimizer import make  # make(params, hyper) -> step, step(grads, lr) -> params


def test_mine(assert_conforms):
    assert_conforms(make, rule="{rule.name}")
```

or `refmath check my_optimizer:make --rule {rule.name}`."""


def _code(rule: Rule) -> str:
    return (
        "## As code\n\nGenerated from the declaration, and held against it.\n\n"
        f"```python\n{rule.kernel().source.strip()}\n```\n\n"
        f"```javascript\n{rule.javascript()}\n```"
    )


def _live(rule: Rule) -> str:
    keys = [k for k in SLIDERS if k in rule.hyper or k == "kappa"]
    specs = []
    for key in keys:
        default = STARTS.get(rule.name, 0.1) if key == "lr" else 10.0
        if key not in ("lr", "kappa"):
            default = float(number(rule.default(key) or "0.9"))
        specs.append({"key": key, **SLIDERS[key], "start": default})
    hyper = {s["key"]: float(s["start"]) for s in specs}
    kappa = hyper.pop("kappa")
    points = trajectory(rule, hyper, kappa)
    path, loss = path_pane(points, kappa), loss_pane(points, kappa)
    sliders = escape(json.dumps(specs), quote=True)
    limit = '<p class="limit-text"></p>' if rule.name in LIMITS else ""
    return f"""## Try it

```{{raw}} html
<figure class="live" data-rule="{rule.name}" data-sliders="{sliders}">
<div class="panes">
<svg viewBox="0 0 320 220" role="img" aria-label="trajectory on contours">{path}</svg>
<svg viewBox="0 0 220 220" role="img" aria-label="loss by step">{loss}</svg>
</div>
<div class="controls"></div>
{limit}
<figcaption>120 steps of {escape(rule.title)} on (x² + κ y²)/2 from (-1.6, 1), in the
arithmetic emitted from the declaration; left the path on level sets, right the loss.</figcaption>
</figure>
```"""


def _limit(name: str) -> str:
    expr = LIMITS[name].results["lr"]
    names = {"lambda_max": "kappa", "momentum": "h.momentum"}
    return str(jscode(expr.xreplace({s: Symbol(names[s.name]) for s in expr.free_symbols})))


def rules_index() -> str:
    """The list of rules."""
    rows = [[f"[{r.title}]({name}.md)", f"`{name}`", r.source] for name, r in rules.ALL.items()]
    names = "\n".join(rules.ALL)
    return (
        "# Update rules\n\n" + _table(["rule", "name", "source"], rows)
        + f"\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )


def rules_script(name: str) -> str:
    """The rule of a page as a script."""
    source = rules.get(name).javascript()
    if name in LIMITS:
        source = f"{{...{source}, limit: (h, kappa) => {_limit(name)}}}"
    return f"const RULES = {{{name}: {source}}};"
