"""While one scrolls, the labels of the next slices are drawn beforehand, as they are at once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot
from scenes import phantom, project_of, rgb_of, session_of
from windows import Person

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Polygon, Shape
from viewer.paint import marks
from viewer.paint.compose import view_picture
from viewer.paint.look import look_of
from viewer.paint.marks import MANY
from viewer.paint.picture import ViewPicture, paint_view
from viewer.review.kept import forget_views
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.ui.view.pictures_ahead import PicturesAhead
from viewer.ui.widgets.theme import theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SIZE, RATIO = (300.0, 260.0), 1.5
FIRST = 1


def masks(k: int) -> list[tuple[str, Shape]]:
    rng = np.random.default_rng(k)
    bitmaps = (rng.random((6, 7)) < 0.8 for _ in range(24))
    return [("navy", Mask.from_array(each, *rng.integers(0, 14, 2).tolist())) for each in bitmaps]


def polygons(k: int) -> list[tuple[str, Shape]]:
    rng = np.random.default_rng(k)
    corners = rng.uniform(1, 20, (MANY + 1, 1, 2)) + rng.uniform(0, 6, (MANY + 1, 5, 2))
    return [("yellow", Polygon(each)) for each in corners]


def shown(session: Session, k: int) -> tuple[ViewPicture, NDArray[np.int32]]:
    session.viewing.set_crosshair((4.0, 4.0, float(k)))
    picture = view_picture(session, session.panes[0], SIZE)
    image = QImage(*(round(side * RATIO) for side in SIZE), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    with QPainter(image) as painter:
        paint_view(painter, picture, look_of(theme().name))
    return picture, rgb_of(image)


@pytest.mark.parametrize(("labels", "way"), [(masks, 1), (masks, -1), (polygons, 1)])
def test_a_picture_made_ahead_is_the_one_of_its_slice_and_is_not_made_again(
    labels, way: int, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = phantom()
    first = FIRST if way > 0 else media.count - 1 - FIRST
    steps = [first + way * at for at in range(4)]
    session = session_of(media, project_of({k: labels(k) for k in steps}))
    fresh = {}
    for k in steps:
        forget_views()
        fresh[k] = shown(session, k)[1]
    assert len({pixels.tobytes() for pixels in fresh.values()}) == len(steps)
    forget_views()

    jobs = Jobs(lambda call: call())
    ahead = PicturesAhead(session, jobs)
    for k in steps[:2]:
        ahead.painted(session.panes[0], shown(session, k)[0], RATIO)
    qtbot.waitUntil(lambda: jobs.is_still)
    made: list[object] = []
    monkeypatch.setattr(marks, "_picture", lambda *asked: made.append(asked))
    for k in steps[2:]:
        assert (shown(session, k)[1] == fresh[k]).all()
    assert not made
    jobs.close()


def test_while_a_slider_is_dragged_the_active_view_follows_and_the_others_once_it_rests(
    person: Person,
) -> None:
    views, display = person.window.views, person.session.display
    person.bot.waitUntil(lambda: views.is_painted)
    assert len(views.shown) > 1
    for opacity in (0.9, 0.8, 0.7):
        display.set_style(opacity=opacity)
        assert not views.is_painted
        person.bot.waitUntil(lambda wanted=opacity: views.active.picture.opacity == wanted)
    person.bot.waitUntil(lambda: views.is_painted)
    assert {view.picture.opacity for view in views.shown} == {0.7}
