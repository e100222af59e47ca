"""Where the views stand: media, crosshair, windows, orientation, zoom-independent choices.

The volumes of one series that differ by a point (a time, an echo) share all of it; the window
only where their values are of one kind, so not magnitude and phase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from viewer.geometry.oblique import AnyPlane
from viewer.geometry.views import PlaneName
from viewer.media.volume import Media, Volume, Window
from viewer.render.map_names import GREY
from viewer.render.planes import Turned, acquired_plane, planes_of, turned_planes
from viewer.render.window import window_at
from viewer.session.comparing import LEFT, Comparison
from viewer.session.laying import Laid
from viewer.session.linking import share_values
from viewer.session.playable import Playable, place_at_point, playable_of, series_of
from viewer.session.slabs import Slabs
from viewer.session.turning import is_along_patient
from viewer.session.value_kinds import first_of_each_kind

Voxel = tuple[float, float, float]  # (i, j, k) at voxel centres
Turn = NDArray[np.float64]  # (2, 2) signed permutation applied on the screen after the plane's own
# One plane; the large one and two beside it; three in a row; four; two compared.
Layout = Literal["single", "main", "row", "four", "compare"]
KEPT_LAYOUTS: tuple[Layout, ...] = ("single", "main", "row", "four")  # from run to run
TextLevel = Literal["all", "essential", "none"]


class Viewing:
    """View state shared by all views; one crosshair and one window per media."""

    media_changed = Signal()  # another media is shown
    crosshair_changed = Signal()
    window_changed = Signal()
    planes_changed = Signal()  # the crosshair was turned, or is straight again; slabs
    laid_changed = Signal()  # another series is laid over it, or otherwise
    look_changed = Signal()  # turns, smoothing, inversion, text, layout
    compared_changed = Signal()  # others stand beside each other, or they are linked otherwise

    def __init__(self) -> None:
        self.media_index: int | None = None
        self.active: str = "axial"  # id of the pane that keys act on
        self.layout: Layout = "main"
        self.several: Layout = "main"  # the layout of which one pane may stand alone
        self.compared: Comparison | None = None  # what the layout of two shows
        self.side_by_side = True  # parts of a group; else each is shown alone
        self.smooth = True
        self.text: TextLevel = "all"
        self.patient_hidden = False
        self.show_crosshair = True
        self.slabs = Slabs()
        self.slabs.changed.connect(self.planes_changed.emit)
        self._media: tuple[Media, ...] = ()
        self.series: tuple[tuple[int, ...], ...] = ()  # rows of media numbers
        self._home: dict[int, int] = {}  # the first media of each one's series
        self._window_home: dict[int, int] = {}  # the first media that shares each one's window
        self._at_point: dict[int, int] = {}  # the media shown last, by home
        self._crosshair: dict[int, Voxel] = {}
        self._window: dict[int, Window] = {}
        self._inverted: dict[int, bool] = {}
        self._color_map: dict[int, str] = {}
        self._laid: dict[int, Laid] = {}
        self._turns: dict[tuple[int, PlaneName], Turn] = {}
        self._turned: dict[int, Turned] = {}
        self._large: PlaneName | None = None

    def reset(self, media: Sequence[Media], shown: int | None) -> None:
        """Start anew over `media`, showing number `shown` (the first for None)."""
        self._media = tuple(media)
        self.series = series_of(self._media)
        self._home = {number: row[0] for row in self.series for number in row}
        self._window_home = first_of_each_kind(self._media, self.series)
        for kept in (
            self._crosshair,
            self._window,
            self._inverted,
            self._color_map,
            self._laid,
            self._turns,
            self._turned,
            self._at_point,
        ):
            kept.clear()
        self.media_index = self.compared = None
        if media:
            self.show(shown if shown is not None else 0)
        else:
            self.media_changed.emit()

    def leave(self) -> None:
        """Show nothing until `reset`, for those who look before it: other media are being opened.

        A number of the media before could be that of none.
        """
        self.media_index = None

    def show(self, index: int) -> None:
        """Show another media; its acquired plane becomes the active one.

        Between points of one series slice, turns and the active plane stay, and the window too
        where their values are of one kind.
        """
        if index != self.media_index:
            before = self.shown
            is_same = before is not None and index in self.points
            if before is not None and is_same:
                self._keep_place(before, index)
            self.media_index = index
            self._at_point[self._home[index]] = index
            if self.is_comparing:
                self._compare_shown(index)
            elif not is_same:
                self.active = acquired_plane(self._media[index])
            if not is_same:
                self._large = None
            self.media_changed.emit()

    @property
    def is_comparing(self) -> bool:
        """Two pictures stand beside each other, or one of them alone."""
        return self.several == "compare" and self.compared is not None

    def compare(self, compared: Comparison) -> None:
        """Show two pictures beside each other, or the same two linked otherwise."""
        before, self.compared = self.compared, compared
        if not self.is_comparing or before is None or before.media != compared.media:
            self.set_look(layout="compare", active=LEFT)
        if self.media_index not in compared.media:
            self.show(compared.left.media)
        self.compared_changed.emit()

    def _compare_shown(self, index: int) -> None:
        """Another media takes the place of the one in hand."""
        if self.compared is not None and index not in self.compared.media:
            self.compared = self.compared.with_media(self.active, index)
            self.compared_changed.emit()

    def _keep_place(self, before: Media, index: int) -> None:
        """Leave the crosshair at its place in the patient, where another point lacks slices."""
        place = place_at_point(before, self._media[index], self.crosshair)
        if place != self.crosshair:
            self._crosshair[self._home[index]] = place

    @property
    def series_number(self) -> int | None:
        """The row of `series` that is shown."""
        found = (n for n, row in enumerate(self.series) if self.media_index in row)
        return next(found, None)

    def show_series(self, number: int) -> None:
        """Show a row of `series`, at the point that was shown last."""
        home = self.series[number][0]
        self.show(self._at_point.get(home, home))

    def point_of(self, index: int) -> int:
        """The media of a media's series that was shown last, itself at first."""
        return self._at_point.get(self._home[index], index)

    def home_of(self, index: int) -> int:
        """The first media of a media's series."""
        return self._home[index]

    @property
    def shown(self) -> Media | None:
        """The media that is shown."""
        return None if self.media_index is None else self._media[self.media_index]

    @property
    def playable(self) -> Playable | None:
        """What can be played of what is shown: frames, or points of a 4-D series."""
        shown = self.media_index
        return None if shown is None else playable_of(self._media, shown, self.points)

    @property
    def points(self) -> tuple[int, ...]:
        """The media of the shown one's series, in the order of their points."""
        number = self.series_number
        return () if number is None else self.series[number]

    @property
    def crosshair(self) -> Voxel:
        """The linked position in voxel space; the middle at first, of frames the first one's."""
        return (0.0, 0.0, 0.0) if self.media_index is None else self.crosshair_of(self.media_index)

    def crosshair_of(self, index: int) -> Voxel:
        """The position in a media."""
        media = self._media[index]
        first = media.count // 2 if isinstance(media, Volume) else 0
        middle = (media.columns // 2, media.rows // 2, first)
        usual = (float(middle[0]), float(middle[1]), float(middle[2]))
        return self._crosshair.get(self._home[index], usual)

    @property
    def _shown_home(self) -> int | None:
        return None if self.media_index is None else self._home[self.media_index]

    def set_crosshair(self, voxel: Voxel, media_index: int | None = None) -> None:
        """Move the linked position of a media, by default the one shown; clamped into it."""
        index = self.media_index if media_index is None else media_index
        if index is None:
            return
        media = self._media[index]
        limits = (media.columns - 1, media.rows - 1, media.count - 1)
        i, j, k = (min(max(at, 0.0), float(last)) for at, last in zip(voxel, limits, strict=True))
        if (i, j, k) != self.crosshair_of(index):
            window = self.window
            self._crosshair[self._home[index]] = (i, j, k)
            self.crosshair_changed.emit()
            if self.window != window:
                self.window_changed.emit()

    @property
    def window(self) -> Window | None:
        """The window of the picture at the crosshair, None until it is known."""
        return self.window_at(round(self.crosshair[2]))

    def window_at(self, k: int, media_index: int | None = None) -> Window | None:
        """The window of picture k of a media, by default the one shown; None until it is known."""
        index = self.media_index if media_index is None else media_index
        chosen = None if index is None else self.window_of(index)
        return None if index is None or chosen is None else window_at(self._media[index], chosen, k)

    def window_of(self, index: int) -> Window | None:
        """The window chosen for a media, None until it is known."""
        return self._window.get(self._window_home[index])

    def set_window(self, window: Window, media_index: int | None = None) -> None:
        """Set the window of a media.

        By default of the one shown, and with it that of the media compared with it, where both
        hold values of one kind.
        """
        index = self.media_index if media_index is None else media_index
        if index is None or self.window_of(index) == window:
            return
        self._window[self._window_home[index]] = window
        beside = self._sharing_window(index) if media_index is None else None
        if beside is not None:
            self._window[self._window_home[beside]] = window
        self.window_changed.emit()

    def _sharing_window(self, index: int) -> int | None:
        compared = self.compared if self.is_comparing else None
        if compared is None or not compared.shares_window:
            return None
        beside = compared.other(index)
        is_one = beside is not None and share_values(self._media[index], self._media[beside])
        return beside if is_one else None

    @property
    def is_inverted(self) -> bool:
        """Black and white of the shown media are exchanged by the person."""
        return self.media_index is not None and self.is_inverted_of(self.media_index)

    def is_inverted_of(self, index: int) -> bool:
        """Black and white of a media are exchanged by the person."""
        return self._inverted.get(self._home[index], False)

    def invert(self, media_index: int | None = None) -> None:
        """Exchange black and white of a media, by default of the one shown."""
        index = self.media_index if media_index is None else media_index
        if index is not None:
            self._inverted[self._home[index]] = not self.is_inverted_of(index)
            self.window_changed.emit()

    def laid_over(self, index: int) -> Laid | None:
        """What is laid over a media."""
        return self._laid.get(self._home[index])

    def lay(self, laid: Laid | None) -> None:
        """Lay a series over the media shown, or nothing any more."""
        home = self._shown_home
        if home is not None and laid != self._laid.get(home):
            self._laid.pop(home, None)
            self._laid.update({} if laid is None else {home: laid})
            self.laid_changed.emit()

    @property
    def color_map(self) -> str:
        """The name of the colour map of the media shown."""
        return GREY if self.media_index is None else self.color_map_of(self.media_index)

    def color_map_of(self, index: int) -> str:
        """The name of the colour map of a media; grey at first."""
        return self._color_map.get(self._home[index], GREY)

    def set_color_map(self, name: str, media_index: int | None = None) -> None:
        """Show a media, by default the one shown, through a colour map."""
        index = self.media_index if media_index is None else media_index
        if index is not None and name != self.color_map_of(index):
            self._color_map[self._home[index]] = name
            self.window_changed.emit()

    def turn(self, plane: PlaneName, media_index: int | None = None) -> Turn:
        """How a plane of a media is turned by the person; the identity at first.

        By default of the media that is shown.
        """
        index = self.media_index if media_index is None else media_index
        home = None if index is None else self._home[index]
        return np.eye(2) if home is None else self._turns.get((home, plane), np.eye(2))

    def turn_by(self, plane: PlaneName, turn: Turn) -> None:
        """Turn or flip a plane further: "h" is diag(-1, 1), right is [[0, -1], [1, 0]]."""
        home = self._shown_home
        if home is not None:
            self._turns[(home, plane)] = turn @ self.turn(plane)
            self.look_changed.emit()

    def planes_shown(self, media_index: int) -> Mapping[PlaneName, AnyPlane]:
        """The planes of a volume by name, those that were turned as oblique ones.

        Raises:
            TypeError: the media has no planes.
        """
        media = self._media[media_index]
        if not isinstance(media, Volume):
            raise TypeError("frames have no planes")
        turned = self._turned.get(self._home[media_index])
        return planes_of(media.stack) if turned is None else turned_planes(media.stack, turned)

    def is_turned(self, plane: PlaneName | None = None) -> bool:
        """Whether a plane of the media shown, by default any, is oblique."""
        turned = None if self._shown_home is None else self._turned.get(self._shown_home)
        return turned is not None and (plane is None or plane in turned.planes)

    @property
    def is_along_patient(self) -> bool:
        """The planes of an oblique acquisition are shown along the axes of the patient."""
        turned = None if self._shown_home is None else self._turned.get(self._shown_home)
        return turned is not None and all(map(is_along_patient, turned.planes.values()))

    def take_turned(self, turned: Turned | None) -> None:
        """Show planes of the shown media turned so; None straightens them."""
        home = self._shown_home
        if home is None or turned is self._turned.get(home):
            return
        if turned is None:
            del self._turned[home]
        else:
            self._turned[home] = turned
        self.planes_changed.emit()

    @property
    def large(self) -> PlaneName:
        """The plane of the large view: the acquired one, unless another was brought forward."""
        shown = self.shown
        usual: PlaneName = "axial" if shown is None else acquired_plane(shown)
        return self._large or usual

    def bring_forward(self, axis: int) -> None:
        """Make the view of the planes along a voxel axis the active and large one."""
        shown = self.shown
        if not isinstance(shown, Volume):
            return
        planes = planes_of(shown.stack)
        name: PlaneName = next(name for name, plane in planes.items() if plane.axis == axis)
        if self.is_comparing and self.compared is not None:
            own = self.compared.plane or acquired_plane(shown)
            if self.media_index == self.compared.left.media and own != name:
                self.compare(replace(self.compared, plane=name))
        elif (name, name) != (self.active, self.large):
            self._large = name
            self.set_look(active=name)

    def set_look(
        self,
        *,
        smooth: bool | None = None,
        text: TextLevel | None = None,
        layout: Layout | None = None,
        side_by_side: bool | None = None,
        active: str | None = None,
        show_crosshair: bool | None = None,
    ) -> None:
        """Change what is given and tell everyone once."""
        self.smooth = self.smooth if smooth is None else smooth
        self.text = text or self.text
        self.layout = layout or self.layout
        self.several = self.layout if self.layout != "single" else self.several
        self.side_by_side = self.side_by_side if side_by_side is None else side_by_side
        self.active = active or self.active
        if show_crosshair is not None:
            self.show_crosshair = show_crosshair
        self.look_changed.emit()

    def hide_patient(self, is_hidden: bool) -> None:
        """Show no name, ID or date of the patient, or show them again."""
        self.patient_hidden = is_hidden
        self.look_changed.emit()
