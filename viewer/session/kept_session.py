"""What was open, and where one stood in it, kept from one run to the next; no patient's name."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import msgspec
import platformdirs

from viewer.media.volume import Media, Video, Volume, Window
from viewer.render.map_names import GREY, NAMES
from viewer.render.window import CT_PRESETS
from viewer.review.filtering import NO_FILTER, Filter
from viewer.session.laying import Laid, ways_to_lay
from viewer.session.session import Session
from viewer.session.sidecar import keep
from viewer.session.viewing import Layout

SIZE_LIMIT = 1 << 20
MOST_KEPT = 8
MOST_PATHS = 200
_VERSION = 1
# Not what is compared: that was chosen for the two that were there.
_LAYOUTS: dict[str, Layout] = {name: name for name in get_args(Layout) if name != "compare"}


class Place(msgspec.Struct, frozen=True):
    """Where one stood.

    Args:
        series: UID of the series shown, "" without one.
        media: its number among what is opened.
        voxel: the crosshair.
        counted: "slice" or "frame"; "" of a single picture.
    """

    series: str = ""
    media: int = 0
    voxel: tuple[float, float, float] = (0.0, 0.0, 0.0)
    counted: str = ""

    @property
    def words(self) -> str:
        """Such as "slice 17"; "" of a single picture."""
        return f"{self.counted} {round(self.voxel[2]) + 1:,}" if self.counted else ""


class KeptWindow(msgspec.Struct, frozen=True):
    """The window of the media that was shown."""

    center: float
    width: float
    function: str = "LINEAR"


class KeptLaid(msgspec.Struct, frozen=True):
    """What was laid over the media that was shown.

    Args:
        place: which media it is; its crosshair is not meant.
        how: as in `Laid`.
        opacity: 0 to 1.
        color_map: of its own series.
        window: of its own series.
    """

    place: Place
    how: str
    opacity: float
    color_map: str = GREY
    window: KeptWindow | None = None


class KeptSession(msgspec.Struct, frozen=True):
    """One thing that was open.

    Args:
        paths: that were opened together, or after each other.
        demo: name of the demo that was opened, "" for paths.
        when: UTC, ISO 8601.
        labels: how many there were.
        formats: of the exports.
        panels: px of the left dock, the right one, and the media in the left one.
        color_map: name of that of the media shown.
        laid: over it.
    """

    paths: tuple[str, ...] = ()
    demo: str = ""
    when: str = ""
    labels: int = 0
    formats: tuple[str, ...] = ()
    place: Place | None = None
    window: KeptWindow | None = None
    layout: str = ""
    filter: Filter = NO_FILTER
    mode: str = ""
    panels: tuple[int, ...] = ()
    color_map: str = GREY
    laid: KeptLaid | None = None

    @property
    def name(self) -> str:
        """What is called by its files: "head_ct + labels.json"."""
        if self.demo:
            return "Demo study"
        names = [os.path.basename(path.rstrip("/\\")) or path for path in self.paths]  # noqa: PTH119 - no file is looked at
        more = f" + {len(names) - 2:,} more" if len(names) > 2 else ""
        return " + ".join(names[:2]) + more


class _File(msgspec.Struct, frozen=True):
    version: int
    sessions: tuple[KeptSession, ...]


@dataclass(frozen=True)
class Recent:
    """What was open last, the newest first.

    Args:
        gone: by place in `sessions`, the paths that are not there any more.
        said: why nothing could be read, "" where nothing is wrong.
    """

    sessions: tuple[KeptSession, ...] = ()
    gone: Mapping[int, tuple[str, ...]] | None = None
    said: str = ""


def kept_file() -> Path:
    """Return where it is kept, in the user's state folder."""
    return platformdirs.user_state_path("overread", appauthor=False) / "session.json"


def read_recent(path: Path) -> Recent:
    """Return what is kept, and what of it is gone; a damaged file is said and left aside."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            return Recent(said=_damaged("it is too large"))
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return Recent()
    except OSError as error:
        return Recent(said=_damaged(error.strerror or "it cannot be read"))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Recent(said=_damaged(str(error).rstrip(".")))
    if file.version != _VERSION:
        return Recent(said=_damaged(f"it is of version {file.version}"))
    sessions = tuple(one for one in file.sessions if one.paths or one.demo)[:MOST_KEPT]
    gone = {n: _gone(one.paths) for n, one in enumerate(sessions)}
    return Recent(sessions, {n: paths for n, paths in gone.items() if paths})


def write_kept(path: Path, session: KeptSession) -> None:
    """Put a session before those that are kept; the same one is kept once, the oldest ones go.

    Raises:
        OSError: it cannot be written.
    """
    others = read_recent(path).sessions
    what = (session.demo, session.paths)
    rest = (one for one in others if (one.demo, one.paths) != what)
    sessions = (session, *rest)[:MOST_KEPT]
    keep(path, msgspec.json.encode(_File(_VERSION, sessions)))


def forget_kept(path: Path) -> None:
    """Keep nothing.

    Raises:
        OSError: the file cannot be taken away.
    """
    path.unlink(missing_ok=True)


def session_now(
    session: Session, paths: Iterable[str], demo: str, panels: tuple[int, ...]
) -> KeptSession | None:
    """Return what is to be kept of what is open now; None where nothing is, or no path can be.

    Args:
        paths: that it was opened from; the names of files need not be text.
        demo: name of a demo.
    """
    known = tuple(dict.fromkeys(paths))[:MOST_PATHS]
    is_text = all(path.isprintable() and _is_utf8(path) for path in known)
    if not (known or demo) or not is_text:
        return None
    exports = session.project.exports.values()
    return KeptSession(
        paths=known,
        demo=demo,
        when=session.stamp().time,
        labels=len(session.project.annotations),
        formats=tuple(dict.fromkeys(export.format for export in exports)),
        place=_place(session),
        window=_kept_window(session.viewing.window),
        layout=session.viewing.layout,
        filter=session.display.filter,
        mode=session.mode,
        panels=panels,
        color_map=session.viewing.color_map,
        laid=_laid(session),
    )


def go_on(session: Session, kept: KeptSession) -> None:
    """Show what was opened again as it was left, as far as it is still there."""
    place, viewing = kept.place, session.viewing
    index = None if place is None else _media_of(session.media, place)
    if place is not None and index is not None:
        viewing.show(index)
        if all(math.isfinite(at) for at in place.voxel):
            viewing.set_crosshair(place.voxel)
        _take_look(session, index, kept.window, kept.color_map)
        if kept.laid is not None:
            _lay(session, index, kept.laid)
    if kept.layout in _LAYOUTS:
        viewing.set_look(layout=_LAYOUTS[kept.layout])


def _place(session: Session) -> Place | None:
    media, index = session.current, session.viewing.media_index
    if media is None or index is None:
        return None
    counted = "slice" if isinstance(media, Volume) else "frame"
    return Place(
        media.facts.series_uid,
        index,
        session.viewing.crosshair,
        counted if media.count > 1 else "",
    )


def _media_of(media: tuple[Media, ...], place: Place) -> int | None:
    """Return the media of a place: that of its number and series, else the first of its series."""
    numbers = [n for n, one in enumerate(media) if one.facts.series_uid == place.series]
    if place.media in numbers:
        return place.media
    return numbers[0] if numbers and place.series else None


def _laid(session: Session) -> KeptLaid | None:
    viewing, index = session.viewing, session.viewing.media_index
    laid = None if index is None else viewing.laid_over(index)
    if laid is None or laid.media >= len(session.media):
        return None
    place = Place(session.media[laid.media].facts.series_uid, laid.media)
    color_map, window = viewing.color_map_of(laid.media), viewing.window_of(laid.media)
    return KeptLaid(place, laid.how, laid.opacity, color_map, _kept_window(window))


def _lay(session: Session, index: int, kept: KeptLaid) -> None:
    """Lay over a media what was, if it still can be in the way that it was."""
    over = _media_of(session.media, kept.place)
    if over is None or not 0 <= kept.opacity <= 1:
        return
    for way in ways_to_lay(session.media[index], session.media[over]):
        if way.how is not None and way.how == kept.how:
            _take_look(session, over, kept.window, kept.color_map)
            session.viewing.lay(Laid(over, way.how, kept.opacity))


def _take_look(session: Session, index: int, window: KeptWindow | None, color_map: str) -> None:
    if session.media[index].is_colour:
        return
    if window is not None:
        _take_window(session, index, window)
    if color_map in NAMES:
        session.viewing.set_color_map(color_map, index)


def _kept_window(window: Window | None) -> KeptWindow | None:
    if window is None or window.table is not None:
        return None
    return KeptWindow(window.center, window.width, window.function)


def _take_window(session: Session, index: int, kept: KeptWindow) -> None:
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


def _gone(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if not Path(path).exists())


def _is_utf8(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _damaged(why: str) -> str:
    return f"What was open last is forgotten, because its file cannot be used ({why})."
