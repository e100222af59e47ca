"""Where the solids of all exports lie: decoded once, in a job, since masks may take long."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from viewer.errors import Cancelled, Issue, OverreadError
from viewer.model.annotation import AnnotationId
from viewer.review.extents import ExtentFinder, Extents, FoundSolids, placed_solids
from viewer.review.matching import Matches
from viewer.review.places import places_of_rows


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
    return FoundSolids(MappingProxyType(found), tuple(dict.fromkeys(issues)))


def with_solids(matches: Matches) -> tuple[Matches, tuple[Issue, ...]]:
    """Return the matches with all solids found, at once, and what cannot be shown."""
    if not matches.lack_solids:
        return matches, ()
    found = solids_of(matches)
    return matches.with_solids(found), found.issues


def _extents(matches: Matches, id: AnnotationId, finder: ExtentFinder) -> Extents:
    annotation = matches.project.annotations.opened(id)
    places = places_of_rows(matches.rows[id.export], id.ordinal, None, matches.lookup)
    return finder.of_opened(annotation, placed_solids(annotation, places))
