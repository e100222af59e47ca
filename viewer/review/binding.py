"""Which local media each entry of an export is shown on: found, or chosen by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from viewer.media.volume import Media, Volume
from viewer.model.project import Entry, Export, Reading
from viewer.model.subject import Plane
from viewer.review.evidence import Found, Seeker, Strength
from viewer.review.geometry_votes import Vote, vote_of
from viewer.review.local_files import LocalFiles, unique_names
from viewer.review.mismatches import differs, mismatches_of
from viewer.review.readings import readings_of, says_stored
from viewer.review.slice_orders import NOT_ASKED, SliceOrder, order_of
from viewer.review.turns import Turn

OFFSET_LIMIT = 1_000_000
NOTHING = ""  # as a chosen media: shown on none


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person decided of one entry, or of all of an export; None leaves it as found.

    Args:
        media: name of the media (`unique_names`); NOTHING to show it on none.
        file: name of the one file of the media that is meant.
        first_frame: the number by which the export calls the first frame.
        slice_order: of the acquired plane.
        offset: frames to add.
        planes: how the coordinates on a plane are turned.
        readings: whether a reading holds in place of what is taken, where that is left open.
    """

    media: str | None = None
    file: str | None = None
    first_frame: Literal[0, 1] | None = None
    slice_order: SliceOrder | None = None
    offset: Annotated[int, msgspec.Meta(ge=-OFFSET_LIMIT, le=OFFSET_LIMIT)] | None = None
    planes: dict[Plane, Turn] = {}
    readings: dict[Reading, bool] = {}

    def over(self, other: Choice) -> Choice:
        """Return the choice that takes from `other` what this one leaves open."""
        return Choice(
            media=other.media if self.media is None else self.media,
            file=other.file if self.media is None else self.file,
            first_frame=other.first_frame if self.first_frame is None else self.first_frame,
            slice_order=self.slice_order or other.slice_order,
            offset=other.offset if self.offset is None else self.offset,
            planes={**other.planes, **self.planes},
            readings={**other.readings, **self.readings},
        )


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person decided of one export.

    Args:
        general: of all its entries; never a media.
        entries: of single ones, by id; they go first.
        classes: given to labels whose class the export does not say, by entry and native id. A
            project is opened with them; those given since are among its edits.
    """

    general: Choice = Choice()
    entries: dict[str, Choice] = {}
    classes: dict[str, dict[str, str]] = {}

    def of(self, entry: str) -> Choice:
        """Return what holds for an entry."""
        own = self.entries.get(entry)
        return self.general if own is None else own.over(self.general)


NO_CHOICES = Choices()
NOT_TOLD: Mapping[str, Found] = MappingProxyType({})  # by id of an entry
NOT_CHOSEN: Mapping[str, Choices] = MappingProxyType({})  # by export id


class Binding(msgspec.Struct, frozen=True):
    """What one entry is shown on.

    Args:
        entry, title: id and words of the entry.
        media: name of the media among the open ones (`unique_names`); None when not found.
        index: its index, -1 when not found.
        file: number, among the local files, of the one file that is meant; None for all.
        evidence: why, in words.
        is_ambiguous: several fit alike, and none was taken.
        mismatches: what the export says of it and the media is not, one sentence each.
        differs: the export means another series than the media is of.
        first_frame: as chosen; None as the reader counted.
        offset: frames that are added, the chosen first frame not counted.
        is_order_chosen: a person said the order of slices or the offset.
        is_mirrored: the export counts from the right edge, and nobody chose a turn of that plane.
        readings: those that hold in place of what is taken; some of `left_open`.
        left_open, orientation: as the entry says.
    """

    entry: str
    title: str
    media: str | None = None
    index: int = -1
    file: int | None = None
    strength: Strength = "none"
    evidence: str = ""
    is_ambiguous: bool = False
    mismatches: tuple[str, ...] = ()
    differs: bool = False
    first_frame: Literal[0, 1] | None = None
    slice_order: SliceOrder = "stack"
    offset: int = 0
    planes: dict[Plane, Turn] = {}
    is_order_chosen: bool = False
    is_mirrored: bool = False
    readings: frozenset[Reading] = frozenset()
    left_open: tuple[Reading, ...] = ()
    orientation: int = 1

    @property
    def is_doubtful(self) -> bool:
        """Somebody should look: it was found by little, or something does not agree."""
        return self.strength == "weak" or self.is_ambiguous or bool(self.mismatches)

    @property
    def is_open_question(self) -> bool:
        """It is doubtful, or was not found and nobody said that it is to be shown on nothing."""
        return self.is_doubtful or (self.index < 0 and self.strength != "chosen")


@dataclass(frozen=True, eq=False)
class Bindings:
    """All bindings of one export, in the order of its entries.

    Args:
        entries: the export's own.
        files: what stands behind the open media.
        numbers: place of an entry by its id.
        open_questions: bindings that somebody should look at: not found, or doubtful.
    """

    entries: tuple[Entry, ...] = ()
    bindings: tuple[Binding, ...] = ()
    files: LocalFiles = field(default_factory=lambda: LocalFiles(()))
    numbers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    open_questions: tuple[Binding, ...] = ()

    def of(self, entry: str) -> Binding | None:
        """Return the binding of an entry, None for an id that the export does not list."""
        number = self.numbers.get(entry)
        return None if number is None else self.bindings[number]


def bind(
    export: Export,
    media: Sequence[Media],
    chosen: Choices = NO_CHOICES,
    files: LocalFiles | None = None,
    told: Mapping[str, Found] = NOT_TOLD,
) -> Bindings:
    """Return what each entry of an export is shown on; the strongest key wins.

    Args:
        chosen: what a person decided; goes before what is found.
        files: of these media, where they are known already.
        told: what other exports say of entries, by id; goes before what is found by little.
    """
    here = files or LocalFiles(media)
    entries = first_of_each(export.entries)
    names = unique_names(media)
    seen = Seeker(media, here).all(entries)
    bindings: list[Binding] = []
    for entry, own in zip(entries, seen, strict=True):
        found = told.get(entry.id, own) if own.strength in ("weak", "none") else own
        decided = _decided(found, chosen.of(entry.id), names, here)
        bound = _bound(entry, decided, names, here, chosen)
        if found.strength == "certain" and -1 not in (decided.media, found.media):
            is_other = decided.media != found.media
            bound = msgspec.structs.replace(bound, differs=bound.differs or is_other)
        bindings.append(bound)
    numbers = {entry.id: number for number, entry in enumerate(entries)}
    asked = tuple(one for one in bindings if one.is_open_question)
    return Bindings(entries, tuple(bindings), here, MappingProxyType(numbers), asked)


def first_of_each(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries without those that repeat an id."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.id, entry)
    return tuple(found.values())


def _decided(found: Found, choice: Choice, names: Sequence[str], files: LocalFiles) -> Found:
    """Return what a person chose in place of what was found."""
    if choice.media is None:
        return found
    if choice.media == NOTHING:
        return Found(strength="chosen", evidence="Shown on nothing, by hand")
    if choice.media not in names:
        return Found(evidence=f"Chosen by hand: {choice.media}, which is not open")
    media = names.index(choice.media)
    if choice.file is None or files.is_only_file(media):
        return Found(media, None, "chosen", "Chosen by hand")
    number = files.in_media(choice.file, media)
    if number < 0:
        return Found(evidence=f"Chosen by hand: {choice.file}, which is not open")
    return Found(media, number, "chosen", "Chosen by hand")


def _bound(
    entry: Entry, found: Found, names: Sequence[str], files: LocalFiles, chosen: Choices
) -> Binding:
    """Return the binding of an entry to what was found, with what does not agree."""
    choice = chosen.of(entry.id)
    empty = _unbound(entry, found, choice)
    if found.media < 0:
        return empty
    item = files.media[found.media]
    size = (item.columns, item.rows)
    vote = _vote(entry, item, found)
    counted = order_of(entry, files, found.media) if found.file is None else NOT_ASKED
    order = choice.slice_order or vote.order or counted.order or _own_order(found, files)
    offset = choice.offset
    if offset is None:
        offset = vote.offset if order == vote.order else 0
    is_mirrored = _is_mirrored(entry, item) and "acquired" not in choice.planes
    mirrored: dict[Plane, Turn] = {"acquired": Turn(flip_x=True)} if is_mirrored else {}
    doubt = counted.sentence if choice.slice_order is None else ""
    return msgspec.structs.replace(
        empty,
        planes={**choice.planes, **mirrored},
        is_mirrored=is_mirrored,
        readings=readings_of(entry, choice.readings, size),
        media=names[found.media],
        index=found.media,
        file=found.file,
        mismatches=(
            *([doubt] if doubt else []),
            *mismatches_of(
                entry,
                found,
                files,
                vote,
                is_mirrored=is_mirrored,
                is_stored="stored-picture" not in choice.readings and says_stored(entry, size),
            ),
        ),
        evidence="; ".join(part for part in (found.evidence, counted.evidence) if part),
        differs=differs(entry, item, found),
        slice_order=order,
        offset=offset,
    )


def _unbound(entry: Entry, found: Found, choice: Choice) -> Binding:
    """Return the binding of an entry that is shown on nothing."""
    return Binding(
        entry=entry.id,
        title=entry.title,
        strength=found.strength,
        evidence=found.evidence,
        is_ambiguous=found.is_ambiguous,
        first_frame=choice.first_frame,
        slice_order=choice.slice_order or "stack",
        offset=choice.offset or 0,
        planes=choice.planes,
        is_order_chosen=choice.slice_order is not None or choice.offset is not None,
        readings=readings_of(entry, choice.readings, None),
        left_open=entry.left_open,
        orientation=entry.orientation,
    )


def _is_mirrored(entry: Entry, item: Media) -> bool:
    if entry.from_right is None:
        return item.facts.modality == "MG"
    return entry.from_right


def _vote(entry: Entry, item: Media, found: Found) -> Vote:
    if entry.affine is None or found.file is not None or not isinstance(item, Volume):
        return Vote()
    return vote_of(entry.affine, entry.count, item.stack)


def _own_order(found: Found, files: LocalFiles) -> SliceOrder:
    """A file with many pictures numbers them itself; single files are ordered by position."""
    return "items" if files.is_only_file(found.media) else "stack"
