"""Computational graphs: the backward pass is the gradient, and pictures show all of it."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from graph_cases import EXPRESSIONS, X, carried_out, equal, n, theta, w

import refmath as rm
from refmath import objectives
from refmath.emit.tensor.graph import graph
from refmath.errors import InvalidInput, UnknownName
from refmath.tensor import variables


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_passes_carried_out_are_the_expression_and_its_gradient(name: str) -> None:
    """Forward steps inserted into each other are the expression itself, adjoints its gradient."""
    top, wrt = EXPRESSIONS[name]
    found = graph(top, list(wrt))
    known = carried_out(found)
    assert equal(known[found.nodes[-1].name], top)
    for variable in wrt:
        assert equal(known[f"bar_{variable.name}"], rm.gradient(top, variable)), variable


def test_a_wrong_adjoint_is_found() -> None:
    """With the adjoint of one step halved the gradient is not the one derived."""
    top, wrt = EXPRESSIONS["2 layers, tanh, squares"]
    found = graph(top, list(wrt))
    nodes = list(found.nodes)
    place = next(i for i, q in enumerate(nodes) if q.op == "tanh")
    nodes[place] = replace(nodes[place], adjoint=nodes[place].adjoint / 2)
    known = carried_out(replace(found, nodes=tuple(nodes)))
    assert not equal(known["bar_W0"], rm.gradient(top, wrt[0]))


def test_a_declared_objective_is_differentiated_by_its_parameters() -> None:
    """Its tensors among the parameters; the passes are again the expression and its gradient."""
    declared = objectives.get("network_2")
    found = graph(declared)
    assert set(found.wrt) == set(declared.parameters)
    known = carried_out(found)
    for name in declared.parameters:
        assert equal(known[f"bar_{name}"], declared.gradient(name)), name
    assert found.is_cheap()


def test_a_tensor_hands_a_given_adjoint_back() -> None:
    """Without a scalar result the adjoint of the result is given, of its shape."""
    found = graph(X @ theta, [theta])
    adjoint = found.node("theta").adjoint
    (bar,) = [q for q in variables(adjoint) if q.name.startswith("bar_")]
    assert bar.shape == (n,)
    assert adjoint is rm.gradient(rm.dot(bar, X @ theta), theta)


def test_the_table_has_a_line_a_node_and_the_counts() -> None:
    """Text: every node with its step and adjoint, then both counts."""
    top, wrt = EXPRESSIONS["least squares"]
    found = graph(top, list(wrt))
    lines = found.text().splitlines()
    assert len(lines) == 2 + len(found.nodes) + 3
    for node, line in zip(found.nodes, lines[2:], strict=False):
        assert line.split()[0] == node.name
        assert node.forward_text in line
        assert node.adjoint_text in line
    assert lines[-2].startswith("forward: d*n + n + 1 multiplications")
    assert lines[-1].startswith("backward: d*n + n multiplications")
    (difference,) = [q for q in found.nodes if q.op == "add"]
    assert set(difference.local_text.values()) <= {"1", "-1"}
    assert found.node("z1").local["theta"] is X


def test_graphviz_has_every_node_and_edge() -> None:
    """DOT: one statement a node and an edge; quotes in labels are escaped."""
    top, wrt = EXPRESSIONS["2 layers, tanh, cross entropy"]
    found = graph(top, list(wrt))
    text = found.dot()
    assert len(re.findall(r"^  \"\w+\" \[", text, re.M)) == len(found.nodes)
    edges = re.findall(r'^  "(\w+)" -> "(\w+)"', text, re.M)
    assert sorted(edges) == sorted((i, q.name) for q in found.nodes for i in q.inputs)
    assert text.startswith("digraph")
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("name", ["least squares", "3 layers, relu, cross entropy", "weighted"])
def test_the_drawing_is_readable(name: str) -> None:
    """SVG: a box a node, no two of them on each other, an arrow an edge, all inside."""
    top, wrt = EXPRESSIONS[name]
    found = graph(top, list(wrt))
    root = ElementTree.fromstring(found.svg())
    space = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(r.attrib[a]) for a in ("x", "y", "width", "height"))
        for r in root.iter(f"{space}rect")
    ]
    assert len(boxes) == len(found.nodes)
    for i, (x1, y1, w1, h1) in enumerate(boxes):
        assert x1 >= 0
        assert y1 >= 0
        assert x1 + w1 <= float(root.attrib["width"])
        assert y1 + h1 <= float(root.attrib["height"])
        for x2, y2, w2, h2 in boxes[:i]:
            assert x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1
    arrows = [p for p in root.iter(f"{space}path") if "marker-end" in p.attrib]
    assert len(arrows) == sum(len(q.inputs) for q in found.nodes)


def test_names_that_are_taken_are_left_alone() -> None:
    """Variables called z1 and bar_z2 keep their names, and the steps get others."""
    z1, other = rm.tensors("z1[n] bar_z2[n]")
    found = graph(rm.sum((z1 - other) ** 2), [z1, other])
    assert {q.name for q in found.nodes} == {"z1", "bar_z2", "z2", "z3", "z4"}
    bars = {q.name for x in found.nodes if x.adjoint is not None for q in variables(x.adjoint)}
    assert bars <= {"z1", "bar_z2", "z2", "z3", "bar_bar_z2"}


def test_one_variable_need_not_stand_in_a_list() -> None:
    """A variable alone is a list of one."""
    top = EXPRESSIONS["least squares"][0]
    assert graph(top, theta) == graph(top, [theta])


def test_what_is_no_variable_of_it_is_refused() -> None:
    """The message lists what can be differentiated by; labels cannot."""
    c = rm.tensors("c[n] in d")
    with pytest.raises(InvalidInput, match="they are X, theta, y"):
        graph(EXPRESSIONS["least squares"][0], [w])
    with pytest.raises(InvalidInput, match="variables of real numbers"):
        graph(rm.sum(rm.gather(X, c)), [c])
    with pytest.raises(UnknownName, match="Known: X"):
        graph(rm.sum(X)).node("z9")
    with pytest.raises(InvalidInput, match="n has none"):
        graph(rm.sum(X)).counts["forward"].at(d=2)
