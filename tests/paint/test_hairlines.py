"""Many labels at once look like few: the same places, widths and halos, for every kind of mark."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scenes import new_id, painted

from viewer.paint.marks import MANY
from viewer.paint.picture import ViewPicture
from viewer.render.lines import Lines
from viewer.render.overlay import Mark
from viewer.render.pens import Pen

WHITE = np.full((4, 5), 255, dtype=np.uint8)
VIEW = ViewPicture(
    (240.0, 200.0),
    np.array([[0.0, -2.0, 220.0], [2.0, 0.0, 10.0]]),  # turned by a quarter
    WHITE,
    (0.0, 0.0, 100.0, 100.0),
    bare=True,
    style="outline",
)
KINDS: dict[str, Mark] = {
    "ring": Mark(
        new_id(0), 0, "#ff0000", "", Lines(rings=(np.array([(20.0, 20), (70, 25), (50, 80)]),))
    ),
    "line": Mark(
        new_id(0), 0, "#ff0000", "", Lines(lines=(np.array([(20.0, 20), (70, 25), (50, 80)]),))
    ),
    "mask": Mark(
        new_id(0),
        0,
        "#ff0000",
        "",
        Lines(
            edges=np.array(
                [(20.0, 20, 60, 20), (60, 20, 60, 50), (60, 50, 20, 50), (20, 50, 20, 20)]
            )
        ),
    ),
    "cut": Mark(new_id(0), 0, "#ff0000", "", Lines(bands=np.array([(20.0, 40, 80, 50)]))),
    "tick": Mark(new_id(0), 0, "#ff0000", "", Lines(ticks=np.array([(50.0, 30, 50, 60)]))),
    "point": Mark(new_id(0), 0, "#ff0000", "", Lines(points=np.array([(50.0, 50)]))),
    "skeleton": Mark(
        new_id(0),
        0,
        "#ff0000",
        "",
        Lines(
            lines=(np.array([(20.0, 20), (70, 25)]),),
            nodes=np.array([(20.0, 20), (70, 25)]),
            states=("visible", "visible"),
        ),
    ),
}


def near(shown: NDArray[np.bool_], px: int) -> NDArray[np.bool_]:
    kernel = np.ones((2 * px + 1, 2 * px + 1), dtype=np.uint8)
    return np.asarray(cv2.dilate(shown.astype(np.uint8), kernel), dtype=bool)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_among_many_is_where_it_is_alone(kind: str, ratio: float) -> None:
    mark = KINDS[kind]
    alone = painted(replace(VIEW, marks=(mark,)), ratio)
    among = painted(replace(VIEW, marks=(mark,) * (MANY + 1)), ratio)
    red = [(part[:, :, 0] - part[:, :, 1]) > 120 for part in (alone, among)]
    assert not (red[1] & ~near(red[0], round(1.5 * ratio))).any()
    assert not (red[0] & ~near(red[1], round(4 * ratio))).any()  # pointed corners are blunter
    assert (among.max(axis=2) < 120).any()  # a halo, even on white


def test_colours_keep_apart_and_opacity_thins_the_lines_but_never_the_halo() -> None:
    one = KINDS["ring"]
    other = replace(one, color="#0000ff", drawn=Lines(rings=(one.drawn.rings[0] + (15.0, -15.0),)))
    many = replace(VIEW, marks=(one, other) * MANY)
    full, thin = painted(many), painted(replace(many, opacity=0.4))
    for channel in (0, 2):
        strong = [(part[:, :, channel] - part[:, :, 1]).max() for part in (full, thin)]
        assert strong[0] > 250
        assert 60 < strong[1] < 200
    assert full.sum(axis=2).min() == thin.sum(axis=2).min()


def test_width_and_strength_of_an_exports_look_hold_for_many_labels_too() -> None:
    plain = KINDS["ring"]

    def reds(pen: Pen) -> tuple[int, int]:
        pixels = painted(replace(VIEW, image=None, marks=(replace(plain, pen=pen),) * (MANY + 1)))
        red = pixels[:, :, 0].astype(int)
        return int((red > 60).sum()), int(red.max())

    count, strength = reds(Pen())
    wide, faint = reds(Pen(width_px=5.0)), reds(Pen(opacity=0.5))
    assert wide[0] > 1.5 * count
    assert faint[0] == count
    assert faint[1] == pytest.approx(strength / 2, abs=2)


def test_a_thin_line_is_seen_over_a_wide_one_of_the_same_place() -> None:
    wide = replace(KINDS["ring"], pen=Pen(width_px=9.0))
    thin = replace(KINDS["ring"], pen=Pen(width_px=1.5), color="#0000ff")
    for order in ((wide, thin), (thin, wide)):
        pixels = painted(replace(VIEW, image=None, marks=order * MANY)).astype(int)
        red, blue = (pixels[:, :, at] - pixels[:, :, 1] > 120 for at in (0, 2))
        assert blue.sum() > 200
        assert red.sum() > blue.sum()


def test_the_selected_one_among_many_is_drawn_whole() -> None:
    selected = replace(KINDS["ring"], id=new_id(1), state="selected")
    marks = (KINDS["mask"],) * (MANY + 1)
    black = replace(VIEW, image=None, style="both")
    pixels = painted(replace(black, marks=(*marks, selected.at_rest), standing=(selected,)))
    assert ((pixels > 240).all(axis=2)).sum() > 100


def test_lines_far_outside_the_view_are_cut_off_and_not_wrapped_around() -> None:
    corners = np.array([(1e7, 1e7), (1.1e7, 1e7), (1e7, 1.1e7)])
    far = replace(KINDS["ring"], drawn=Lines(rings=(corners,)))
    assert (painted(replace(VIEW, marks=(far,) * (MANY + 1))) == painted(VIEW)).all()


@pytest.mark.parametrize("times", [1, MANY])
def test_crowded_cuts_leave_the_picture_between_them_visible(times: int) -> None:
    places = 20.0 + 2.0 * np.arange(8)  # 4 px from one to the next
    cuts = [Lines(bands=np.array([(20.0, at, 80.0, at + 2.0)])) for at in places]
    marks = tuple(replace(KINDS["cut"], drawn=cut) for cut in cuts) * times
    pixels = painted(replace(VIEW, marks=marks)).min(axis=2)
    between = pixels[60:160, 154:178] > 250
    assert between.mean() > 0.4
