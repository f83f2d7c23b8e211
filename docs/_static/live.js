/* A trajectory on a quadratic bowl, redrawn as sliders are dragged. The arithmetic of the rule is
   in RULES, which is emitted from its declaration; nothing here knows a formula. */
"use strict";

(function () {
  const START = [-1.6, 1.0];
  const STEPS = 120;

  function svg(tag, attributes, parent) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent.append(node);
    return node;
  }

  /* The points that a rule visits, from START, on f(x, y) = (x^2 + kappa y^2) / 2. */
  function trajectory(rule, hyper, kappa) {
    const curvature = [1, kappa];
    let states = START.map((x) => rule.start(x, hyper));
    const points = [START];
    for (let t = 1; t <= STEPS; t++) {
      const at = states.map((s) => rule.point(s, t, hyper));
      states = states.map((s, i) => rule.step(s, curvature[i] * at[i], t, hyper));
      const point = states.map((s) => s.theta);
      if (!point.every((x) => Number.isFinite(x) && Math.abs(x) < 1e6)) break;
      points.push(point);
    }
    return points;
  }

  const loss = (point, kappa) => (point[0] ** 2 + kappa * point[1] ** 2) / 2;

  function drawPath(pane, points, kappa) {
    pane.replaceChildren();
    const place = ([x, y]) => [160 + 80 * x, 110 - 70 * y];
    for (const level of [0.02, 0.1, 0.3, 0.7, 1.3, 2.2]) {
      const [rx, ry] = [80 * Math.sqrt(2 * level), 70 * Math.sqrt((2 * level) / kappa)];
      svg("ellipse", { class: "level", cx: 160, cy: 110, rx, ry }, pane);
    }
    const text = points.map((p) => place(p).map((x) => Math.max(-999, Math.min(999, x)).toFixed(2)));
    svg("polyline", { class: "path", points: text.map((p) => p.join(",")).join(" ") }, pane);
    for (const [x, y] of text) svg("circle", { class: "point", cx: x, cy: y, r: 1.7 }, pane);
    svg("circle", { class: "goal", cx: 160, cy: 110, r: 3.5 }, pane);
  }

  function drawLoss(pane, points, kappa) {
    pane.replaceChildren();
    const [low, high] = [-12, 4];
    const place = (t, f) => {
      const y = Math.log10(Math.max(f, 1e-30));
      return [34 + (t / STEPS) * 176, 14 + ((high - Math.max(low, Math.min(high, y))) / (high - low)) * 180];
    };
    for (const power of [-12, -8, -4, 0, 4]) {
      const [x, y] = place(0, 10 ** power);
      svg("line", { class: "level", x1: x, x2: 210, y1: y, y2: y }, pane);
      svg("text", { x: x - 4, y: y + 4, "text-anchor": "end" }, pane).textContent = `1e${power}`;
    }
    svg("text", { x: 210, y: 212, "text-anchor": "end" }, pane).textContent = `step ${STEPS}`;
    const text = points.map((p, t) => place(t, loss(p, kappa)).map((x) => x.toFixed(2)).join(","));
    svg("polyline", { class: "loss", points: text.join(" ") }, pane);
  }

  function slider(box, spec, change) {
    const label = document.createElement("label");
    const name = document.createElement("span");
    const input = document.createElement("input");
    const output = document.createElement("output");
    name.textContent = spec.label;
    Object.assign(input, { type: "range", min: 0, max: 1000, step: 1 });
    input.setAttribute("aria-label", spec.label);
    const toValue = (u) => spec.low * (spec.high / spec.low) ** u;
    const toMomentum = (u) => 1 - toValue(1 - u);
    let dragged = false; // until then the value is the exact one of the static picture
    const value = () =>
      dragged ? (spec.complement ? toMomentum : toValue)(input.value / 1000) : spec.start;
    const from = spec.complement ? 1 - spec.start : spec.start;
    const share = Math.log(from / spec.low) / Math.log(spec.high / spec.low);
    input.value = Math.round(1000 * (spec.complement ? 1 - share : share));
    const show = () => { output.textContent = value().toPrecision(3); };
    input.addEventListener("input", () => { dragged = true; show(); change(); });
    const track = document.createElement("span");
    track.className = "track";
    track.append(input);
    label.append(name, track, output);
    box.append(label);
    show();
    return { value, mark: (x) => markAt(track, Math.log(x / spec.low) / Math.log(spec.high / spec.low)) };
  }

  /* A line across a slider where a limit lies. */
  function markAt(track, share) {
    let mark = track.querySelector(".mark");
    if (!mark) {
      mark = document.createElement("span");
      mark.className = "mark";
      track.append(mark);
    }
    mark.hidden = !(share >= 0 && share <= 1);
    mark.style.left = `calc(8px + ${share} * (100% - 16px))`;
  }

  function live(figure) {
    const rule = RULES[figure.dataset.rule];
    const specs = JSON.parse(figure.dataset.sliders);
    const [path, curve] = figure.querySelectorAll("svg");
    const note = figure.querySelector(".limit-text");
    const values = {};
    const draw = () => {
      const chosen = Object.fromEntries(Object.entries(values).map(([key, x]) => [key, x.value()]));
      const { kappa, ...own } = chosen;
      const points = trajectory(rule, { ...rule.hyper, ...own }, kappa);
      drawPath(path, points, kappa);
      drawLoss(curve, points, kappa);
      if (note && rule.limit) {
        const limit = rule.limit({ ...rule.hyper, ...own }, kappa);
        const beyond = own.lr > limit;
        values.lr.mark(limit);
        note.textContent = `stable below lr = ${limit.toPrecision(4)}` + (beyond ? ": beyond it" : "");
      }
    };
    const box = figure.querySelector(".controls");
    for (const spec of specs) values[spec.key] = slider(box, spec, draw);
    draw();
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const figure of document.querySelectorAll(".live")) live(figure);
  });
})();
