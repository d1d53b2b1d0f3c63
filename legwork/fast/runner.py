"""The model's graph is planned once for each target.

Replaces `DaskGraphRunner`, which cuts the schema down to what the target needs, builds a dask graph of it and lets dask order it,
for each message three or more times. The nodes are Rasa's own and are called with the same arguments; a node runs after all that
it needs, and each runs once.
"""

from __future__ import annotations

import time
from graphlib import TopologicalSorter
from typing import Any

import rasa.core.processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

from legwork import metrics

PARTS = ("understand", "decide")


class PlannedRunner(DaskGraphRunner):
    """Loads its nodes as Rasa's runner does, and runs them in an order that it knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """(see parent class for full docstring)"""
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    def _plan(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """(node, names of what it is given) in an order in which each comes after what it needs."""
        if targets not in self._plans:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
            order = TopologicalSorter({name: [need for need in given if need in needs] for name, given in needs.items()})
            self._plans[targets] = [(name, needs[name]) for name in order.static_order()]
        return self._plans[targets]

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """(see parent class for full docstring)"""
        wanted = tuple(targets or self._graph_schema.target_names)
        plan, done = self._plan(wanted), {}
        for name, value in (inputs or {}).items():
            if isinstance(value, str) and any(value == node for node, _ in plan):
                raise GraphRunError(f"Input value '{value}' clashes with a node name.")
            done[name] = (name, value)
        began = time.perf_counter()
        for name, needs in plan:
            # What is given by nobody is passed as its name, which the node reports.
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        metrics.PART_SECONDS.labels(PARTS["__message__" not in (inputs or {})]).observe(time.perf_counter() - began)
        return dict(done[target] for target in wanted)


def install() -> None:
    """Models are loaded with it from now on."""
    rasa.core.processor.DaskGraphRunner = PlannedRunner  # type: ignore[misc]
