"""Measurements on the picture."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from viewer.paint.look import look_of
from viewer.paint.measured import MeasuredMark, paint_numbers

AREA = QRectF(4, 4, 440, 440)
PLATES = (QRectF(6, 6, 140, 90), QRectF(350, 350, 90, 60), QRectF(6, 400, 90, 38))


def length(*ends: tuple[float, float], is_selected: bool = False) -> MeasuredMark:
    points = np.array(ends)
    return MeasuredMark("length", points, False, ("74.2 mm",), points if is_selected else None)


def numbers(*marks: MeasuredMark) -> tuple[QRectF, ...]:
    image = QImage(450, 450, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        return paint_numbers(painter, marks, np.eye(2, 3), AREA, look_of(), PLATES)


def test_a_line_whose_ends_are_beside_words_has_its_number_elsewhere() -> None:
    from_corner_to_corner = (length((70, 104), (340, 370)), length((8, 430), (346, 412)))
    for mark in from_corner_to_corner:
        (rect,) = numbers(mark)
        assert AREA.contains(rect)
        assert not any(rect.intersects(plate) for plate in PLATES)
    placed = numbers(*from_corner_to_corner)
    assert len(placed) == 2
    assert not any(one.intersects(other) for one, other in combinations(placed, 2))


def test_what_has_an_inside_is_not_covered_by_its_own_numbers() -> None:
    corners = np.array([(320.0, 20), (430, 20), (430, 340), (320, 340)])
    lines = ("387.5 ± 26.0 HU", "334 … 442 HU", "336.5 mm²")
    (rect,) = numbers(MeasuredMark("rectangle", corners, True, lines))
    assert not rect.intersects(QRectF(320, 20, 110, 320))


def test_the_selected_region_is_covered_by_no_numbers_of_others() -> None:
    line, corners = length((180, 200), (240, 250)), [(300.0, 160), (340, 160), (340, 300)]
    ring = np.array(corners)
    (rect,) = numbers(line)
    assert rect.intersects(QRectF(300, 160, 40, 140))
    selected = MeasuredMark("region", ring, True, ("12 HU",), ring)
    assert len(numbers(line, selected)) == 2
    assert not any(rect.intersects(QRectF(300, 160, 40, 140)) for rect in numbers(line, selected))


def test_a_probe_is_covered_by_no_numbers() -> None:
    line, beside = length((200, 200), (260, 250)), (290.0, 230.0)
    (rect,) = numbers(line)
    assert rect.contains(*beside)
    probe = MeasuredMark("probe", np.array([beside]), False, ("12 HU",))
    rects = numbers(line, probe)
    assert len(rects) == 2
    assert not any(rect.contains(*beside) for rect in rects)


def test_without_room_only_the_selected_one_has_its_number() -> None:
    ends = (20.0, 20.0), (40.0, 30.0)
    assert not numbers(length(*ends))
    (rect,) = numbers(length(*ends, is_selected=True))
    assert AREA.contains(rect)
