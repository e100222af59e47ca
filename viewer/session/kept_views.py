"""How each media was looked at, and which two were compared, kept from one run to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from viewer.media.volume import Media, Video, Window
from viewer.render.map_names import GREY, NAMES
from viewer.render.window import CT_PRESETS
from viewer.session.comparing import Comparison, Side
from viewer.session.laying import Laid, ways_to_lay
from viewer.session.session import Session

MOST_LOOKS = 100  # media of one session
FARTHEST = 1_000_000  # slices of an offset


class KeptWindow(msgspec.Struct, frozen=True):
    """The window of a media."""

    center: float
    width: float
    function: str = "LINEAR"


class KeptMedia(msgspec.Struct, frozen=True):
    """One of the media that were open: UID of its series, "" without one, and its number."""

    series: str = ""
    media: int = 0

    def found(self, media: Sequence[Media]) -> int | None:
        """Return its number now: that of its number and series, else the first of its series."""
        numbers = [n for n, one in enumerate(media) if one.facts.series_uid == self.series]
        if self.media in numbers:
            return self.media
        return numbers[0] if numbers and self.series else None


class KeptLook(msgspec.Struct, frozen=True):
    """How a media was looked at.

    Args:
        voxel: the crosshair in it.
        window: None for that of a table, and of colours.
        map: name of its colour map.
    """

    of: KeptMedia
    voxel: tuple[float, float, float]
    window: KeptWindow | None = None
    inverted: bool = False
    map: str = GREY


class KeptSide(msgspec.Struct, frozen=True):
    """One of two pictures compared; `export` and its title where one export's labels are drawn."""

    of: KeptMedia
    export: str | None = None
    title: str = ""


class KeptComparison(msgspec.Struct, frozen=True):
    """Two pictures that stood beside each other; fields as of a `Comparison`."""

    left: KeptSide
    right: KeptSide
    offset: int = 0
    is_linked: bool = True
    shares_window: bool = True


class KeptLaid(msgspec.Struct, frozen=True):
    """What was laid over the media that was shown; fields as of a `Laid`."""

    of: KeptMedia
    how: str
    opacity: float


def looks_now(session: Session) -> tuple[KeptLook, ...]:
    """Return how each of the media is looked at, the one shown first."""
    shown, count = session.viewing.media_index, len(session.media)
    numbers = sorted(range(count), key=lambda number: number != shown)[:MOST_LOOKS]
    return tuple(_look(session, number) for number in numbers)


def take_looks(session: Session, kept: Sequence[KeptLook]) -> None:
    """Look at what is open as it was looked at, as far as it is still there."""
    viewing = session.viewing
    for look in reversed(kept[:MOST_LOOKS]):  # the first one's stay where media share something
        index = look.of.found(session.media)
        if index is None:
            continue
        if all(map(math.isfinite, look.voxel)):
            viewing.set_crosshair(look.voxel, index)
        if look.window is not None and not session.media[index].is_colour:
            _take_window(session, look.window, index)
        if look.map in NAMES:
            viewing.set_color_map(look.map, index)
        if look.inverted != viewing.is_inverted_of(index):
            viewing.invert(index)


def comparison_now(session: Session) -> KeptComparison | None:
    """Return what is compared; None of mammograms, which hang as their pair is found anew."""
    viewing = session.viewing
    compared = viewing.compared if viewing.is_comparing else None
    sides = () if compared is None else (compared.left, compared.right)
    if compared is None or compared.is_pair or any(side.picture is not None for side in sides):
        return None
    left, right = (_side(session, side) for side in sides)
    return KeptComparison(left, right, compared.offset, compared.is_linked, compared.shares_window)


def compare_again(session: Session, kept: KeptComparison) -> None:
    """Show the same two beside each other, where both are still there."""
    found = [_found(session, side) for side in (kept.left, kept.right)]
    if found[0] is None or found[1] is None or abs(kept.offset) > FARTHEST:
        return
    again = Comparison(found[0], found[1], kept.offset, kept.is_linked, kept.shares_window)
    session.linking.start(again)


def laid_now(session: Session) -> KeptLaid | None:
    """Return what is laid over the media that is shown."""
    index = session.viewing.media_index
    laid = None if index is None else session.viewing.laid_over(index)
    if laid is None or laid.media >= len(session.media):
        return None
    return KeptLaid(kept_media(session, laid.media), laid.how, laid.opacity)


def lay_again(session: Session, kept: KeptLaid) -> None:
    """Lay over the media that is shown what was, if it still can be in the way that it was."""
    index, over = session.viewing.media_index, kept.of.found(session.media)
    if index is None or over is None or not 0 <= kept.opacity <= 1:
        return
    for way in ways_to_lay(session.media[index], session.media[over]):
        if way.how is not None and way.how == kept.how:
            session.viewing.lay(Laid(over, way.how, kept.opacity))


def kept_media(session: Session, number: int) -> KeptMedia:
    """Return by what a media that is open is known the next time."""
    return KeptMedia(session.media[number].facts.series_uid, number)


def _look(session: Session, number: int) -> KeptLook:
    viewing, window = session.viewing, session.viewing.window_of(number)
    kept = None
    if window is not None and window.table is None:
        kept = KeptWindow(window.center, window.width, window.function)
    return KeptLook(
        kept_media(session, number),
        viewing.crosshair_of(number),
        kept,
        viewing.is_inverted_of(number),
        viewing.color_map_of(number),
    )


def _side(session: Session, side: Side) -> KeptSide:
    export = None if side.export is None else session.project.exports.get(side.export)
    title = "" if export is None else export.title
    return KeptSide(kept_media(session, side.media), side.export, title)


def _found(session: Session, side: KeptSide) -> Side | None:
    """Return a side that is compared; None where its media, or its export, is not there."""
    media = side.of.found(session.media)
    export = None if side.export is None else session.project.exports.get(side.export)
    is_gone = side.export is not None and (export is None or export.title != side.title)
    return None if media is None or is_gone else Side(media, export=side.export)


def _take_window(session: Session, kept: KeptWindow, index: int) -> None:
    is_sound = math.isfinite(kept.center) and math.isfinite(kept.width) and kept.width > 0
    match kept.function:
        case "LINEAR" | "LINEAR_EXACT" | "SIGMOID" if is_sound:
            window = Window(kept.center, kept.width, "", kept.function)
            session.viewing.set_window(_named(session.media[index], window), index)
        case _:
            pass


def _named(media: Media, window: Window) -> Window:
    """Return a window with the name that it has in the file, or among the presets."""
    own = () if isinstance(media, Video) else media.windows
    named = (*own, *CT_PRESETS.values())
    return next((one for one in named if replace(one, name="") == window), window)
