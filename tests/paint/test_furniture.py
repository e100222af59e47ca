"""Scale bar, strip, frames, texts and tags: round numbers, nothing covered, everything in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from scenes import new_id, painted

from viewer.model.annotation import AnnotationId
from viewer.paint.framing import STRIP_PX
from viewer.paint.furniture import (
    BAR_PX,
    TOP_RIGHT,
    Corners,
    Letters,
    bar_length,
    corner_areas,
    warning_area,
)
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, tagged_marks
from viewer.paint.strip import Strip, cell_rect, slice_at
from viewer.paint.tags import MOST, said_tags, tags_of
from viewer.render.classified import Classified
from viewer.render.lines import Lines
from viewer.render.overlay import Mark

SIZE = (500.0, 400.0)
AREA = QRectF(4, 4, 478, 392)
EMPTY = ViewPicture(SIZE, np.eye(2, 3), is_calibrated=False)


def ring(ordinal: int, x: float, y: float, side: float = 30.0, **more: object) -> Mark:
    corners = np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    return Mark(new_id(ordinal), 0, "#ffff00", f"label {ordinal}", Lines(rings=(corners,)), **more)  # type: ignore[arg-type]


@given(st.floats(1e-3, 1e4), st.floats(-50, 300))
def test_the_scale_bar_is_a_round_number_of_mm_and_60_to_150_px_long_or_as_room_is(
    scale: float, room_px: float
) -> None:
    mm, px = bar_length(scale, room_px)
    assert mm * scale == pytest.approx(px)
    assert f"{mm:.0e}"[0] in "125"
    assert min(BAR_PX[0], max(room_px / 2.5, 24)) - 1e-6 <= px
    assert px <= max(min(room_px, BAR_PX[1]), 60) + 1e-6


@given(st.integers(1, 900), st.booleans(), st.integers(0, 899))
def test_the_strip_finds_the_slice_whose_cell_was_clicked(
    count: int, top_first: bool, slice: int
) -> None:
    strip = Strip(count, 0, top_first=top_first)
    slice %= count
    middle = cell_rect(strip, slice, SIZE).center().y()
    assert slice_at(strip, SIZE, middle) == slice
    assert slice_at(strip, SIZE, -5) in (0, count - 1)
    assert slice_at(strip, SIZE, SIZE[1] + 5) in (0, count - 1)


def test_the_first_slice_is_at_the_bottom_unless_it_is_said_to_be_at_the_top() -> None:
    assert cell_rect(Strip(10, 0), 0, SIZE).bottom() == pytest.approx(SIZE[1])
    assert cell_rect(Strip(10, 0, top_first=True), 0, SIZE).top() == 0


def test_the_strip_shows_the_colours_of_its_slices_and_a_white_knob() -> None:
    strip = Strip(20, 10, ((3, ("#ff0000", "#00ff00")),))
    pixels = painted(replace(EMPTY, strip=strip))[:, 486:]
    assert ((pixels[:, :, 0] > 250) & (pixels[:, :, 1] < 5)).sum() > 20
    assert ((pixels[:, :, 1] > 250) & (pixels[:, :, 0] < 5)).sum() > 20
    rows = np.flatnonzero((pixels > 150).all(axis=2).any(axis=1))
    assert abs(rows.mean() - cell_rect(strip, 10, SIZE).center().y()) < 2


def test_text_reads_on_white_because_its_plate_is_dark() -> None:
    white = np.full((4, 5), 255, dtype=np.uint8)
    shown = replace(EMPTY, image=white, rect=(0, 0, 500, 400), corners=Corners(("Name", "ID")))
    pixels = painted(shown)[6:40, 6:44]
    assert pixels.min() < 120
    assert pixels.max() > 200


def test_letters_have_a_black_halo_on_white() -> None:
    white = np.full((4, 5), 255, dtype=np.uint8)
    shown = replace(EMPTY, image=white, rect=(0, 0, 500, 400), letters=Letters(left="R"))
    pixels = painted(shown)[180:220, 6:40]
    assert pixels.min() < 90


@pytest.mark.parametrize("frame", ["active", "edit", "edit-dim"])
def test_frames_go_round_the_view_and_edit_mode_is_amber(frame: str) -> None:
    pixels = painted(replace(EMPTY, frame=frame))  # type: ignore[arg-type]
    edges = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    assert all((edge.sum(axis=1) > 100).all() for edge in edges)
    is_amber = pixels[200, 0, 0] > pixels[200, 0, 2]
    assert is_amber == (frame != "active")
    assert bool(pixels[200, 1].any()) == (frame != "active")


def test_a_warning_is_the_same_on_the_picture_in_both_themes() -> None:
    warned = replace(EMPTY, warning="Only labels that fit: liver")
    dark, light = painted(warned, theme="dark"), painted(warned, theme="light")
    assert np.array_equal(dark, light)
    assert dark[28:46, :, 0].max() > 240


@pytest.mark.parametrize("width", [150.0, 290.0, 450.0, 1200.0])
def test_a_warning_is_whole_inside_the_view_and_covers_no_corner(width: float) -> None:
    words = "1 label is shown by file, though frames count otherwise: see Labels and images"
    size = (width, 400.0)
    corners = Corners(("Phantom Thorax", "OVERREAD-DEMO", "2024-05-01"), ("Axial",))
    plates = corner_areas(corners, size, look_of(), has_bar=True)
    place = warning_area(words, plates, size, look_of())
    assert QRectF(0, 0, width - STRIP_PX, 400).contains(place)
    assert not any(place.intersects(plate) for plate in plates)
    assert (place.height() > 30) == (width < 400)
    assert warning_area("", plates, size, look_of()).isEmpty()


def test_a_label_that_is_cut_on_many_slices_is_named_once() -> None:
    cuts = tuple(replace(ring(1, 100, 40.0 * k), placement=k) for k in range(6))
    (tag,) = tags_of((*cuts,), np.eye(2, 3), AREA, (), look_of())
    assert tag.text == "label 1"


def test_tags_never_cover_each_other_a_plate_or_the_selected_label() -> None:
    rng = np.random.default_rng(5)
    places = rng.uniform(10, 440, (60, 2))
    marks = [ring(at, x, y * 0.8) for at, (x, y) in enumerate(places)]
    marks[7] = replace(marks[7], state="selected")
    plates = corner_areas(Corners(("Somebody", "1234"), ("Axial",)), SIZE, look_of(), has_bar=True)
    tags = tags_of(tuple(marks), np.eye(2, 3), AREA, plates, look_of())
    assert 2 < len(tags) <= MOST
    own = marks[7].drawn.rings[0]
    taken = [rect for rect in plates if not rect.isEmpty()]
    taken.append(QRectF(own[0, 0], own[0, 1], 30, 30))
    for at, tag in enumerate(tags):
        assert AREA.contains(tag.rect)
        others = [other.rect for other in tags[at + 1 :]] + taken
        assert not any(tag.rect.intersects(other) for other in others)


def test_the_selected_label_is_named_first_and_a_locked_one_says_so() -> None:
    marks = tuple(ring(at, 200, 200) for at in range(30))
    marks = (*marks[:-1], replace(marks[-1], state="selected", is_locked=True))
    tags = tags_of(marks, np.eye(2, 3), AREA, (), look_of())
    assert (tags[0].text, tags[0].is_locked) == ("label 29", True)
    unlocked = tags_of((replace(marks[-1], is_locked=False),), np.eye(2, 3), AREA, (), look_of())
    assert tags[0].rect.width() > unlocked[0].rect.width()


@pytest.mark.parametrize("width", [240.0, 320.0, 500.0])
def test_corner_plates_leave_the_letters_of_the_edges_free(width: float) -> None:
    corners = Corners(("A very long name of a patient",), ("A very long name of a plane",))
    areas = corner_areas(corners, (width, 300.0), look_of(), has_bar=True)
    middle = (width - STRIP_PX) / 2
    assert areas[0].right() <= middle - 10
    assert areas[TOP_RIGHT].left() >= middle + 10


def test_classifications_stand_below_the_plate_and_the_rest_is_counted() -> None:
    said = tuple(
        Classified(AnnotationId("x", at), "c", f"finding {at}", "#54b4f0", "exam")
        for at in range(30)
    )
    below = QRectF(300, 6, 90, 38)
    tags = said_tags(said, frozenset({said[1].id}), below, AREA, look_of())
    assert tags[0].text == "exam: finding 0"
    assert [tag.is_framed for tag in tags[:3]] == [False, True, False]
    assert all(tag.rect.top() >= below.bottom() and tag.rect.right() == 390 for tag in tags)
    assert tags[-1].text == f"{30 - len(tags) + 1} more in the list"


def test_classifications_of_one_name_are_one_tag_with_their_number() -> None:
    said = tuple(
        Classified(AnnotationId("x", at), "c", text, "#54b4f0", "image")
        for at, text in enumerate(["Quality", "Motion", "Quality", "Quality"])
    )
    tags = said_tags(said, frozenset({said[3].id}), QRectF(300, 6, 90, 38), AREA, look_of())
    assert [(tag.text, tag.is_framed) for tag in tags] == [("Quality × 3", True), ("Motion", False)]


def test_readers_who_answer_differently_do_not_share_a_tag() -> None:
    said = tuple(
        Classified(AnnotationId("x", at), "c", "Emphysema", "#54b4f0", "exam", answers)
        for at, answers in enumerate(["none", "severe", "none", ""])
    )
    tags = said_tags(said, frozenset({said[1].id}), QRectF(300, 6, 90, 38), AREA, look_of())
    assert [(tag.text, tag.is_framed) for tag in tags] == [
        ("exam: Emphysema: none × 2", False),
        ("exam: Emphysema: severe", True),
        ("exam: Emphysema: no answer", False),
    ]


def test_a_label_that_was_asked_nothing_stands_by_its_name_beside_one_with_an_answer() -> None:
    said = tuple(
        Classified(AnnotationId("x", at), "c", "Effusion", "#54b4f0", "image", answers, is_asked)
        for at, (answers, is_asked) in enumerate([("", False), ("0.9", True)])
    )
    tags = said_tags(said, frozenset(), QRectF(300, 6, 90, 38), AREA, look_of())
    assert [tag.text for tag in tags] == ["Effusion", "Effusion: 0.9"]


def test_a_tag_stands_at_the_upper_right_if_it_can_else_elsewhere() -> None:
    first = tags_of((ring(0, 200, 200),), np.eye(2, 3), AREA, (), look_of())[0].rect
    assert first.left() == 242
    assert first.center().y() < 200
    at_the_edge = tags_of((ring(0, 440, 200),), np.eye(2, 3), AREA, (), look_of())[0].rect
    assert at_the_edge.right() < 440


def test_only_the_selected_label_is_named_where_names_are_off() -> None:
    marks = (ring(0, 10, 10), replace(ring(1, 90, 90), state="selected"))
    named = replace(EMPTY, marks=(marks[0], marks[1].at_rest), standing=marks[1:])
    assert set(tagged_marks(named)) == set(marks)
    assert tagged_marks(replace(named, tags="selected")) == marks[1:]
    assert tagged_marks(replace(named, tags="none")) == ()
    assert tagged_marks(replace(EMPTY, marks=(ring(0, 10, 10),) * 201)) == ()
