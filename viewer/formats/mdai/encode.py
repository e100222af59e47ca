"""Shapes as MD.ai's `data` objects, in the spelling a record already has."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.json_tools import Bytes, Span, elements, is_list, members, value_of
from viewer.formats.mdai.shapes import is_flat, mask_of_rings
from viewer.formats.patches import number_edit
from viewer.formats.style import JsonValue, Style, line_indent, number_text
from viewer.geometry.mask import Bitmap, Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.model.ontology import kind_of, words_of
from viewer.model.source import Edit, Replace

Rings: TypeAlias = list[list[list[int]]]


def refusal_of(shape: Shape | None) -> str:
    """Return why MD.ai holds no such shape, as what is said of the label; "" when it does."""
    match shape:
        case Polygon(holes=holes) if holes:
            return "has holes, which MD.ai's polygons cannot have; use a mask label"
        case Ellipse(angle=angle) if angle:
            turn = f"{math.degrees(angle):.1f}\N{DEGREE SIGN}"
            return (
                f"is turned by {turn}, and MD.ai's ellipses lie along rows and columns; use a"
                " polygon label"
            )
        case Regions():
            return "has several regions, and MD.ai's polygons have one; use a mask label"
        case RotatedBox() | Skeleton():
            return f"is a {words_of(kind_of(shape))}, which MD.ai does not have"
        case _:
            return ""


def data_of(shape: Shape | None) -> JsonValue:
    """Return the `data` value of a shape, vertices as pairs.

    Raises:
        CannotWrite: MD.ai has no such shape.
    """
    refusal = refusal_of(shape)
    match shape:
        case None:
            return None
        case Box() | Point() | Ellipse() if not refusal:
            return numbers_of(shape)
        case Polygon(vertices) | Polyline(vertices) if not refusal:
            return {"vertices": _pairs(vertices)}
        case Mask():
            foreground, background = rings_of(shape)
            return {"foreground": foreground, "background": background}
        case _:
            raise CannotWrite(f"The shape {refusal}.")


def numbers_of(shape: Box | Point | Ellipse) -> dict[str, float]:
    """Return the numbers of a shape by the names that MD.ai has for them too."""
    names = (name for name in shape.__struct_fields__ if name != "angle")
    return {name: float(getattr(shape, name)) for name in names}


def _pairs(vertices: Points) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in vertices]


def data_edits(base: Bytes, span: Span, shape: Shape | None, style: Style) -> list[Edit]:
    """Return the edits that make the `data` value at `span` hold `shape`.

    Only the numbers that differ are replaced as long as their count is the same; else the list
    of vertices, flat or in pairs as it was; else the whole value.

    Raises:
        CannotWrite: MD.ai has no such shape.
    """
    refusal = refusal_of(shape)
    if refusal:
        raise CannotWrite(f"The shape {refusal}.")
    if isinstance(shape, Polygon | Polyline):
        edits = _vertex_edits(base, span, shape.vertices)
    elif isinstance(shape, Box | Point | Ellipse):
        edits = _member_edits(base, span, shape)
    else:
        edits = None
    if edits is None:
        text = style.dumped(data_of(shape), line_indent(base, span.start))
        return [Replace(span.start, span.end, text)]
    return edits


def _member_edits(base: Bytes, span: Span, shape: Box | Point | Ellipse) -> list[Edit] | None:
    if base[span.start] != ord("{"):
        return None
    values = numbers_of(shape)
    found = {member.key: member for member in members(base, span.start)}
    if not values.keys() <= found.keys():
        return None
    return [
        edit
        for name, value in values.items()
        for edit in number_edit(base, Span(found[name].start, found[name].end), value)
    ]


def _vertex_edits(base: Bytes, span: Span, vertices: Points) -> list[Edit] | None:
    if base[span.start] != ord("{"):
        return None
    found = [member for member in members(base, span.start) if member.key == "vertices"]
    if not found or base[found[-1].start] != ord("["):
        return None
    at = Span(found[-1].start, found[-1].end)
    value = value_of(base[at.start : at.end])
    flat = is_list(value) and is_flat(value)
    items = list(elements(base, at.start))
    tokens = items if flat else [n for item in items for n in elements(base, item.start)]
    numbers = [float(number) for number in vertices.ravel()]
    if len(tokens) == len(numbers):
        pairs = zip(tokens, numbers, strict=True)
        return [edit for token, number in pairs for edit in number_edit(base, token, number)]
    return [Replace(*at, _respelled(base, at, items, vertices, flat))]


def _respelled(base: Bytes, at: Span, items: list[Span], vertices: Points, flat: bool) -> bytes:
    """Return the list of vertices anew; a vertex that was there before keeps its spelling."""
    known: dict[bytes, bytes] = {}
    rows = [items[i : i + 2] for i in range(0, len(items), 2)] if flat else [[i] for i in items]
    for row, pair in zip(rows, _pairs_at(base, items, flat), strict=False):
        known[pair.tobytes()] = bytes(base[row[0].start : row[-1].end])
    outer = _gaps(base, at, items)
    inner = (
        outer if flat or not items else _gaps(base, items[0], list(elements(base, items[0].start)))
    )
    written: list[bytes] = []
    for vertex in vertices:
        spelled = known.get(vertex.tobytes())
        if spelled is None:
            pair = number_text(vertex[0]) + inner[1] + number_text(vertex[1])
            spelled = pair if flat else b"[" + inner[0] + pair + inner[2] + b"]"
        written.append(spelled)
    return b"[" + outer[0] + outer[1].join(written) + outer[2] + b"]"


def _pairs_at(base: Bytes, items: list[Span], flat: bool) -> Points:
    """Return the vertices that stand at `items` (n, 2): numbers of a flat list, else pairs."""
    tokens = items if flat else [n for item in items for n in elements(base, item.start)]
    numbers = [base[token.start : token.end] for token in tokens]
    return np.array([float(bytes(number)) for number in numbers]).reshape(-1, 2)


def _gaps(base: Bytes, at: Span, items: list[Span]) -> tuple[bytes, bytes, bytes]:
    """Return what stands behind the opening bracket, between elements, before the closer."""
    if not items:
        return b"", b",", b""
    opening = bytes(base[at.start + 1 : items[0].start])
    closing = bytes(base[items[-1].end : at.end - 1])
    between = next((bytes(base[a.end : b.start]) for a, b in pairwise(items)), b"," + opening)
    return opening, between, closing


def rings_of(mask: Mask) -> tuple[Rings, Rings]:
    """Return (foreground, background) rings of pixel indices that decode to exactly this mask.

    Outer rings, then rings of the hole pixels; an island in a hole cannot be stored that way,
    because background is painted last: then rectangles, none of them background.
    """
    if mask.width == 0 or mask.height == 0:
        return [], []
    bitmap = mask.to_array()
    outer = _contours(bitmap, mask.x, mask.y)
    filled = mask_of_rings([np.array(ring, dtype=np.float64) for ring in outer], [], None)
    holes = _contours(_on(filled, mask) & ~bitmap, mask.x, mask.y) if filled else []
    decoded = mask_of_rings(
        [np.array(ring, dtype=np.float64) for ring in outer],
        [np.array(ring, dtype=np.float64) for ring in holes],
        None,
    )
    return (outer, holes) if same_shape(decoded, mask) else (rectangles_of(mask), [])


def _on(mask: Mask, frame: Mask) -> Bitmap:
    """Return the pixels of `mask` inside the box of `frame`, which holds it."""
    canvas = np.zeros((frame.height, frame.width), dtype=np.bool_)
    x, y = mask.x - frame.x, mask.y - frame.y
    canvas[y : y + mask.height, x : x + mask.width] = mask.to_array()
    return canvas


def _contours(bitmap: Bitmap, x: int, y: int) -> Rings:
    import cv2

    found, _ = cv2.findContours(
        bitmap.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(x, y)
    )
    return [[[int(x), int(y)] for x, y in contour.reshape(-1, 2)] for contour in found]


def rectangles_of(mask: Mask) -> Rings:
    """Return rectangles, as rings of pixel indices, that together are exactly the mask.

    Each is a run of one row, grown down as long as the next rows have the same run.
    """
    bitmap = np.pad(mask.to_array(), ((0, 1), (1, 1)))
    open_: dict[tuple[int, int], int] = {}
    rings: Rings = []
    for row, line in enumerate(bitmap):
        turns = np.flatnonzero(line[1:] != line[:-1])
        runs = {(int(a), int(b) - 1) for a, b in turns.reshape(-1, 2)}
        for run in [known for known in open_ if known not in runs]:
            top, bottom = open_.pop(run) + mask.y, row - 1 + mask.y
            left, right = run[0] + mask.x, run[1] + mask.x
            rings.append([[left, top], [right, top], [right, bottom], [left, bottom]])
        for run in sorted(runs):
            open_.setdefault(run, row)
    return rings
