"""Where the solids of all exports lie: decoded once, in a job, since masks may take long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from viewer.errors import Cancelled, Issue, OverreadError
from viewer.model.annotation import AnnotationId
from viewer.review.evidence import short
from viewer.review.extents import ExtentFinder, Extents, FoundSolids, placed_solids
from viewer.review.lookup import keys_of
from viewer.review.matching import Matches
from viewer.review.places import places_of_rows
from viewer.review.reach import BEYOND, reaches
from viewer.review.rows import VOLUME
from viewer.review.wording import REPORT

FEW = 5  # issues that are alike and told one by one
_OTHERWISE = "masks-run-otherwise"
_DIFFER = (
    "{}: by the export's geometry its frames are counted otherwise than voxels, and masks in files"
    " are shown voxel by voxel; check which of both lies right, and choose the order under"
    f" {REPORT}."
)

# Of one and of several, in sight for good.
_WORDS: Mapping[str, tuple[str, str]] = {
    "mask-affine-differs": (
        "1 mask file says another place than these images",
        "{:,} mask files say another place than these images",
    ),
    BEYOND: (
        "labels reach beyond their plane",
        "labels reach beyond their planes",
    ),
    _OTHERWISE: (
        "masks and frames are counted differently",
        "masks and frames are counted differently",
    ),
}


def solids_of(
    matches: Matches,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> FoundSolids:
    """Return where the solids lie that the files hold; what is damaged is said, the rest shown.

    Args:
        matches: over all media.
        check: called again and again; may raise to stop.
        progress: told how many of all annotations with solids are done.
    """
    opened = [id for rows in matches.rows.values() for id in rows.ids_of_solids]
    finder = ExtentFinder(matches.lookup.media, check)
    found: dict[AnnotationId, Extents] = {}
    issues: list[Issue] = []
    for done, id in enumerate(opened):
        progress(done, len(opened))
        try:
            found[id] = _extents(matches, id, finder)
        except Cancelled:
            raise
        except OverreadError as error:
            issues.append(Issue("error", "solid-not-shown", str(error)))
    progress(len(opened), len(opened))
    said = [*_notes(matches), *_doubts(matches), *reaches(matches, check)]
    issues += _summed([issue for _, issue in said])
    return FoundSolids(MappingProxyType(found), tuple(dict.fromkeys(issues)), _by_media(said))


def _summed(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield a few issues of each code, and for the others how many there are."""
    by_code: dict[str, list[Issue]] = {}
    for issue in dict.fromkeys(issues):
        by_code.setdefault(issue.code, []).append(issue)
    for code, alike in by_code.items():
        yield from alike[:FEW]
        more = alike[FEW:]
        if more:
            names = f"from {short(more[0].where)} to {short(more[-1].where)}"
            sentence = f"The same holds for {len(more):,} more, {names}: {alike[0].sentence}"
            yield Issue(alike[0].severity, code, sentence, more[0].where)


def _by_media(said: Iterable[tuple[int, Issue]]) -> Mapping[int, tuple[str, ...]]:
    """Return what is to stay in sight on each media: the warnings about it, in few words."""
    counted: dict[int, Counter[str]] = {}
    for media, issue in said:
        if issue.code in _WORDS:
            counted.setdefault(media, Counter())[issue.code] += 1
    return {
        media: tuple(_WORDS[code][count > 1].format(count) for code, count in codes.items())
        for media, codes in counted.items()
    }


def _notes(matches: Matches) -> Iterator[tuple[int, Issue]]:
    """Yield what is to be said of the files that were read for solids, with their media."""
    for export in matches.rows:
        found = matches.project.annotations.bases[export].told.telling.findings
        bound = matches.lookup.bindings.get(export)
        for entry, of_files in list(found.items()):
            binding = bound.of(entry) if bound is not None else None
            for issues in list(of_files.notes.values()):
                yield from ((binding.index if binding else -1, issue) for issue in issues)


def _doubts(matches: Matches) -> Iterator[tuple[int, Issue]]:
    """Say where masks of volumes run otherwise than shapes on frames, as it was found."""
    for export, rows in matches.rows.items():
        numbers, spots = matches.lookup.entries_of(export)
        columns = rows.columns
        shown = (rows.outcomes.media >= 0) & (columns.kinds == VOLUME) & (columns.entries >= 0)
        keys = keys_of(columns.keys)
        codes: list[int] = np.unique(columns.entries[shown]).tolist()
        names = {keys[code].decode("utf-8", "surrogatepass") for code in codes}
        for id in sorted(names & numbers.keys()):
            if spots.orders[numbers[id]].masks_differ:
                entry = matches.lookup.bindings[export].entries[numbers[id]]
                sentence = _DIFFER.format(short(entry.title))
                media = int(spots.media[numbers[id]])
                yield media, Issue("warning", _OTHERWISE, sentence, entry.title)


def with_solids(matches: Matches) -> tuple[Matches, tuple[Issue, ...]]:
    """Return the matches with all solids found, at once, and what cannot be shown."""
    if not matches.lack_solids:
        return matches, ()
    found = solids_of(matches)
    return matches.with_solids(found), found.issues


def _extents(matches: Matches, id: AnnotationId, finder: ExtentFinder) -> Extents:
    annotation = matches.project.annotations.opened(id)
    places = places_of_rows(matches.rows[id.export], id.ordinal, None, matches.lookup)
    return finder.of_opened(annotation, placed_solids(annotation, places, matches.lookup))
