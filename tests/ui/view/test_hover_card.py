"""A card comes beside a label that the pointer rests on, and never over it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from windows import Person, labels_of

from viewer.paint.look import look_of
from viewer.paint.text import elided
from viewer.ui.view.hover_card import (
    INSET_PX,
    KEY_PX,
    REST_MS,
    HoverCard,
    card_width,
    place_beside,
)

SIDES = st.integers(0, 700)


@given(SIDES, SIDES, st.integers(1, 700), st.integers(1, 700))
def test_wherever_the_card_goes_it_is_in_the_view_and_beside_the_label(x, y, width, height) -> None:
    around, room, size = QRect(x, y, width, height), QRect(4, 4, 640, 500), QSize(200, 120)
    place = place_beside(around, size, room)
    if place is not None:
        card = QRect(place, size)
        assert room.contains(card)
        assert not card.intersects(around)


def test_there_is_a_place_for_every_label_that_leaves_one_and_none_else() -> None:
    room, size = QRect(0, 0, 600, 500), QSize(200, 120)
    assert place_beside(QRect(0, 0, 600, 500), size, room) is None
    assert place_beside(QRect(0, 200, 600, 300), size, room) is not None
    assert place_beside(QRect(100, 100, 50, 50), size, room) == QPoint(163, 100)


def test_nothing_on_a_card_is_cut_while_it_may_be_wider(qapp: object) -> None:
    look = look_of()
    for pixels in range(1000, 1020):
        words = f"2,417\u2009mm²  {pixels:,}\u2009px"
        room = card_width("", (("Area", words),), look) - 2 * INSET_PX - KEY_PX
        assert elided(words, look.font(12), room) == words


def test_the_card_says_whose_label_it_is_and_goes_with_the_pointer_or_the_label(
    person: Person,
) -> None:
    session = person.session
    id = labels_of(session, "Right lung")[2]
    session.display.set_solo(id)
    session.go_to(id)
    person.settle()
    shape = session.project.annotations[id].placements[0].shape
    card = person.view().findChild(HoverCard)
    person.point(person.at_pixel(*shape.vertices[0]))
    assert not card.isVisible()
    person.bot.waitUntil(card.isVisible, timeout=REST_MS * 10)
    assert card.title == "Right lung"
    keys = [key for key, _ in card.rows]
    assert keys[0] == "Author"
    assert "Area" in keys
    assert "Right lung" in card.accessibleName()
    person.point((3.0, 3.0))
    assert not card.isVisible()
    person.point(person.at_pixel(*shape.vertices[0]))
    person.bot.waitUntil(card.isVisible, timeout=REST_MS * 10)
    person.view().repaint()
    assert card.isVisible()
    person.key(Qt.Key.Key_Home)  # the pointer stays, and the label is on another slice
    assert not card.isVisible()
