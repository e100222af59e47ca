"""What can be compared with what is shown."""

from __future__ import annotations

import numpy as np

from viewer.media.volume import Media, Volume
from viewer.review.mammograms import Mammogram, MammogramPair, hanging, pairs_of
from viewer.session.comparing import Comparison, Side
from viewer.session.session import Session


def exports_here(session: Session) -> tuple[str, ...]:
    """Return the ids of the exports with labels on what is shown, in their order."""
    shown, rows = session.viewing.media_index, session.matches.rows
    if shown is None:
        return ()
    found = session.matches.labels_by_export(shown)
    return tuple(id for id in rows if id in found)


def exports_beside(session: Session, second: str | None = None) -> Comparison | None:
    """Return two exports over the images shown, each on a picture of its own; None for fewer.

    Args:
        second: beside the first other one; by default the first two.
    """
    shown, ids = session.viewing.media_index, exports_here(session)
    first = next((id for id in ids if id != second), None)
    other = second or next((id for id in ids if id != first), None)
    if shown is None or first is None or other is None:
        return None
    return Comparison(Side(shown, export=first), Side(shown, export=other))


def series_beside(session: Session, other: int) -> Comparison | None:
    """Return another media beside the one shown; None where it is that one itself."""
    shown = session.viewing.media_index
    return None if shown in (None, other) else Comparison(Side(shown), Side(other))


def mammograms_beside(session: Session) -> Comparison | None:
    """Return the pair of mammograms back to back of what is shown; None without one.

    The one with the picture shown, else the first of its study.
    """
    shown = session.viewing.media_index
    if shown is None:
        return None
    study = session.media[shown].facts.study_uid
    pairs = [one for one in pairs_of(session.media) if _study(session, one) == study]
    here = (shown, session.slice), (shown, None)
    own = (one for one in pairs if one.right.spot in here or one.left.spot in here)
    pair = next(own, pairs[0] if pairs else None)
    return None if pair is None else Comparison(_hung(pair.right), _hung(pair.left), is_pair=True)


def _study(session: Session, pair: MammogramPair) -> str:
    return session.media[pair.right.spot[0]].facts.study_uid


def _hung(picture: Mammogram) -> Side:
    (media, number), breast = picture.spot, picture.breast
    turn, words = hanging(breast)
    (a, b), (c, d) = turn.tolist()
    is_turned = not np.array_equal(turn, np.eye(2))
    title = f"{breast.side} {breast.view}"
    return Side(media, number, None, title, ((a, b), (c, d)) if is_turned else None, words)


def proposal(session: Session) -> Comparison | None:
    """Return what a person is likeliest to compare with what is shown; None without anything.

    The two that were compared last; else mammograms of both sides; else two exports here; else
    the series that lies in the same frame of reference, is of the same kind, or comes next.
    """
    shown, compared = session.viewing.media_index, session.viewing.compared
    if compared is not None and shown in compared.media:
        return compared
    exports = mammograms_beside(session) or exports_beside(session)
    if exports is not None or shown is None:
        return exports
    others = [row[0] for row in session.viewing.series if shown not in row]
    here = session.media[shown]
    best = max(others, key=lambda number: _likeness(here, session.media[number]), default=None)
    return None if best is None else series_beside(session, best)


def _likeness(first: Media, second: Media) -> tuple[bool, bool, bool]:
    frames = [
        media.facts.frame_of_reference_uid if isinstance(media, Volume) else ""
        for media in (first, second)
    ]
    is_kind = first.kind == second.kind
    return (frames[0] != "" and frames[0] == frames[1], is_kind, first.count == second.count)
