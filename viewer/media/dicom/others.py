"""DICOM objects that are no pictures: what they are, and which series they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from viewer.errors import Issue
from viewer.media.dicom import tags
from viewer.media.dicom.header import Header
from viewer.media.dicom.kinds import SEGMENTATIONS
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.dicom.walker import Encoding
from viewer.media.volume import Companion, Media

_DEPTH = 6  # of sequences around the series they name
_SERIES_LIMIT = 10_000
# Sequences in which objects name series: PS3.3 C.12.4 and C.17.2 (evidence), C.7.6.23, C.8.8.5.
_NAMING = frozenset(
    {tags.REFERENCED_SERIES, tags.STUDIES_OF_REFERENCES, tags.EVIDENCE}
    | {tags.RT_FRAMES_OF_REFERENCE, 0x30060012, 0x30060014}
)


def companion_of(header: Header, kind: str) -> Companion:
    """What a header that is no picture says of itself; damaged references count as none."""
    return Companion(
        kind=kind,
        description=header.words(tags.SERIES_DESCRIPTION),
        file=header.file,
        sop_uid=header.text(tags.SOP_INSTANCE),
        sop_class=header.text(tags.SOP_CLASS) or header.text(tags.MEDIA_STORAGE_CLASS),
        modality=header.text(tags.MODALITY),
        study_uid=header.text(tags.STUDY_INSTANCE),
        series_uid=header.text(tags.SERIES_INSTANCE),
        refers_to=references_of(header),
    )


def references_of(header: Header) -> tuple[str, ...]:
    """The UIDs of the series that an object refers to, each once, in the order it names them."""
    found: dict[str, None] = {}
    for tag in sorted(_NAMING & header.elements.keys()):
        raw = header.elements[tag]
        try:
            for uid in _series_in(raw, (0, len(raw)), header.encoding, _DEPTH):
                if len(found) < _SERIES_LIMIT:
                    found.setdefault(uid)
        except BROKEN:
            continue  # the object is listed without what cannot be read
    return tuple(uid for uid in found if uid)


def _series_in(
    data: bytes, place: tuple[int, int], encoding: Encoding, depth: int
) -> Iterator[str]:
    for item in items_in(data, *place, encoding):
        for tag, begin, end in elements_in(data, *item, encoding):
            if tag == tags.SERIES_INSTANCE:
                yield data[begin:end].decode("latin-1").strip(" \0")
            elif tag in _NAMING and depth:
                yield from _series_in(data, (begin, end), encoding, depth - 1)


def companion_issues(companions: Sequence[Companion], media: Sequence[Media]) -> Iterator[Issue]:
    """One sentence for the objects of one kind and series, which says what they belong to."""
    titles: dict[str, str] = {}
    for item in media:
        titles.setdefault(item.facts.series_uid, item.title)
    groups: dict[tuple[str, str], list[Companion]] = {}
    for companion in companions:
        groups.setdefault((companion.kind, companion.series_uid), []).append(companion)
    for (kind, uid), group in groups.items():
        first = group[0]
        series = first.description or first.modality
        files = first.file.name if len(group) == 1 else f"{len(group)} files"
        of_series = f' of series "{series}"' if series else ""
        is_shown = uid in titles and first.sop_class in SEGMENTATIONS
        end = "shown as pictures" if is_shown else "listed, not drawn"
        sentence = f"{files}{of_series}: {kind}{_belonging(group, titles)}; {end}."
        yield Issue("note", "not-a-picture", sentence, uid)


def _belonging(group: Sequence[Companion], titles: Mapping[str, str]) -> str:
    uids = dict.fromkeys(uid for companion in group for uid in companion.refers_to)
    if not uids:
        return ""
    here = [f'"{titles[uid]}"' for uid in uids if uid in titles]
    if here:
        more = f" and {len(here) - 3} more" if len(here) > 3 else ""
        return f" for {', '.join(here[:3])}{more}"
    those = "a series that is" if len(uids) == 1 else f"{len(uids)} series that are"
    return f" for {those} not opened"
