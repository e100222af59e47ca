"""What a person names to go there: a slice, a frame, a time, an object, a series or a label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.media.volume import Media, Volume
from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Project
from viewer.model.table import Columns, Ints
from viewer.review.local_files import objects_of
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows
from viewer.session.playable import Playable, series_title
from viewer.session.session import Session

HitKind = Literal["slice", "series", "object", "label"]
MOST_HITS = 50  # of labels, and of objects
LEAST_LETTERS = 3  # of a part of a name or id that is looked for among all of them
MOST_DIGITS = 5  # of a number that is a slice's or frame's rather than a part of a UID
CHECK_EVERY = 1000  # objects
EXACT, SERIES, ID, CLASS, OBJECT = range(5)  # what was found, the best first

_GROUPS = "[,'\u00a0\u2009\u202f ]"  # between thousands, as people and this program write them
_NUMBER = re.compile(
    rf"[=#]?\s*(?:(?:slice|frame)\s*)?([-\u2212]?(?:\d{{1,3}}(?:{_GROUPS}\d{{3}})+|\d{{1,9}}))",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[=#]\s*\d{1,18}")  # of a slice that no media has, and no UID is meant
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d*)?)")
_SECONDS = re.compile(r"(\d{1,6}(?:\.\d*)?)\s*s")
_ELSEWHERE = np.int64(1) << 40  # farther than any slice


@dataclass(frozen=True)
class Hit:
    """One thing that was named, and where it is.

    Args:
        title, where: in words.
        media: its number; None of a label that is not placed.
        slice: None for all of the media.
        id: of a label.
    """

    kind: HitKind
    title: str
    where: str
    media: int | None = None
    slice: int | None = None
    id: AnnotationId | None = None


@dataclass(frozen=True, eq=False)
class Asked:
    """What is looked for, and among what.

    Args:
        text: as typed; with "=" or "#" before it a slice or frame alone, with "@" labels alone.
        shown: number of the media shown, and the slice of it.
    """

    text: str
    project: Project
    matches: Matches
    media: tuple[Media, ...]
    shown: int | None
    slice: int
    playable: Playable | None


@dataclass(frozen=True)
class Hits:
    """What was found, the best first.

    Args:
        total: how many there are; `hits` are the first of them.
        refused: why what was named is not there; "" where something was found.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    refused: str = ""


def asked_of(session: Session, text: str) -> Asked:
    """Return a question to `search` about what is open now."""
    return Asked(
        text.strip(),
        session.project,
        session.matches,
        session.media,
        session.viewing.media_index,
        session.slice,
        session.playable,
    )


def search(asked: Asked, check: Callable[[], None] = lambda: None) -> Hits:
    """Return what the text names, over columns and headers; nothing is decoded.

    Args:
        check: called again and again; raises where the answer is no longer wanted.
    """
    text = asked.text.removeprefix("@").strip()
    if not text:
        return Hits()
    if asked.text[0] in "=#":
        hits, refused = _pictures(asked)
        return Hits(hits, len(hits), refused)
    labels, count = _labels(asked, text, check)
    if asked.text[0] == "@":
        return Hits(_best(labels), count, "" if labels else _nothing("label", text))
    pictures, refused = _pictures(asked)
    others = [*_series(asked, text), *_objects(asked, text, check)]
    if refused and len(text) <= MOST_DIGITS:  # a slice too far is no part of some UID
        others = [found for found in others if found[0][0] == EXACT]
    hits = (*pictures, *_best([*labels, *others]))
    refused = refused or _nothing("slice, image, series or label", text)
    return Hits(hits, len(pictures) + count + len(others), "" if hits else refused)


def go_to_hit(session: Session, hit: Hit) -> None:
    """Show what was found; the place left is kept. A label is selected, also where not placed."""
    session.places.leave()
    if hit.id is not None:
        session.select({hit.id})
        if not session.go_to(hit.id):
            session.say("This label is not placed, so that there is no picture to go to.")
    elif hit.media is not None:
        session.viewing.show(hit.media)
        if hit.slice is not None:
            i, j, _ = session.viewing.crosshair
            session.viewing.set_crosshair((i, j, float(hit.slice)))


def _nothing(kind: str, text: str) -> str:
    more = "" if len(text) >= LEAST_LETTERS else f" Of an id, type {LEAST_LETTERS} letters or more."
    return f"No {kind} is called {text}.{more}"


# --- slices, frames, times ---


def _pictures(asked: Asked) -> tuple[tuple[Hit, ...], str]:
    """Return the slice or frame that is named, or why it is not there; ("", "") for other text."""
    number, seconds = _number(asked.text), _seconds(asked.text.lstrip("=#").strip())
    if asked.shown is None:
        return (), "No images are open."
    media, playable = asked.media[asked.shown], asked.playable
    one = "slice" if isinstance(media, Volume) else "frame"
    if seconds is not None:
        if playable is None or playable.is_of_points or not playable.is_timed:
            return (), f"{media.title} has no times; name a {one} by its number."
        if seconds > playable.duration_s:
            return (), f"{media.title} ends at {playable.duration_s:.3f} s."
        at = int(np.searchsorted(playable.times_s, seconds + 1e-9, side="right")) - 1
        return (_picture(asked, media, max(at, 0)),), ""
    if number is None:
        return (), f"Type the number of a {one}." if asked.text[0] in "=#" else ""
    at = number - 1
    if not 0 <= at < media.count:
        there = counted(media.count, one)
        return (), f"There is no {one} {number:,}: {media.title} has {there}."
    return (_picture(asked, media, at),), ""


def _number(text: str) -> int | None:
    """Return the number of a slice or frame that is named, thousands apart or not."""
    found = _NUMBER.fullmatch(text)
    if found is not None:
        digits = re.sub(_GROUPS, "", found.group(1))
        return int(digits.replace("\u2212", "-"))
    return int(text.lstrip("=#")) if _ALONE.fullmatch(text) else None


def _seconds(text: str) -> float | None:
    clock, plain = _CLOCK.fullmatch(text), _SECONDS.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    return None if plain is None else float(plain.group(1))


def _picture(asked: Asked, media: Media, at: int) -> Hit:
    one = "Slice" if isinstance(media, Volume) else "Frame"
    playable = asked.playable
    is_timed = playable is not None and playable.is_timed and not playable.is_of_points
    time = f", {playable.times_s[at]:.3f} s" if playable is not None and is_timed else ""
    title = f"{one} {at + 1:,} of {media.count:,}{time}"
    return Hit("slice", title, series_title(media), asked.shown, at)


def _place_words(asked: Asked, media: int, slice: int | None) -> str:
    """Return where a picture is: its slice, and its series where another one is shown."""
    item = asked.media[media]
    one = "slice" if isinstance(item, Volume) else "frame"
    words = [] if slice is None or item.count < 2 else [f"{one} {slice + 1:,}"]
    if media != asked.shown or not words:
        words.append(series_title(item))
    return " · ".join(words)


# --- series, and the objects they are made of ---

_Ranked = tuple[tuple[int, int], Hit]  # rank and distance


def _best(ranked: Sequence[_Ranked]) -> tuple[Hit, ...]:
    return tuple(hit for _, hit in sorted(ranked, key=lambda found: found[0]))


def _series(asked: Asked, text: str) -> Iterator[_Ranked]:
    wanted = text.casefold()
    for number, media in enumerate(asked.media):
        uid = media.facts.series_uid
        is_uid = len(text) >= LEAST_LETTERS and text in uid
        if is_uid or wanted in media.title.casefold():
            rank = EXACT if uid == text else SERIES
            where = uid if is_uid else media.facts.modality
            yield (rank, number), Hit("series", media.title, where, number)


def _objects(asked: Asked, text: str, check: Callable[[], None]) -> list[_Ranked]:
    """Return the SOP Instance UIDs and names of files that hold a text; the first ones of many."""
    found: list[_Ranked] = []
    if len(text) < LEAST_LETTERS:
        return found
    for number, media in enumerate(asked.media):
        seen: set[str] = set()
        for count, (name, _frame, slice) in enumerate(objects_of(media)):
            if count % CHECK_EVERY == 0:
                check()
            if text in name and name not in seen and (len(found) < MOST_HITS or name == text):
                seen.add(name)
                rank = EXACT if name == text else OBJECT
                where = _place_words(asked, number, slice)
                found.append(((rank, len(found)), Hit("object", name, where, number, slice)))
    return found


# --- labels ---


def _labels(asked: Asked, text: str, check: Callable[[], None]) -> tuple[list[_Ranked], int]:
    """Return the labels whose id or class holds a text, the first ones of many; and how many."""
    found: list[_Ranked] = []
    total = 0
    edits = asked.project.annotations.edits
    for export, base in asked.project.annotations.bases.items():
        check()
        titles = _titles(asked.project, export, base.columns.classes)
        ordinals, ranks = _named(base.columns, titles, text)
        edited = [id.ordinal for id in edits if id.export == export and not id.new]
        is_kept = ~np.isin(ordinals, edited)
        ordinals, ranks = ordinals[is_kept], ranks[is_kept]
        total += len(ordinals)
        away = _away(asked, asked.matches.rows.get(export), ordinals)
        for at in np.lexsort((ordinals, away, ranks))[:MOST_HITS].tolist():
            id = AnnotationId(export, int(ordinals[at]))
            title = titles[int(base.columns.class_codes[id.ordinal])]
            words = (title, base.columns.author_of(id.ordinal), base.columns.native_ids[id.ordinal])
            found.append(((int(ranks[at]), int(away[at])), _label(asked, id, words)))
    for id, annotation in edits.items():
        if annotation is None:
            continue
        title = _titles(asked.project, id.export, [annotation.class_id])[0]
        rank = _rank(annotation.native_id, title, text)
        if rank is not None:
            total += 1
            words = (title, annotation.author, annotation.native_id)
            found.append(((rank, 0), _label(asked, id, words)))
    return sorted(found, key=lambda one: one[0])[:MOST_HITS], total


def _titles(project: Project, export: str, classes: Sequence[str]) -> list[str]:
    known = project.exports[export].ontology.by_id
    return [known[id].title if id in known else id or "No label" for id in classes]


def _named(columns: Columns, titles: Sequence[str], text: str) -> tuple[Ints, Ints]:
    """Return the ordinals of labels that are called so, rising, and the rank of each."""
    wanted = text.casefold()
    codes = [code for code, title in enumerate(titles) if wanted in title.casefold()]
    ranks = np.full(columns.count, -1, dtype=np.int64)
    ranks[np.isin(columns.class_codes, codes)] = CLASS
    if len(text) >= LEAST_LETTERS:
        ranks[columns.native_ids.find(text)] = ID
    ranks[columns.native_ids.rows_of(text)] = EXACT
    ordinals = np.flatnonzero(ranks >= 0)
    return ordinals, ranks[ordinals]


def _rank(native_id: str, title: str, text: str) -> int | None:
    if native_id == text:
        return EXACT
    if len(text) >= LEAST_LETTERS and text.lower() in native_id.lower():
        return ID
    return CLASS if text.casefold() in title.casefold() else None


def _away(asked: Asked, rows: SortedRows | None, ordinals: Ints) -> Ints:
    """(n,) how far labels are from the slice shown; other media and no place come last."""
    away = np.full(len(ordinals), 2 * _ELSEWHERE, dtype=np.int64)
    if rows is None or not len(ordinals) or not len(rows.columns.owners):
        return away
    owners = rows.columns.owners
    firsts = np.searchsorted(owners, ordinals)
    has = (firsts < len(owners)) & (owners[np.minimum(firsts, len(owners) - 1)] == ordinals)
    at = firsts[has]
    media, slices = rows.outcomes.media[at], rows.outcomes.slices[at].astype(np.int64)
    shown = -1 if asked.shown is None else asked.shown
    here = np.where(media == shown, np.abs(slices - asked.slice), _ELSEWHERE + media)
    away[has] = np.where(media >= 0, here, 2 * _ELSEWHERE)
    return away


def _label(asked: Asked, id: AnnotationId, words: tuple[str, str, str]) -> Hit:
    title, author, native_id = words
    place = asked.matches.first_of(id)
    media = None if place is None else place.media
    slice = None if place is None else place.slice
    where = "not placed" if media is None else _place_words(asked, media, slice)
    parts = (where, author, native_id)
    return Hit("label", title, " · ".join(part for part in parts if part), media, slice, id)
