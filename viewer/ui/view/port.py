"""Where a view looks: from pixels of the widget to slices, plane mm and voxels, and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import AnyPlane
from viewer.geometry.views import PlaneName
from viewer.media.volume import Video
from viewer.paint.compose import view_affine
from viewer.paint.crossing import cross_of
from viewer.paint.framing import (
    FIT,
    STRIP_PX,
    Affine,
    Framing,
    fit_scale,
    free_area,
    on_plane,
    on_screen,
    px_per_mm,
)
from viewer.paint.stage import stage_of
from viewer.paint.states import Loading
from viewer.paint.strip import Strip, slice_at
from viewer.render.planes import is_reformatted
from viewer.review.boxes import VoxelBox
from viewer.session.arranging import is_current
from viewer.session.panes import Pane
from viewer.session.session import Session
from viewer.session.viewing import Voxel
from viewer.ui.view.crosshair import TURN_SHARE, Lines
from viewer.ui.view.graph import Camera
from viewer.ui.view.plane import ShownPlane

SHARE_TALL, SHARE_WIDE = 0.35, 0.6  # of a view, for the label that is looked at
MOST_PX_PER_PIXEL = 24.0


class ViewPort:
    """One pane in a widget of `size` logical px."""

    def __init__(self, session: Session, pane: Pane) -> None:
        self.session = session
        self.pane = pane
        self.camera = Camera()
        self.size = (1.0, 1.0)
        self._looked_at: tuple[VoxelBox, Framing] | None = None  # and how that framed it
        self.strip: Strip | None = None  # as painted last

    @property
    def plane(self) -> PlaneName:
        """The plane that is shown; frames have one, whatever the name."""
        return self.pane.plane

    @property
    def number(self) -> int | None:
        """Number of the media, None when nothing is open."""
        media = self.pane.media
        return self.session.viewing.media_index if media is None else media

    @property
    def loading(self) -> Loading | None:
        """How many pictures of its media are decoded, None once all are."""
        media = None if self.shown is None else self.shown.media
        if media is None or isinstance(media, Video):
            return None
        done = int(media.ready.sum()) + len(media.slice_errors)
        return Loading(done, media.count) if done < media.count else None

    @property
    def is_current(self) -> bool:
        """It shows what keys and tools are about."""
        return is_current(self.session, self.pane)

    def make_current(self) -> None:
        """Have keys and tools be about what it shows."""
        viewing = self.session.viewing
        if self.number is not None and not self.is_current:
            viewing.show(self.number)
            if self.pane.picture is not None:
                self.go_to(self.pane.picture)

    @property
    def shown(self) -> ShownPlane | None:
        """The plane of its media, None when nothing is open."""
        number, media = self.number, self.session.media
        if number is None or number >= len(media):
            return None
        stage = stage_of(self.session, self.pane)
        return ShownPlane(media[number], None if stage is None else stage.view)

    @property
    def crosshair(self) -> Voxel:
        """The linked position of its media."""
        viewing, media = self.session.viewing, self.pane.media
        return viewing.crosshair if media is None else viewing.crosshair_of(media)

    @property
    def index(self) -> int:
        """The slice shown, counted from 0."""
        if self.pane.picture is not None:
            return self.pane.picture
        shown = self.shown
        return 0 if shown is None else shown.index_of(self.crosshair)

    @property
    def is_exact(self) -> bool:
        """The picture of the slice asked for is drawn, not a nearby one in its place."""
        shown = self.shown
        if shown is None or shown.media.fetcher is None or not shown.is_acquired:
            return True
        return shown.media.picture(self.index) is not None

    def go_to(self, index: int) -> None:
        """Show another slice of this plane."""
        shown = self.shown
        if shown is not None:
            voxel = shown.with_index(self.crosshair, index)
            self.session.viewing.set_crosshair(voxel, self.pane.media)

    def set_crosshair(self, voxel: Voxel) -> None:
        """Move the linked position of its media."""
        self.session.viewing.set_crosshair(voxel, self.pane.media)

    def step(self, down: int) -> None:
        """Go so many cells down the slice strip, up when negative."""
        self._go(down, self.go_to)

    def step_alone(self, down: int) -> None:
        """Go so many cells down the strip; what is linked with it stays, with an offset."""
        if self.session.linking.link is None:
            self.step(down)
        else:
            self._go(down, self._go_alone)

    def _go_alone(self, index: int) -> None:
        if self.number is not None and self.shown is not None:
            voxel = self.shown.with_index(self.crosshair, index)
            self.session.linking.move_alone(self.number, voxel)

    def _go(self, down: int, go_to: Callable[[int], None]) -> None:
        shown, stage = self.shown, stage_of(self.session, self.pane)
        if shown is not None and stage is not None:
            at = shown.index_of(self.crosshair)
            go_to(at + (down if stage.is_first_on_top else -down))

    def affine(self) -> Affine | None:
        """Return screen_from_plane as shown now, None when nothing is open."""
        return view_affine(self.session, self.pane, self.size, self.camera.framing)

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture by logical px."""
        affine = self.affine()
        if affine is not None:
            self.camera.pan(affine, free_area(self.size, strip=True), dx, dy)

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Zoom about a place of the widget."""
        affine = self.affine()
        if affine is not None:
            self.camera.zoom(affine, free_area(self.size, strip=True), factor, (x, y))

    def follow(self) -> None:
        """Bring the crosshair into a picture that is zoomed so far that it lies outside."""
        shown, affine, at = self.shown, self.affine(), self.crosshair_at()
        if shown is None or affine is None or at is None or self.camera.framing == FIT:
            return
        width, height = free_area(self.size, strip=True)
        if not (0 <= at[0] <= width and 0 <= at[1] <= height):
            self.camera.centre_on(affine, *shown.place_of(self.crosshair))

    def look_at(self, box: VoxelBox) -> None:
        """Bring a block of voxels into the middle, a third as high as the view.

        Never further away than the whole picture, nor nearer than pixels can be told apart.
        """
        shown, stage = self.shown, stage_of(self.session, self.pane)
        if shown is None or stage is None or box.media != self.number:
            return
        low, high = _bounds(shown, box)
        area = free_area(self.size, strip=True)
        wide, tall = np.maximum(np.abs(stage.to_screen) @ (high - low), 1e-9).tolist()
        nearest = MOST_PX_PER_PIXEL / min(shown.pixel_size_mm(0.0))
        across = SHARE_WIDE if shown.is_acquired else SHARE_TALL  # cuts need what is around them
        wanted = min(SHARE_TALL * area[1] / tall, across * area[0] / wide, nearest)
        least = fit_scale(stage.bounds, stage.to_screen, self.size, strip=True)
        p, q = ((low + high) / 2).tolist()
        self.camera.framing = Framing(wanted, (p, q)) if wanted > least else FIT
        self._looked_at = box, self.camera.framing

    def resize(self, size: tuple[float, float]) -> None:
        """Take another size; what was looked at, and not moved since, stays a third of it."""
        self.size, looked_at = size, self._looked_at
        if looked_at is not None and self.camera.framing is looked_at[1] is not FIT:
            self.look_at(looked_at[0])

    def place_looked_at(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the least and greatest (x, y) of what was looked at, in px of the widget."""
        shown, affine, looked_at = self.shown, self.affine(), self._looked_at
        if (
            shown is None
            or affine is None
            or looked_at is None
            or looked_at[0].media != self.number
        ):
            return (0.0, 0.0), (0.0, 0.0)
        places = on_screen(affine, np.array(_bounds(shown, looked_at[0])))
        (x0, y0), (x1, y1) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        return (x0, y0), (x1, y1)

    def mm_per_px(self) -> float:
        """Return how many mm one logical pixel shows."""
        affine = self.affine()
        return 1.0 if affine is None else 1.0 / px_per_mm(affine)

    def plane_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Return the plane mm under a pixel of the widget."""
        affine = self.affine()
        return None if affine is None else on_plane(affine, x, y)

    def voxel_at(self, x: float, y: float) -> Voxel | None:
        """Return the voxel place under a pixel of the widget, None outside the picture."""
        shown, place = self.shown, self.plane_at(x, y)
        if shown is None or place is None:
            return None
        return shown.voxel_at(self.index, *place)

    def crosshair_at(self) -> tuple[float, float] | None:
        """Return where the crosshair's lines meet in the widget; None when it is not shown."""
        shown, affine = self.shown, self.affine()
        is_drawn = self.session.viewing.show_crosshair and self.pane.has_cross
        if shown is None or affine is None or shown.view is None or not is_drawn:
            return None
        x, y = on_screen(affine, np.array([shown.place_of(self.crosshair)]))[0].tolist()
        return (x, y)

    def crosshair_lines(self) -> Lines | None:
        """Return the crosshair on the screen; None when it is not shown."""
        centre, affine, stage = (
            self.crosshair_at(),
            self.affine(),
            stage_of(self.session, self.pane),
        )
        cross = None if stage is None else cross_of(self.session, stage)
        if centre is None or affine is None or cross is None:
            return None
        ways = sorted(cross.ways_on(affine).tolist(), key=lambda way: abs(way[0]))
        (down_x, down_y), (across_x, across_y) = ways
        is_turnable = stage is not None and is_reformatted(stage.media)
        turns_from = TURN_SHARE * min(free_area(self.size, strip=True)) if is_turnable else None
        return Lines(centre, ((down_x, down_y), (across_x, across_y)), turns_from)

    def angle_at(self, x: float, y: float) -> float | None:
        """Return the direction from the crosshair to a place, in radians from p towards q."""
        shown, place = self.shown, self.plane_at(x, y)
        if shown is None or place is None:
            return None
        p, q = shown.place_of(self.crosshair)
        return math.atan2(place[1] - q, place[0] - p)

    def planes(self) -> Mapping[PlaneName, AnyPlane] | None:
        """Return the planes of its media, as they are turned now; None of frames."""
        shown, number = self.shown, self.number
        if shown is None or number is None or shown.view is None:
            return None
        return self.session.viewing.planes_shown(number)

    def strip_index(self, x: float, y: float) -> int | None:
        """Return the slice whose cell of the strip is under a pixel; None beside the strip."""
        if self.strip is None or x < self.size[0] - STRIP_PX:
            return None
        return slice_at(self.strip, self.size, y)


def _bounds(shown: ShownPlane, box: VoxelBox) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and greatest (p, q) of a block of voxels, in plane mm."""
    (i0, j0, k0), (i1, j1, k1) = box.low, box.high
    corners = [shown.place_of(corner) for corner in product((i0, i1), (j0, j1), (k0, k1))]
    return np.min(corners, axis=0), np.max(corners, axis=0)
