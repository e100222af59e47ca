"""The changes of one label: records that come and go, and what must agree with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.containers import Container
from viewer.formats.json_tools import BadJson, Bytes, Span, is_object, value_of
from viewer.formats.labelbox.agree import Frames, agreed_keys, agreed_ranges
from viewer.formats.labelbox.layout import LabelPlace, inside
from viewer.formats.labelbox.stretches import frame_of_key, ranges_of
from viewer.formats.patches import GONE, ListPatch, ObjectPatch, Put, edits_of
from viewer.formats.style import JsonValue, Style
from viewer.model.source import Edit
from viewer.model.subject import Plane

GROUPS: Mapping[Plane, str] = {"axial": "Axial", "sagittal": "Sagittal", "coronal": "Coronal"}
_SEGMENTS, _KEYS = "segments", "key_frame_feature_map"


@dataclass(eq=False)
class LabelPen:
    """Collects the changes of one label's annotations.

    Args:
        patch: of the value of `annotations`.
    """

    base: Bytes
    style: Style
    place: LabelPlace
    patch: ObjectPatch = field(default_factory=ObjectPatch)
    _dropped: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    _lost: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        found = inside(self.base, self.place.span, "annotations")
        if found is None or found.keys is None:
            raise CannotWrite("its label holds no annotations that could be changed")
        self._held: Container = found
        keys = found.keys
        self.form = "DICOM" if "groups" in keys else "Video" if "frames" in keys else "Image"
        self._numbers: dict[tuple[str, ...], dict[int, str]] = {}
        self._known: dict[tuple[str, ...], Container | None] = {(): found}

    def edits(self) -> list[Edit]:
        """Return the edits of everything that was collected."""
        for path in sorted(self._dropped):
            self._prune(path)
        self._drop_relations()
        return edits_of(self.base, self._held.span, self.patch, self.style)

    def path(self, plane: Plane) -> tuple[str, ...]:
        """Return the path to the frames of a plane.

        Raises:
            CannotWrite: the label has no such plane.
        """
        if self.form == "Video":
            return ("frames",)
        return ("groups", self.group(plane), "frames")

    def group(self, plane: Plane) -> str:
        """Return how the label spells a plane."""
        groups = self._inside("groups")
        for key in groups.keys or () if groups else ():
            if key.lower() == plane:
                return key
        if plane not in GROUPS:
            raise CannotWrite("it is on no axial, sagittal or coronal plane, which its label needs")
        return GROUPS[plane]

    def frame_key(self, path: tuple[str, ...], frame: int) -> str:
        """Return the key of a frame, as the label spells it if it is there."""
        if path not in self._numbers:
            found = self._inside(*path)
            named = {frame_of_key(key): key for key in found.keys or ()} if found else {}
            self._numbers[path] = {n: key for n, key in named.items() if n is not None}
        return self._numbers[path].get(frame, str(frame))

    def put_object(self, plane: Plane, frame: int, id: str, record: JsonValue) -> None:
        """Put an object on a frame."""
        here = self._frame(self.path(plane), frame)
        here.into("objects").members[id] = Put(record)

    def put_answer(self, plane: Plane, frame: int, record: JsonValue) -> None:
        """Put a classification on a frame."""
        self._frame(self.path(plane), frame).list("classifications").added.append(record)

    def _frame(self, path: tuple[str, ...], frame: int) -> ObjectPatch:
        key = self.frame_key(path, frame)
        here = self.patch.into(*path, key)
        if self._inside(*path, key) is None:  # a new frame has both, in this order
            here.into("objects")
            here.list("classifications")
        return here

    def drop_object(self, plane: Plane, frame: int, id: str) -> None:
        """Take an object off a frame."""
        path = self.path(plane)
        where = (*path, self.frame_key(path, frame))
        self.patch.into(*where, "objects").members[id] = GONE
        self._dropped.add(where)

    def drop_listed(self, at: int, *path: str) -> None:
        """Take the element that begins at byte `at` out of the list down this path."""
        found = self._inside(*path)
        starts = [int(start) for start in found.starts] if found else []
        if at not in starts:
            raise CannotWrite("its record was not found where its label should have it")
        self.patch.into(*path[:-1]).list(path[-1]).at[starts.index(at)] = GONE

    def drop_answer(self, plane: Plane, frame: int, at: int) -> None:
        """Take the classification that begins at byte `at` off a frame."""
        path = self.path(plane)
        where = (*path, self.frame_key(path, frame))
        self.drop_listed(at, *where, "classifications")
        self._dropped.add(where)

    def agree(self, id: str, plane: Plane, frames: Frames) -> None:
        """Make segments and key-frame map of an object say what its frames say."""
        if self.form == "Image":
            return
        self._agree_segments(id, plane, frames)
        self._agree_keys(id, plane, frames)

    def forget(self, id: str) -> None:
        """Take a deleted annotation out of segments, key-frame map and relationships."""
        self._lost.add(id)
        if self._inside(_KEYS) is not None:
            self.patch.into(_KEYS).members[id] = GONE
        if self._inside(_SEGMENTS) is None:
            return
        if self.form == "Video":
            self.patch.into(_SEGMENTS).members[id] = GONE
        if self.form == "DICOM":
            groups = self._inside(_SEGMENTS)
            for group in groups.keys or () if groups else ():
                self.patch.into(_SEGMENTS, group).members[id] = GONE

    def _agree_segments(self, id: str, plane: Plane, frames: Frames) -> None:
        path = (_SEGMENTS,) if self.form == "Video" else (_SEGMENTS, self.group(plane))
        old, _ = ranges_of(self._value(*path, id))
        if not old and frames.stored and self._value(*path, id) is None:
            known = set(frames.stored) | frames.come
            frames = Frames(frames.left, frozenset(known), frames.stored)
        new = agreed_ranges(old, frames)
        if new == old:
            return
        here = self.patch.into(*path)
        here.members[id] = Put([list(pair) for pair in new]) if new else GONE

    def _agree_keys(self, id: str, plane: Plane, frames: Frames) -> None:
        held = self._inside(_KEYS)
        if held is None:
            return  # some exports have no such map: then every frame counts as drawn
        value = self._value(_KEYS, id)
        if value is None and frames.come != frozenset(frames.stored):
            return  # every frame of it counts as drawn, and goes on doing so
        if self.form == "Video":
            if frames.stored:
                like = self._example_of_keys() if value is None else value
                self.patch.into(_KEYS).members[id] = agreed_keys(like, frames)
            else:
                self.patch.into(_KEYS).members[id] = GONE
            return
        self._agree_group(id, self.group(plane), value, frames)

    def _agree_group(self, id: str, group: str, value: object, frames: Frames) -> None:
        here = self.patch.into(_KEYS, id)
        old = value.get(group) if is_object(value) else None
        if value is None:
            for name in GROUPS.values():
                here.members.setdefault(name, ObjectPatch())
        here.members[group] = agreed_keys(old if old is not None else {}, frames)

    def _example_of_keys(self) -> object:
        """Return an empty key-frame entry in the spelling of the label's first one."""
        found = self._inside(_KEYS)
        is_listed = found is not None and len(found) > 0 and self._first(found) == b"["
        return [] if is_listed else {}

    def _first(self, found: Container) -> bytes:
        start = found.value(0).start
        return bytes(self.base[start : start + 1])

    def _drop_relations(self) -> None:
        found = self._inside("relationships") if self._lost else None
        for number in range(len(found) if found else 0):
            value = self._read(found.value(number)) if found else None
            ends = [one for one in value.values() if is_object(one)] if is_object(value) else []
            if any(end in self._lost for one in ends for end in one.values()):
                self.patch.list("relationships").at[number] = GONE

    def _prune(self, path: tuple[str, ...]) -> None:
        """Take a frame out on which nothing is left."""
        frame = self._inside(*path)
        patch = self.patch.into(*path)
        if frame is None or set(frame.keys or ()) - {"objects", "classifications"}:
            return
        if not any(self._left(path, name, patch) for name in ("objects", "classifications")):
            self.patch.into(*path[:-1]).members[path[-1]] = GONE

    def _left(self, path: tuple[str, ...], name: str, patch: ObjectPatch) -> int:
        """Return how many elements a list or object of a frame will have."""
        held = self._inside(*path, name)
        change = patch.members.get(name)
        count = len(held) if held else 0
        if isinstance(change, ListPatch):
            return count - sum(one is GONE for one in change.at.values()) + len(change.added)
        if isinstance(change, ObjectPatch):
            known = set(held.keys or ()) if held else set[str]()
            gone = {key for key, one in change.members.items() if one is GONE}
            return len((known | set(change.members)) - gone)
        return count

    def _inside(self, *path: str) -> Container | None:
        """Return the list or object down a path; None where it is missing or is neither."""
        if path not in self._known:
            above = self._inside(*path[:-1]) if path[1:] else self._held
            at = above.find(path[-1]) if above is not None and above.keys is not None else None
            span = above.value(at) if above is not None and at is not None else None
            self._known[path] = inside(self.base, span) if span is not None else None
        return self._known[path]

    def _value(self, *path: str) -> object:
        """Return the value down a path; None where there is none."""
        found = self._inside(*path[:-1])
        at = found.find(path[-1]) if found is not None and found.keys is not None else None
        return None if found is None or at is None else self._read(found.value(at))

    def _read(self, span: Span) -> object:
        try:
            return value_of(self.base[span.start : span.end])
        except BadJson:
            return None

    def record(self, span: Span) -> dict[str, object]:
        """Return the value of a record; nothing where it is damaged."""
        value = self._read(span)
        return value if is_object(value) else {}

    def example(self, path: Sequence[str]) -> dict[str, object]:
        """Return an object record of this label, to be followed in its keys; empty without."""
        if self.form == "Image":
            found = self._inside("objects")
            return self.record(found.value(0)) if found is not None and len(found) else {}
        frames = self._inside(*path)
        for number in range(min(len(frames), 50) if frames else 0):
            span = frames.value(number) if frames else None
            objects = inside(self.base, span, "objects") if span else None
            if objects is not None and len(objects):
                return self.record(objects.value(0))
        return {}
