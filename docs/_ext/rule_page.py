"""The page of an update rule, in Markdown: everything that is known of it, from its declaration."""

import re

from page import escape, join, math, table
from rule_bugs import confused_section
from rule_claims import claims_section
from rule_edges import edges_section
from rule_forms import axes_section
from rule_frameworks import frameworks_section
from rule_live import live_section, rules_script
from rule_numerics import numerics_section
from rule_pictures import response_section, rosenbrock_section
from rule_use import use_section
from sympy import Symbol, latex

from refmath import rules
from refmath.emit.text import decimal
from refmath.notation import number
from refmath.rule import Rule

__all__ = ["rule_page", "rules_index", "rules_script"]


def rule_page(rule: Rule) -> str:
    """A page from formula to proof, what is needed first first."""
    return join([
        f"# {rule.title}", rule.summary, math(rule.latex()), _source(rule),
        _symbols(rule), live_section(rule), response_section(rule), rosenbrock_section(rule),
        edges_section(rule), axes_section(rule), frameworks_section(rule), confused_section(rule),
        claims_section(rule), numerics_section(rule), use_section(rule), _check(rule),
        _code(rule),
    ])


def _source(rule: Rule) -> str:
    linked = re.sub(r"arXiv:([\d.]+(?:v\d+)?)", r"[\g<0>](https://arxiv.org/abs/\1)", rule.source)
    return f"Source: {linked}."


def _symbol(name: str) -> str:
    return f"${latex(Symbol(name))}$"


def _symbols(rule: Rule) -> str:
    rows = [["$t$", "", "counts the steps of this tensor", "1, 2, ...", "", "step"]]
    rec = rule.recurrence
    rows.append([f"${rec.gradient.name}_t$", "", "of the objective", "given", "", "gradient"])
    for q in rec.states:
        start = "given" if q.start is None else f"starts at ${latex(q.start)}$"
        rows.append([_symbol(q.name), f"`{q.name}`", escape(q.doc), start, "", "state"])
    for key, h in rule.hyper.items():
        value = rule.default(key)
        shown = "none" if value is None else f"`{decimal(number(value)).replace('e-0', 'e-')}`"
        rows.append([_symbol(h.name), f"`{key}`", escape(h.doc), shown, f"`{h.domain}`", "number"])
    for step in rec.steps:
        if step.target.base.role == "temp":
            q = step.target.base
            rows.append([_symbol(q.name), "", escape(q.doc), "", "", "within a step"])
    head = ["symbol", "name", "meaning", "default or start", "domain", "role"]
    return "## Symbols\n\n" + table(head, rows)


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


def rules_index() -> str:
    """The list of rules, with what each does."""
    rows = [[f"[{r.title}]({name}.md)", f"`{name}`", r.summary] for name, r in rules.ALL.items()]
    names = "\n".join(rules.ALL)
    return (
        "# Update rules\n\n" + table(["rule", "name", "what it does"], rows)
        + f"\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )
