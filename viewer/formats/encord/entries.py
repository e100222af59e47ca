"""What the rows of a file were drawn on: entries, and the frames of each with their sizes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from viewer.formats.encord.records import Frame, Labels, Row, Space, SpaceFrame, Unit
from viewer.model.file_names import FileNames, file_name
from viewer.model.project import Anchor, Entry, EntryKind

NO_SIZE = (-1, -1)
NOWHERE = -1  # of a single picture, and of what is on no frame
DELETED = "its data was deleted on the platform, and its labels can only be looked at"
NO_PICTURE = "labels of {} cannot be drawn; they are listed, and stay in the file as they are"
_FLAT = frozenset(("image", "img_group", "group"))
_PICTURES = frozenset(("image", "img_group", "video", "dicom", "dicom_study", "nifti", "group"))
_SPACES: Mapping[str, EntryKind | None] = {
    "image": "image",
    "video": "video",
    "image_sequence": None,
    "medical_file": "volume",
    "medical_stack": "volume",
}
_KINDS: Mapping[str, EntryKind | None] = {
    "image": "image",
    "video": "video",
    "dicom": "volume",
    "dicom_study": "volume",
    "nifti": "volume",
}
_MOST_DIGITS = 9
_LARGEST = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Sheet:
    """What is on one frame, slice or picture.

    Args:
        place: its number; NOWHERE for a single picture.
        size: (width, height) as the file says it.
        reason: why nothing of it can be edited.
    """

    place: int
    frame: Frame
    size: tuple[int, int]
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Holder:
    """One row, or one space of a row: what its labels are on.

    Args:
        space: id of the space, None for the row itself.
        has_items: its places are files of the entry, not frames.
        is_single: it is one picture, which has no number.
        reason: why nothing of it can be edited.
        kind: the word for what it is, such as "audio".
        odd_frames: keys of frames that are none.
    """

    row: int
    entry: Entry
    space: str | None
    sheets: tuple[Sheet, ...]
    has_items: bool = False
    is_single: bool = False
    reason: str | None = None
    kind: str = ""
    odd_frames: tuple[str, ...] = ()

    @cached_property
    def _sizes(self) -> Mapping[int, tuple[int, int]]:
        return {sheet.place: sheet.size for sheet in self.sheets if sheet.reason is None}

    def spot(self, place: int) -> tuple[int, int, int, int]:
        """Return (item, frame, width, height) of a place, -1 for what it does not have."""
        width, height = self._sizes.get(place) or self.entry.size or NO_SIZE
        return (place, -1, width, height) if self.has_items else (-1, place, width, height)


@dataclass(eq=False)
class _Sheets:
    found: list[Sheet] = field(default_factory=list[Sheet])
    odd: list[str] = field(default_factory=list[str])

    def take(self, labels: Labels | None, size: tuple[int, int], single: int | None) -> None:
        """Take what a unit or space holds.

        Args:
            single: place of the one picture that it is; None where it has frames.
        """
        flat = Frame()
        for key, held in (labels or {}).items():
            if isinstance(held, list) and key == "objects":
                flat.objects = held
            elif isinstance(held, list) and key == "classifications":
                flat.classifications = held
            elif isinstance(held, Frame) and key != "metadata":
                self._take_frame(key, held, size, single)
        if flat.objects or flat.classifications or (single is not None and flat.objects == []):
            self._take_flat(flat, size, single)

    def _take_flat(self, flat: Frame, size: tuple[int, int], single: int | None) -> None:
        if single is not None:
            self.found.append(Sheet(single, flat, size))
            return
        self.odd.append("objects")
        self.found.append(Sheet(NOWHERE, flat, size, "it stands on no frame of its media"))

    def _take_frame(self, key: str, held: Frame, size: tuple[int, int], single: int | None) -> None:
        facts = held.metadata
        own = size_of(facts.width, facts.height) if facts else NO_SIZE
        place = frame_of_key(key)
        if single is not None and place is not None:
            place = single if place == 0 else None
        if place is None:
            self.odd.append(key)
            reason = f"its frame {key[:20]!r} is no frame number"
            self.found.append(Sheet(NOWHERE, held, NO_SIZE, reason))
        else:
            self.found.append(Sheet(place, held, own if own != NO_SIZE else size))

    def sorted(self) -> tuple[Sheet, ...]:
        """Return the sheets by place; of two with one place the second is locked."""
        seen: set[int] = set()
        kept: list[Sheet] = []
        for sheet in self.found:
            if sheet.place in seen and sheet.reason is None:
                self.odd.append(str(sheet.place))
                reason = f"another frame has the number {sheet.place} of its frame too"
                kept.append(Sheet(NOWHERE, sheet.frame, sheet.size, reason))
            else:
                kept.append(sheet)
                if sheet.reason is None:
                    seen.add(sheet.place)
        return tuple(sorted(kept, key=lambda sheet: (sheet.reason is not None, sheet.place)))


def holders_of(row: Row, number: int) -> Iterator[Holder]:
    """Yield what the labels of a row are on: its own units, then its spaces."""
    units = {key: unit for key, unit in (row.data_units or {}).items() if unit is not None}
    spaces = {key: space for key, space in (row.spaces or {}).items() if space is not None}
    id = id_of(row, number)
    own = _of_units(row, number, id, units)
    is_empty = not any(sheet.frame.objects or sheet.frame.classifications for sheet in own.sheets)
    if not (row.data_type == "group" and is_empty):
        yield own
    for key, space in spaces.items():
        yield _of_space(row, number, id, key, space)


def id_of(row: Row, number: int) -> str:
    """Return the id of a row's entry: of its data, or its place in the file."""
    units = (key for key, unit in (row.data_units or {}).items() if unit is not None)
    return row.data_hash or next(units, "") or f"row {number + 1}"


def space_id(id: str, key: str) -> str:
    """Return the id of the entry that a space of a row is."""
    return f"{id}/{key}"


def _of_units(row: Row, number: int, id: str, units: Mapping[str, Unit]) -> Holder:
    kind = row.data_type or ""
    ordered = sorted(units.values(), key=lambda unit: sequence_of(unit, 0))
    has_items = kind == "img_group" or len(ordered) > 1
    sheets = _Sheets()
    for at, unit in enumerate(ordered):
        is_picture = has_items or kind in _FLAT or (not kind and _is_flat(unit.labels))
        place = sequence_of(unit, at) if has_items else NOWHERE
        size = size_of(unit.width, unit.height)
        sheets.take(unit.labels, size, place if is_picture else None)
    entry = _entry_of(row, id, ordered, has_items=has_items)
    reason = None
    if kind == "deleted":
        reason = DELETED
    elif kind and kind not in _PICTURES:
        reason = NO_PICTURE.format(kind)
        entry = msgspec.structs.replace(entry, unshown=kind.replace("_", " "))
    is_single = not has_items and (kind in _FLAT or any(_is_flat(one.labels) for one in ordered))
    return Holder(
        number, entry, None, sheets.sorted(), has_items, is_single, reason, kind, tuple(sheets.odd)
    )


def _entry_of(row: Row, id: str, units: Sequence[Unit], *, has_items: bool) -> Entry:
    kind = row.data_type or ""
    first = units[0] if units else Unit()
    sizes = {size_of(unit.width, unit.height) for unit in units}
    size = sizes.pop() if len(sizes) == 1 else NO_SIZE
    title = row.data_title or first.data_title or id
    links = [unit.data_link for unit in units[:1]] if not has_items else []
    names = [row.data_title, *(unit.data_title for unit in units[:1] if not has_items), *links]
    facts = first.metadata
    made = Entry(
        id=id,
        title=title,
        names=names_of([*names, row.video_link]),
        kind=_KINDS.get(kind),
        size=None if size == NO_SIZE or (has_items and len(units) == 0) else size,
        series=facts.series_uid if facts and kind in ("dicom", "dicom_study") else None,
        keys=tuple(filter(None, (id, *(unit.data_hash for unit in units[:1])))),
    )
    if has_items:
        count = 1 + max((sequence_of(unit, at) for at, unit in enumerate(units)), default=-1)
        if count <= 2 * len(units) + 100:
            titles = [""] * count
            for at, unit in enumerate(units):
                titles[sequence_of(unit, at)] = unit.data_title or ""
            return msgspec.structs.replace(made, items=FileNames.of(titles), count=count)
        return made
    return _with_slices(made, first) if made.series is not None or kind == "dicom" else made


def _with_slices(entry: Entry, unit: Unit) -> Entry:
    """Return the entry of a series with those of its slices that the file names by their UIDs.

    The position of a link says nothing of it: links are in no order.
    """
    named: dict[int, tuple[str, int | None]] = {}
    for key, held in (unit.labels or {}).items():
        place, facts = frame_of_key(key), held.metadata if isinstance(held, Frame) else None
        if place is not None and facts is not None and facts.uid:
            named.setdefault(place, (facts.uid, facts.number))
    firsts = _first_frames(named.values())
    anchors = tuple(
        Anchor(place, uid, 0 if number is None else number - firsts[uid])
        for place, (uid, number) in sorted(named.items())
        if number is None or uid in firsts
    )
    has_frames = any(number is not None for _, number in named.values())
    count = None if has_frames else len(unit.data_links or ()) or None
    return msgspec.structs.replace(entry, count=count, anchors=anchors)


def _first_frames(named: Iterable[tuple[str, int | None]]) -> dict[str, int]:
    """Return by which number objects of several frames call their first, as far as these tell.

    The format leaves it open: from 0 where a 0 stands, from 1 where all from 1 on stand.
    """
    numbers: dict[str, set[int]] = {}
    for uid, number in named:
        if number is not None:
            numbers.setdefault(uid, set()).add(number)
    found: dict[str, int] = {}
    for uid, known in numbers.items():
        if 0 in known:
            found[uid] = 0
        elif len(known) > 1 and known == set(range(1, len(known) + 1)):
            found[uid] = 1
    return found


def _of_space(row: Row, number: int, id: str, key: str, space: Space) -> Holder:
    word = space.space_type or ""
    frames = space.frames or []
    is_stack = word == "medical_stack"
    uids = [frame.uid or "" for frame in frames] if is_stack else []
    has_items = word == "image_sequence"
    info = space.child_info
    name = info.file_name if info else None
    where = f" ({info.layout_key})" if info and info.layout_key else ""
    size = size_of(space.width, space.height)
    sheets = _Sheets()
    sheets.take(space.labels, size, NOWHERE if word == "image" else None)
    sized = tuple(_sized(sheet, frames) for sheet in sheets.sorted())
    entry = Entry(
        id=space_id(id, key),
        title=f"{name or row.data_title or key}{where}",
        names=names_of([name]),
        items=FileNames.of(_names_of_frames(frames) if has_items else []),
        kind=_SPACES.get(word),
        size=None if size == NO_SIZE else size,
        count=len(frames) or whole(space.number_of_frames),
        anchors=tuple(Anchor(at, uid) for at, uid in enumerate(uids) if uid) if is_stack else None,
        keys=(space_id(id, key),),
    )
    reason = DELETED if row.data_type == "deleted" else None
    if reason is None and word not in _SPACES:
        unshown = word.replace("_", " ") or "a space of no known kind"
        reason = NO_PICTURE.format(word or unshown)
        entry = msgspec.structs.replace(entry, unshown=unshown)
    return Holder(
        number, entry, key, sized, has_items, word == "image", reason, word, tuple(sheets.odd)
    )


def _sized(sheet: Sheet, frames: Sequence[SpaceFrame]) -> Sheet:
    """Return a sheet with the size of its own frame."""
    size = sheet.size
    if 0 <= sheet.place < len(frames):
        own = size_of(frames[sheet.place].width, frames[sheet.place].height)
        size = own if own != NO_SIZE else size
    return Sheet(sheet.place, sheet.frame, size, sheet.reason)


def _is_flat(labels: Labels | None) -> bool:
    return any(isinstance(held, list) for held in (labels or {}).values())


def _names_of_frames(frames: Sequence[SpaceFrame]) -> list[str]:
    return [frame.file_name or "" for frame in frames]


def names_of(words: Sequence[str | None]) -> tuple[str, ...]:
    """Return names of files without folders and queries, each once."""
    return tuple(dict.fromkeys(filter(None, (file_name(word) for word in words if word))))


def size_of(width: float | None, height: float | None) -> tuple[int, int]:
    """Return (width, height); NO_SIZE where a number is missing or none."""
    sides = whole(width), whole(height)
    return (sides[0], sides[1]) if sides[0] and sides[1] else NO_SIZE


def whole(value: float | None) -> int | None:
    """Return a count of at least 1 that fits a column; None for all else."""
    if value is None or not math.isfinite(value) or not 1 <= value <= _LARGEST:
        return None
    return int(value) if value == int(value) else None


def frame_of_key(key: str) -> int | None:
    """Return the number that the key of a frame spells; None for what is none."""
    is_number = key.isascii() and key.isdecimal() and len(key) <= _MOST_DIGITS
    return int(key) if is_number else None


def sequence_of(unit: Unit, at: int) -> int:
    """Return the number of a unit within its row, which some exports spell as a text."""
    value = unit.data_sequence
    if isinstance(value, str):
        value = frame_of_key(value)
    return value if value is not None and 0 <= value <= _LARGEST else at
