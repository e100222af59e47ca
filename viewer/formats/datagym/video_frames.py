"""On which frames of a video objects are seen, as its `frames` list them, and edits of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from viewer.formats.datagym.layout import members_at
from viewer.formats.datagym.stretches import VISIBLE, frame_of
from viewer.formats.json_tools import BadJson, Span, is_list, is_object, value_of
from viewer.formats.patches import GONE, ListPatch, Put
from viewer.formats.pen import Pen
from viewer.formats.style import JsonValue

FRAMES = "frames"


@dataclass(eq=False)
class SeenFrames:
    """The frames of one video task.

    Args:
        home: byte that the object with `frames` begins at.
    """

    pen: Pen
    home: int
    _gone: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _new: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.span: Span | None = members_at(self.pen.base, self.home).get(FRAMES)
        if self.span is not None and self.pen.base[self.span.start] != ord("{"):
            self.span = None
        nothing: Mapping[str, Span] = {}
        found = members_at(self.pen.base, self.span.start) if self.span else nothing
        self.keys: dict[int, str] = {}
        self.ids: dict[int, list[str | None]] = {}
        for key, span in found.items():
            number = frame_of(key)
            if number is not None:
                self.keys[number] = key
                self.ids[number] = _ids(bytes(self.pen.base[span.start : span.end]))

    def of(self, id: str) -> list[int]:
        """Return the frames on which an object is seen."""
        return [frame for frame, ids in self.ids.items() if id in ids]

    def hide(self, id: str, frames: Iterable[int]) -> None:
        """Note that an object is not seen on some frames from now on."""
        for frame in frames:
            if id in self.ids.get(frame, ()):
                self._gone[frame].add(id)

    def show(self, id: str, frames: Iterable[int]) -> None:
        """Note that an object is seen on more frames."""
        for frame in frames:
            if id not in self.ids.get(frame, ()):
                self._new[frame].append(id)

    def finish(self) -> None:
        """Give the pen what was noted; a frame on which nothing is seen any more goes."""
        changed = sorted({*self._gone, *self._new})
        if not changed:
            return
        top = self.pen.object(self.home)
        patch = self.pen.object(self.span.start) if self.span else top.into(FRAMES)
        for frame in changed:
            fresh: list[JsonValue] = [{VISIBLE: id} for id in self._new.get(frame, ())]
            ids = self.ids.get(frame)
            if ids is None:
                patch.members[str(frame)] = Put(fresh)
                continue
            gone = [at for at, id in enumerate(ids) if id in self._gone.get(frame, ())]
            is_empty = len(gone) == len(ids) and not fresh
            change = ListPatch(dict.fromkeys(gone, GONE), fresh)
            patch.members[self.keys[frame]] = GONE if is_empty else change


def _ids(data: bytes) -> list[str | None]:
    """Return the id of each element of a frame's list, None where it names none."""
    try:
        value = value_of(data)
    except BadJson:
        return []
    elements = value if is_list(value) else []
    named = [one.get(VISIBLE) if is_object(one) else None for one in elements]
    return [id if isinstance(id, str) else None for id in named]
