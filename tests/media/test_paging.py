"""A series beyond its budget shows the same slices, from a bounded part of memory."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slices import a_slice, saved, series

from viewer.errors import CannotDecode, CannotRead
from viewer.geometry.views import view_planes
from viewer.media import load, open_media
from viewer.media.paging import Pages, can_page
from viewer.media.volume import Pixels, Volume
from viewer.render.reslice import picture_of
from viewer.render.window import initial_window, sample_of

SIDE = 64
COUNT = 30
PICTURE_BYTES = 2 * SIDE * SIDE
BUDGET_BYTES = 12 * PICTURE_BYTES + COUNT * PICTURE_BYTES // 2  # copy and values


def written(folder: Path) -> Path:
    """Slices whose values rise smoothly along every axis."""
    y, x = np.mgrid[:SIDE, :SIDE]
    for number in range(COUNT):
        values = (8 * x + 4 * y + 20 * number).astype("<u2")
        image = a_slice(number, Rows=SIDE, Columns=SIDE, PixelData=values.tobytes())
        saved(image, folder / f"{number:03}.dcm")
    return folder


def loaded(folder: Path, budget_bytes: int | None = None) -> Volume:
    (volume,) = open_media(folder).media
    assert isinstance(volume, Volume)
    load(volume, budget_bytes=budget_bytes)
    assert volume.ready.all(), volume.slice_errors
    return volume


def fetched(volume: Volume, k: int) -> Pixels:
    """Slice k, read again if it was let go."""
    assert volume.pages is not None
    return volume.pages.wait(k)


def test_slices_are_equal_to_those_of_a_volume_in_memory(tmp_path: Path) -> None:
    whole = loaded(written(tmp_path))
    paged = loaded(tmp_path, BUDGET_BYTES)
    assert whole.pages is None
    assert paged.pages is not None
    for k in [*range(COUNT), 3, COUNT - 1, 0]:
        assert (fetched(paged, k) == whole.pixels[k]).all()
        assert paged.pages.held_bytes <= BUDGET_BYTES


def test_it_is_said_with_what_is_needed_and_allowed(tmp_path: Path) -> None:
    paged = loaded(written(tmp_path), BUDGET_BYTES)
    (issue,) = paged.issues
    assert issue.code == "paged"
    assert "read again when they are shown" in issue.sentence
    assert "at 1/2 of the resolution" in issue.sentence


def test_other_planes_are_at_half_resolution_in_the_right_place(tmp_path: Path) -> None:
    """Means of two pixels stand where the two are: a ramp is off by half its step at most."""
    whole = loaded(written(tmp_path))
    paged = loaded(tmp_path, BUDGET_BYTES)
    for view in view_planes(whole.stack).values():
        for index in (0, 7, view.count - 1):
            held = fetched(paged, index) if view.is_acquired else None
            exact, coarse = picture_of(whole, view, index), picture_of(paged, view, index)
            assert held is None or coarse.pixels is held
            assert exact.rect == coarse.rect
            difference = np.abs(exact.pixels.astype(int) - coarse.pixels.astype(int))
            assert difference.max() <= (0 if view.is_acquired else 4 + 2)


def test_windows_come_from_values_of_all_slices_without_reading_any_again(tmp_path: Path) -> None:
    paged, whole = loaded(written(tmp_path), BUDGET_BYTES), loaded(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    ours, exact = initial_window(paged), initial_window(whole)
    assert abs(ours.center - exact.center) <= 0.02 * exact.width
    assert abs(ours.width - exact.width) <= 0.02 * exact.width
    assert set(sample_of(paged)) <= set(sample_of(whole))


def test_a_file_that_has_gone_is_a_sentence_when_its_slice_is_wanted_again(tmp_path: Path) -> None:
    paged = loaded(written(tmp_path), BUDGET_BYTES)
    held = [k for k in range(COUNT) if paged.picture(k) is not None]
    for path in tmp_path.iterdir():
        path.unlink()
    gone = sorted(set(range(COUNT)) - set(held))
    assert gone
    for k in gone:
        with pytest.raises(CannotRead, match="cannot be opened"):
            fetched(paged, k)
        assert "cannot be opened" in paged.slice_errors[k]
        assert not paged.ready[k]
    assert all(paged.picture(k) is not None for k in held)


def test_the_slice_wanted_first_and_those_around_it_are_at_hand_once_all_are_loaded(
    tmp_path: Path,
) -> None:
    (volume,) = open_media(written(tmp_path)).media
    assert isinstance(volume, Volume)
    for first in (20, 3):
        load(volume, first=first, budget_bytes=BUDGET_BYTES)
        assert volume.pages.kept(first) is not None  # asking for it would wish for its neighbours


def test_two_threads_may_look_at_once(tmp_path: Path) -> None:
    whole, paged = loaded(written(tmp_path)), loaded(tmp_path, BUDGET_BYTES)
    wrong: list[int] = []

    def look(seed: int) -> None:
        for k in np.random.default_rng(seed).integers(0, COUNT, 60).tolist():
            wrong.extend([k] if (fetched(paged, k) != whole.pixels[k]).any() else [])

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


class Reading:
    """Pages whose pictures are read one by one, when the test lets them; picture k holds k."""

    def __init__(self, count: int = 40, kept: int = 8) -> None:
        self.turn = threading.Semaphore(0)
        self.begun: list[int] = []
        self.arrived: queue.Queue[int] = queue.Queue()
        self.ready = np.ones(count, np.bool_)
        self.errors: dict[int, str] = {}
        self.damaged: set[int] = set()
        shape = (count, SIDE, SIDE)
        budget = (kept + 3) * PICTURE_BYTES + count * PICTURE_BYTES // 2
        dtype = np.dtype(np.uint16)
        self.pages = Pages(shape, dtype, budget, self.decode, self.ready, self.errors)
        self.pages.on_arrival(self.arrived.put)

    def decode(self, k: int) -> None:
        self.begun.append(k)
        assert self.turn.acquire(timeout=20)
        if k in self.damaged:
            raise CannotDecode(f"slice {k} is damaged.")
        self.pages.slot(k)[...] = k

    def next(self) -> int:
        self.turn.release()
        return self.arrived.get(timeout=20)

    def end(self) -> None:
        """Let go of the thread that reads."""
        self.pages.close()
        for _ in self.ready:
            self.turn.release()


@pytest.fixture
def reading() -> Iterator[Reading]:
    made = Reading()
    yield made
    made.end()


def test_wishing_returns_at_once_and_the_newest_wish_comes_first(reading: Reading) -> None:
    reading.pages.want(5)
    reading.pages.want(30)
    assert reading.pages.kept(5) is None
    assert reading.pages.kept(30) is None
    came = [reading.next() for _ in range(8)]
    assert reading.begun[0] in (5, 30)  # what was begun is finished
    assert came[: 2 if came[0] == 5 else 1][-1] == 30
    assert {31, 32, 29} <= set(came)
    found = reading.pages.kept(30)
    assert found is not None
    assert (found == 30).all()


def test_the_next_ones_are_read_ahead_of_playing_and_none_behind_it(reading: Reading) -> None:
    reading.pages.want(10, ahead=2)
    assert [reading.next() for _ in range(5)] == [10, 12, 14, 16, 18]


def test_a_wish_that_fails_is_told_with_its_sentence(reading: Reading) -> None:
    reading.damaged = {7}
    reading.pages.want(7)
    assert reading.next() == 7
    assert reading.errors == {7: "slice 7 is damaged."}
    assert not reading.ready[7]
    assert reading.next() == 8  # the others come


def test_what_is_not_decoded_yet_is_left_to_loading(reading: Reading) -> None:
    reading.ready[:] = False
    reading.pages.want(3)
    assert reading.begun == []


def test_closed_pages_read_nothing_more(reading: Reading) -> None:
    reading.pages.want(3)
    assert reading.next() == 3
    reading.pages.close()
    for _ in range(20):
        reading.turn.release()
    with pytest.raises(CannotRead, match="open it again"):
        reading.pages.wait(30)  # after whatever was begun
    assert len(reading.begun) <= 3


def test_what_somebody_draws_stays_at_hand_though_it_was_let_go() -> None:
    reading = Reading(kept=2)
    for _ in range(100):
        reading.turn.release()
    drawn = reading.pages.wait(0)
    for k in (20, 21, 22):
        reading.pages.want(k)
        reading.pages.wait(k)
    assert reading.pages.near(0) != 0
    assert reading.pages.kept(0) is drawn


def test_what_fits_is_not_paged(tmp_path: Path) -> None:
    series(tmp_path, 4)
    assert loaded(tmp_path).pages is None
    assert not can_page((1, 60_000, 60_000), np.dtype(np.uint16), 1 << 30)


@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 40),
    factor=st.integers(2, 5),
    dtype=st.sampled_from(["uint8", "int16", "int32", "float32"]),
)
def test_strips_have_the_length_of_the_picture_and_its_values_where_they_are_even(
    rows: int, columns: int, factor: int, dtype: str
) -> None:
    shape = (12, rows, columns)
    need = int(np.prod(shape)) * np.dtype(dtype).itemsize
    pages: Pages | None = None
    ready = np.ones(12, np.bool_)

    def decode(k: int) -> None:
        assert pages is not None
        pages.slot(k)[...] = k - 3 if dtype != "uint8" else k

    pages = Pages(shape, np.dtype(dtype), int(2 * need / factor**2) + 1, decode, ready, {})
    for k in range(12):
        decode(k)
        pages.settle(k)
    expected = np.arange(12) - (3 if dtype != "uint8" else 0)
    for axis, cells, last in ((0, rows, columns - 1), (1, columns, rows - 1)):
        strips = pages.strips(axis, last)
        assert strips.shape == (12, cells)
        assert (strips == expected[:, None]).all()


@pytest.mark.skipif(
    not os.environ.get("OVERREAD_SOAK"), reason="reads 6 GB; runs when OVERREAD_SOAK is set"
)
def test_six_gigabytes_are_shown_from_two(tmp_path: Path) -> None:
    side, count, budget = 2048, 730, 2 << 30
    for number in range(count):
        image = a_slice(number, Rows=side, Columns=side, PixelData=b"\0\0")
        path = saved(image, tmp_path / f"{number:04}.dcm")
        with path.open("r+b") as file:  # sparse: the pixels take no room on the disk
            start = file.seek(-2, os.SEEK_END)
            file.seek(start - 4)
            file.write((2 * side * side).to_bytes(4, "little"))
            file.truncate(start + 2 * side * side)
            for place, value in ((number * (side + 1), 4000), (side * (side - 1), number)):
                file.seek(start + 2 * place)
                file.write(value.to_bytes(2, "little"))
    paged = loaded(tmp_path, budget)
    assert paged.pages is not None
    assert paged.nbytes > 6e9
    for k in (0, 729, 365, 1, 728):
        picture = fetched(paged, k)
        assert picture[k, k] == 4000
        assert picture[-1, 0] == k
    assert paged.pages.held_bytes <= budget
