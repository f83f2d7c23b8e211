"""Diagnosis: which form, or which slip, explains every answer that was seen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refmath.emit.tensor.enclosure import Bounds, Model
from refmath.errors import RefmathError
from refmath.formats import FORMATS
from refmath.oracle.gradient.conditions import Condition, Evidence, conditions
from refmath.oracle.gradient.edits import Edit, edits
from refmath.oracle.gradient.judge import bounds_of, held
from refmath.oracle.gradient.question import Question
from refmath.oracle.gradient.rates import slips, stale
from refmath.oracle.gradient.scales import Scales, ratio
from refmath.tensor.algebra import dot
from refmath.tensor.node import Tensor

__all__ = ["Diagnosis", "explain"]

_TYPICAL = 2e-3
"""What is computed in a format uses more of that format's bounds than this, at its worst."""
_SHARP = 1e-2
_FEW = 12


@dataclass
class Diagnosis:
    """What a function behaves like.

    Attributes:
        texts: For people, best first.
        switch: How to ask for the form it has; empty unless it is one in real use.
        needs: What must hold for the deviation to show.
    """

    texts: list[str] = field(default_factory=list)
    switch: str = ""
    needs: list[str] = field(default_factory=list)


def explain(
    question: Question, evidence: Sequence[Evidence], dtype: str,
    tick: Callable[[], None] = lambda: None,
) -> Diagnosis:
    """Explain runs, of which some deviate.

    Args:
        question: What was asked.
        evidence: Runs, the simplest that deviates first.
        dtype: The format.
        tick: Called after each hypothesis.
    """
    found = conditions(question.source, evidence)
    out = Diagnosis(needs=[c.text for c in found])
    if any(e.answer[k].shape != e.bounds[k].shape for e in evidence for k in e.bad):
        out.needs = []
    whole = _Explainer(question, list(evidence), dtype, tick)
    form = whole.form()
    if form is not None:
        out.texts, out.switch = [form[0]], form[1]
        return out
    out.texts = whole.narrower() or whole.wrong()
    for condition in found if not out.texts else ():
        among = [e for e in evidence if condition.holds(e)]
        part = _Explainer(question, among, dtype, tick, condition)
        out.texts = part.wrong()
        if out.texts:
            return out
    out.texts = out.texts or whole.lost(found)
    return out


class _Explainer:
    def __init__(
        self, question: Question, evidence: list[Evidence], dtype: str,
        tick: Callable[[], None], condition: Condition | None = None,
    ) -> None:
        self.question, self.evidence, self.dtype, self.tick = question, evidence, dtype, tick
        self.where = f" where {condition.text}" if condition else ""
        self.model = question.model(dtype)
        self.expr = question.asked.form.expr
        self.right = question.reference(self.expr)
        self.bad = [k for k in question.outputs if any(k in e.bad for e in evidence)]
        self.scales = Scales(question, [e.case for e in evidence])
        self.worst = 0.0

    # --- whole forms ----------------------------------------------------------------------------

    def form(self) -> tuple[str, str] | None:
        """The form in real use that explains everything: its text, and how to ask for it."""
        for form in self.question.forms():
            model = Model.of(self.dtype).asking(form.kink, form.ties)
            try:
                outputs = self.question.reference(form.expr)
            except RefmathError:
                continue
            if self.explains(outputs, model):
                return form.text, form.switch
        return None

    def narrower(self) -> list[str]:
        """A narrower format that explains everything."""
        order = [f for f in ("float32", "bfloat16", "float16") if FORMATS[f].unit > self.model.unit]
        for name in order:
            model = Model.of(name).asking(self.model.kink, self.model.ties)
            telling = self._is_held(name) or self._is_sharp(model)
            if telling and self.explains(self.right, model) and self.worst > _TYPICAL:
                return [f"{self.title}, computed in {name}"]
        return []

    def _is_held(self, dtype: str) -> bool:
        """Whether a format holds all answers."""
        fmt = FORMATS[dtype]
        answers = [a for e in self.evidence for a in e.answer.values()]
        return all(np.array_equal(fmt.round(a), a, equal_nan=True) for a in answers)

    def _is_sharp(self, model: Model) -> bool:
        """Whether bounds are so narrow, for most entries, that they tell anything."""
        found: list[float] = []
        for e in self.evidence[:_FEW]:
            for bound in (self._bounds(self.right, e, model) or {}).values():
                sizes = np.array([abs(float(v.mid())) for v in bound.value.reshape(-1)])
                used = sizes > 0
                with np.errstate(all="ignore"):
                    found += (bound.radius.reshape(-1)[used] / sizes[used]).tolist()
        return bool(found) and float(np.median(found)) < _SHARP

    @property
    def title(self) -> str:
        """What is asked for, for people."""
        record = self.question.asked.record
        return record.title if record else "the expression"

    # --- single slips ---------------------------------------------------------------------------

    def wrong(self) -> list[str]:
        """What explains the outputs that deviate: one slip in all of them, or one in each."""
        joint = next(self._joint(), None)
        if joint:
            return [self._sentence(self.bad, joint)]
        said: dict[str, str] = {}
        for name in self.bad:
            said[name] = next(self._single(name), "")
        if not all(said.values()):
            return []
        texts = dict.fromkeys(said.values())
        return [self._sentence([n for n in said if said[n] == t], t) for t in texts]

    def _sentence(self, names: list[str], text: str) -> str:
        derivatives = [n for n in names if n != "value"]
        kind = "Hessian" if self.question.order == 2 else "gradient"
        several = len(self.question.asked.wrt) > 1
        parts = ["the value"] if "value" in names else []
        if derivatives:
            parts.append(f"the {kind}" + (f" by {', '.join(derivatives)}" if several else ""))
        return f"{self.title}, but{self.where} {' and '.join(parts)} {text}"

    def _joint(self) -> Iterator[str]:
        """Slips of the backward pass as a whole."""
        names = [n for n in self.bad if n != "value"]
        if not names or "value" in self.bad or self._is_scaled(names):
            return
        for make in (slips, stale):
            for text, outputs in make(self.question, self.expr):
                if self.explains({n: outputs[n] for n in names}, self.model):
                    yield text

    def _is_scaled(self, names: Sequence[str]) -> bool:
        """Whether a factor may be all that is wrong; that is simpler, and tried first."""
        return any(True for n in names for _ in self._scaled(n, Edit("", self.right[n])))

    def _single(self, name: str) -> Iterator[str]:
        """What explains one output, simplest first."""
        right = self.right[name]
        yield from self._other_shape(name)
        yield from self._scaled(name, Edit("", right))
        if self._vanishes(name):
            yield "is 0"
        tried: list[Edit] = []
        for edit in self._edits(name):
            if self.explains({name: edit.expr}, self.model):
                yield edit.text
            tried.append(edit)
        for edit in tried:
            yield from self._scaled(name, edit)

    def _edits(self, name: str) -> Iterator[Edit]:
        yield from edits(self.right[name], self.scales.sizes)
        if name == "value":
            top = self.question.asked.scalar(self.expr)
            for other in self.question.asked.wrt:
                slope = self.question.derivative(top, other)
                if self.question.order == 1:
                    for factor, text in ((1, "the sum"), (2, "half the sum")):
                        square = dot(slope, slope) / factor
                        yield Edit(f"is {text} of the squares of the gradient by {other}", square)

    def _scaled(self, name: str, edit: Edit) -> Iterator[str]:
        """A slip, and a factor besides."""
        ratios = []
        for e in self.evidence:
            bounds = self._bounds({name: edit.expr}, e, self.model)
            found = ratio(bounds[name], e.answer[name]) if bounds else float("nan")
            ratios.append(found)
            if found is not None and np.isnan(found):
                return
        for scale in self.scales.fitting(edit.expr, ratios):
            if self.explains({name: scale.times(edit.expr)}, self.model):
                yield f"{edit.text} and {scale.text}" if edit.text else scale.text

    def _other_shape(self, name: str) -> Iterator[str]:
        """The right numbers in another shape."""
        shapes = [(e.answer[name].shape, e.bounds[name].shape) for e in self.evidence]
        if any(np.prod(a) != np.prod(b) for a, b in shapes) or all(a == b for a, b in shapes):
            return
        if all(self._fits(e.bounds[name], e.answer[name].reshape(b))
               for e, (_, b) in zip(self.evidence, shapes, strict=True)):
            first = next((a, b) for a, b in shapes if a != b)
            yield f"has the right numbers in the shape {first[0]} instead of {first[1]}"

    def _vanishes(self, name: str) -> bool:
        return all(not e.answer[name].any() for e in self.evidence)

    def lost(self, found: Sequence[Condition]) -> list[str]:
        """Entries that are not finite, or lost to underflow, where nothing else explains them."""
        wrong: list[float] = []
        for e in self.evidence:
            for name in e.bad:
                given = e.answer[name]
                if given.shape != e.bounds[name].shape:
                    return []
                wrong += given[held(e.bounds[name], given, self.dtype).bad].tolist()
        finite = [x for x in wrong if np.isfinite(x)]
        if any(finite) or len(finite) == len(wrong):
            return []
        texts = [c.text for c in found]
        where = f" where {texts[0]}" if texts else ""
        large = any("above" in t for t in texts)
        said = "is not finite" + (
            ": an exponential overflows; a maximum has to be taken out before it" if large else ""
        )
        self.where = next((f" for {t}" for t in texts if "above" in t), where)
        return [self._sentence(self.bad, said)]

    # --- evidence -------------------------------------------------------------------------------

    def explains(self, outputs: dict[str, Tensor], model: Model) -> bool:
        """Whether all answers lie in the bounds of these expressions."""
        self.tick()
        counted, self.worst = 0, 0.0
        for e in self.evidence:
            bounds = self._bounds(outputs, e, model)
            if bounds is None:
                return False
            for name, bound in bounds.items():
                given = e.answer[name]
                if given.shape != bound.shape:
                    return False
                inside = held(bound, given, self.dtype)
                if inside.bad.any():
                    return False
                counted += int((~np.isnan(inside.use)).sum())
                self.worst = max(self.worst, float(np.nanmax(inside.use, initial=0.0)))
        return counted > 0

    def _fits(self, bound: Bounds, given: Any) -> bool:
        return not held(bound, given, self.dtype).bad.any()

    def _bounds(
        self, outputs: dict[str, Tensor], e: Evidence, model: Model
    ) -> dict[str, Bounds] | None:
        try:
            return bounds_of(outputs, e.case, model)
        except RefmathError:
            return None
