"""DATAGYM's tasks as the fast parser and the forgiving one see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from viewer.errors import Issue
from viewer.formats.filling import filled
from viewer.formats.json_tools import BadJson, Bytes, Walker, first_byte, text_of
from viewer.formats.problems import FAST_REFUSES

NULL = b"null"
Raws: TypeAlias = list[msgspec.Raw]
ByKey: TypeAlias = dict[str, msgspec.Raw]
Value: TypeAlias = str | int | float | None


class ClassRow(msgspec.Struct, gc=False):
    """One entry of the flat list of classes."""

    class_name: str | None = None
    geometry_type: str | None = None
    classification_type: str | None = None


class _Head(msgspec.Struct, gc=False):
    """What a task says besides its labels, in both generations."""

    media_id: str | None = msgspec.field(default=None, name="internal_media_ID")
    media_name: str | None = msgspec.field(default=None, name="external_media_ID")
    labeler: str | None = None
    status: str | None = None
    image_id: str | None = msgspec.field(default=None, name="internal_image_ID")
    image_name: str | None = msgspec.field(default=None, name="external_image_ID")
    task_export_url: str | None = None
    video_height: Value = None
    video_width: Value = None
    video_total_frames: Value = None
    video_frame_rate: Value = None
    video_duration: Value = None
    label_classes: list[ClassRow] | None = None

    @property
    def id(self) -> str:
        """The id of its media, "" without."""
        return self.media_id or self.image_id or ""

    @property
    def name(self) -> str:
        """The file's name as it was uploaded, "" without."""
        return self.media_name or self.image_name or ""

    @property
    def is_video(self) -> bool:
        """Whether it says of itself that it is a video's."""
        return bool(self.task_export_url or self.video_total_frames or self.video_frame_rate)


class Task(_Head, gc=False):
    """An element of the list; its labels stay bytes.

    Args:
        labels: of an image values by class; of a video `frames` and `object`.
        frames, object: of a video task's own file, which is no list.
    """

    global_classifications: ByKey | None = None
    labels: dict[str, Raws | ByKey] | None = None
    segmentations: Raws | None = None
    frames: ByKey | None = None
    object: ByKey | None = None

    @property
    def video(self) -> tuple[ByKey, ByKey] | None:
        """Visible objects by frame and key frames by object; None of an image."""
        if self.frames is not None or self.object is not None:
            return self.frames or {}, self.object or {}
        labels = self.labels
        if labels and ("object" in labels or "frames" in labels) and len(labels) < 3:
            frames, objects = labels.get("frames", {}), labels.get("object", {})
            is_whole = len(labels) == ("object" in labels) + ("frames" in labels)
            if is_whole and isinstance(frames, dict) and isinstance(objects, dict):
                return frames, objects
        return None

    @property
    def is_head(self) -> bool:
        """Whether it is the list of classes, and no task."""
        return self.label_classes is not None and not self.id and self.labels is None


class _LooseTask(_Head, gc=False):
    global_classifications: ByKey | None = None
    labels: ByKey | None = None
    segmentations: msgspec.Raw | None = None
    frames: ByKey | None = None
    object: ByKey | None = None


@dataclass(frozen=True, eq=False)
class Parsed:
    """A file's elements in order.

    Args:
        broken: where the text breaks off.
    """

    tasks: Sequence[Task]
    broken: BadJson | None = None
    issues: list[Issue] = field(default_factory=list[Issue])


_TASKS = msgspec.json.Decoder(list[Task])
_VIDEO = msgspec.json.Decoder(Task)
_RAGGED = frozenset(("labels", "global_classifications", "frames", "object"))


def parsed(data: Bytes) -> Parsed:
    """Return the tasks of a file; of a damaged one what is whole."""
    view = memoryview(data)[first_byte(data) :]
    at = Walker(view).start()
    try:
        is_list = bytes(view[at : at + 1]) == b"["
        return Parsed(_TASKS.decode(view) if is_list else [_VIDEO.decode(view)])
    except FAST_REFUSES:
        loose, found = filled(data, _LooseTask, _RAGGED)
        return Parsed([_strict(task) for task in loose], found.broken, found.issues)


def _strict(loose: _LooseTask) -> Task:
    """Return a task whose lists are taken apart as far as they go."""
    head = {one.name: getattr(loose, one.name) for one in msgspec.structs.fields(_Head)}
    labels = None if loose.labels is None else _held(loose.labels)
    return Task(
        **head,
        global_classifications=loose.global_classifications,
        labels=labels,
        segmentations=elements_in(loose.segmentations) if loose.segmentations else None,
        frames=loose.frames,
        object=loose.object,
    )


def _held(labels: ByKey) -> dict[str, Raws | ByKey]:
    found: dict[str, Raws | ByKey] = {}
    for key, raw in labels.items():
        opener = bytes(memoryview(raw)[:1])
        if opener == b"[":
            found[key] = elements_in(raw)
        elif bytes(raw) != NULL:
            found[key] = members_in(raw)
    return found


def is_odd(raw: msgspec.Raw) -> bool:
    """Whether a value is neither a list nor null."""
    return bytes(memoryview(raw)[:1]) != b"[" and bytes(raw) != NULL


def elements_in(raw: msgspec.Raw) -> Raws:
    """Return the elements of a list as views of its bytes, as far as it goes."""
    view = memoryview(raw)
    walker = Walker(view)
    found: Raws = []
    try:
        for _ in walker.elements() if walker.is_array() else ():
            start, end = walker.skip()
            found.append(msgspec.Raw(view[start:end]))
    except BadJson:
        return found
    return found


def members_in(raw: msgspec.Raw) -> ByKey:
    """Return the members of an object as views of its bytes, as far as it goes."""
    view = memoryview(raw)
    walker = Walker(view)
    found: ByKey = {}
    try:
        for key, _ in walker.members() if walker.is_object() else ():
            start, end = walker.skip()
            found[text_of(view[key.start : key.end])] = msgspec.Raw(view[start:end])
    except BadJson:
        return found
    return found


def first_task(data: Bytes) -> Task:
    """Return the first element of a file, which lists its classes; nothing of another."""
    walker = Walker(data, first_byte(data))
    try:
        if walker.start() < len(data) and walker.is_array():
            for _ in walker.elements():
                start, end = walker.skip()
                return next(iter(parsed(bytes(data[start:end])).tasks), Task())
    except BadJson:
        return Task()
    return Task()
