"""Segments, key-frame map and relationships of a label, kept in agreement with its frames."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewer.formats.containers import Container
from viewer.formats.json_tools import is_object
from viewer.formats.labelbox.agree import Frames, agreed_keys, agreed_ranges
from viewer.formats.labelbox.label_text import LabelText
from viewer.formats.labelbox.stretches import ranges_of
from viewer.formats.patches import GONE, ObjectPatch, Put

_SEGMENTS, _KEYS = "segments", "key_frame_feature_map"
GROUPS = ("Axial", "Sagittal", "Coronal")


@dataclass(eq=False)
class Agreement:
    """Collects what must change with the frames of a label's objects.

    Args:
        patch: of the value of `annotations`.
    """

    text: LabelText
    patch: ObjectPatch
    _lost: set[str] = field(default_factory=set[str])

    def agree(self, id: str, group: str, frames: Frames) -> None:
        """Make segments and key-frame map of an object say what its frames say."""
        if self.text.form == "Image":
            return
        self._agree_segments(id, group, frames)
        self._agree_keys(id, group, frames)

    def forget(self, id: str) -> None:
        """Take a deleted annotation out of segments, key-frame map and relationships."""
        self._lost.add(id)
        if self.text.inside(_KEYS) is not None:
            self.patch.into(_KEYS).members[id] = GONE
        if self.text.inside(_SEGMENTS) is None:
            return
        if self.text.form == "Video":
            self.patch.into(_SEGMENTS).members[id] = GONE
        if self.text.form == "DICOM":
            groups = self.text.inside(_SEGMENTS)
            for group in groups.keys or () if groups else ():
                self.patch.into(_SEGMENTS, group).members[id] = GONE

    def _agree_segments(self, id: str, group: str, frames: Frames) -> None:
        path = (_SEGMENTS,) if self.text.form == "Video" else (_SEGMENTS, group)
        old, _ = ranges_of(self.text.value(*path, id))
        if not old and frames.stored and self.text.value(*path, id) is None:
            known = set(frames.stored) | frames.come
            frames = Frames(frames.left, frozenset(known), frames.stored)
        new = agreed_ranges(old, frames)
        if new == old:
            return
        here = self.patch.into(*path)
        here.members[id] = Put([list(pair) for pair in new]) if new else GONE

    def _agree_keys(self, id: str, group: str, frames: Frames) -> None:
        held = self.text.inside(_KEYS)
        if held is None:
            return  # some exports have no such map: then every frame counts as drawn
        value = self.text.value(_KEYS, id)
        if value is None and frames.come != frozenset(frames.stored):
            return  # every frame of it counts as drawn, and goes on doing so
        if self.text.form == "Video":
            if frames.stored:
                like = self._example_of_keys() if value is None else value
                self.patch.into(_KEYS).members[id] = agreed_keys(like, frames)
            else:
                self.patch.into(_KEYS).members[id] = GONE
            return
        self._agree_group(id, group, value, frames)

    def _agree_group(self, id: str, group: str, value: object, frames: Frames) -> None:
        here = self.patch.into(_KEYS, id)
        old = value.get(group) if is_object(value) else None
        if value is None:
            for name in GROUPS:
                here.members.setdefault(name, ObjectPatch())
        here.members[group] = agreed_keys(old if old is not None else {}, frames)

    def _example_of_keys(self) -> object:
        """Return an empty key-frame entry in the spelling of the label's first one."""
        found = self.text.inside(_KEYS)
        is_listed = found is not None and len(found) > 0 and self._first(found) == b"["
        return [] if is_listed else {}

    def _first(self, found: Container) -> bytes:
        start = found.value(0).start
        return bytes(self.text.base[start : start + 1])

    def drop_relations(self) -> None:
        """Take out the relationships of those that were deleted."""
        found = self.text.inside("relationships") if self._lost else None
        for number in range(len(found) if found else 0):
            value = self.text.read(found.value(number)) if found else None
            ends = [one for one in value.values() if is_object(one)] if is_object(value) else []
            named = [end for one in ends for end in one.values() if isinstance(end, str)]
            if not self._lost.isdisjoint(named):
                self.patch.list("relationships").at[number] = GONE
