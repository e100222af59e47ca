"""`overread render`: the window's own drawing, into a PNG."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from viewer.cli.opening import opened
from viewer.cli.words import plain
from viewer.errors import CannotDecode, CannotRead, CannotWrite
from viewer.formats.placing import file_to_write
from viewer.geometry.views import PlaneName, view_planes
from viewer.media import load
from viewer.media.volume import Media, Stored, Video, Volume
from viewer.render.map_names import GREY, NAMES
from viewer.render.planes import acquired_plane
from viewer.render.window import initial_window
from viewer.session.arranging import planes_around
from viewer.session.panes import Pane, pane_of
from viewer.session.session import Session

PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
LARGEST_PX = 16_384
WINDOW_SAMPLE = 16  # pictures at least, over the whole media, as `sample_of` takes them
NOTICE = "Not for diagnosis."
NOTHING = "There is no picture under these paths; name a folder or file of images or videos."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `overread render`."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="folder, image file, zip, JSON")
    parser.add_argument("--out", required=True, metavar="P.png", help="the picture to write")
    parser.add_argument("--media", metavar="UID", help="series uid or id; default: most labels")
    parser.add_argument("--plane", choices=PLANES, help="default: the acquired plane")
    number = parser.add_mutually_exclusive_group()
    for option, noun in (("--slice", "slice"), ("--frame", "frame")):
        words = f"{noun}, counted from 0 along the axis the plane cuts"
        number.add_argument(option, type=int, metavar="N", dest="slice", help=words)
    parser.add_argument(
        "--time-point",
        type=int,
        metavar="N",
        help="of a series with several volumes at the same places (times, echoes, b-values):"
        " which, counted from 0",
    )
    parser.add_argument("--layout", choices=("single", "mpr"), default="single")
    parser.add_argument(
        "--size", type=size_of, default=(1280, 800), metavar="WxH", help="default: 1280x800"
    )
    parser.add_argument(
        "--color-map", choices=tuple(NAMES), default=GREY, help="of grey pictures; default: grey"
    )
    parser.add_argument("--no-labels", action="store_true", help="the picture alone")
    parser.add_argument("--bare", action="store_true", help="no text, ruler or crosshair")


def run(options: argparse.Namespace) -> int:
    """Draw the picture, write it and say where it is; without media it says so itself."""
    from viewer.paint.compose import Extras
    from viewer.paint.states import Message
    from viewer.paint.to_file import draw_to_file

    out = picture_file(options.out)
    found = opened(options.paths)
    refuse_opened(out, [*options.paths, *found.files()])
    session = Session()
    session.open(found.project, found.media, found.issues, found.matches)
    plane: PlaneName = options.plane or "axial"
    sentence = ""
    if found.media or options.media:
        index = media_index(found.media, options.media, found.matches.fullest_media() or 0)
        if options.time_point is not None:
            index = at_point(found.media, index, options.time_point)
        plane = options.plane or acquired_plane(found.media[index])
        show(session, index, plane, options.slice, is_single=options.layout == "single")
        session.viewing.set_color_map(options.color_map)
        _say_planes(found.media[index], options)
    else:
        sentence = [*(issue.sentence for issue in found.issues), NOTHING][0]
        print(plain(f"overread: {sentence}"), file=sys.stderr)
    extras = Extras(
        labels=not options.no_labels,
        bare=options.bare,
        frame=False,
        notice="" if options.bare else NOTICE,
        empty=Message("No picture", sentence),
    )
    panes = _panes(session.current, plane, is_single=options.layout == "single")
    draw_to_file(session, out, options.size, panes, extras)
    print(options.out)
    return 0


def _panes(media: Media | None, plane: PlaneName, *, is_single: bool) -> tuple[Pane, ...]:
    """Return the plane asked for, or all three of a volume around the acquired one."""
    if is_single or not isinstance(media, Volume):
        return (pane_of(plane),)
    return planes_around(acquired_plane(media))


def _say_planes(media: Media, options: argparse.Namespace) -> None:
    """Say on stderr that frames have no planes, where one was asked for."""
    if not isinstance(media, Volume) and (options.plane or options.layout == "mpr"):
        name = media.title or "The media"
        line = f"overread: {name} has frames without positions, no planes; one frame is drawn."
        print(plain(line), file=sys.stderr)


def picture_file(name: str) -> Path:
    """Return the file that the picture goes to.

    Raises:
        CannotWrite: the name is none of a picture, or no file can stand there.
    """
    out = Path(name)
    if out.suffix.lower() != ".png":
        raise CannotWrite(f"{name or 'An empty name'} names no picture; give one such as p.png.")
    return file_to_write(out)


def refuse_opened(out: Path, opened_files: Iterable[str]) -> None:
    """Never draw over a file that was opened, whatever it is called.

    Raises:
        CannotWrite: `out` is one of them.
    """
    if out.exists() and any(Path(path).exists() and out.samefile(path) for path in opened_files):
        raise CannotWrite(f"{out} was opened as well; give another place for the picture.")


def show(
    session: Session, index: int, plane: PlaneName, number: int | None, *, is_single: bool = False
) -> None:
    """Show a media with slice `number` of a plane (its middle for None), its pixels loaded.

    Args:
        is_single: the plane is drawn alone; where it is the acquired one a few slices do.

    Raises:
        CannotRead: there is no such slice.
        CannotDecode: nothing of what was asked for can be decoded.
    """
    media = session.media[index]
    session.viewing.show(index)
    session.viewing.set_look(active=plane)
    if number is not None:
        go_to(session, media, plane, number)
    shown = round(session.viewing.crosshair[2])
    is_alone = is_drawn_alone(media, plane, is_single=is_single)
    if is_alone and not isinstance(media, Video):
        load(media, only=sampled(media))
        session.viewing.set_window(initial_window(media))
        load(media, first=shown, only=[shown])
    else:
        load(media, first=shown)
    _say_missing(media, shown, is_asked_for=is_alone and number is not None)
    if session.viewing.window is None:
        session.viewing.set_window(initial_window(media))


def _say_missing(media: Media, shown: int, *, is_asked_for: bool) -> None:
    """Say on stderr why the slice shown cannot be decoded; other ones may be.

    Raises:
        CannotDecode: it was asked for by its number, or there is none that can be decoded.
    """
    if shown not in media.slice_errors:
        return
    sentence = media.slice_errors[shown]
    if not is_asked_for:
        load(media, first=shown)
    if is_asked_for or len(media.slice_errors) == media.count:
        raise CannotDecode(sentence)
    print(plain(f"overread: {sentence}"), file=sys.stderr)


def is_drawn_alone(media: Media, plane: PlaneName, *, is_single: bool) -> bool:
    """Whether one frame or slice as it was acquired is the whole picture."""
    if not isinstance(media, Volume):
        return True
    return is_single and view_planes(media.stack)[plane].axis == 2


def sampled(media: Stored) -> Sequence[int]:
    """The pictures that a window is worked out from; none where the file names one."""
    if media.is_colour or initial_window(media) in media.windows:
        return ()
    return range(0, media.count, max(1, media.count // WINDOW_SAMPLE))


def size_of(text: str) -> tuple[int, int]:
    """Return (width, height) in px of a text such as "1280x800"."""
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (1 <= width <= LARGEST_PX and 1 <= height <= LARGEST_PX):
        words = f"{text!r} is no size such as 1280x800 (at most {LARGEST_PX}x{LARGEST_PX})"
        raise argparse.ArgumentTypeError(words)
    return width, height


def media_index(media: Sequence[Media], wanted: str | None, default: int) -> int:
    """Return the index of the media with this id or series uid.

    Raises:
        CannotRead: there is none.
    """
    if wanted is None:
        return default
    for index, item in enumerate(media):
        if wanted in (item.id, item.facts.series_uid):
            return index
    ids = ", ".join(item.id for item in media[:5]) + (", ..." if len(media) > 5 else "")
    what = f"give one of {ids}" if media else "there are no pictures under these paths"
    raise CannotRead(f"No media has the uid {wanted!r}; {what}.")


def at_point(media: Sequence[Media], index: int, number: int) -> int:
    """Return the index of the volume that is point `number` of the same series as media `index`.

    Raises:
        CannotRead: there is no such point.
    """
    shown = media[index]
    point = shown.point if isinstance(shown, Volume) else None
    for other, item in enumerate(media):
        its = item.point if isinstance(item, Volume) else None
        if point and its and its.group == point.group and its.index == number:
            return other
    name = shown.title or "The media"
    if point is None:
        raise CannotRead(f"{name} has no time points; leave out --time-point.")
    raise CannotRead(
        f"Time point {number} is not there: {name} has points from 0 to {point.count - 1}"
        f" ({point.name})."
    )


def go_to(session: Session, media: Media, plane: PlaneName, number: int) -> None:
    """Move the crosshair to slice `number` of a plane.

    Raises:
        CannotRead: the plane has no such slice.
    """
    view = view_planes(media.stack)[plane] if isinstance(media, Volume) else None
    axis, count = (view.axis, view.count) if view else (2, media.count)
    if not 0 <= number < count:
        what, plural = ("Slice", f"{plane} slices") if view else ("Frame", "its frames")
        raise CannotRead(f"{what} {number} is not there: {plural} go from 0 to {count - 1}.")
    i, j, k = session.viewing.crosshair
    voxel = [i, j, k]
    voxel[axis] = float(number)
    session.viewing.set_crosshair((voxel[0], voxel[1], voxel[2]))
