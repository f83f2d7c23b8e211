"""Computational graphs: forward pass, local derivatives, backward pass, operation counts."""

from refmath.emit.tensor.graph.backward import graph as graph
from refmath.emit.tensor.graph.counts import Counts as Counts
from refmath.emit.tensor.graph.record import Graph as Graph
from refmath.emit.tensor.graph.record import GraphNode as GraphNode
