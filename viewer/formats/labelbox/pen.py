"""The changes of one label of v2: records that come and go, and what must agree with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.json_tools import Bytes
from viewer.formats.labelbox.agree import Frames
from viewer.formats.labelbox.label_agreement import Agreement
from viewer.formats.labelbox.label_text import LabelText
from viewer.formats.labelbox.layout import LabelPlace, inside
from viewer.formats.labelbox.pens import Spot
from viewer.formats.labelbox.stretches import frame_of_key
from viewer.formats.patches import GONE, ListPatch, ObjectPatch, Put, edits_of
from viewer.formats.style import JsonValue, Style
from viewer.model.source import Edit
from viewer.model.subject import Plane

GROUPS: Mapping[Plane, str] = {"axial": "Axial", "sagittal": "Sagittal", "coronal": "Coronal"}
_NOT_FOUND = "its record was not found where its label should have it"
_LOOKED_AT = 50  # frames that are searched for an example


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

    def __post_init__(self) -> None:
        self._text = LabelText(self.base, self.place.span)
        self._agreement = Agreement(self._text, self.patch)
        self._numbers: dict[tuple[str, ...], dict[int, str]] = {}
        self.form = self._text.form

    def edits(self) -> dict[int, list[Edit]]:
        """Return the edits of everything that was collected."""
        for path in sorted(self._dropped):
            self._prune(path)
        self._agreement.drop_relations()
        return {0: edits_of(self.base, self._text.held.span, self.patch, self.style)}

    def put(self, spot: Spot, id: str, record: JsonValue, *, is_question: bool) -> None:
        """Put a record in.

        Raises:
            CannotWrite: the label has no such plane, or needs a frame, or has none.
        """
        if spot.frame is not None:
            here = self._frame(spot)
            if is_question:
                here.list("classifications").added.append(record)
            else:
                here.into("objects").members[id] = Put(record)
            return
        if not is_question and self.form != "Image":
            raise CannotWrite("its label needs a frame for it")
        *above, name = self._listed(spot.plane, is_question=is_question)
        self.patch.into(*above).list(name).added.append(record)

    def drop(self, spot: Spot, at: int, *, is_question: bool) -> None:
        """Take the record out that begins at byte `at`."""
        if spot.frame is None:
            self._drop_listed(at, *self._listed(spot.plane, is_question=is_question))
            return
        path = self._path(spot.plane)
        where = (*path, self._frame_key(path, spot.frame))
        if is_question:
            self._drop_listed(at, *where, "classifications")
        else:
            key = self._key_at(at, *where, "objects")
            self.patch.into(*where, "objects").members[key] = GONE
        self._dropped.add(where)

    def agree(self, id: str, plane: Plane, frames: Frames) -> None:
        """Make segments and key-frame map of an object say what its frames say."""
        group = self._group(plane) if self.form == "DICOM" else ""
        self._agreement.agree(id, group, frames)

    def forget(self, id: str) -> None:
        """Take a deleted annotation out of segments, key-frame map and relationships."""
        self._agreement.forget(id)

    def example(self, spot: Spot) -> dict[str, object]:
        """Return an object record of this label, to be followed in its keys; empty without."""
        if self.form == "Image":
            found = self._text.inside("objects")
            is_there = found is not None and len(found)
            return self._text.record(found.value(0)) if found is not None and is_there else {}
        frames = self._text.inside(*self._path(spot.plane))
        for number in range(min(len(frames), _LOOKED_AT) if frames else 0):
            span = frames.value(number) if frames else None
            objects = inside(self.base, span, "objects") if span else None
            if objects is not None and len(objects):
                return self._text.record(objects.value(0))
        return {}

    def _path(self, plane: Plane) -> tuple[str, ...]:
        """Return the path to the frames of a plane."""
        if self.form == "Image":
            raise CannotWrite("its label has no frames")
        if self.form == "Video":
            return ("frames",)
        return ("groups", self._group(plane), "frames")

    def _group(self, plane: Plane) -> str:
        """Return how the label spells a plane."""
        groups = self._text.inside("groups")
        for key in groups.keys or () if groups else ():
            if key.lower() == plane:
                return key
        if plane not in GROUPS:
            raise CannotWrite("it is on no axial, sagittal or coronal plane, which its label needs")
        return GROUPS[plane]

    def _listed(self, plane: Plane, *, is_question: bool) -> tuple[str, ...]:
        """Return the path to the list of what is on no frame."""
        if not is_question:
            return ("objects",)
        if plane == "acquired":
            return ("classifications",)
        return ("groups", self._group(plane), "classifications")

    def _frame_key(self, path: tuple[str, ...], frame: int) -> str:
        """Return the key of a frame, as the label spells it if it is there."""
        if path not in self._numbers:
            found = self._text.inside(*path)
            named = {frame_of_key(key): key for key in found.keys or ()} if found else {}
            self._numbers[path] = {n: key for n, key in named.items() if n is not None}
        return self._numbers[path].get(frame, str(frame))

    def _frame(self, spot: Spot) -> ObjectPatch:
        path = self._path(spot.plane)
        key = self._frame_key(path, spot.frame or 0)
        here = self.patch.into(*path, key)
        if self._text.inside(*path, key) is None:  # a new frame has both, in this order
            here.into("objects")
            here.list("classifications")
        return here

    def _key_at(self, at: int, *path: str) -> str:
        """Return the key, as it is spelled, of the record that begins at byte `at`."""
        found = self._text.inside(*path)
        starts = [int(start) for start in found.starts] if found else []
        if found is None or found.keys is None or at not in starts:
            raise CannotWrite(_NOT_FOUND)
        key = found.keys[starts.index(at)]
        if found.find(key) != starts.index(at):
            raise CannotWrite("another record of its frame has its key")
        return key

    def _drop_listed(self, at: int, *path: str) -> None:
        """Take the element that begins at byte `at` out of the list down this path."""
        found = self._text.inside(*path)
        starts = [int(start) for start in found.starts] if found else []
        if at not in starts:
            raise CannotWrite(_NOT_FOUND)
        self.patch.into(*path[:-1]).list(path[-1]).at[starts.index(at)] = GONE

    def _prune(self, path: tuple[str, ...]) -> None:
        """Take a frame out on which nothing is left; frame 0 says that the file counts from 0."""
        if frame_of_key(path[-1]) == 0:
            return
        frame = self._text.inside(*path)
        patch = self.patch.into(*path)
        if frame is None or set(frame.keys or ()) - {"objects", "classifications"}:
            return
        if not any(self._left(path, name, patch) for name in ("objects", "classifications")):
            self.patch.into(*path[:-1]).members[path[-1]] = GONE

    def _left(self, path: tuple[str, ...], name: str, patch: ObjectPatch) -> int:
        """Return how many elements a list or object of a frame will have."""
        held = self._text.inside(*path, name)
        change = patch.members.get(name)
        count = len(held) if held else 0
        if isinstance(change, ListPatch):
            return count - sum(one is GONE for one in change.at.values()) + len(change.added)
        if isinstance(change, ObjectPatch):
            known = set(held.keys or ()) if held else set[str]()
            gone = {key for key, one in change.members.items() if one is GONE}
            return len((known | set(change.members)) - gone)
        return count
