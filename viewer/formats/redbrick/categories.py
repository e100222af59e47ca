"""Categories of labels as class ids of the model, and back.

A class id is the place where the labels stand and the category's path, parted by "/" and escaped as
in a JSON pointer: "polygons/organ/kidney". A category given by its number is "polygons/~i5".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from viewer.formats.json_tools import BadJson, is_list, is_object, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.values import shown_text

Category: TypeAlias = "str | int | tuple[str, ...] | None"
_NUMBER = "~i"
_LARGEST = 2**53  # the last whole number that every JSON reader tells from its neighbours


def category_of(token: bytes | memoryview | msgspec.Raw) -> Category:
    """Return the category of a label's bytes; None where it has none, or something else."""
    try:
        value: object = msgspec.json.decode(token)
    except FAST_REFUSES:
        try:
            value = value_of(bytes(token))
        except BadJson:
            return None
    return category_of_value(value)


def category_of_value(value: object) -> Category:
    """Return the category of a JSON value: a name, a path of names, or the class's number."""
    if is_object(value):
        value = value.get("category")
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return shown_text(value)
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else None
    if is_list(value):
        names = tuple(shown_text(name) for name in value if isinstance(name, str))
        return names if len(names) == len(value) > 0 else None
    return None


def class_id_of(place: str, category: Category) -> str:
    """Return the class id of a category; that of a classification is its place alone."""
    if category is None:
        return place
    if isinstance(category, int):
        return f"{place}/{_NUMBER}{category}"
    return "/".join((place, *(_escaped(name) for name in path_of(category))))


def parts_of(class_id: str) -> tuple[str, Category]:
    """Return the place and the category of a class id."""
    place, _, rest = class_id.partition("/")
    if not rest and "/" not in class_id:
        return place, None
    if rest.startswith(_NUMBER):
        return place, int(rest.removeprefix(_NUMBER))
    path = [_plain(part) for part in rest.split("/")]
    return place, tuple(path) if len(path) > 1 else path[0]


def path_of(category: Category) -> Sequence[str]:
    """Return the names from the top to the category itself."""
    match category:
        case None:
            return ()
        case str():
            return (category,)
        case int():
            return (f"class {category}",)
        case _:
            return category


def place_of(list_name: str, measured: str | None = None) -> str:
    """Return the first part of a class id: the list, of measurements also what is measured."""
    return f"{list_name}.{measured}" if measured else list_name


def list_of(place: str) -> str:
    """Return the name of the list that a class id's first part speaks of."""
    return place.partition(".")[0]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _plain(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
