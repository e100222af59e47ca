"""The geometry of a record changed in place: only numbers that differ, vertices that come or go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.containers import Container, New, changed, container_at
from viewer.formats.encord.numbers import (
    STATE_WORDS,
    Kept,
    Pair,
    bitmask_of,
    flat_rings,
    parts_of,
    plain_numbers,
)
from viewer.formats.encord.shapes import (
    Json,
    Size,
    corners_in,
    opened,
    pairs_of,
    record_of,
    scaled,
    state_of,
)
from viewer.formats.json_tools import BadJson, Bytes, Span, is_list, is_object, numbers_in, value_of
from viewer.formats.patches import GONE, Change, ObjectPatch, Put, edits_of, list_difference
from viewer.formats.style import JsonValue, Style
from viewer.geometry.mask import Mask
from viewer.geometry.rings import is_closed
from viewer.geometry.shapes import (
    NodeState,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    Shape,
    Skeleton,
)
from viewer.model.source import Edit

Rings: TypeAlias = tuple[bytes, ...]  # vertices in pixels, ring by ring


@dataclass(frozen=True, eq=False)
class Geometry:
    """Changes the geometry of one record.

    Args:
        record: where it stands.
        size: (width, height) of its picture in pixels.
    """

    base: Bytes
    record: Span
    size: Size
    style: Style

    def edits(self, shape: Shape) -> list[Edit]:
        """Return the edits that make the record hold `shape`.

        Raises:
            CannotWrite: the record holds another kind of geometry, or is damaged.
        """
        try:
            held = record_of(memoryview(self.base)[self.record.start : self.record.end])
            return self._edits(held, shape)
        except (BadJson, ValueError) as error:
            raise CannotWrite(f"its record is damaged: {error}") from error

    def _edits(self, held: Json, shape: Shape) -> list[Edit]:
        word = held.get("shape")
        spelled = word if isinstance(word, str) else ""
        match shape:
            case Polygon() | Regions() if spelled == "polygon":
                return self._polygon(held, shape)
            case Polyline(vertices) if spelled == "polyline":
                return self._vertices("polyline", held, vertices)
            case Point(x, y) if spelled == "point":
                return self._vertices("point", held, np.array([(x, y)], dtype=np.float64))
            case Skeleton() if spelled == "skeleton":
                return self._skeleton(held, shape)
            case Mask() if spelled == "bitmask":
                return self._patched(_members("bitmask", held, bitmask_of(shape, self.size)))
            case _:
                key, values = plain_numbers(spelled, shape, self.size, held)
                return self._patched(_members(key, held, values))

    def _patched(self, patch: ObjectPatch) -> list[Edit]:
        return edits_of(self.base, self.record, patch, self.style)

    def _polygon(self, held: Json, shape: Polygon | Regions) -> list[Edit]:
        """Return the edits of `polygon` and `polygons`, which say the same of the first ring."""
        first, *more = parts = parts_of(shape)
        edits: list[Edit] = []
        regions = held.get("polygons")
        if is_list(regions) and regions:
            edits += self._regions(regions, parts)
        elif more or first.holes:
            wanted = [flat_rings(part, self.size) for part in parts]
            edits += self._patched(ObjectPatch({"polygons": Put(wanted)}))
        if held.get("polygon") is not None:
            edits += self._vertices("polygon", held, first.vertices)
        return edits

    def _regions(self, regions: Sequence[object], parts: Sequence[Polygon]) -> list[Edit]:
        """Return the edits of `polygons`: of regions and rings that differ, come or go."""
        old = [_rings_of(rings, self.size) for rings in regions]
        new = [tuple(ring.tobytes() for ring in part.rings) for part in parts]
        found = container_at(self.base, self._member("polygons"))
        wanted = [flat_rings(part, self.size) for part in parts]

        def within(number: int, at: int) -> list[Edit]:
            return self._rings(container_at(self.base, found.value(number)), old[number], parts[at])

        return self._matched(found, (old, new), wanted, within)

    def _rings(self, found: Container, old: Rings, part: Polygon) -> list[Edit]:
        """Return the edits of one region."""

        def within(number: int, at: int) -> list[Edit]:
            return self._ring(container_at(self.base, found.value(number)), part.rings[at])

        keys = [(ring,) for ring in old], [(ring.tobytes(),) for ring in part.rings]
        return self._matched(found, keys, flat_rings(part, self.size), within)

    def _matched(
        self,
        found: Container,
        keys: tuple[Sequence[Rings], Sequence[Rings]],
        wanted: Sequence[JsonValue],
        within: Callable[[int, int], list[Edit]],
    ) -> list[Edit]:
        """Return the edits of a list; where some come or go, those that share a ring are the same.

        Args:
            keys: the rings of each old element, and of each new one.
            wanted: the elements as they should be.
            within: makes the edits of an old element that becomes a new one, by their numbers.
        """
        old, new = keys
        is_same_count = len(old) == len(new)
        pairs = [(at, at) for at in range(len(old))] if is_same_count else _pairs(old, new)
        edits = [edit for number, at in pairs for edit in within(number, at)]
        there = {at: number for number, at in pairs}
        before = 0
        news: list[New] = []
        for at, value in enumerate(wanted):
            if at in there:
                before = there[at] + 1
            else:
                news.append(New(before, value))
        gone = sorted(set(range(len(old))) - set(there.values()))
        return [*edits, *changed(found, self.style, gone, news)] if gone or news else edits

    def _ring(self, found: Container, ring: Points) -> list[Edit]:
        """Return the edits of a flat list of numbers; a ring that was closed stays so."""
        spans = [found.value(at) for at in range(len(found))]
        old = numbers_in(value_of(self.base[span.start : span.end]) for span in spans)
        pairs = list(zip(old[0::2], old[1::2], strict=True))
        wanted = self._wanted(pairs, ring)
        if len(wanted) == len(pairs):
            numbers = [number for pair in wanted for number in pair]
            return [
                edit
                for span, before, number in zip(spans, old, numbers, strict=True)
                if number != before
                for edit in edits_of(self.base, span, Put(number), self.style)
            ]
        head, tail = list_difference(pairs, wanted)
        come = [number for pair in wanted[head : len(wanted) - tail] for number in pair]
        gone = range(2 * head, 2 * (len(pairs) - tail))
        return changed(found, self.style, gone, [New(2 * head, number) for number in come])

    def _wanted(self, old: Sequence[Pair], ring: Points) -> list[Pair]:
        """Return the vertices of a ring as the file counts."""
        was_closed = len(old) > 1 and old[0] == old[-1]
        found = Kept(self.size, old).pairs(ring)
        return [*found, found[0]] if was_closed or is_closed(ring) else found

    def _vertices(self, key: str, held: Json, vertices: Points) -> list[Edit]:
        """Return the edits of vertices that are objects, in a list or by number."""
        value = held.get(key)
        old = [_pair_in(node) for node in corners_in(value)]
        is_ring = key == "polygon"
        wanted = self._wanted(old, vertices) if is_ring else Kept(self.size, old).pairs(vertices)
        span = self._member(key)
        if is_list(value):
            return self._listed(span, old, wanted)
        keys = sorted(value, key=int) if is_object(value) else []
        behind = int(keys[-1]) + 1 - len(keys) if keys else 0  # a file may leave numbers out
        patch = ObjectPatch()
        for at, (x, y) in enumerate(wanted):
            if at >= len(old):
                patch.members[str(at + behind)] = Put({"x": x, "y": y})
            elif old[at] != (x, y):
                patch.members[keys[at]] = _moved(old[at], (x, y))
        patch.members.update(dict.fromkeys(keys[len(wanted) :], GONE))
        return edits_of(self.base, span, patch, self.style) if patch.members else []

    def _listed(self, span: Span, old: Sequence[Pair], wanted: Sequence[Pair]) -> list[Edit]:
        """Return the edits of vertices in a list."""
        found = container_at(self.base, span)
        if len(old) == len(wanted):
            pairs = zip(range(len(old)), old, wanted, strict=True)
            moved = [(at, before, pair) for at, before, pair in pairs if before != pair]
            return [
                edit
                for at, before, pair in moved
                for edit in edits_of(self.base, found.value(at), _moved(before, pair), self.style)
            ]
        head, tail = list_difference(old, wanted)
        news = [New(head, {"x": x, "y": y}) for x, y in wanted[head : len(wanted) - tail]]
        return changed(found, self.style, range(head, len(old) - tail), news)

    def _skeleton(self, held: Json, shape: Skeleton) -> list[Edit]:
        value = held.get("skeleton")
        nodes = corners_in(value)
        if len(nodes) != len(shape.points):
            raise CannotWrite("its nodes are those of its class; none can come or go")
        edits = self._vertices("skeleton", held, shape.points)
        keys = sorted(value, key=int) if is_object(value) else None
        found = container_at(self.base, self._member("skeleton"))
        for at, (node, state) in enumerate(zip(nodes, shape.states, strict=True)):
            if state_of(node) != state:
                number = at if keys is None else found.find(keys[at]) or 0
                patch = _state_patch(node, state)
                edits += edits_of(self.base, found.value(number), patch, self.style)
        return edits

    def _member(self, key: str) -> Span:
        """Return where the value of a member stands."""
        found = container_at(self.base, self.record)
        at = found.find(key)
        if at is None:
            raise CannotWrite(f"its record has no {key} to change")
        return found.value(at)


def _members(key: str, held: Json, values: Mapping[str, JsonValue]) -> ObjectPatch:
    """Return the patch of those members that differ."""
    before = held.get(key)
    if not is_object(before):
        raise CannotWrite(f"its record has no {key} to change")
    inner = {name: Put(value) for name, value in values.items() if before.get(name) != value}
    return ObjectPatch({key: ObjectPatch({**inner})})


def _rings_of(rings: object, size: Size) -> Rings:
    """Return the rings of a region in pixels, as they are read."""
    held = rings if is_list(rings) else ()
    return tuple(opened(scaled(pairs_of(ring), size)).tobytes() for ring in held)


def _pairs(old: Sequence[Rings], new: Sequence[Rings]) -> list[tuple[int, int]]:
    """Return numbers of old and new elements that share a ring, in the order of both."""
    pairs: list[tuple[int, int]] = []
    first = 0
    for at, rings in enumerate(new):
        shared = (n for n in range(first, len(old)) if not set(rings).isdisjoint(old[n]))
        number = next(shared, None)
        if number is not None:
            pairs.append((number, at))
            first = number + 1
    return pairs


def _pair_in(node: Json) -> Pair:
    x, y = numbers_in((node.get("x"), node.get("y")))
    return x, y


def _moved(old: Pair, new: Pair) -> ObjectPatch:
    """Return the patch of a vertex: of the numbers that differ."""
    members: dict[str, Change] = {
        key: Put(number)
        for key, before, number in zip("xy", old, new, strict=True)
        if before != number
    }
    return ObjectPatch(members)


def _state_patch(node: Json, state: NodeState) -> ObjectPatch:
    """Return the patch that says how a node is seen, in the spelling that it has."""
    word = STATE_WORDS[state]
    if "visibility" in node:
        return ObjectPatch({"visibility": Put(word)})
    patch = ObjectPatch({key: Put(key == word) for key in STATE_WORDS.values() if key in node})
    if word != "visible":
        patch.members.setdefault(word, Put(True))
    return patch
