"""The figure of a rule that sliders redraw, and what stands there without a script."""

import json
from html import escape
from typing import Any

from static_picture import loss_pane, path_pane, trajectory
from sympy import Symbol, jscode

from refmath import closed_form, rules
from refmath.notation import number
from refmath.rule import Rule

__all__ = ["live_section", "rules_script"]

LIMITS = {
    "sgd": closed_form.critical_rate,
    "momentum": closed_form.critical_rate_heavy_ball,
    "nesterov": closed_form.critical_rate_nesterov,
}
"""The learning rate beyond which a rule diverges on a quadratic."""
SLIDERS: dict[str, dict[str, Any]] = {
    "lr": {"label": "learning rate", "low": 1e-3, "high": 4.0},
    "momentum": {"label": "momentum", "low": 1e-3, "high": 1.0, "complement": True},
    "beta1": {"label": "beta1", "low": 1e-3, "high": 1.0, "complement": True},
    "beta2": {"label": "beta2", "low": 1e-4, "high": 1.0, "complement": True},
    "rho": {"label": "rho", "low": 1e-3, "high": 1.0, "complement": True},
    "weight_decay": {"label": "weight decay", "low": 1e-4, "high": 1.0},
    "kappa": {"label": "conditioning", "low": 1.0, "high": 100.0},
}
STARTS = {"sgd": 0.15, "momentum": 0.06, "nesterov": 0.06, "adagrad": 0.5, "adadelta": 1.0}
"""Learning rates that the sliders start at; 0.1 for the others."""


def live_section(rule: Rule) -> str:
    """The figure as HTML; its first picture is drawn here."""
    specs = []
    for key in (k for k in SLIDERS if k in rule.hyper or k == "kappa"):
        start = {"lr": STARTS.get(rule.name, 0.1), "kappa": 10.0}.get(key)
        if start is None:
            start = float(number(rule.default(key)))
        specs.append({"key": key, **SLIDERS[key], "start": start})
    hyper = {s["key"]: float(s["start"]) for s in specs}
    kappa = hyper.pop("kappa")
    points = trajectory(rule, hyper, kappa)
    path, loss = path_pane(points, kappa), loss_pane(points, kappa)
    sliders = escape(json.dumps(specs), quote=True)
    limit = '<p class="limit-text"></p>' if rule.name in LIMITS else ""
    title = escape(rule.title)
    return f"""## Try it

```{{raw}} html
<figure class="live" data-rule="{rule.name}" data-sliders="{sliders}">
<div class="panes">
<svg viewBox="0 0 320 220" role="img" aria-label="path of {title} on level sets">{path}</svg>
<svg viewBox="0 0 220 220" role="img" aria-label="loss by step">{loss}</svg>
</div>
<div class="controls"></div>
{limit}
<p class="result" role="status"></p>
<figcaption>120 steps of {title} on (x² + κ y²)/2, in the arithmetic emitted from the declaration;
left the path on level sets, right the loss. The start can be dragged, or moved with the arrow
keys.</figcaption>
</figure>
```"""


def _limit(name: str) -> str:
    expr = LIMITS[name].results["lr"]
    names = {"lambda_max": "kappa", "momentum": "h.momentum"}
    return str(jscode(expr.xreplace({s: Symbol(names[s.name]) for s in expr.free_symbols})))


def rules_script(name: str) -> str:
    """The rule of a page as a script."""
    source = rules.get(name).javascript()
    if name in LIMITS:
        source = f"{{...{source}, limit: (h, kappa) => {_limit(name)}}}"
    return f"const RULES = {{{name}: {source}}};"
