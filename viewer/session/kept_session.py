"""What was open, and where one stood in it, kept from one run to the next; no patient's name."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import msgspec
import platformdirs

from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.render.coloring import BY_LABEL, Coloring
from viewer.review.filtering import NO_FILTER, Filter
from viewer.session.kept_views import (
    KeptComparison,
    KeptLaid,
    KeptLook,
    KeptMedia,
    compare_again,
    comparison_now,
    laid_now,
    lay_again,
    looks_now,
    take_looks,
)
from viewer.session.kept_worklist import KeptWorklist, worklist_now
from viewer.session.session import Session
from viewer.session.sidecar import keep
from viewer.session.viewing import Layout

SIZE_LIMIT = 1 << 20
MOST_KEPT = 8
MOST_PATHS = 200
_VERSION = 1
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


class KeptLabel(msgspec.Struct, frozen=True):
    """The label that was selected, where a review goes on; its vendor's id, to be sure of it."""

    id: AnnotationId
    native_id: str


class KeptSession(msgspec.Struct, frozen=True):
    """One thing that was open.

    Args:
        paths: that were opened together, or after each other.
        demo: name of the demo that was opened, "" for paths.
        when: UTC, ISO 8601.
        labels: how many there were.
        formats: of the exports.
        looks: at each of the media.
        laid: over the media that was shown.
        compared: what stood beside each other.
        selected: the first label that was.
        worklist: that was begun; `mode` says whether one was in it.
        panels: px of the left dock, the right one, and the media in the left one.
    """

    paths: tuple[str, ...] = ()
    demo: str = ""
    when: str = ""
    labels: int = 0
    formats: tuple[str, ...] = ()
    place: Place | None = None
    looks: tuple[KeptLook, ...] = ()
    laid: KeptLaid | None = None
    compared: KeptComparison | None = None
    selected: KeptLabel | None = None
    layout: str = ""
    filter: Filter = NO_FILTER
    coloring: Coloring = BY_LABEL
    worklist: KeptWorklist | None = None
    mode: str = ""
    panels: tuple[int, ...] = ()

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
        looks=looks_now(session),
        laid=laid_now(session),
        compared=comparison_now(session),
        selected=_selected(session),
        layout=session.viewing.layout,
        filter=session.display.filter,
        coloring=session.display.coloring,
        worklist=worklist_now(session),
        mode=session.mode,
        panels=panels,
    )


def without_paths(kept: KeptSession, gone: Collection[str]) -> KeptSession:
    """Return what is left of a session where some of its paths are gone.

    Media without a UID are known by their numbers alone, which are others now, and are left out.
    """
    place, laid, compared = kept.place, kept.laid, kept.compared
    sides = () if compared is None else (compared.left.of, compared.right.of)
    return msgspec.structs.replace(
        kept,
        paths=tuple(path for path in kept.paths if path not in gone),
        place=place if place is not None and place.series else None,
        looks=tuple(look for look in kept.looks if look.of.series),
        laid=laid if laid is not None and laid.of.series else None,
        compared=compared if all(side.series for side in sides) else None,
    )


def go_on(session: Session, kept: KeptSession) -> None:
    """Show what was opened again as it was left, as far as it is still there."""
    place, viewing = kept.place, session.viewing
    take_looks(session, kept.looks)
    index = None if place is None else KeptMedia(place.series, place.media).found(session.media)
    if place is not None and index is not None:
        viewing.show(index)
        if all(math.isfinite(at) for at in place.voxel):
            viewing.set_crosshair(place.voxel)
        if kept.laid is not None:
            lay_again(session, kept.laid)
    if kept.compared is not None and kept.layout == "compare":
        compare_again(session, kept.compared)
    elif kept.layout in _LAYOUTS:
        viewing.set_look(layout=_LAYOUTS[kept.layout])
    session.display.set_coloring(kept.coloring)
    label, annotations = kept.selected, session.project.annotations
    if label is not None and label.id in annotations:
        session.select({label.id} if annotations[label.id].native_id == label.native_id else ())


def _selected(session: Session) -> KeptLabel | None:
    """What is drawn anew, and not saved, is not there the next time."""
    id = min((id for id in session.selection if not id.new), default=None)
    return None if id is None else KeptLabel(id, session.project.annotations[id].native_id)


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
