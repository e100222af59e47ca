"""What a series says of its mask files and instances, as a save needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.json_tools import Bytes, Span, elements, is_object, members, text_of
from viewer.formats.masks import Numbering
from viewer.formats.redbrick.categories import category_of_value, path_of
from viewer.formats.redbrick.layout import Object, member_of
from viewer.formats.redbrick.mask_claims import Claims
from viewer.formats.redbrick.mask_colors import MaskColors
from viewer.formats.redbrick.records import Series
from viewer.formats.redbrick.segments import (
    Segments,
    groups_of,
    number_of_key,
    segments_of,
    series_of,
)
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.values import shown_text


@dataclass(frozen=True)
class Instance:
    """One record of a segmentMap.

    Args:
        number: its key, 0 where that is no number.
        span: of the record.
        segments: where its voxels lie.
        groups: numbers of voxels that it shares with others, as listed.
        is_object: the record has members; else it is a category alone.
    """

    number: int
    span: Span
    segments: Segments
    groups: tuple[int, ...]
    title: str
    is_object: bool

    @property
    def segment(self) -> int:
        """The number of its voxels in a file that it shares; 0 for none."""
        return self.segments.values[0] if self.segments.values else 0


@dataclass(frozen=True, eq=False)
class SeriesMasks:
    """A series of a file, and its instances.

    Args:
        at: where it stands.
        colors: of classes in pictures of colours.
    """

    base: Bytes
    at: Object
    colors: MaskColors

    @cached_property
    def series(self) -> Series:
        """What it says of its mask files."""
        return series_of(self.base, self.at)

    @cached_property
    def claims(self) -> Claims:
        """Which files its instances claim."""
        return Claims(self.series)

    @property
    def is_binary(self) -> bool:
        """Each instance has a file of its own."""
        return bool(self.series.binary_mask)

    @property
    def is_semantic(self) -> bool:
        """Numbers stand for classes."""
        return bool(self.series.semantic_mask)

    @cached_property
    def map_at(self) -> Span | None:
        """Its segmentMap, None without."""
        found = member_of(self.base, self.at, "segmentMap")
        return found if found and self.base[found.start] == ord("{") else None

    @cached_property
    def instances(self) -> Mapping[str, Instance]:
        """Its instances by key."""
        if self.map_at is None:
            return {}
        return {
            member.key: self._instance(member.key, Span(member.start, member.end))
            for member in members(self.base, self.map_at.start)
        }

    @property
    def like(self) -> Instance | None:
        """The first instance that has a file, None without."""
        return next((one for one in self.instances.values() if one.segments.names), None)

    def no_more(self) -> str:
        """Return why no instance of it can get voxels that has none; "" where it can."""
        like = self.like
        if like is not None and like.segments.variant in ("DICOM", "other"):
            name = like.segments.names[0]
            return f"its series has masks in {name}, a kind of file that is not written"
        if like is None and self.series.png_mask:
            return "its series has PNG masks, and none whose kind is known"
        return ""

    def segments(self, key: str, record: object) -> Segments:
        """Return where the voxels of the instance of a key lie."""
        return segments_of(self.series, key, record, self.colors, self.claims)

    def _instance(self, key: str, span: Span) -> Instance:
        record = record_of(self.base[span.start : span.end])
        segments = self.segments(key, record)
        groups = () if self.is_semantic else groups_of(record)
        id = record.get("id") if is_object(record) else None
        name = "/".join(map(str, path_of(category_of_value(record)) or ("",)))
        title = f"{shown_text(name)!r} ({shown_text(id) if isinstance(id, str) and id else key})"
        number = number_of_key(key)
        return Instance(number, span, segments, groups, title, is_object(record))

    def key_at(self, start: int) -> str:
        """Return the key of the instance whose record is at byte `start`.

        Raises:
            CannotWrite: the map breaks off, or another record has its key.
        """
        for key, one in self.instances.items():
            if one.span.start == start:
                return key
        raise CannotWrite("the record of its mask is not whole, or another one has its key")

    def is_sole(self, instance: Instance) -> bool:
        """Whether no other instance is in the files of one that has files of its own."""
        names = instance.segments.names
        return sum(one.segments.names == names for one in self.instances.values()) == 1

    def numbering(self, names: tuple[str, ...]) -> Numbering:
        """Return what the numbers of a file that instances share stand for."""
        sharing = [one for one in self.instances.values() if one.segments.names == names]
        overlaps: dict[int, frozenset[int]] = {}
        for one in sharing:
            for group in one.segments.values[1:]:
                overlaps[group] = overlaps.get(group, frozenset()) | {one.segment}
        segments = frozenset(one.segment for one in sharing) - {0}
        is_colored = any(one.segments.is_colored for one in sharing)
        return Numbering(segments, overlaps, may_overlap=not (self.is_semantic or is_colored))

    def clash_of(self, segments: Segments) -> str:
        """Return why the colours of an instance do not tell its pixels; "" where they do."""
        sharing = [one for one in self.instances.values() if one.segments.names == segments.names]
        if sum(one.segment == segments.values[0] for one in sharing) > 1:
            return f"in {segments.names[0]} another label of its series has its colour"
        groups = {one.groups for one in sharing if one.groups}
        if len(segments.values) > 1 and (len(groups) > 1 or any(len(one) > 1 for one in groups)):
            return f"in {segments.names[0]} several overlaps have one colour"
        return ""

    def files_at(self) -> tuple[Span | None, list[tuple[Span, str]]]:
        """Return `segmentations`, and its elements with their texts where it is a list."""
        found = member_of(self.base, self.at, "segmentations")
        if found is None or self.base[found.start] != ord("["):
            return found, []
        spans = elements(self.base, found.start)
        return found, [(span, text_of(self.base[span.start : span.end])) for span in spans]

    def listed(self) -> list[str]:
        """Return the mask files that the series lists, whether or not a record names them."""
        at, files = self.files_at()
        if at is not None and self.base[at.start] == ord('"'):
            files = [(at, text_of(self.base[at.start : at.end]))]
        return [name for _, name in files if name]
