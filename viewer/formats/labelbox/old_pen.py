"""The changes of one label of v1: of a picture, or with frames in its row or in other files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.containers import Container
from viewer.formats.json_tools import BadJson, Bytes, Span, is_object, value_of
from viewer.formats.labelbox.agree import Frames
from viewer.formats.labelbox.layout import inside
from viewer.formats.labelbox.old_frames import FrameRecords, named_in
from viewer.formats.labelbox.old_layout import FramesAt, OldPlace
from viewer.formats.labelbox.pens import Spot
from viewer.formats.patches import GONE, ListPatch, ObjectPatch, edits_of
from viewer.formats.style import JsonValue, Style
from viewer.model.source import Edit, Source
from viewer.model.subject import Plane


@dataclass(eq=False)
class OldPen:
    """Collects the changes of one label; where it stands on a frame says all, nothing need agree.

    Args:
        patch: of the value of `Label`.
    """

    sources: Sequence[Source]
    style: Style
    place: OldPlace
    patch: ObjectPatch = field(default_factory=ObjectPatch)
    _frames: dict[FramesAt, FrameRecords] = field(default_factory=dict[FramesAt, FrameRecords])
    _lost: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.base = self.sources[0].base
        video = "Video" if self.place.has_frames else "Image"
        self.form = "DICOM" if self.place.groups else video

    def put(self, spot: Spot, id: str, record: JsonValue, *, is_question: bool) -> None:
        """Put a record in.

        Raises:
            CannotWrite: its frames are not there, or it needs some.
        """
        name = _list_name(is_question=is_question)
        if spot.frame is not None:
            self._records(spot.plane).put(spot.frame, name, record)
        elif not is_question and self.place.has_frames:
            raise CannotWrite("its label needs a frame for it")
        else:
            self._holder(spot.plane).list(name).added.append(record)

    def drop(self, spot: Spot, at: int, *, is_question: bool) -> None:
        """Take the record out that begins at byte `at`."""
        name = _list_name(is_question=is_question)
        if spot.frame is not None:
            self._records(spot.plane).drop(spot.frame, name, at)
            return
        found = self._list(spot.plane, name)
        starts = [int(start) for start in found.starts] if found else []
        if at not in starts:
            raise CannotWrite("its record was not found where its label should have it")
        self._holder(spot.plane).list(name).at[starts.index(at)] = GONE

    def agree(self, id: str, plane: Plane, frames: Frames) -> None:
        """Do nothing: on which frames an object is, its records alone say."""

    def forget(self, id: str) -> None:
        """Take the relationships out that name a deleted annotation."""
        self._lost.append(id)

    def example(self, spot: Spot) -> dict[str, object]:
        """Return an object of this label, to be followed in its keys; empty without."""
        if spot.frame is None:
            found = self._list(spot.plane, "objects")
            span = found.value(0) if found is not None and len(found) else None
            return _record(self.base, span) if span else {}
        records = self._records(spot.plane)
        span = records.example()
        return _record(records.base, span) if span else {}

    def edits(self) -> dict[int, list[Edit]]:
        """Return everything that was collected."""
        if self._lost:
            self._drop_relations()
        found: dict[int, list[Edit]] = {0: []}
        if self.patch.members:
            found[0] += edits_of(self.base, self.place.span, self.patch, self.style)
        for at, records in self._frames.items():
            found.setdefault(at.source, []).extend(records.edits())
        return found

    def _drop_relations(self) -> None:
        for plane in ("acquired", *self.place.groups):
            found = self._list(plane, "relationships")
            for number in named_in(self.base, found, self._lost):
                self._holder(plane).list("relationships").at[number] = GONE
        for plane in self.place.frames:
            self._records(plane).drop_relations(self._lost)

    def _records(self, plane: Plane) -> FrameRecords:
        at = self.place.frames.get(plane)
        if at is None:
            raise CannotWrite(
                "the frames of its label are in a file that is not here; save it beside the export"
                if self.place.has_frames
                else "its label has no frames"
            )
        if at not in self._frames:
            self._frames[at] = FrameRecords(self.sources[at.source], at)
        return self._frames[at]

    def _holder(self, plane: Plane) -> ObjectPatch:
        """Return the patch of what holds the lists of a plane: the label, or its group."""
        if plane == "acquired":
            return self.patch
        number = self.place.groups.get(plane)
        if number is None:
            raise CannotWrite(f"its label has no {plane} plane")
        groups: ListPatch = self.patch.list("groups")
        found = groups.at.get(number)
        if not isinstance(found, ObjectPatch):
            found = groups.at[number] = ObjectPatch()
        return found

    def _list(self, plane: Plane, name: str) -> Container | None:
        if plane == "acquired":
            return inside(self.base, self.place.span, name)
        groups = inside(self.base, self.place.span, "groups")
        number = self.place.groups.get(plane)
        if groups is None or number is None:
            return None
        return inside(self.base, groups.value(number), name)


def _list_name(*, is_question: bool) -> str:
    return "classifications" if is_question else "objects"


def _record(base: Bytes, span: Span) -> dict[str, object]:
    try:
        value = value_of(base[span.start : span.end])
    except BadJson:
        return {}
    return value if is_object(value) else {}
