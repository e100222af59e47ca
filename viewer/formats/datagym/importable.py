"""What DATAGYM's own import would not take of an export, looked for as it stands in the file.

Its schema refuses a whole file for one value that it does not know; its reader passes over others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

import msgspec
import numpy as np

from viewer.errors import Issue
from viewer.formats.datagym.answers import DEEPEST
from viewer.formats.datagym.gather import FRAMES, GLOBAL, OBJECT
from viewer.formats.datagym.kinds import NESTED
from viewer.formats.datagym.products import EMPTY_SEGMENTATION, NO_VIDEOS
from viewer.formats.datagym.shapes import OLD_KEY, SEGMENTATION, TYPES
from viewer.formats.datagym.video_records import ANSWERS
from viewer.formats.filling import shown_text
from viewer.formats.json_tools import BadJson, Walker, first_byte, is_list, is_object, value_of
from viewer.formats.problems import FAST_REFUSES, few
from viewer.formats.surroundings import Rows
from viewer.model.project import Export
from viewer.model.table import Base

_FLAT = (OLD_KEY, *(name for name in TYPES if name != SEGMENTATION))
_KNOWN = frozenset((*_FLAT, SEGMENTATION, ANSWERS, NESTED))
_REFUSES = "its schema refuses a file with"
_NO_LIST = f"{_REFUSES} one task and no list"
_PLACES = f"{_REFUSES} coordinates that are null, negative or no numbers"
_RINGS = f"{_REFUSES} rings under {OLD_KEY!r}"
_KEYS = f"{_REFUSES} keys that it does not know"
_EMPTY = f"{_REFUSES} empty lists"
_NESTED = f"{_REFUSES} several nested answers in one, or one behind several values"

# What is imported whole, as types: most tasks are decoded by them and not looked at any further.
_Number: TypeAlias = (
    Annotated[float, msgspec.Meta(ge=0)] | Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]
)


class _Place(msgspec.Struct, gc=False):
    x: _Number = 0.0
    y: _Number = 0.0
    w: _Number = 0.0
    h: _Number = 0.0


_Places: TypeAlias = Annotated[list[_Place], msgspec.Meta(min_length=1)]
_Answers: TypeAlias = dict[str, Annotated[list[str | None], msgspec.Meta(min_length=1)]]


class _Label(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    geometry: _Places | None = None
    rectangle: _Places | None = None
    polygon: _Places | None = None
    line: _Places | None = None
    point: _Places | None = None
    classifications: _Answers = {}
    nested_geometries: dict[str, Annotated[list[_Label], msgspec.Meta(min_length=1)]] = {}


class _Task(msgspec.Struct, gc=False):
    global_classifications: _Answers = {}
    labels: dict[str, Annotated[list[_Label], msgspec.Meta(min_length=1)]] = {}


_ROWS = Rows("Task")
_WHOLE = msgspec.json.Decoder(_Task)


def unimportable(export: Export, base: Base, check: Callable[[], None]) -> Iterator[Issue]:
    """Yield what the platform would not take back of an export, a sentence for each rule.

    Args:
        check: asked again and again; raises where the answer is no longer wanted.
    """
    found, data = _Findings(), memoryview(export.sources[0].base)
    _ROWS.ahead(export, base, check)
    for _, task in _ROWS.every(export, base):
        check()
        found.take(data[task.start : task.end])
    if not export.classless and data[Walker(data, first_byte(data)).start()] == ord("{"):
        yield _issue(export, _NO_LIST)
    for rule, names in found.rules.items():
        where = few(f"{count:,} in {name}" for name, count in names.items())
        yield _issue(export, f"{rule} ({names.total():,} here: {where})")
    objects = len(np.unique(base.columns.owners[base.columns.frames >= 0]))
    if objects:
        yield _issue(export, f"{NO_VIDEOS} ({objects:,} here)")


def _issue(export: Export, rule: str) -> Issue:
    sentence = (
        f"DATAGYM would not import this export as it is: {rule}. 'Save as import file...' under "
        "Export makes a file that it takes, and names what is left out."
    )
    return Issue("note", "not-importable", sentence, export.title)


@dataclass(eq=False)
class _Findings:
    """What is not imported: how often in each class or question, by rule."""

    rules: dict[str, Counter[str]] = field(default_factory=dict[str, "Counter[str]"])

    def note(self, rule: str, name: str) -> None:
        """Count what breaks a rule."""
        self.rules.setdefault(rule, Counter())[shown_text(name)] += 1

    def take(self, data: memoryview) -> None:
        """Look at a task; a damaged one is said where the export is read."""
        try:
            _WHOLE.decode(data)
        except FAST_REFUSES:
            try:
                task = value_of(bytes(data))
            except BadJson:
                return
            if is_object(task):
                self._answers(task.get(GLOBAL))
                self._labels(task.get("labels"))

    def _labels(self, held: object, depth: int = 0) -> None:
        if not is_object(held) or OBJECT in held or FRAMES in held or depth > DEEPEST:
            return
        for name, values in held.items():
            if values == []:
                self.note(_EMPTY, name)
            for value in values if is_list(values) else ():
                if is_object(value):
                    self._label(name, value, depth)

    def _label(self, name: str, value: dict[str, object], depth: int) -> None:
        if value.keys() - _KNOWN:
            self.note(_KEYS, name)
        if SEGMENTATION in value:
            self.note(EMPTY_SEGMENTATION, name)
        for key in _FLAT:
            self._geometry(name, key, value.get(key))
        self._answers(value.get(ANSWERS))
        self._labels(value.get(NESTED), depth + 1)

    def _geometry(self, name: str, key: str, held: object) -> None:
        places = held if is_list(held) else ()
        if held == []:
            self.note(_EMPTY, name)
        elif any(is_list(place) for place in places):
            self.note(_RINGS if key == OLD_KEY else _PLACES, name)
        elif not all(_is_place(place) for place in places):
            self.note(_PLACES, name)

    def _answers(self, held: object, depth: int = 0) -> None:
        for name, values in held.items() if is_object(held) and depth <= DEEPEST else ():
            if is_list(values):
                self._answer(name, values, depth)

    def _answer(self, name: str, values: Sequence[object], depth: int) -> None:
        nested = [at for at, value in enumerate(values) if is_object(value)]
        if not values:
            self.note(_EMPTY, name)
        if nested and nested != [1]:
            self.note(_NESTED, name)
        for at in nested:
            self._answers(values[at], depth + 1)


def _is_place(value: object) -> bool:
    """Whether the schema takes the numbers of a place."""
    return is_object(value) and all(_is_taken(value[key]) for key in "xywh" if key in value)


def _is_taken(number: object) -> bool:
    """Whether the schema takes a number, which may be digits in quotes."""
    match number:
        case bool():
            return False
        case int() | float():
            return number >= 0
        case str():
            return number.isascii() and number.isdecimal()
        case _:
            return False
