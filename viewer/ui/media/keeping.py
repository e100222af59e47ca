"""Which media are held in memory: those that are shown and come next; others are let go of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from viewer.media.volume import Media, Stored, Video
from viewer.session.ahead import following_place
from viewer.session.session import Session
from viewer.session.task_list import media_of_task


class Keeping:
    """Holds pixels of about a number of bytes, what is shown whatever its size.

    What is loaded in the background and what is let go of follow from one order (`_by_need`), so
    that nothing is loaded which would be the next to go.

    Args:
        budget_bytes: that media beside the shown ones are loaded up to.
    """

    def __init__(self, session: Session, budget_bytes: int) -> None:
        self._session = session
        self.budget_bytes = budget_bytes
        self._seen: list[Media] = []  # the one shown last is the last
        self._known: tuple[tuple[object, ...], tuple[int, ...]] = ((), ())  # of a task

    def look_at(self, index: int) -> None:
        """Hear that a media is shown."""
        media = self._session.media[index]
        self._seen = [one for one in self._seen if one is not media and self._is_open(one)]
        self._seen.append(media)

    def next_to_load(self) -> int | None:
        """Return the number of the media that is loaded next, None where that is all."""
        media, beside = self._session.media, seen_together(self._session)
        for number in self._held():
            if not is_loaded(media[number]):
                return number
        return next((n for n in beside if not is_loaded(media[n])), None)

    def to_let_go(self, coming: int | None = None) -> list[Stored]:
        """Return what is let go of so that the rest fits, the one shown longest ago first.

        Args:
            coming: number of the media that is about to be loaded.
        """
        session = self._session
        loaded = {n: one for n, one in enumerate(session.media) if _is_held(one)}
        more = session.media[coming] if coming is not None and coming not in loaded else None
        over = sum(one.nbytes for one in loaded.values()) - self.budget_bytes
        over += 0 if more is None or isinstance(more, Video) else more.nbytes
        if over <= 0:
            return []
        kept = {*self._pinned(), *self._held()}
        if coming is not None:
            kept.add(coming)
        gone: list[Stored] = []
        for number in sorted(loaded.keys() - kept, key=self._last_seen):
            if over <= 0:
                break
            gone.append(loaded[number])
            over -= loaded[number].nbytes
        return gone

    def _held(self) -> list[int]:
        """The media that the budget has room for, by need; paged ones take the room they took."""
        media = self._session.media
        room = self.budget_bytes
        room -= sum(one.nbytes for one in media if not isinstance(one, Video) and one.pages)
        held: list[int] = []
        for number in self._by_need():
            one = media[number]
            if not isinstance(one, Video) and one.pages is None and one.nbytes <= room:
                held.append(number)
                room -= one.nbytes
        return held

    def _by_need(self) -> list[int]:
        """All media, that which is needed most first.

        What follows in the list has half of the room; the rest is for what was looked at last.
        """
        session = self._session
        shown = session.viewing.media_index
        if shown is None:
            return []
        count = len(session.media)
        after = [*range(shown + 1, count), *range(shown)]
        ahead, room = list[int](), self.budget_bytes // 2
        for number in after:
            one = session.media[number]
            room -= 0 if isinstance(one, Video) else one.nbytes
            if room < 0:
                break
            ahead.append(number)
        numbers = {id(one): number for number, one in enumerate(session.media)}
        seen = [numbers[id(one)] for one in reversed(self._seen) if id(one) in numbers]
        return list(dict.fromkeys((*self._pinned(), *self._next(), *ahead, *seen, *after)))

    def _pinned(self) -> tuple[int, ...]:
        """What is on the screen, and the other points of its series."""
        session = self._session
        shown = session.viewing.media_index
        if shown is None:
            return ()
        return tuple(dict.fromkeys((shown, *seen_together(session), *session.viewing.points)))

    def _next(self) -> Iterator[int]:
        """The media of the next target of the worklist, and of the next task."""
        session = self._session
        place = following_place(session)
        if place is not None:
            yield place[0]
        task = session.tasks.neighbour(1)
        if task is not None:
            yield from self._of_task(task)

    def _of_task(self, task: int) -> tuple[int, ...]:
        """The media of a task, asked of its labels once: it is needed again with every verdict."""
        session = self._session
        edits, matches = session.project.annotations.edits, session.matches
        asked = (session.tasks.table, task, matches.rows, matches.solids, matches.lookup, edits)
        known, media = self._known
        if len(known) != len(asked) or any(a is not b for a, b in zip(known, asked, strict=True)):
            media = tuple(media_of_task(session, task))
            self._known = asked, media
        return media

    def _last_seen(self, number: int) -> int:
        media = self._session.media[number]
        return next((at for at, one in enumerate(self._seen) if one is media), -1)

    def _is_open(self, media: Media) -> bool:
        return any(one is media for one in self._session.media)


def seen_together(session: Session) -> tuple[int, ...]:
    """Return the media beside each other, and what is laid over the one shown."""
    viewing, beside = session.viewing, session.beside
    laid = None if viewing.media_index is None else viewing.laid_over(viewing.media_index)
    return beside if laid is None else (*beside, laid.media)


def is_loaded(media: Media) -> bool:
    """Whether every slice is decoded, or known to be undecodable."""
    if isinstance(media, Video):
        return True  # its frames are decoded when they are looked at
    return int(media.ready.sum()) + len(media.slice_errors) >= media.count


def _is_held(media: Media) -> TypeGuard[Stored]:
    """Whether memory is taken for its pixels that can be given back."""
    return not isinstance(media, Video) and media.pages is None and bool(media.ready.any())
