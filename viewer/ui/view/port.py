"""Where a view looks: from pixels of the widget to slices, plane mm and voxels, and back."""

from __future__ import annotations

import numpy as np

from viewer.geometry.views import PlaneName
from viewer.paint.compose import view_affine
from viewer.paint.framing import FIT, STRIP_PX, Affine, free_area, on_plane, on_screen, px_per_mm
from viewer.paint.stage import stage_of
from viewer.paint.strip import Strip, slice_at
from viewer.session.session import Session
from viewer.session.viewing import Voxel
from viewer.ui.view.graph import Camera
from viewer.ui.view.plane import ShownPlane, shown_plane


class ViewPort:
    """One plane of the session's current media in a widget of `size` logical px."""

    def __init__(self, session: Session, plane: PlaneName) -> None:
        self.session = session
        self.plane: PlaneName = plane
        self.camera = Camera()
        self.size = (1.0, 1.0)
        self.strip: Strip | None = None  # as painted last

    @property
    def shown(self) -> ShownPlane | None:
        """The plane of the current media, None when nothing is open."""
        media = self.session.current
        return None if media is None else shown_plane(media, self.plane)

    @property
    def index(self) -> int:
        """The slice shown, counted from 0."""
        shown = self.shown
        return 0 if shown is None else shown.index_of(self.session.viewing.crosshair)

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
            viewing = self.session.viewing
            viewing.set_crosshair(shown.with_index(viewing.crosshair, index))

    def step(self, down: int) -> None:
        """Go so many cells down the slice strip, up when negative."""
        stage = stage_of(self.session, self.plane)
        if stage is not None:
            self.go_to(self.index + (down if stage.is_first_on_top else -down))

    def affine(self) -> Affine | None:
        """Return screen_from_plane as shown now, None when nothing is open."""
        return view_affine(self.session, self.plane, self.size, self.camera.framing)

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
            self.camera.centre_on(affine, *shown.place_of(self.session.viewing.crosshair))

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
        viewing = self.session.viewing
        if shown is None or affine is None or shown.view is None or not viewing.show_crosshair:
            return None
        x, y = on_screen(affine, np.array([shown.place_of(viewing.crosshair)]))[0].tolist()
        return (x, y)

    def strip_index(self, x: float, y: float) -> int | None:
        """Return the slice whose cell of the strip is under a pixel; None beside the strip."""
        if self.strip is None or x < self.size[0] - STRIP_PX:
            return None
        return slice_at(self.strip, self.size, y)
