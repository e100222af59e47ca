"""One bright pixel with one label on it: where both are seen in everything that is open.

What is compared are painted pixels: the light and the label are each looked for on every slice of
every plane of every media.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from composed import export_text, row
from numpy.typing import NDArray
from phantoms import BRIGHT
from PySide6.QtGui import QImage, QPainter
from truths import Painted, change, levels_of, middle

from viewer import open_media, read_export
from viewer.geometry.views import PlaneName
from viewer.media import load
from viewer.media.volume import Media, Video, Volume, Window
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import FIT, Framing, on_plane
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.planes import acquired_plane, planes_of
from viewer.review.matching import match
from viewer.session.session import Session

Floats = NDArray[np.float64]
FAR, CLOSE = 120, 240  # px of a side: to find the light, and to see where it is
PX_PER_PIXEL = 24.0  # seen close
NEAR = 0.05  # of a pixel, or of a step between slices
SEEN, UNSEEN = Window(BRIGHT / 2, BRIGHT), Window(1e9, 1.0)
BRIGHT_COLOUR = 100.0  # of 255, in each of the three colours


@dataclass(frozen=True, eq=False)
class Spot:
    """One bright pixel, or square of pixels, of one stored frame.

    Args:
        uid: of the object, or the name of a file that is no DICOM.
        frame: of that object as stored, from 0.
        pixel: column and row as shown, from 0; of a square its first.
        place_mm: of its centre in the patient (LPS), worked out by the test; None where frames
            have no place.
        side: of the square in pixels.
    """

    uid: str
    frame: int
    pixel: tuple[int, int]
    place_mm: Floats | None = None
    side: int = 1

    @property
    def centre(self) -> tuple[float, float]:
        """In pixel space."""
        return self.pixel[0] + self.side / 2, self.pixel[1] + self.side / 2


def labels_on(spot: Spot, media: Media) -> list[dict[str, object]]:
    """A point and a box around the bright pixel, as an export has them; no size is stated."""
    (i, j), (x, y) = spot.pixel, spot.centre
    where = {"SOPInstanceUID": spot.uid, "frameNumber": spot.frame}
    where |= {"StudyInstanceUID": media.facts.study_uid or "1.2"}
    where |= {"SeriesInstanceUID": media.facts.series_uid or "1.2.3"}
    box = {"x": i, "y": j, "width": spot.side, "height": spot.side}
    return [
        {**row("L_spot", {"x": x, "y": y}, None), **where},
        {**row("L_box", box, None), **where},
    ]


def opened(paths: Sequence[Path], spot: Spot, folder: Path) -> Session:
    """The files as the program opens them, with the labels of the spot."""
    found = open_media(*paths)
    for media in found.media:
        if not isinstance(media, Video):
            load(media)
            assert media.ready.all(), media.slice_errors
    export = folder / "labels.json"
    export.write_text(export_text(labels_on(spot, found.media[0])), encoding="utf-8")
    project = read_export(export)
    matches = match(project, found.media)
    assert matches.counts() == {"": 2}
    session = Session()
    session.open(project, found.media, (), matches)
    session.viewing.set_look(smooth=False)
    return session


@dataclass(frozen=True, eq=False)
class Sight:
    """What one view shows of light and label, each alone, as (height, width) strengths."""

    plane: PlaneName
    index: int
    view: ViewPicture
    light: Floats
    label: Floats


def painted(
    session: Session, plane: PlaneName, side: int, extras: Extras
) -> tuple[ViewPicture, Painted]:
    """What one square view shows, and its painted pixels."""
    view = view_picture(session, plane, (side, side), extras)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        paint_view(painter, view, look_of("dark"))
    return view, levels_of(image)


def sight(session: Session, plane: PlaneName, index: int, framing: Framing = FIT) -> Sight:
    """Look at one slice of one plane of what is shown; close where it is framed."""
    side = FAR if framing == FIT else CLOSE
    plain = Extras(framing=framing, index=index, bare=True, labels=False)
    both = replace(plain, labels=True)
    if session.current is not None and session.current.is_colour:
        _, light = painted(session, plane, side, plain)
        view, label = painted(session, plane, side, both)
        shines = np.where(light.min(axis=2) > BRIGHT_COLOUR, light.sum(axis=2), 0.0)
        return Sight(plane, index, view, shines, change(label, light))
    session.viewing.set_window(UNSEEN)
    _, black = painted(session, plane, side, plain)
    view, label = painted(session, plane, side, both)
    session.viewing.set_window(SEEN)
    _, light = painted(session, plane, side, plain)
    return Sight(plane, index, view, change(light, black), change(label, black))


def close_up(session: Session, found: Sight, side: int) -> Sight:
    """The same slice with its light large in the middle."""
    media = session.current
    assert media is not None
    centre = on_plane(found.view.affine, *middle(found.light))
    framing = Framing(PX_PER_PIXEL / side / min(media.spacing_mm), centre)
    return sight(session, found.plane, found.index, framing)


def ways(media: Media) -> Iterator[tuple[PlaneName, int]]:
    """Every plane of a media with every slice of it."""
    if not isinstance(media, Volume):
        yield from (("axial", index) for index in range(media.count))
        return
    for name, plane in planes_of(media.stack).items():
        yield from ((name, index) for index in range(plane.count))


def sights(session: Session, side: int) -> Iterator[tuple[Media, Sight]]:
    """Everything there is to be seen: light and label are there together or not at all."""
    for number, media in enumerate(session.media):
        session.viewing.show(number)
        for plane, index in ways(media):
            if isinstance(media, Video):
                media.fetcher.wait(index)
            shown = sight(session, plane, index)
            where = (media.title, plane, index)
            assert bool(shown.light.any()) == bool(shown.label.any()), where
            if shown.light.any():
                yield media, close_up(session, shown, side)


def sides_of(media: Media, plane: PlaneName) -> Floats:
    """Sides in plane mm (p, q) of what stands for one pixel in a plane."""
    if isinstance(media, Volume) and not planes_of(media.stack)[plane].is_acquired:
        return np.array([planes_of(media.stack)[plane].pixel_mm, media.stack.step_mm])
    return np.array(media.spacing_mm)


def assert_together(media: Media, shown: Sight, spot: Spot) -> None:
    """The label lies on the light, and the light where the headers put the pixel.

    Where steps differ a slice is shown farther than its label reaches, so middles differ there.
    """
    sides = sides_of(media, shown.plane)
    near = NEAR * spot.side * sides
    if (
        isinstance(media, Volume)
        and media.stack.is_uneven
        and not planes_of(media.stack)[shown.plane].is_acquired
    ):
        near[1] = sides[1] / 2
    apart = middle(shown.label) - middle(shown.light)
    assert (np.abs(np.linalg.solve(shown.view.affine[:, :2], apart)) <= near).all(), shown.plane
    at = np.array(on_plane(shown.view.affine, *middle(shown.light)))
    if not isinstance(media, Volume):
        assert (np.abs(at - np.array(spot.centre) * sides) <= near).all()
        return
    assert spot.place_mm is not None
    plane = planes_of(media.stack)[shown.plane]
    away = plane.patient_of_plane(shown.index, at)[0] - spot.place_mm
    aside = np.abs(away @ np.stack([plane.e_p, plane.e_q, plane.e_n]).T)
    assert (aside <= [*near, NEAR * sides.min()]).all(), (shown.plane, aside)


def assert_painted_on_its_pixel_alone(session: Session, spot: Spot) -> tuple[Media, int]:
    """Light and label are seen together, once in each plane of one media, and nowhere else.

    Returns:
        That media, and the slice or frame of it as acquired.
    """
    numbers = (0, 1) if os.environ.get("OVERREAD_SOAK") else (spot.frame % 2,)
    held: dict[str, Media] = {}
    at = -1
    for number in numbers:
        session.display.set_solo(AnnotationId("1", number))
        planes: list[str] = []
        for media, shown in sights(session, spot.side):
            assert_together(media, shown, spot)
            held[media.id] = media
            planes.append(shown.plane)
            if shown.plane == acquired_plane(media):
                at = shown.index
        (found,) = held.values()
        expected = ["axial", "coronal", "sagittal"] if isinstance(found, Volume) else ["axial"]
        assert sorted(planes) == expected
    return next(iter(held.values())), at
