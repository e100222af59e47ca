"""Measuring by pointer events, in plane mm."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.review.measured import COUNTS, MeasureKind, Measurement
from viewer.tools.measure import NEW, NOTHING, Ground, MeasureAnswer, MeasureTool, handles_of
from viewer.tools.pointer import EventKind, PointerEvent

SPOT = (0, 2, 7)
BOUNDS = (0.0, 0.0, 200.0, 100.0)
SCALE = 2.0  # screen px for each mm
Place = tuple[float, float]


class Hand:
    """Acts on one tool; what is done changes the measurements as a session would."""

    def __init__(self, kind: MeasureKind | None, *there: Measurement) -> None:
        self.tool = MeasureTool(kind)
        self.there = {one.number: one for one in there}
        self.selected: int | None = None
        self.spot = SPOT
        self.pressed: Place | None = None
        self.last = MeasureAnswer()

    @property
    def ground(self) -> Ground:
        return Ground(self.spot, tuple(self.there.values()), self.selected, BOUNDS)

    def tell(self, kind: EventKind, at: Place) -> MeasureAnswer:
        way = np.subtract(at, self.pressed or at)
        moved = float(np.abs(way).max()) * SCALE
        event = PointerEvent(kind, *at, px_per_unit=(SCALE, SCALE), moved_px=moved)
        return self._keep(self.tool.handle(event, self.ground))

    def drag(self, *places: Place) -> MeasureAnswer:
        self.pressed = places[0]
        self.tell("press", places[0])
        for place in places[1:]:
            self.tell("move", place)
        answer = self.tell("release", places[-1])
        self.pressed = None
        return answer

    def click(self, *places: Place) -> None:
        for place in places:
            self.tell("move", place)
            self.drag(place)

    def key(self, name: str) -> MeasureAnswer:
        return self._keep(self.tool.key(name, self.ground))

    def _keep(self, answer: MeasureAnswer) -> MeasureAnswer:
        self.last = answer
        if answer.select is not None:
            self.selected = None if answer.select == NOTHING else answer.select
        if answer.delete is not None:
            del self.there[answer.delete]
        if answer.is_done and answer.shown is not None:
            shown = answer.shown
            number = shown.number or max(self.there, default=0) + 1
            self.there[number] = Measurement(number, shown.kind, shown.spot, shown.points)
            self.selected = number
        return answer


def made(number: int, kind: MeasureKind, *places: Place) -> Measurement:
    return Measurement(number, kind, SPOT, np.array(places))


@pytest.mark.parametrize("kind", ["length", "ellipse", "rectangle", "profile"])
def test_two_places_are_dragged_or_clicked(kind: MeasureKind) -> None:
    dragged, clicked = Hand(kind), Hand(kind)
    dragged.drag((10, 20), (30, 30), (40, 60))
    clicked.click((10, 20), (40, 60))
    for hand in (dragged, clicked):
        (one,) = hand.there.values()
        assert (one.kind, one.spot) == (kind, SPOT)
        assert one.points.tolist() == [[10, 20], [40, 60]]
        assert not hand.tool.is_busy


def test_an_angle_is_clicked_or_begun_by_a_drag() -> None:
    clicked, dragged = Hand("angle"), Hand("angle")
    clicked.click((10, 10), (50, 10), (50, 60))
    dragged.drag((10, 10), (50, 10))
    dragged.click((50, 60))
    for hand in (clicked, dragged):
        (one,) = hand.there.values()
        assert one.points.tolist() == [[10, 10], [50, 10], [50, 60]]


def test_a_region_is_drawn_freely_or_clicked_and_closed() -> None:
    free, clicked = Hand("region"), Hand("region")
    free.drag((10, 10), (60, 10), (60, 50), (10, 50))
    clicked.click((10, 10), (60, 10), (60, 50))
    assert clicked.tool.is_busy
    clicked.key("enter")
    assert [len(hand.there[1].points) for hand in (free, clicked)] == [4, 3]


def test_a_probe_follows_the_pointer_until_it_is_let_go() -> None:
    hand = Hand("probe")
    hand.drag((10, 10), (60, 10))
    assert hand.there[1].points.tolist() == [[60, 10]]


@pytest.mark.parametrize("kind", list(COUNTS))
def test_escape_gives_up_and_nothing_is_measured(kind: MeasureKind) -> None:
    hand = Hand(kind)
    hand.pressed = (10, 10)
    hand.tell("press", (10, 10))
    hand.tell("move", (40, 40))
    assert hand.tool.is_busy
    hand.key("escape")
    assert not hand.tool.is_busy
    hand.tell("release", (40, 40))
    assert hand.there == {}


def test_what_is_drawn_is_shown_with_the_place_under_the_pointer() -> None:
    hand = Hand("angle")
    hand.click((10, 10))
    hand.tell("move", (50, 10))
    assert hand.last.shown is not None
    assert (hand.last.shown.number, hand.last.shown.kind) == (NEW, "length")
    hand.drag((50, 10))
    hand.tell("move", (50, 50))
    assert hand.last.shown is not None
    assert hand.last.shown.kind == "angle"
    hand.key("backspace")
    hand.tell("move", (60, 60))
    assert hand.last.shown is not None
    assert hand.last.shown.points.tolist() == [[10, 10], [60, 60]]


def test_a_click_in_place_measures_no_length_and_outside_nothing_begins() -> None:
    hand = Hand("length")
    hand.click((10, 10), (10.2, 10.2))
    assert hand.there == {}
    hand.key("escape")
    hand.drag((-5, 10), (50, 10))
    assert hand.there == {}
    hand.drag((10, 10), (500, 50))
    assert hand.there[1].points.tolist() == [[10, 10], [200, 50]]


def test_what_is_drawn_is_given_up_on_another_slice() -> None:
    hand = Hand("angle")
    hand.click((10, 10), (50, 10))
    hand.spot = (0, 2, 8)
    hand.tell("move", (60, 60))
    assert not hand.tool.is_busy
    assert hand.last.shown is None


def test_handles_and_lines_are_taken_before_anything_is_drawn() -> None:
    line = made(1, "length", (10, 50), (110, 50))
    for kind in (None, "length"):
        hand = Hand(kind, line)
        hand.drag((110, 50), (110, 80))
        assert hand.there[1].points.tolist() == [[10, 50], [110, 80]]
        hand = Hand(kind, line)
        hand.drag((60, 51), (70, 61))
        assert hand.there[1].points.tolist() == [[20, 60], [120, 60]]
        assert hand.selected == 1
        assert len(hand.there) == 1


def test_a_line_that_is_moved_stays_inside_the_picture() -> None:
    hand = Hand(None, made(1, "length", (10, 50), (110, 50)))
    hand.drag((60, 50), (500, 50))
    assert hand.there[1].points.tolist() == [[100, 50], [200, 50]]


@pytest.mark.parametrize(
    ("kind", "handle", "corners"),
    [
        ("rectangle", 0, [[20, 30], [50, 60]]),
        ("rectangle", 1, [[10, 30], [20, 60]]),
        ("ellipse", 0, [[10, 30], [50, 60]]),
        ("ellipse", 3, [[20, 20], [50, 60]]),
    ],
)
def test_boxes_and_ellipses_are_stretched_by_their_handles(
    kind: MeasureKind, handle: int, corners: list[list[float]]
) -> None:
    box = made(1, kind, (10, 20), (50, 60))
    hand = Hand(None, box)
    start = handles_of(box)[handle].tolist()
    hand.drag((start[0], start[1]), (20, 30))
    assert hand.there[1].points.tolist() == corners


def test_delete_takes_the_selected_one_and_escape_selects_none() -> None:
    hand = Hand(None, made(1, "length", (10, 50), (110, 50)), made(2, "probe", (50, 90)))
    hand.drag((50, 90))
    assert hand.selected == 2
    hand.key("escape")
    assert hand.selected is None
    assert not hand.key("delete").consumed
    hand.drag((60, 50))
    hand.key("delete")
    assert list(hand.there) == [2]


def test_without_a_kind_the_pointer_beside_everything_is_left_to_others() -> None:
    hand = Hand(None, made(1, "length", (10, 50), (110, 50)))
    hand.tell("move", (60, 90))
    assert not hand.last.consumed
    hand.tell("move", (60, 50))
    assert hand.last.cursor == "move"
