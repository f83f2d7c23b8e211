"""How each framework writes a rule: its forms, what it was run against, and its arguments."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from page import escape, lines_of
from rule_arguments import EXECUTION, OTHER, arguments_of
from rule_forms import settings_text

from refmath import conventions
from refmath.conventions import Convention
from refmath.emit.equality import proved_equal, separated
from refmath.rule import Rule

__all__ = ["Form", "forms", "frameworks_section"]


@dataclass(frozen=True)
class Form:
    """One form of a rule, and who writes it.

    Attributes:
        rule: The rule with the form's options.
        writers: Conventions, each with the positions of its switches.
    """

    rule: Rule
    writers: tuple[tuple[Convention, Mapping[str, str]], ...]


def forms(rule: Rule) -> list[Form]:
    """The forms in which frameworks write a rule, at most one switch moved; canonical first."""
    found: dict[tuple[tuple[str, str], ...], tuple[Rule, list[Any]]] = {}
    for convention in conventions.ALL:
        if convention.framework == "refmath" or rule.name not in conventions.rules_of(convention):
            continue
        for place in convention.positions(1):
            form = convention.form(place)
            if form.name == rule.name:
                key = tuple(sorted(form.settings.items()))
                found.setdefault(key, (form, []))[1].append((convention, place))
    ordered = sorted(found.items(), key=lambda x: bool(x[0]))
    return [Form(form, tuple(who)) for _, (form, who) in ordered]


def frameworks_section(rule: Rule) -> str:
    """Forms with their writers, equalities, notes and arguments."""
    found = forms(rule)
    if not found:
        return ""
    rows = [f"{_name(f)}\n: {_writers(f)}" for f in found]
    return "\n\n".join(p for p in [
        "## How frameworks write it",
        "Given the same numbers, the optimizers below one form make the same steps. In **bold**: "
        "the framework was run and conforms to the form within the certified bound; the others "
        "were read in their source. All rules at once: "
        "[which framework computes what](../frameworks/optimizers.md).",
        "\n\n".join(rows),
        _equal(found), _versions(found), _notes(found), _arguments(rule),
    ] if p)


def _writers(form: Form) -> str:
    said: dict[str, list[str]] = {}
    for convention, place in form.writers:
        name = f"{convention.framework} {convention.optimizer}"
        shown = f"**{escape(name)}**" if convention.ran else escape(name)
        said.setdefault(shown, []).append(_place(convention, place))
    return ", ".join(_call(name, places) for name, places in said.items())


def _call(name: str, places: list[str]) -> str:
    moved = [p for p in places if p]
    if not moved:
        return name
    return f"{name} (" + ("also " if "" in places else "") + "; ".join(moved) + ")"


def _place(convention: Convention, place: Mapping[str, str]) -> str:
    """The arguments that lead there; empty for the defaults."""
    if not place:
        return ""
    ((switch, position),) = place.items()
    given = convention.switch(switch).choices[position].arguments
    if given:
        return ", ".join(f"`{k}={v}`" for k, v in given.items())
    argument = convention.names.get({"start": "initial_accumulator"}.get(switch, switch))
    if argument and position in ("yes", "value", "dampened"):
        return f"`{argument}` not 0"
    return f"`{switch}`: {position}"


def _equal(found: list[Form]) -> str:
    """Which of the forms take the same path in exact arithmetic."""
    out = []
    for first, second in combinations([f for f in found if _descends(f)], 2):
        if not separated(first.rule.recurrence, second.rule.recurrence):
            sure = proved_equal(first.rule.recurrence, second.rule.recurrence)
            how = "proved by normal forms" if sure else (
                "in an exact run of four steps; they differ in rounding, or where the divisor is 0"
            )
            out.append(f"{_name(first)} and {_name(second)} take the same path in exact "
                       f"arithmetic: {how}.")
    rest = "All other pairs" if out else "All pairs of these forms"
    out.append(f"{rest} differ on some input, found in exact arithmetic. Under which condition two "
               "of them agree is under Relations below.")
    return lines_of(out)


def _descends(form: Form) -> bool:
    return form.rule.setting("maximize") == "no"


def _name(form: Form) -> str:
    return settings_text(dict(form.rule.settings)) or "The algorithm above"


def _versions(found: list[Form]) -> str:
    rows: dict[str, str] = {}
    for form in found:
        for c, _ in form.writers:
            how = "run: conforms" if c.ran else "read in source"
            rows[c.label] = ": ".join(
                x for x in (f"**{escape(c.label)}** {c.version}, {how}", _defaults(c)) if x
            )
    return "### Defaults and versions\n\n" + lines_of(rows.values())


def _defaults(convention: Convention) -> str:
    """The framework's defaults, by its own names; ``betas.0`` and ``betas.1`` are one argument."""
    given: dict[str, list[str]] = {}
    for key, value in convention.defaults.items():
        if key in convention.names:
            argument, _, element = convention.names[key].partition(".")
            name = argument if element.isdigit() else convention.names[key]
            given.setdefault(name, []).append(value)
    return ", ".join(
        f"`{k}={v[0] if len(v) == 1 else '(' + ', '.join(v) + ')'}`" for k, v in given.items()
    )


def _notes(found: list[Form]) -> str:
    notes: dict[str, list[str]] = {}
    for form in found:
        for c, _ in form.writers:
            for note in c.notes:
                notes.setdefault(note, []).append(c.label)
    items = [f"{', '.join(map(escape, dict.fromkeys(who)))}: {escape(note)}"
             for note, who in notes.items()]
    return "### Worth knowing\n\n" + lines_of(items) if items else ""


def _arguments(rule: Rule) -> str:
    """What every argument of the constructors is here."""
    rows = []
    for convention in conventions.ALL:
        known = arguments_of(convention)
        if not known or rule.name not in conventions.rules_of(convention):
            continue
        rows.append(f"**{escape(convention.label)}**: {_mapped(convention, known)}")
    if not rows:
        return ""
    parts = ["### Arguments of the constructors", "What each is on this page:", lines_of(rows)]
    used = {a for c in conventions.ALL if rule.name in conventions.rules_of(c)
            for a in arguments_of(c)}
    beside = [f"`{a}`: {why}" for a, why in OTHER.items() if a in used]
    if beside:
        parts += ["Beside the formula, or more to say:", lines_of(beside)]
    idle = [f"`{a}`: {why}" for a, why in EXECUTION.items() if a in used]
    if idle:
        parts += ["Arguments that do not change the formula:", lines_of(idle)]
    parts.append("The learning rate may be another at every step: the formula uses that of step "
                 "$t$. Optax and Keras take a schedule in its place; torch takes a tensor, with "
                 "`capturable` or `fused`.")
    return "\n\n".join(parts)


def _mapped(convention: Convention, known: tuple[str, ...]) -> str:
    """The arguments that are hyperparameters or switches of the declared rules."""
    names: dict[str, list[str]] = {}
    for key, argument in convention.names.items():
        names.setdefault(argument.partition(".")[0], []).append(f"`{key}`")
    for switch in convention.switches:
        number = convention.names.get(switch.name)
        for choice in switch.choices.values():
            form = _rule(choice.rule) if choice.rule else settings_text(dict(choice.settings))
            given = [a for a in choice.arguments if a in known and a not in EXECUTION]
            for argument in given:
                names.setdefault(argument, []).append(f"where true {form}")
            if not given and number in names and form and choice.rule:
                names[number].append(f"where not 0 {form}")
    return "; ".join(f"`{a}` → {', '.join(dict.fromkeys(v))}" for a, v in names.items())


def _rule(name: str) -> str:
    return f"the rule [{name}]({name}.md)"
