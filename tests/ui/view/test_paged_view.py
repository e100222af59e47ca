"""A paged series in a real window: the picture, its number and its labels are of one slice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from played import open_in
from stacks import volume_of
from windows import Person

from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import stack_of
from viewer.media.paging import Pages
from viewer.media.volume import Volume, Window

COUNT, SIDE = 40, 64
KEPT = 8


@dataclass
class Paged:
    """A volume whose slice k has the value k throughout; a slice is read when the test lets it."""

    volume: Volume
    main: int = field(default_factory=threading.get_ident)
    is_free: threading.Event = field(default_factory=threading.Event)
    read_by: list[int] = field(default_factory=list[int])

    def decode(self, k: int) -> None:
        self.read_by.append(threading.get_ident())
        assert self.is_free.wait(20)
        assert self.volume.pages is not None
        self.volume.pages.slot(k)[...] = k


@pytest.fixture
def paged() -> Iterator[Paged]:
    """All slices were decoded once; those around the middle are kept."""
    row, column, normal = np.eye(3)
    stack = stack_of(
        SlicePlane(normal * k, row, column, (1.0, 1.0), SIDE, SIDE) for k in range(COUNT)
    )
    shape, dtype = (COUNT, SIDE, SIDE), np.dtype(np.int16)
    made = volume_of(stack, np.broadcast_to(np.zeros((), dtype), shape))
    made.ready[:] = False
    paged = Paged(made)
    picture_bytes = SIDE * SIDE * dtype.itemsize
    budget = (KEPT + 3) * picture_bytes + COUNT * picture_bytes // 2
    made.pages = Pages(shape, dtype, budget, paged.decode, made.ready, made.slice_errors)
    made.pages.want(COUNT // 2)
    for k in range(COUNT):
        made.pages.slot(k)[...] = k
        made.pages.settle(k)
        made.ready[k] = True
    yield paged
    paged.is_free.set()


def painted(person: Person) -> tuple[int, int]:
    """The slice whose value the picture has, and the one that the view says, from 0."""
    picture = person.view().picture
    assert picture is not None
    assert picture.image is not None
    said = picture.corners.bottom_right[0].removeprefix("slice ").partition(" ")[0]
    return int(picture.image[SIDE // 2, SIDE // 2]), int(said) - 1


def opened(person: Person, paged: Paged) -> None:
    open_in(person.session, paged.volume)
    window = Window(127.5, 255.0, function="LINEAR_EXACT")  # a value is its own grey
    person.session.viewing.set_window(window)
    person.session.viewing.show(0)
    show(person, COUNT // 2)
    assert painted(person) == (COUNT // 2, COUNT // 2)


def show(person: Person, k: int) -> None:
    i, j, _k = person.session.viewing.crosshair
    person.session.viewing.set_crosshair((i, j, float(k)))
    person.settle()


def test_until_a_slice_is_read_again_the_nearest_stands_with_its_own_number(
    empty: Person, paged: Paged
) -> None:
    opened(empty, paged)
    empty.session.set_mode("edit")
    empty.settle()
    port = empty.view().port
    assert empty.window.hands.is_drawing_on(port)
    show(empty, 3)
    value, said = painted(empty)
    assert value == said
    assert said > 3
    assert not empty.window.hands.is_drawing_on(port)
    empty.bot.waitUntil(lambda: empty.window.frames.late == 3)
    empty.settle()
    picture = empty.view().picture
    assert picture is not None
    assert picture.sign == "slice 4 is being decoded"
    paged.is_free.set()
    empty.bot.waitUntil(lambda: painted(empty) == (3, 3))
    assert empty.window.hands.is_drawing_on(port)
    empty.bot.waitUntil(lambda: empty.window.frames.late is None)


def test_wherever_one_goes_the_picture_becomes_that_slice_and_the_main_thread_reads_none(
    empty: Person, paged: Paged
) -> None:
    opened(empty, paged)
    paged.is_free.set()
    for wanted in np.random.default_rng(3).integers(0, COUNT, 30).tolist():
        show(empty, wanted)
        value, said = painted(empty)
        assert value == said
        empty.bot.waitUntil(lambda wanted=wanted: painted(empty) == (wanted, wanted))
    assert paged.read_by
    assert paged.main not in paged.read_by
