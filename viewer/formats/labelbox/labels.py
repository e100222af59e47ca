"""The labels of an export v2, annotation by annotation: image, video and DICOM."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

import msgspec
import numpy as np

from viewer.errors import BadRecord
from viewer.formats.json_tools import is_object
from viewer.formats.labelbox.gather import NO_FRAME, Gathered, Where
from viewer.formats.labelbox.questions import Question, question_of
from viewer.formats.labelbox.records import Annotations, Frame, Group, Label, Object
from viewer.formats.labelbox.shapes import kind_of_object, object_of, shape_of_object
from viewer.formats.labelbox.stretches import (
    Range,
    frame_of_key,
    frames_of_keys,
    key_frames_of,
    keys_of,
    missing_count,
    plain_object,
    ranges_of,
    stretches_of,
)
from viewer.formats.table_bytes import Codes, HeadRelation
from viewer.formats.values import text_in
from viewer.model.ontology import LabelClass
from viewer.model.subject import PLANES, Plane, Scope
from viewer.model.table import Ints

WITHOUT_NAME = "without name"
MASK_REASON = "its mask is not downloaded"
UNKNOWN_SIZE = (-1, -1)  # a row's size is that of the pictures as they were taken
MOST_DERIVED = 1_000_000
_UNSET = msgspec.UNSET
_COLOR = re.compile("#[0-9a-fA-F]{6}")
_Framed = tuple[str, Ints, Ints]  # a feature id, frames, numbers of records


@dataclass(eq=False)
class Labels:
    """Takes labels into columns.

    Args:
        source: number of the source that holds them.
        room: how many derived placements there may still be.
    """

    gathered: Gathered
    source: int = 0
    room: int = MOST_DERIVED
    base: int = 1
    relations: list[HeadRelation] = field(default_factory=list[HeadRelation])
    without_room: list[str] = field(default_factory=list[str])
    bad_frames: list[str] = field(default_factory=list[str])
    group_names: set[str] = field(default_factory=set[str])

    def take(self, label: Label, where: Where, count: int | None) -> None:
        """Take one label.

        Args:
            count: number of frames of its media, where the export says it.
        """
        held = label.annotations
        if held is None:
            return
        first = len(self.gathered.ids)
        self._listed(held.objects, where)
        self._answers(held.classifications, where, "series" if held.frames else "instance")
        last = count if count is not None else MOST_DERIVED
        if held.frames is not _UNSET:
            stretches = plain_object(memoryview(held.segments)) or {}
            keys = key_frames_of(memoryview(held.key_frames))
            self._framed(held.frames, where, _Told(stretches, keys, last))
        if held.groups is not _UNSET:
            self._groups(held, held.groups, where)
        self._related(held, first)

    def take_frames(
        self, frames: Mapping[str, Frame], keys: Mapping[str, object], where: Where
    ) -> None:
        """Take frames that stand by themselves; an object is where it has a record."""
        self._framed(frames, where, _Told({}, keys, -1))

    def take_listed(
        self, objects: Sequence[msgspec.Raw], answers: Sequence[msgspec.Raw], where: Where
    ) -> None:
        """Take what stands on no frame."""
        self._listed(objects, where)
        self._answers(answers, where, "instance")

    def _groups(self, held: Annotations, groups: Mapping[str, Group], where: Where) -> None:
        stretches = plain_object(memoryview(held.segments)) or {}
        keys = key_frames_of(memoryview(held.key_frames))
        for name, group in groups.items():
            plane = plane_of(name)
            reason = None if plane else f"its group {name!r} is no plane that is known here"
            code = PLANES.index(plane or "acquired")
            size = where.size if plane in (None, "axial") else UNKNOWN_SIZE
            here = replace(where, plane=code, reason=where.reason or reason, size=size)
            if group.frames:
                self.group_names.add(name)
            mine = stretches.get(name)
            told = _Told(
                mine if is_object(mine) else {},
                {id: _of_group(by_group, name) for id, by_group in keys.items()},
                MOST_DERIVED,
            )
            self._answers(group.classifications, here, "series")
            self._framed(group.frames, here, told)

    def _listed(self, objects: Sequence[msgspec.Raw], where: Where) -> None:
        for raw in objects:
            self._begin(raw, None, where)
            self.gathered.place(self.gathered.keep_raw(raw, self.source))

    def _framed(self, frames: Mapping[str, Frame], where: Where, told: _Told) -> None:
        """Take everything that stands on frames."""
        held, numbers = self._numbered(frames, where)
        objects = [frame.objects for frame in held]
        every = list(chain.from_iterable(map(dict[str, msgspec.Raw].values, objects)))
        first = self.gathered.keep_raws(every, self.source)
        of_object = np.repeat(numbers, np.fromiter(map(len, objects), np.int64, len(held)))
        for id, its_numbers, records in _by_id(list(chain.from_iterable(objects)), of_object):
            kind = self._begin(every[int(records[0])], id, where)
            derives = kind not in ("mask", "unknown")
            self._place(id, its_numbers, records + first, told, derives=derives)
        self._framed_answers([frame.classifications for frame in held], numbers, where, told)

    def _framed_answers(
        self, answers: Sequence[Sequence[msgspec.Raw]], numbers: Ints, where: Where, told: _Told
    ) -> None:
        """Take the answers about frames; the same one mostly stands on many."""
        every = list(chain.from_iterable(answers))
        first = self.gathered.keep_raws(every, self.source)
        of_answer = np.repeat(numbers, np.fromiter(map(len, answers), np.int64, len(answers)))
        texts = list(map(bytes, every))
        known = {text: question_of(text) or _NO_QUESTION for text in dict.fromkeys(texts)}
        heads = [known[text] for text in texts]
        for id, its_numbers, records in _by_id([_id_of(head) for head in heads], of_answer):
            self._begin_answer(heads[int(records[0])], where, "instance")
            self._place(id, its_numbers, records + first, told, derives=False)

    def _place(self, id: str, numbers: Ints, records: Ints, told: _Told, *, derives: bool) -> None:
        ranges, good = told.ranges(id)
        keys, readable = told.keys(id)
        if any(first == 0 for first, _ in ranges or ()) or 0 in (keys or ()):
            self.base = 0
        if not (good and readable):
            what = "its segments or key frames are not all frame numbers; those are left aside"
            self.gathered.problems.append(("odd-segments", id, what))
        one = int(numbers[0])
        is_whole = len(numbers) == 1 and (not ranges or ranges == [(one, one)])
        if is_whole and (keys is None or one in keys):
            self.gathered.place(int(records[0]), one)
            return
        last = self._last(id, numbers, ranges, told.last) if derives and ranges else -1
        self.gathered.place_all(records, stretches_of(numbers, ranges, keys, last))

    def _last(self, id: str, numbers: Ints, ranges: list[Range], last: int) -> int:
        """Return the last frame that may be derived; -1 where there is no room for any."""
        wanted = missing_count(int(numbers.min()), ranges, last) - len(numbers)
        is_cut = last == MOST_DERIVED and max(end for _, end in ranges) > last
        if wanted > self.room or is_cut:
            self.without_room.append(id)
            return -1
        self.room -= max(0, wanted)
        return last

    def _numbered(self, frames: Mapping[str, Frame], where: Where) -> tuple[Sequence[Frame], Ints]:
        """Return frames and their numbers; those whose keys are none, or come again, are listed."""
        plain = frames_of_keys(tuple(frames))
        if plain is None:
            found = list(self._numbered_one_by_one(frames, where))
            held, numbers = [frame for frame, _ in found], [number for _, number in found]
        else:
            held, numbers = list(frames.values()), plain
        if 0 in numbers:
            self.base = 0
        return held, np.array(numbers, dtype=np.int64)

    def _numbered_one_by_one(
        self, frames: Mapping[str, Frame], where: Where
    ) -> Iterator[tuple[Frame, int]]:
        seen: set[int] = set()
        for key, frame in frames.items():
            number = frame_of_key(key)
            if number is not None and str(number) != key and str(number) in frames:
                number = None  # such as "007" beside "7"
            if number is None or number in seen:
                self.bad_frames.append(key)
                reason = f"its frame {key[:20]!r} is no frame number of its own"
                self._unplaced(frame, replace(where, reason=where.reason or reason))
                continue
            seen.add(number)
            yield frame, number

    def _unplaced(self, frame: Frame, where: Where) -> None:
        """List what stands on a frame that is none, locked."""
        for id, raw in frame.objects.items():
            self._begin(raw, id, where)
            self.gathered.place(self.gathered.keep_raw(raw, self.source))

    def _begin(self, raw: msgspec.Raw, id: str | None, where: Where) -> str:
        """Begin the annotation of an object and return its kind."""
        found, reason = object_of(raw)
        kind = kind_of_object(found) or "unknown"
        if reason is None:
            try:
                shape_of_object(found)
            except BadRecord as error:
                reason = str(error)
        name = found.feature_id or ""
        if id is not None and name and id != name:
            self.gathered.problems.append(("other-id", id, f"its feature_id says {name!r}"))
        if reason is not None:
            self.gathered.problems.append(("damaged-record", id or name, reason))
            kind = "unknown"
        elif kind == "mask":
            reason = MASK_REASON
        self.gathered.add(id or name, class_of(found), where, reason, kind)
        return kind

    def _answers(self, records: Sequence[msgspec.Raw], where: Where, scope: Scope) -> None:
        for raw in records:
            self._begin_answer(question_of(raw) or _NO_QUESTION, where, scope)
            self.gathered.place(self.gathered.keep_raw(raw, self.source), NO_FRAME)

    def begin_answer(self, raw: msgspec.Raw, where: Where) -> None:
        """Begin the annotation of an answer about frames; its placements follow."""
        self._begin_answer(question_of(raw) or _NO_QUESTION, where, "instance")

    def _begin_answer(self, head: Question, where: Where, scope: Scope) -> None:
        label = LabelClass(
            id=head.schema_id or f"{head.mode} {head.name}".strip() or "unknown",
            name=head.name or WITHOUT_NAME,
            mode=head.mode or "unknown",
            scope=scope,
        )
        reason = None if head.mode else "its answer is of no form that is known here"
        self.gathered.add(head.feature_id, label, where, reason, "none")

    def _related(self, held: Annotations, first: int) -> None:
        """Take the relationships between the annotations from number `first` on."""
        if not held.relationships:
            return
        ordinals: dict[str, int] = {}
        for ordinal, id in enumerate(self.gathered.ids[first:], first):
            ordinals.setdefault(id, ordinal)
        for raw in held.relationships:
            found = relation_of(plain_object(memoryview(raw)) or {})
            if found is None or not {found[1], found[2]} <= ordinals.keys():
                what = "a relationship between others than two labels here; it is not shown"
                self.gathered.problems.append(("odd-relationship", found[1] if found else "", what))
                continue
            name, source, target, directed = found
            self.relations.append(HeadRelation(name, ordinals[source], ordinals[target], directed))


@dataclass(frozen=True)
class _Told:
    """What a label says of its objects' frames besides them, by feature id."""

    segments: Mapping[str, object]
    key_frames: Mapping[str, object]
    last: int

    def ranges(self, id: str) -> tuple[list[Range] | None, bool]:
        return ranges_of(self.segments[id]) if id in self.segments else (None, True)

    def keys(self, id: str) -> tuple[frozenset[int] | None, bool]:
        value = self.key_frames.get(id)
        return (None, True) if value is None else keys_of(value)


_NO_QUESTION = Question("", "", "", "")


def relation_of(value: Mapping[str, object]) -> tuple[str, str, str, bool] | None:
    """Return (name, source, target, directed) of a relationship by feature ids; None if odd."""
    for key, directed in (
        ("unidirectional_relationship", True),
        ("bidirectional_relationship", False),
    ):
        ends = value.get(key)
        if is_object(ends):
            name = text_in(value, "name")
            return name, text_in(ends, "source"), text_in(ends, "target"), directed
    return None


def plane_of(group: str) -> Plane | None:
    """Return the plane that a group of a DICOM label means."""
    lower = group.lower()
    return next((plane for plane in PLANES[1:] if plane == lower), None)


def class_of(found: Object) -> LabelClass:
    """Return the class of an object: by its schema, else by its kind and name."""
    kind = kind_of_object(found)
    mode = found.annotation_kind or "unknown"
    name = found.name or found.value or ""
    return LabelClass(
        id=found.feature_schema_id or f"{mode} {name}".strip(),
        name=name or WITHOUT_NAME,
        color=found.color if _COLOR.fullmatch(found.color or "") else None,
        kind=kind,
        mode=mode,
    )


def _by_id(ids: Sequence[str], numbers: Ints) -> Iterator[_Framed]:
    """Yield for each id its frames and the places of its records, one for each frame.

    Args:
        numbers: the frame of each id.
    """
    codes = Codes[str]()
    of = codes.of(ids)
    order = np.argsort(of, kind="stable")
    ends: list[int] = np.cumsum(np.bincount(of)).tolist()
    for id, (start, end) in zip(codes.values, pairwise((0, *ends)), strict=True):
        places = order[start:end]
        places = places[np.diff(numbers[places], prepend=-1) != 0]
        yield id, numbers[places], places


def _id_of(head: Question) -> str:
    return head.feature_id or head.name


def _of_group(by_group: object, name: str) -> object:
    return by_group.get(name) if is_object(by_group) else None
