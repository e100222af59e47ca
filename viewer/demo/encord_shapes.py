"""Shapes of the demo as Encord spells them: parts of the picture's width and height."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from viewer.demo.vendors import Bitmap

Json = dict[str, Any]
Size = tuple[int, int]  # (width, height)
WORDS: Mapping[str, str] = {
    "bbox": "bounding_box",
    "freeform": "polygon",
    "polygon": "polygon",
    "line": "polyline",
    "location": "point",
    "ellipse": "ellipse",
    "mask": "bitmask",
}


def geometry_of(mode: str, data: Mapping[str, Any], size: Size) -> Json:
    """Return what an object with MD.ai's geometry has besides its name; not of masks."""
    width, height = size
    match mode:
        case "bbox":
            return box_of((data["x"], data["y"], data["width"], data["height"]), size)
        case "location":
            return {"point": _nodes([(data["x"], data["y"])], size)}
        case "line":
            return {"polyline": _nodes(data["vertices"], size)}
        case "ellipse":
            middle = {"x": data["cx"] / width, "y": data["cy"] / height}
            radii = {"rx": data["rx"] / width, "ry": data["ry"] / height}
            return {"ellipse": {**middle, **radii, "theta": 0}}
        case _:
            ring = [side for x, y in data["vertices"] for side in (x / width, y / height)]
            return {"polygon": _nodes(data["vertices"], size), "polygons": [[ring]]}


def box_of(box: Sequence[float], size: Size) -> Json:
    """Return the geometry of a box of left, top, width and height in pixels."""
    x, y, w, h = (side / size[at % 2] for at, side in enumerate(box))
    return {"boundingBox": {"h": h, "w": w, "x": x, "y": y}}


def bitmask_of(bitmap: Bitmap) -> Json:
    """Return the geometry of a mask: COCO's string of run-lengths, row by row."""
    height, width = bitmap.shape
    flat = np.concatenate([[False], bitmap.ravel()])  # runs begin with one of zeros
    ends = np.append(np.flatnonzero(flat[1:] != flat[:-1]), bitmap.size)
    runs = np.diff(ends, prepend=0).tolist()
    steps = [run - runs[at - 2] if at > 2 else run for at, run in enumerate(runs)]
    text = "".join(_spelled(step) for step in steps)
    return {"bitmask": {"rleString": text, "top": 0, "left": 0, "width": width, "height": height}}


def _nodes(vertices: Sequence[Sequence[float]], size: Size) -> Json:
    places = ({"x": x / size[0], "y": y / size[1]} for x, y in vertices)
    return {str(number): place for number, place in enumerate(places)}


def _spelled(number: int) -> str:
    """Return a number in groups of five bits, the lowest first, as printable characters."""
    found = ""
    while True:
        group, number = number & 31, number >> 5
        if number == (-1 if group & 16 else 0):
            return found + chr(48 + group)
        found += chr(48 + (group | 32))
