"""The labels of rows, annotation by annotation: objects over their frames, classifications."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import cast

import msgspec
import numpy as np

from viewer.formats.encord.entries import NOWHERE, Holder, Sheet
from viewer.formats.encord.gather import Begun, Gathered
from viewer.formats.encord.ontology import Book
from viewer.formats.encord.ranges import Range, clipped
from viewer.formats.encord.records import (
    ANSWER_HEAD,
    BRANCH,
    OBJECT_HEAD,
    AnswerHead,
    ObjectHead,
    Row,
    Said,
)
from viewer.formats.encord.related import may_name, named_in
from viewer.formats.encord.said import RowAnswers, head_of, root_name
from viewer.formats.encord.shapes import (
    CUBOID_REASON,
    KIND_OF,
    kind_of_word,
    reason_of,
    record_of,
    unknown_shape,
)
from viewer.formats.json_tools import BadJson
from viewer.formats.table_bytes import Codes, HeadRelation
from viewer.model.ontology import LabelClass, ShapeKind
from viewer.model.subject import Scope
from viewer.model.table import Ints

WITHOUT_NAME = "without name"
MOST_RELATIONS = 100_000
MOST_FRAMES = 100_000  # that ranges of classifications may name in all
TWICE = "another label of its frame has its id, which Encord itself refuses"
ON_NO_FRAME = "its range is empty and its class is not one of whole files: Encord shows it nowhere"
IN_RANGES = "it marks a range, which cannot be drawn; the range is among its answers"
_COLOR = re.compile("#[0-9a-fA-F]{6}")


@dataclass(frozen=True, eq=False)
class _Listed:
    """Records of one kind of a holder, frame after frame.

    Args:
        of_sheet: number of the sheet that each stands on.
        placed: placement of each, as `Gathered.add` wants it.
    """

    holder: Holder
    sheets: Sequence[Sheet]
    raws: Sequence[msgspec.Raw]
    of_sheet: Ints
    placed: Ints

    def keys(self, ids: Sequence[str | None]) -> list[str]:
        """Return what records are one annotation by: their id, on frames that have a number."""
        if None not in ids and not any(sheet.reason for sheet in self.sheets):
            return [id or "" for id in ids]
        is_odd = [sheet.reason is not None for sheet in self.sheets]
        of = zip(ids, self.of_sheet.tolist(), strict=True)
        return [
            f"\0{at}" if id is None or is_odd[sheet] else id for at, (id, sheet) in enumerate(of)
        ]

    def reason(self, record: int) -> str | None:
        """Return why a record cannot be edited where it stands."""
        return self.holder.reason or self.sheets[int(self.of_sheet[record])].reason


def _listed(
    gathered: Gathered, holder: Holder, lists: Sequence[tuple[Sheet, list[msgspec.Raw] | None]]
) -> _Listed:
    held = [(sheet, raws) for sheet, raws in lists if raws]
    raws = list(chain.from_iterable(raws for _, raws in held))
    spots = [
        (*holder.spot(NOWHERE if sheet.reason else sheet.place)[:2], *sheet.size)
        for sheet, _ in held
    ]
    of_sheet = np.repeat(np.arange(len(held)), [len(raws) for _, raws in held])
    placed = np.array(spots, dtype=np.int64).reshape(-1, 4)[of_sheet]
    numbers = np.arange(len(raws)) + gathered.keep(raws)
    sheets = [sheet for sheet, _ in held]
    return _Listed(holder, sheets, raws, of_sheet, np.insert(placed, 2, numbers, axis=1))


@dataclass(eq=False)
class Labels:
    """Takes the labels of holders into columns.

    Args:
        book: what the ontologies say.
        room: how many frames ranges may still name.
        orphans: ids of answers without a label.
        without_room: ids of classifications with more frames than can be listed.
        of_unknown_level: ids of classifications on no frame whose class no ontology has.
        relations: by ordinals.
    """

    gathered: Gathered
    book: Book
    room: int = MOST_FRAMES
    orphans: list[str] = field(default_factory=list[str])
    without_room: list[str] = field(default_factory=list[str])
    of_unknown_level: list[str] = field(default_factory=list[str])
    relations: list[HeadRelation] = field(default_factory=list[HeadRelation])
    authors: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, row: Row, holders: Sequence[Holder]) -> None:
        """Take the labels of one row."""
        said, first = RowAnswers(self.gathered, row), len(self.gathered.begun)
        for holder in holders:
            self._objects(holder, said)
        for holder in holders:
            self._classifications(holder, said)
        for id in said.objects if holders else ():
            if id not in said.placed:
                self._ranged(id, holders[0], said)
        self.orphans += said.orphans()
        self._relate(row, first)

    def _relate(self, row: Row, first: int) -> None:
        """Take the relations between the labels of a row, which begin with number `first`."""
        ordinals: dict[str, int] = {}
        for ordinal, begun in enumerate(self.gathered.begun[first:], first):
            ordinals.setdefault(begun.id, ordinal)
        texts = {id.encode() for id in ordinals}
        found: dict[HeadRelation, None] = {}
        for entries in (row.object_answers, row.object_actions):
            for id, raw in (entries or {}).items():
                if id in ordinals and may_name(raw, id, texts):
                    for name, other in _named_in(raw, ordinals):
                        if other == id or len(self.relations) + len(found) >= MOST_RELATIONS:
                            continue
                        relation = HeadRelation(name, ordinals[id], ordinals[other], directed=True)
                        found[relation] = None
        self.relations += found

    def _objects(self, holder: Holder, said: RowAnswers) -> None:
        """Take objects: those of one id are one annotation."""
        lists = [(sheet, sheet.frame.objects) for sheet in holder.sheets]
        found = _listed(self.gathered, holder, lists)
        heads = [head_of(raw, OBJECT_HEAD.decode, ObjectHead) for raw in found.raws]
        ids = found.keys([head.id for head in heads])
        for records, is_again in _groups(ids, found.of_sheet):
            at = int(records[0])
            head = heads[at]
            kind, reason = self._kind(head, found.raws[at])
            reason = found.reason(at) or (TWICE if is_again else reason)
            if head.shape == "cuboid_2d":
                reason = reason or CUBOID_REASON
            begun = self._begun(head.id or "", _class_of(head), (said, head.author), holder, reason)
            begun.kind = kind
            begun.answers, begun.actions = said.of_object(head.id or "")
            if is_again:
                self.gathered.problems.append(("repeated-object", head.id or "", TWICE))
            self.gathered.add(begun, found.placed[records])

    def _kind(self, head: ObjectHead, raw: msgspec.Raw) -> tuple[str, str | None]:
        """Return the kind of an object, and why it cannot be edited."""
        kind = kind_of_word(head.shape)
        reason = unknown_shape(head.shape) if kind == "unknown" else reason_of(raw)
        if reason is not None:
            code = "unknown-shape" if kind == "unknown" else "damaged-record"
            self.gathered.problems.append((code, head.id or "", reason))
        return ("unknown" if reason else kind), reason

    def _begun(
        self,
        id: str,
        label: LabelClass,
        by: tuple[RowAnswers, str | None],
        holder: Holder,
        reason: str | None,
    ) -> Begun:
        said, name = by
        author = f"{BRANCH}{said.branch}" if said.branch else name
        if author:
            self.authors[author] = author
        return Begun(id, label, author, reason, "none", holder.entry.id, holder.row)

    def _classifications(self, holder: Holder, said: RowAnswers) -> None:
        """Take classifications: of frame lists, and of ranges beside the answers."""
        lists = [(sheet, sheet.frame.classifications) for sheet in holder.sheets]
        found = _listed(self.gathered, holder, lists)
        texts = list(map(bytes, found.raws))  # the same one mostly stands on many frames
        firsts = dict(zip(texts, found.raws, strict=True))
        known = {text: head_of(raw, ANSWER_HEAD.decode, AnswerHead) for text, raw in firsts.items()}
        heads = [known[text] for text in texts]
        ids = found.keys([head.id for head in heads])
        for records, is_again in _groups(ids, found.of_sheet):
            at = int(records[0])
            head = heads[at]
            reason = found.reason(at) or (TWICE if is_again else None)
            self._classification(holder, said, head, found.placed[records], reason)
        for id in said.classifications:
            ranges = said.ranges(id, holder.space)
            if id not in said.placed and ranges is not None and said.classification(id)[0].feature:
                nothing = np.zeros((0, 5), dtype=np.int64)
                self._classification(holder, said, AnswerHead(id), nothing, holder.reason)

    def _classification(
        self, holder: Holder, said: RowAnswers, head: AnswerHead, placed: Ints, reason: str | None
    ) -> None:
        """Take one classification.

        Args:
            placed: placements on the frames that list it.
        """
        id = head.id or ""
        entry, record = said.classification(id)
        every = self._with_ranges(id, holder, placed, said.ranges(id, holder.space) or (), record)
        label = _question(
            head, entry, is_framed=holder.is_single or bool((every[:, :2] >= 0).any())
        )
        begun = self._begun(id, label, (said, head.author or entry.author), holder, reason)
        begun.answers = record
        said.placed.add(id)
        if not len(placed) and not said.ranges(id, holder.space) and not holder.reason:
            self._on_no_frame(begun)
        self.gathered.add(begun, every)

    def _on_no_frame(self, begun: Begun) -> None:
        """Lock what Encord shows nowhere: pictures and films as a whole are for some classes."""
        known = self.book.classes.get(begun.label.id)
        if known is None:
            self.of_unknown_level.append(begun.id)
        elif known.scope != "series":
            begun.reason = ON_NO_FRAME

    def _with_ranges(
        self, id: str, holder: Holder, placed: Ints, ranges: Sequence[Range], record: int
    ) -> Ints:
        """Return the placements with those that only a range names; these stand in the answers.

        What is on no frame is about the media as a whole.
        """
        frames, is_cut = clipped(ranges, self.room)
        self.room -= len(frames)
        if is_cut:
            self.without_room.append(id)
        axis = 0 if holder.has_items else 1
        there = set(placed[:, axis].tolist())
        news = [] if holder.is_single else [frame for frame in frames if frame not in there]
        if not news and not len(placed):
            news = [NOWHERE]
        spots = [holder.spot(place) for place in news]
        rows = [(item, frame, record, *size) for item, frame, *size in spots]
        every = np.concatenate((placed, np.array(rows, dtype=np.int64).reshape(-1, 5)))
        return every[np.argsort(every[:, axis], kind="stable")]

    def _ranged(self, id: str, holder: Holder, said: RowAnswers) -> None:
        """Take an object that stands among the answers alone, such as a range of audio."""
        entry = said.object(id)
        if not entry.feature or entry.shape is None:
            return
        head = ObjectHead(id, entry.feature, entry.name, entry.shape, entry.color)
        reason = holder.reason or (IN_RANGES if entry.ranges else unknown_shape(entry.shape))
        begun = self._begun(id, _class_of(head), (said, entry.author), holder, reason)
        begun.answers, begun.actions = said.of_object(id)
        self.gathered.add(begun, np.array([(-1, -1, begun.answers, -1, -1)], dtype=np.int64))


def _question(head: AnswerHead, entry: Said, *, is_framed: bool) -> LabelClass:
    """Return the class of a classification."""
    name = head.name or root_name(entry) or WITHOUT_NAME
    scope: Scope = "instance" if is_framed else "series"
    feature = head.feature or entry.feature
    return LabelClass(
        id=feature or f"classification {name}", name=name, mode="classification", scope=scope
    )


def _class_of(head: ObjectHead) -> LabelClass:
    name = head.name or ""
    return LabelClass(
        id=head.feature or f"{head.shape or 'object'} {name}".strip(),
        name=name or WITHOUT_NAME,
        color=head.color if _COLOR.fullmatch(head.color or "") else None,
        kind=cast("ShapeKind | None", KIND_OF.get(head.shape or "")),
        mode=head.shape or "unknown",
    )


def _named_in(raw: msgspec.Raw, ids: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield what an entry of answers names; a damaged one names nothing."""
    try:
        yield from named_in(record_of(raw), ids)
    except BadJson:
        return


def _groups(ids: Sequence[str], of_sheet: Ints) -> Iterator[tuple[Ints, bool]]:
    """Yield the numbers of the records of each annotation, in the order of their frames.

    Of two with one id on one frame the second is an annotation of its own, and said to be again.
    """
    codes = Codes[str]().of(ids)
    order = np.argsort(codes, kind="stable")
    ends: list[int] = np.cumsum(np.bincount(codes)).tolist() if len(ids) else []
    again = (np.diff(codes[order]) == 0) & (np.diff(of_sheet[order]) == 0)
    is_again = np.concatenate(([False], again)) if len(ids) else again
    repeats = np.flatnonzero(is_again)
    for start, end in pairwise((0, *ends)):
        records = order[start:end]
        twice = repeats[slice(*np.searchsorted(repeats, (start, end)))] if len(repeats) else repeats
        yield np.delete(records, twice - start) if len(twice) else records, False
        for at in twice.tolist():
            yield order[at : at + 1], True
