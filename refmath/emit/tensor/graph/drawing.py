"""Drawings of computational graphs: Graphviz's language, and SVG in layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from refmath.emit.tensor.graph.record import Graph, GraphNode

__all__ = ["dot", "svg"]

_LETTER, _LINE, _PAD = 7.3, 17, 8
_BETWEEN, _ASIDE, _EDGE = 46, 28, 20
_STYLE = (
    "text{font:12px monospace;fill:#222}.n{font-weight:bold}.b{fill:#a33}.l{fill:#666}"
    "rect{fill:#fff;stroke:#555}.given rect{fill:#eef3fa}.wrt rect{stroke:#a33;stroke-width:2}"
    "path{fill:none;stroke:#555}"
)


def dot(graph: Graph) -> str:
    """The graph in Graphviz's language: adjoints in the nodes, local derivatives on the edges."""
    lines = ["digraph computation {", "  rankdir=LR;", "  node [shape=box, fontname=monospace];"]
    for node in graph.nodes:
        label = "\n".join(_labels(node))
        style = ", style=bold" if node.name in graph.wrt else ""
        lines.append(f"  {_quoted(node.name)} [label={_quoted(label)}{style}];")
    for node in graph.nodes:
        local = node.local_text
        for name in node.inputs:
            note = f" [label={_quoted(local[name])}]" if name in local else ""
            lines.append(f"  {_quoted(name)} -> {_quoted(node.name)}{note};")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{safe}"'


def _labels(node: GraphNode) -> list[str]:
    """The lines in a node's box: what it is, and its adjoint."""
    first = node.name if node.op == "given" else f"{node.name} = {node.forward_text}"
    if node.adjoint is None:
        return [first]
    return [first, f"bar_{node.name} = {node.adjoint_text}"]


@dataclass
class _Box:
    """A node's box; one without lines only keeps the way free for an edge."""

    lines: list[str]
    layer: int
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return _LETTER * max((len(line) for line in self.lines), default=0) + 2 * _PAD

    @property
    def height(self) -> float:
        return float(_LINE * len(self.lines) + 2 * _PAD)


_Route = list[str]
"""The names of the boxes that an edge goes through, from its start to its end."""


def svg(graph: Graph) -> str:
    """A drawing in layers from top to bottom: a node stands below all that it is computed from.

    Within a layer nodes stand in the order of the mean place of what they are joined to, and long
    edges have a place of their own in every layer (Sugiyama, Tagawa and Toda 1981).
    """
    boxes = _layered(graph)
    routes = [_route(name, node.name, boxes) for node in graph.nodes for name in node.inputs]
    _place(_rows(boxes, routes))
    width = max(b.x + b.width for b in boxes.values()) + _EDGE
    height = max(b.y + b.height for b in boxes.values()) + _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="end" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 10 5 0 10z" style="fill:#555"/></marker>'
        "</defs>",
        *(_edge([boxes[name] for name in route]) for route in routes),
        *(_drawn(node, boxes[node.name], node.name in graph.wrt) for node in graph.nodes),
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _layered(graph: Graph) -> dict[str, _Box]:
    """A box for every node, one layer below its inputs; what is given is just above its use."""
    boxes: dict[str, _Box] = {}
    for node in graph.nodes:
        layer = max((boxes[name].layer + 1 for name in node.inputs), default=0)
        boxes[node.name] = _Box(_labels(node), layer)
    for node in graph.nodes:
        users = [boxes[x.name].layer for x in graph.nodes if node.name in x.inputs]
        if not node.inputs and users:
            boxes[node.name].layer = min(users) - 1
    return boxes


def _route(start: str, end: str, boxes: dict[str, _Box]) -> _Route:
    """The boxes of an edge; in the layers that it crosses they are made."""
    route = [start]
    for layer in range(boxes[start].layer + 1, boxes[end].layer):
        name = f"{start} to {end} in {layer}"
        boxes[name] = _Box([], layer)
        route.append(name)
    return [*route, end]


def _rows(boxes: Mapping[str, _Box], routes: Sequence[_Route]) -> list[list[_Box]]:
    """The boxes by layer, each layer sorted by the mean place of what its boxes are joined to."""
    names: list[list[str]] = [[] for _ in range(1 + max(b.layer for b in boxes.values()))]
    for name, box in boxes.items():
        names[box.layer].append(name)
    joined: dict[str, list[str]] = {name: [] for name in boxes}
    for route in routes:
        for above, below in pairwise(route):
            joined[above].append(below)
            joined[below].append(above)
    for _ in range(4):
        place = {name: (i + 0.5) / len(row) for row in names for i, name in enumerate(row)}
        names = [
            sorted(row, key=lambda n: _mean([place[x] for x in joined[n]], place[n]))
            for row in names
        ]
    return [[boxes[n] for n in row] for row in names]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _place(rows: Sequence[Sequence[_Box]]) -> None:
    """Coordinates: every layer in the middle."""
    widths = [sum(b.width for b in row) + _ASIDE * (len(row) - 1) for row in rows]
    top = float(_EDGE)
    for row, width in zip(rows, widths, strict=True):
        left = _EDGE + (max(widths) - width) / 2
        for box in row:
            box.x, box.y = left, top
            left += box.width + _ASIDE
        top += max(b.height for b in row) + _BETWEEN


def _edge(boxes: Sequence[_Box]) -> str:
    """A curve from the foot of the first box through those between to the head of the last."""
    points = []
    for box in boxes:
        middle = box.x + box.width / 2
        points += [(middle, box.y), (middle, box.y + box.height)]
    (x, y), *rest = points[1:-1]
    way = f"M{x:.1f} {y:.1f}"
    for number, (to_x, to_y) in enumerate(rest):
        bend = (to_y - y) / 2
        way += (
            f"V{to_y:.1f}" if number % 2 else
            f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
        )
        x, y = to_x, to_y
    return f'<path d="{way}" marker-end="url(#end)"/>'


def _drawn(node: GraphNode, box: _Box, is_wrt: bool) -> str:
    kind = " ".join(
        word for word, holds in (("given", not node.inputs), ("wrt", is_wrt)) if holds
    )
    rows = [
        f'<text x="{box.x + _PAD:.1f}" y="{box.y + _PAD + _LINE * (i + 0.75):.1f}" '
        f'class="{"b" if i else "n"}">{escape(line)}</text>'
        for i, line in enumerate(box.lines)
    ]
    return (
        f'<g class="{kind}"><rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="4"/>{"".join(rows)}</g>'
    )
