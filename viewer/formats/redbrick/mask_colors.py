"""Which colour a class has in PNG masks of colours: class_map.json, which exports have beside them.

Each class of segmentations stands there with (red, green, blue); the names of a nested category are
joined by "::" (redbrick-sdk 2.35.4). Voxels that several instances share are white.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from viewer.errors import CannotRead
from viewer.formats.json_tools import BadJson, is_list, is_object
from viewer.formats.masks.pictures import Color
from viewer.formats.redbrick.categories import Category, parts_of, path_of
from viewer.formats.redbrick.shapes import record_of
from viewer.model.ontology import LabelClass
from viewer.model.source import Beside

CLASS_MAP = "class_map.json"
WHITE = (255, 255, 255)
_LARGEST = 1 << 24


class MaskColors:
    """Colours of classes, each with a number from 1 for voxels of its own.

    Args:
        beside: what lies around the export.
        known: colours by the name of the class, for an export without class_map.json.
    """

    def __init__(self, beside: Beside | None, known: Mapping[str, str]) -> None:
        self._beside = beside
        self._known = known

    def number_of(self, category: Category) -> int | None:
        """Return the number of a class's colour; None where it is not known, or one of several."""
        name = "::".join(map(str, path_of(category)))
        is_twice = any(other.startswith(f"{name} (") for other in self._by_name)
        color = None if is_twice else self._by_name.get(name)
        return None if color is None else self.palette.index(color) + 1

    @property
    def white(self) -> int | None:
        """The number of voxels that several instances share; None where a class is white."""
        return None if WHITE in self._by_name.values() else self.palette.index(WHITE) + 1

    @cached_property
    def palette(self) -> tuple[Color, ...]:
        """The colours by number, the first one's 1."""
        return tuple(dict.fromkeys((*self._by_name.values(), WHITE)))

    @property
    def are_in_file(self) -> bool:
        """There is a class_map.json that tells colours."""
        return bool(self._told)

    @cached_property
    def _by_name(self) -> Mapping[str, Color]:
        return self._told or {name: _of_hex(text) for name, text in self._known.items()}

    @cached_property
    def _told(self) -> Mapping[str, Color]:
        found = self._listed()
        names = found if is_object(found) else {}
        return {name: color for name, value in names.items() if (color := _color(value))}

    def _listed(self) -> object:
        """Return what class_map.json says; None without one that can be read."""
        if self._beside is None:
            return None
        try:
            path = self._beside.find(CLASS_MAP)
            return None if path is None else record_of(self._beside.read(path, _LARGEST))
        except (CannotRead, BadJson, msgspec.DecodeError):  # masks say that a colour is missing
            return None


def mask_colors(classes: Iterable[LabelClass]) -> Mapping[str, str]:
    """Return the colours of the classes of segmentations by their names."""
    found = ((parts_of(one.id), one.color) for one in classes)
    return {
        "::".join(map(str, path_of(category))): color
        for (place, category), color in found
        if place == "segmentMap" and color
    }


def _color(value: object) -> Color | None:
    """Return a colour of three whole numbers; None for anything else, and for the background."""
    numbers = (
        [one for one in value if type(one) is int and 0 <= one <= 255] if is_list(value) else []
    )
    if len(numbers) != 3 or not any(numbers):
        return None
    return numbers[0], numbers[1], numbers[2]


def _of_hex(text: str) -> Color:
    number = int(text[1:], 16)
    return number >> 16, number >> 8 & 255, number & 255
