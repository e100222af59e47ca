"""What an export says besides its labels, and what is odd about it: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from viewer.errors import Issue
from viewer.formats.encord.entries import Holder
from viewer.formats.encord.labels import MOST_RELATIONS, Labels
from viewer.formats.encord.ontology import Book
from viewer.formats.encord.records import Row
from viewer.formats.problems import few, oddity
from viewer.model.ontology import LabelClass, Ontology

COUNTED = "in parts of the picture's width and height, from its top-left corner"


def facts_of(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Return named values for people."""
    found = [("label rows", f"{len(rows):,}"), ("coordinates", COUNTED)]
    titles = dict.fromkeys(row.dataset_title for row in rows if row.dataset_title)
    found += [("data set", title) for title in titles]
    branches = dict.fromkeys(row.branch_name for row in rows if row.branch_name)
    found += [("branch", branch) for branch in branches]
    for row in rows:
        for unit in (row.data_units or {}).values():
            facts = unit.metadata if unit else None
            for child in (facts.children if facts else None) or ():
                place = f" at {child.layout_key}" if child.layout_key else ""
                found.append((f"part of {row.data_title or 'a group'}", f"{child.name}{place}"))
    return tuple(found)


def ontology_with(book: Book, met: Mapping[str, LabelClass]) -> Ontology:
    """Return the classes of the ontology, then those that only labels name."""
    every = dict(book.classes)
    for id, label in met.items():
        known = every.get(id)
        if known is None:
            every[id] = label
        elif known.kind is None and label.scope is not None:
            scope = known.scope if known.scope == "series" else label.scope
            every[id] = msgspec.structs.replace(known, scope=scope)
    return Ontology(tuple(every.values()))


def issues_of(labels: Labels, book: Book, holders: Sequence[Holder]) -> Iterator[Issue]:
    """Yield what is odd about rows, frames and answers."""
    yield from book.issues
    if labels.orphans:
        yield oddity(
            "orphan-answers",
            f"Answers to labels that are not in the file: {len(labels.orphans):,} "
            f"({few(labels.orphans)}); they stay in it as they are.",
        )
    odd = [key for holder in holders for key in holder.odd_frames]
    if odd:
        yield oddity(
            "odd-frame",
            f"Frames whose numbers are none, or come twice: {len(odd):,} "
            f"({few(repr(key[:20]) for key in odd)}); what stands there is listed, and stays in "
            "the file.",
        )
    if labels.without_room:
        yield oddity(
            "too-many-frames",
            f"{few(labels.without_room)}: the ranges reach over more frames than can be listed; "
            "those of the first frames are.",
        )
    yield from _taken_for_granted(labels)
    deleted = [holder.entry.title for holder in holders if holder.kind == "deleted"]
    if deleted:
        yield oddity(
            "deleted-data",
            f"The data of {len(deleted):,} rows was deleted on the platform ({few(deleted)}); "
            "their labels are listed, and cannot be edited.",
        )
    yield from _slice_notes(holders)


def _taken_for_granted(labels: Labels) -> Iterator[Issue]:
    """Say what is shown as it is likely meant, where the format leaves it open."""
    if labels.relations:
        count = len(labels.relations)
        most = "; more are not shown" if count == MOST_RELATIONS else ""
        yield Issue(
            "note",
            "relations-taken",
            f"Answers that name other labels: {count:,}{most}; they are taken as relations. Encord "
            "does not say how it writes those, so check one there; they stay in the file as they "
            "are.",
        )
    if labels.of_unknown_level:
        yield Issue(
            "note",
            "unknown-level",
            f"Classifications on no frame: {len(labels.of_unknown_level):,} "
            f"({few(labels.of_unknown_level)}). They are shown for the file as a whole, as Encord "
            "does if their class is a global one, and else not at all; open the ontology with the "
            "export to know.",
            labels.of_unknown_level[0],
        )


def _slice_notes(holders: Sequence[Holder]) -> Iterator[Issue]:
    """Say where the order of slices is taken."""
    series = [one.entry for one in holders if one.entry.kind == "volume"]
    taken = [entry.title for entry in series if entry.anchors == ()]
    if taken:
        yield Issue(
            "warning",
            "slices-by-number",
            f"No slice of {few(taken)} is named by its UID, and the format does not say how "
            "slices are ordered; check a label against its slice, and choose the order under "
            "Labels and images.",
            taken[0],
        )
    volumes = [entry.title for entry in series if entry.anchors is None]
    if volumes:
        yield Issue(
            "note",
            "volume-slices",
            f"Slices of {few(volumes)} are taken to count along the file's third axis; the format "
            "does not say so, nor which way its pictures are turned. Check one, and flip or "
            "reverse it under Labels and images.",
            volumes[0],
        )
