"""Media shown longest ago give their memory back, and nobody can tell from the pictures."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PySide6.QtGui import QImage
from windows import Person

from viewer.demo import demo_folder
from viewer.media import load, open_media
from viewer.media.volume import Volume
from viewer.ui.media.keeping import is_loaded

SERIES, SLICES = 5, 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some series of a few slices, each of values of its own."""
    found = tmp_path_factory.mktemp("series")
    files = sorted(demo_folder()[0].iterdir())[40 : 40 + SLICES]
    for number in range(SERIES):
        for file in files:
            data = pydicom.dcmread(file)
            values = data.pixel_array[::4, ::4] + 10 * number
            data.PixelData = np.ascontiguousarray(values).tobytes()
            data.Rows, data.Columns = values.shape
            data.SeriesInstanceUID = f"1.2.826.7.{number}"
            data.SeriesNumber = number + 1
            data.SOPInstanceUID = f"{data.SOPInstanceUID}.{number}"
            data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
            data.save_as(found / f"{number}-{file.name}")
    return found


@pytest.fixture(name="some")
def with_some_series(empty: Person, folder: Path) -> Person:
    """A person at the series, of which three have room beside each other."""
    empty.window.open([str(folder)])
    empty.wait()
    assert len(empty.session.media) == SERIES
    assert all(is_loaded(media) for media in empty.session.media)
    budget(empty, 3)
    empty.session.viewing.show(SERIES - 1)
    at_rest(empty)
    return empty


def budget(person: Person, series: int) -> None:
    media = person.session.media[0]
    assert isinstance(media, Volume)
    person.window.opening.pixels.keeping.budget_bytes = series * media.nbytes


def at_rest(person: Person) -> None:
    """Wait until everything is loaded and let go of that is to be."""
    opening, jobs = person.window.opening, person.window.jobs
    keeping = opening.pixels.keeping
    person.bot.waitUntil(
        lambda: (
            not jobs.is_busy()
            and keeping.next_to_load() is None
            and not keeping.to_let_go()
            and not person.window.views.turns.is_busy
        ),
        timeout=30_000,
    )


def held(person: Person) -> set[int]:
    return {n for n, media in enumerate(person.session.media) if media.ready.any()}  # pyright: ignore[reportAttributeAccessIssue]


def shown(person: Person) -> QImage:
    person.settle()
    return person.view().grab().toImage()


def test_what_was_let_go_shows_the_same_picture_and_the_same_values_again(
    some: Person, folder: Path
) -> None:
    session = some.session
    pictures: list[QImage] = []
    for number in (*range(SERIES), *range(SERIES)):
        session.viewing.show(number)
        at_rest(some)
        assert number in held(some)
        assert len(held(some)) <= 3
        pictures.append(shown(some))
    assert pictures[:SERIES] == pictures[SERIES:]
    fresh = {media.id: media for media in open_media(folder).media}
    for number in held(some):
        media = session.media[number]
        assert isinstance(media, Volume)
        other = fresh[media.id]
        load(other)
        assert isinstance(other, Volume)
        assert np.array_equal(media.pixels, other.pixels)


def test_what_is_shown_and_its_neighbour_ahead_stay_when_others_go(some: Person) -> None:
    for number in range(SERIES):
        some.session.viewing.show(number)
        at_rest(some)
        assert {number, (number + 1) % SERIES} <= held(some)


def test_with_no_room_at_all_the_one_shown_is_whole_and_alone(some: Person) -> None:
    budget(some, 0)
    for number in (1, 3):
        some.session.viewing.show(number)
        at_rest(some)
        assert held(some) == {number}
        assert is_loaded(some.session.media[number])


def test_while_any_job_runs_that_may_look_at_pixels_none_are_let_go(some: Person) -> None:
    budget(some, SERIES)
    for number in range(SERIES):
        some.session.viewing.show(number)
        at_rest(some)
    assert held(some) == set(range(SERIES))
    budget(some, 1)
    jobs, pixels = some.window.jobs, some.window.opening.pixels
    go_on, seen = threading.Event(), list[bool]()
    media = some.session.media[0]
    assert isinstance(media, Volume)
    before = media.pixels.copy()

    def look(_control: object) -> None:
        go_on.wait(20)
        seen.append(np.array_equal(media.pixels, before))

    jobs.run("look", look)
    jobs.cancel("look")  # nobody waits for it, and still it looks
    some.session.viewing.show(1)
    some.bot.waitUntil(lambda: not some.window.opening.is_busy)
    assert pixels.keeping.to_let_go()
    assert held(some) == set(range(SERIES))
    go_on.set()
    at_rest(some)
    assert seen == [True]
    assert held(some) == {1}


def test_nothing_is_loaded_twice_without_being_looked_at(some: Person) -> None:
    some.session.viewing.show(2)
    at_rest(some)
    loaded: list[int] = []
    some.session.pixels_changed.connect(loaded.append)
    kept = held(some)
    some.bot.wait(600)
    assert held(some) == kept
    assert loaded == []


def test_a_window_is_the_same_when_slices_are_read_again(some: Person) -> None:
    session = some.session
    windows = [session.viewing.window_of(number) for number in range(SERIES)]
    budget(some, 0)
    changed: list[object] = []
    session.viewing.window_changed.connect(lambda *_: changed.append(1))
    for number in (1, 0):
        session.viewing.show(number)
        at_rest(some)
    assert [session.viewing.window_of(number) for number in range(SERIES)] == windows
    assert changed == []
