"""Runs emitted JavaScript in Node, as a subject of the oracle."""

import json
import subprocess
from typing import Any

import numpy as np

from refmath.rule import Rule

_PROGRAM = """
const rules = {};
const read = require("readline").createInterface({input: process.stdin});
const texts = ["call", "source"];
const received = (key, x) => (typeof x === "string" && !texts.includes(key) ? Number(x) : x);
const sent = (key, x) => {
  if (typeof x !== "number" || (Number.isFinite(x) && !Object.is(x, -0))) return x;
  return Object.is(x, -0) ? "-0" : String(x);
};
read.on("line", (line) => {
  const q = JSON.parse(line, received);
  let answer = null;
  if (q.call === "load") {
    rules.own = eval(`(${q.source})`);
    answer = Object.keys(rules.own.hyper);
  }
  if (q.call === "start") answer = q.theta.map((x) => rules.own.start(x, q.hyper));
  if (q.call === "point") answer = q.states.map((s) => rules.own.point(s, q.t, q.hyper));
  if (q.call === "step") answer = q.states.map((s, i) => rules.own.step(s, q.g[i], q.t, q.hyper));
  process.stdout.write(JSON.stringify(answer, sent) + "\\n");
});
"""


class Node:
    """One process of Node that has loaded one rule."""

    def __init__(self, rule: Rule, source: str | None = None) -> None:
        self._process = subprocess.Popen(
            ["node", "-e", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.hyper = self.ask(call="load", source=source or rule.javascript())

    def ask(self, **question: Any) -> Any:
        """One question, one answer; what JSON cannot hold travels as text."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(_sent(question)) + "\n")
        self._process.stdin.flush()
        return _received(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def factory(self, rule: Rule) -> Any:
        """The rule as ``make(params, hyper) -> step``."""
        looks = rule.recurrence.takes_point
        states = [q.name for q in rule.recurrence.states]

        def make(params: list[Any], hyper: dict[str, Any]) -> Any:
            shapes = [np.shape(p) for p in params]
            sizes = np.cumsum([0, *(int(np.prod(s)) for s in shapes)])

            def flat(arrays: list[Any]) -> list[float]:
                return [float(x) for a in arrays for x in np.ravel(a)]

            def shaped(values: list[float]) -> list[Any]:
                return [np.array(values[i:j], np.float64).reshape(s) for i, j, s in
                        zip(sizes[:-1], sizes[1:], shapes, strict=True)]

            current = self.ask(call="start", theta=flat(params), hyper=hyper)
            count = 0

            def step(grads: Any, lr: float) -> list[Any]:
                nonlocal current, count
                count += 1
                own = {**hyper, "lr": lr}
                if looks:
                    points = self.ask(call="point", states=current, t=count, hyper=own)
                    grads = grads(shaped(points))
                current = self.ask(call="step", states=current, g=flat(grads), t=count, hyper=own)
                return shaped([s[states[0]] for s in current])

            return step

        make.takes_gradient_function = looks  # type: ignore[attr-defined]
        return make


def _sent(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _sent(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_sent(v) for v in value]
    plain = value == value and abs(value) != np.inf if isinstance(value, float) else True
    return value if plain else {np.inf: "Infinity", -np.inf: "-Infinity"}.get(value, "NaN")


def _received(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _received(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_received(v) for v in value]
    return float(value) if value in ("NaN", "Infinity", "-Infinity", "-0") else value
