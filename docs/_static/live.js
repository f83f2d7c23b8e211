/* A trajectory on a quadratic bowl, redrawn as sliders or its start are moved. The arithmetic of the
   rule is in RULES, which is emitted from its declaration; nothing here knows a formula. Nothing
   moves by itself, so that there is no motion to reduce. */
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

  /* The points that a rule visits, from a start, on f(x, y) = (x^2 + kappa y^2) / 2. */
  function trajectory(rule, hyper, kappa, start) {
    const curvature = [1, kappa];
    let states = start.map((x) => rule.start(x, hyper));
    const points = [start];
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

  const place = ([x, y]) => [160 + 80 * x, 110 - 70 * y];

  function drawPath(pane, handle, points, kappa) {
    pane.replaceChildren();
    for (const level of [0.02, 0.1, 0.3, 0.7, 1.3, 2.2]) {
      const [rx, ry] = [80 * Math.sqrt(2 * level), 70 * Math.sqrt((2 * level) / kappa)];
      svg("ellipse", { class: "level", cx: 160, cy: 110, rx, ry }, pane);
    }
    const text = points.map((p) => place(p).map((x) => Math.max(-999, Math.min(999, x)).toFixed(2)));
    svg("polyline", { class: "path", points: text.map((p) => p.join(",")).join(" ") }, pane);
    for (const [x, y] of text) svg("circle", { class: "point", cx: x, cy: y, r: 1.7 }, pane);
    svg("circle", { class: "goal", cx: 160, cy: 110, r: 3.5 }, pane);
    const [x, y] = place(points[0]);
    handle.setAttribute("transform", `translate(${x} ${y})`);
  }

  /* The start as something to take hold of: by pointer, or by the arrow keys. */
  function startHandle(pane, get, set) {
    const handle = document.createElementNS("http://www.w3.org/2000/svg", "g");
    for (const [key, value] of Object.entries({ class: "handle", tabindex: 0, role: "slider" }))
      handle.setAttribute(key, value);
    svg("circle", { class: "touch", r: 18 }, handle);
    svg("circle", { class: "start", r: 6 }, handle);
    const move = ([x, y]) => {
      const kept = [Math.max(-1.9, Math.min(1.9, x)), Math.max(-1.5, Math.min(1.5, y))];
      set(kept.map((u) => Math.round(u * 100) / 100));
    };
    const describe = () => {
      const text = get().map((u) => u.toFixed(2)).join(", ");
      handle.setAttribute("aria-label", "start");
      handle.setAttribute("aria-valuenow", get()[0].toFixed(2));
      handle.setAttribute("aria-valuetext", text);
    };
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
      handle.focus();
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(pane.getScreenCTM().inverse());
      move([(at.x - 160) / 80, (110 - at.y) / 70]);
      describe();
    });
    handle.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
      if (!(event.key in by)) return;
      event.preventDefault();
      event.stopPropagation();
      move(get().map((u, i) => u + by[event.key][i]));
      describe();
    });
    handle.describe = describe;
    describe();
    return handle;
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
    const toValue = (u) => spec.low * (spec.high / spec.low) ** u;
    const toMomentum = (u) => 1 - toValue(1 - u);
    let dragged = false; // until then the value is the exact one of the static picture
    const value = () =>
      dragged ? (spec.complement ? toMomentum : toValue)(input.value / 1000) : spec.start;
    const from = spec.complement ? 1 - spec.start : spec.start;
    const share = Math.log(from / spec.low) / Math.log(spec.high / spec.low);
    const first = Math.round(1000 * (spec.complement ? 1 - share : share));
    input.value = first;
    const show = () => {
      const near1 = spec.complement && value() > 0.99; // 0.999 and 0.9995 should look different
      output.textContent = near1 ? value().toFixed(4) : value().toPrecision(3);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => { dragged = true; show(); change(); });
    // Themes turn pages on the arrow keys: not while a slider has them.
    input.addEventListener("keydown", (event) => event.stopPropagation());
    const track = document.createElement("span");
    track.className = "track";
    track.append(input);
    label.append(name, track, output);
    box.append(label);
    show();
    const reset = () => { dragged = false; input.value = first; show(); };
    const mark = (x) => markAt(track, Math.log(x / spec.low) / Math.log(spec.high / spec.low));
    return { value, reset, mark };
  }

  /* A line across a slider where a limit lies. */
  function markAt(track, share) {
    let mark = track.querySelector(".mark");
    if (!mark) {
      mark = document.createElement("span");
      mark.className = "mark";
      mark.title = "limit of stability";
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
    const result = figure.querySelector(".result");
    const values = {};
    let start = START;
    const handle = startHandle(path, () => start, (point) => { start = point; draw(); });
    const drawing = svg("g", {}, path);
    path.replaceChildren(drawing, handle); // the handle stays: a pointer that holds it keeps it
    const draw = () => {
      const chosen = Object.fromEntries(Object.entries(values).map(([key, x]) => [key, x.value()]));
      const { kappa, ...own } = chosen;
      const points = trajectory(rule, { ...rule.hyper, ...own }, kappa, start);
      drawPath(drawing, handle, points, kappa);
      drawLoss(curve, points, kappa);
      const last = points.length - 1;
      const end = loss(points[last], kappa).toPrecision(3);
      result.textContent = `loss ${end} after ${last} steps` + (last < STEPS ? ": it diverges" : "");
      if (note && rule.limit) {
        const limit = rule.limit({ ...rule.hyper, ...own }, kappa);
        const beyond = own.lr > limit;
        values.lr.mark(limit);
        note.textContent = `stable below lr = ${limit.toPrecision(4)}` + (beyond ? ": beyond it" : "");
      }
    };
    const box = figure.querySelector(".controls");
    for (const spec of specs) values[spec.key] = slider(box, spec, draw);
    const reset = document.createElement("button");
    Object.assign(reset, { type: "button", className: "reset", textContent: "reset" });
    reset.addEventListener("click", () => {
      start = START;
      handle.describe();
      for (const value of Object.values(values)) value.reset();
      draw();
    });
    box.append(reset);
    draw();
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const figure of document.querySelectorAll(".live")) live(figure);
  });
})();
