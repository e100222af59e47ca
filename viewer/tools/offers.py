"""What a menu can do with the part of the selected label that lies under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import get_args

from viewer.geometry.measure import bounds
from viewer.geometry.rings import is_in
from viewer.geometry.shapes import NodeState, Polygon, Regions, Skeleton
from viewer.session.commands import Command
from viewer.tools.changing import reshaped
from viewer.tools.hits import edge_hit, handle_hit
from viewer.tools.pointer import Item, Scale, Scene
from viewer.tools.reshaping import ring_of, with_state, without_ring


@dataclass(frozen=True)
class Offer:
    """One line of a menu.

    Args:
        command: None where it is so already.
        is_on: it says what is so already; None where it says what can be done.
    """

    words: str
    command: Command | None
    is_on: bool | None = None


def offers_at(scene: Scene, x: float, y: float, px_per_unit: Scale) -> tuple[Offer, ...]:
    """Return what is offered at a place of the slice, in pixel space."""
    item = scene.lone
    if item is None or item.locked or item.is_fixed:
        return ()
    match item.shape:
        case Skeleton() as shape:
            hit = handle_hit(item, x, y, px_per_unit)
            return () if hit is None else tuple(_states(item, shape, hit.number, scene))
        case Polygon() | Regions() as shape if len(shape.rings) > 1:
            return tuple(_ring_offers(item, shape, _ring_at(item, shape, x, y, px_per_unit), scene))
        case _:
            return ()


def _states(item: Item, shape: Skeleton, node: int, scene: Scene) -> list[Offer]:
    words: tuple[NodeState, ...] = get_args(NodeState)
    return [
        Offer(
            f"Node {node + 1}: {state}",
            reshaped(item, with_state(shape, node, state), scene, "Change node").command,
            shape.states[node] == state,
        )
        for state in words
    ]


def _ring_offers(
    item: Item, shape: Polygon | Regions, ring: int | None, scene: Scene
) -> list[Offer]:
    left = None if ring is None else without_ring(shape, ring)
    if ring is None or left is None:
        return []
    what = "region" if _is_outer(shape, ring) else "hole"
    return [Offer(f"Remove {what}", reshaped(item, left, scene, f"Remove {what}").command)]


def _ring_at(item: Item, shape: Polygon | Regions, x: float, y: float, scale: Scale) -> int | None:
    """Return the ring whose line is under the pointer, else the smallest one around it."""
    hit = handle_hit(item, x, y, scale) or edge_hit(item, x, y, scale)
    if hit is not None:
        return ring_of(shape, hit.number)[0]
    around = [at for at, ring in enumerate(shape.rings) if is_in((ring,), x, y)]
    return min(around, key=lambda at: _extent(Polygon(shape.rings[at])), default=None)


def _extent(ring: Polygon) -> float:
    x0, y0, x1, y1 = bounds(ring)
    return (x1 - x0) * (y1 - y0)


def _is_outer(shape: Polygon | Regions, ring: int) -> bool:
    parts = (shape,) if isinstance(shape, Polygon) else shape.parts
    return ring in accumulate((len(part.rings) for part in parts), initial=0)
