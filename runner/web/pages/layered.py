"""Places for the boxes of a directed graph: in layers from top to bottom, few crossings.

After Sugiyama, Tagawa and Toda (1981): ways that lead back are left aside, each node comes one
layer below the last of those that lead to it, ways over several layers get a place in each,
and the order within the layers follows the mean place of the neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8

Way = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """Layer and column of each node, the bends of each way, and the ways that lead back."""

    places: Mapping[str, tuple[int, float]]
    bends: Mapping[Way, list[tuple[int, float]]]
    back: frozenset[Way]


def lay_out(nodes: Iterable[str], ways: Iterable[Way], first: str) -> Layout:
    """Places for the nodes, beginning with one; columns are in widths of a box around 0."""
    nodes, ways = list(nodes), sorted({way for way in ways if way[0] != way[1]})
    back = _back(nodes, ways, first)
    forward = [way for way in ways if way not in back]
    layer = _layers(nodes, forward)
    chains: dict[Way, list[str]] = {}
    layers: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for node in nodes:
        layers[layer[node]].append(node)
    links: list[Way] = []
    for source, target in forward:
        chain = [f"{source}\n{target}\n{n}" for n in range(layer[source] + 1, layer[target])]
        for n, bend in enumerate(chain, layer[source] + 1):
            layers[n].append(bend)
        chains[source, target] = chain
        stops = [source, *chain, target]
        links += pairwise(stops)
    _order(layers, links)
    column = {node: place - (len(row) - 1) / 2 for row in layers for place, node in enumerate(row)}
    where = {node: (n, column[node]) for n, row in enumerate(layers) for node in row}
    return Layout(
        {node: where[node] for node in nodes},
        {way: [where[bend] for bend in chain] for way, chain in chains.items()},
        frozenset(back),
    )


def _back(nodes: list[str], ways: list[Way], first: str) -> set[Way]:
    """Ways that close a circle, as a search in depth from the first node finds them."""
    targets: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in ways:
        targets[source].append(target)
    found: set[Way] = set()
    done: set[str] = set()
    for start in [first, *nodes]:
        if start in done:
            continue
        path, stack = {start}, [(start, iter(targets[start]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if target in path:
                    found.add((node, target))
                elif target not in done:
                    path.add(target)
                    stack.append((target, iter(targets[target])))
                    break
            else:
                stack.pop()
                path.discard(node)
                done.add(node)
    return found


def _layers(nodes: list[str], ways: list[Way]) -> dict[str, int]:
    """The length of the longest way to each node."""
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        changed = False
        for source, target in ways:
            if layer[target] <= layer[source]:
                layer[target] = layer[source] + 1
                changed = True
        if not changed:
            break
    return layer


def _order(layers: list[list[str]], links: list[Way]) -> None:
    """Sort each layer by the mean place of its neighbours above, then below, and again."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for upper, lower in links:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    for sweep in range(SWEEPS):
        rows, near = (layers[1:], above) if sweep % 2 == 0 else (layers[-2::-1], below)
        for row in rows:
            place = {
                node: n - (len(other) - 1) / 2 for other in layers for n, node in enumerate(other)
            }
            mean = {
                node: sum(place[n] for n in near[node]) / len(near[node])
                if node in near
                else place[node]
                for node in row
            }
            row.sort(key=mean.__getitem__)
