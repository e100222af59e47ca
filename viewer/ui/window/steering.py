"""What the keys and menus do to the session: slices, series, windows, looks, labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

import numpy as np

from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.render.map_names import GREY
from viewer.render.presets import presets_of
from viewer.render.window import auto_window, initial_window, sample_of
from viewer.session.display import FillStyle
from viewer.session.kept_layout import keep_layout
from viewer.session.proposals import exports_here
from viewer.session.session import Session
from viewer.session.turning import along_patient
from viewer.session.viewing import KEPT_LAYOUTS, Layout, TextLevel
from viewer.ui.view.page import ViewsPage
from viewer.ui.window.coloring import map_commands

T = TypeVar("T")
ALL = 2**31 - 1  # frames, more than there are
FLIP_H = np.diag([-1.0, 1.0])
FLIP_V = np.diag([1.0, -1.0])
TURN_RIGHT = np.array([[0.0, -1.0], [1.0, 0.0]])
TEXTS: tuple[TextLevel, ...] = ("all", "essential", "none")
STYLES: tuple[tuple[FillStyle, float], ...] = (
    ("both", 1.0),
    ("outline", 1.0),
    ("fill", 1.0),
    ("both", 0.5),
)


class Neighbour(Protocol):
    """Finds a label by the list."""

    def __call__(self, step: int, *, of_class: bool = False) -> AnnotationId | None:
        """Return it, None without one."""
        ...


class Steering:
    """The session's side of the actions; `run` is by action id.

    Args:
        neighbour: the next label of the list as shown (1), or the previous one (-1); with
            `of_class` of those of the selected one's class.
    """

    def __init__(self, session: Session, page: ViewsPage, neighbour: Neighbour) -> None:
        self._neighbour = neighbour
        self._session = session
        self._page = page

    def run(self) -> dict[str, Callable[[], None]]:
        """Return what each action does."""
        viewing, display = self._session.viewing, self._session.display
        return {
            "slice.up": partial(self._step, -1),
            "slice.down": partial(self._step, 1),
            "slice.up10": partial(self._step, -10),
            "slice.down10": partial(self._step, 10),
            "slice.top": partial(self._step, -(10**9)),
            "slice.bottom": partial(self._step, 10**9),
            "frame.first": partial(self._frame, -ALL),
            "frame.previous": partial(self._frame, -1),
            "frame.next": partial(self._frame, 1),
            "frame.back10": partial(self._frame, -10),
            "frame.on10": partial(self._frame, 10),
            "frame.last": partial(self._frame, ALL),
            "series.previous": partial(self._series, -1),
            "series.next": partial(self._series, 1),
            **{f"preset.{digit}": partial(self.preset, digit) for digit in range(10)},
            "look.invert": viewing.invert,
            "look.flip_h": partial(self._turn, FLIP_H),
            "look.flip_v": partial(self._turn, FLIP_V),
            "look.right": partial(self._turn, TURN_RIGHT),
            "look.left": partial(self._turn, TURN_RIGHT.T),
            "look.reset": self._reset,
            "look.straighten": self._straighten,
            "look.patient_axes": self._patient_axes,
            **map_commands(self._session),
            "look.smooth": lambda: viewing.set_look(smooth=not viewing.smooth),
            "look.overlays": lambda: display.set_style(overlays=not display.overlays),
            "look.text": lambda: viewing.set_look(text=_after(TEXTS, viewing.text)),
            "look.hide_patient": lambda: viewing.hide_patient(not viewing.patient_hidden),
            "look.side_by_side": self._side_by_side,
            "look.maximise": lambda: self._page.maximise(self._page.active.port.pane.id),
            **{f"layout.{name}": partial(self._layout, name) for name in KEPT_LAYOUTS},
            "label.next": partial(self._label, 1),
            "label.previous": partial(self._label, -1),
            "label.next_same": partial(self._label_of_class, 1),
            "label.previous_same": partial(self._label_of_class, -1),
            "label.style": self._style,
            "label.shown": lambda: display.set_style(labels_on=not display.labels_on),
            "label.apart": self._tell_apart,
            "look.fit_label": self._page.fit_label,
            "label.hide": self._hide,
            "label.solo": self._solo,
        }

    def preset(self, digit: int) -> None:
        """Take the window of a digit: 0 from the values, else the media's preset."""
        media = self._session.current
        presets = presets_of(media)
        if media is None:
            return
        if media.is_colour:
            self._session.say("Pictures in colour have no window.")
        elif digit == 0:
            self._session.viewing.set_window(auto_window(sample_of(media)))
        elif digit <= len(presets):
            self._session.viewing.set_window(presets[digit - 1])
        else:
            self._session.say(f"No window preset {digit} for this series.")

    def _step(self, down: int) -> None:
        self._page.active.port.step(down)

    def _frame(self, frames: int) -> None:
        self._session.go_to_step(self._session.step + frames)

    def _series(self, on: int) -> None:
        viewing = self._session.viewing
        number = viewing.series_number
        if number is not None and 0 <= number + on < len(viewing.series):
            self._session.places.leave()
            viewing.show_series(number + on)
        else:
            self._session.say(f"This is the {'last' if on > 0 else 'first'} series.")

    def _turn(self, turn: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
        self._session.viewing.turn_by(self._page.active.plane, turn)

    def _side_by_side(self) -> None:
        """Bring the parts of a group together, also from one that is maximised; or part them."""
        viewing = self._session.viewing
        if self._session.are_parts_shown:
            viewing.set_look(side_by_side=False)
        else:
            viewing.set_look(side_by_side=True, layout=viewing.several)

    def _layout(self, layout: Layout) -> None:
        """Arrange the views so, also next time; parts of a group are parted for it."""
        viewing = self._session.viewing
        is_parted = layout != "single" and self._session.are_parts_shown
        viewing.set_look(layout=layout, side_by_side=False if is_parted else None)
        keep_layout(layout)

    def _straighten(self) -> None:
        viewing = self._session.viewing
        if viewing.is_turned():
            viewing.take_turned(None)
        else:
            self._session.say("The planes are straight; a crosshair line turns by its end.")

    def _patient_axes(self) -> None:
        """Show true axial, sagittal and coronal planes, or those of the acquisition again."""
        viewing, media = self._session.viewing, self._session.current
        turned = None
        if isinstance(media, Volume) and not viewing.is_along_patient:
            turned = along_patient(media.stack, viewing.crosshair)
            if turned is None:
                self._session.say("This series was acquired along the axes of the patient.")
        viewing.take_turned(turned)

    def _reset(self) -> None:
        viewing, media = self._session.viewing, self._session.current
        viewing.take_turned(None)
        self._page.active.fit()
        for plane, view in self._page.views.items():
            view.fit()
            viewing.turn_by(plane, viewing.turn(plane).T)  # orthogonal: transposed is inverse
        if viewing.is_inverted:
            viewing.invert()
        viewing.set_color_map(GREY)
        if media is not None:
            viewing.set_window(initial_window(media))

    def _label(self, on: int) -> None:
        wanted = self._neighbour(on)
        if wanted is None:
            self._session.say("No label in the list is shown on this study.")
        else:
            self._show_label(wanted)

    def _label_of_class(self, on: int) -> None:
        wanted = self._neighbour(on, of_class=True) if self._session.selection else None
        if not self._session.selection:
            self._session.say("Select a label first; then its class is gone through.")
        elif wanted is None or wanted in self._session.selection:
            self._session.say("No other label of this class is in the list and shown.")
        else:
            self._show_label(wanted)

    def _show_label(self, wanted: AnnotationId) -> None:
        self._session.places.leave()
        self._session.select({wanted})
        self._session.go_to(wanted)

    def _style(self) -> None:
        display = self._session.display
        now: tuple[FillStyle, float] = (display.style, display.opacity)
        style, opacity = _after(STYLES, now) if now in STYLES else STYLES[0]
        display.set_style(style=style, opacity=opacity)
        words = {"both": "Outline and fill", "outline": "Outline", "fill": "Fill"}[style]
        self._session.say(f"Labels: {words.lower()}, {round(100 * opacity)} %")

    def _tell_apart(self) -> None:
        exports = exports_here(self._session)
        if len(exports) < 2:
            self._session.say("One export has labels here; open another to compare them.")
        elif self._session.display.tell_apart(exports):
            self._session.say("Each export has a colour and a line of its own: Shift+C takes back.")
        else:
            self._session.say("The labels have their own colours again.")

    def _hide(self) -> None:
        display = self._session.display
        for id in self._session.selection:
            display.set_hidden(id, id not in display.hidden)

    def _solo(self) -> None:
        display, chosen = self._session.display, self._session.selection
        is_on = display.solo is not None or not chosen
        display.set_solo(None if is_on else min(chosen))


def _after(choices: tuple[T, ...], now: T) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]
