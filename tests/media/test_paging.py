"""A series beyond its budget shows the same slices, from a bounded part of memory."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slices import a_slice, saved, series

from viewer.geometry.views import view_planes
from viewer.media import load, open_media
from viewer.media.paging import Pages, can_page
from viewer.media.volume import Volume
from viewer.render.reslice import picture_of
from viewer.render.window import initial_window, sample_of

SIDE = 64
COUNT = 30
PICTURE_BYTES = 2 * SIDE * SIDE
BUDGET_BYTES = 12 * PICTURE_BYTES + COUNT * PICTURE_BYTES // 4


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


def test_slices_are_equal_to_those_of_a_volume_in_memory(tmp_path: Path) -> None:
    whole = loaded(written(tmp_path))
    paged = loaded(tmp_path, BUDGET_BYTES)
    assert whole.pages is None
    assert paged.pages is not None
    for k in [*range(COUNT), 3, COUNT - 1, 0]:
        picture = paged.picture(k)
        assert picture is not None
        assert (picture == whole.pixels[k]).all()
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
            exact, coarse = picture_of(whole, view, index), picture_of(paged, view, index)
            assert exact.rect == coarse.rect
            difference = np.abs(exact.pixels.astype(int) - coarse.pixels.astype(int))
            assert difference.max() <= (0 if view.is_acquired else 4 + 2)


def test_windows_and_samples_come_from_slices_that_are_read_again(tmp_path: Path) -> None:
    paged, whole = loaded(written(tmp_path), BUDGET_BYTES), loaded(tmp_path)
    assert initial_window(paged) == initial_window(whole)
    assert (sample_of(paged) == sample_of(whole)).all()


def test_a_file_that_has_gone_is_a_sentence_when_its_slice_is_shown_again(tmp_path: Path) -> None:
    paged = loaded(written(tmp_path), BUDGET_BYTES)
    assert paged.pages is not None
    for path in tmp_path.iterdir():
        path.unlink()
    gone = [k for k in range(COUNT) if paged.picture(k) is None]
    assert gone
    assert all("cannot be opened" in paged.slice_errors[k] for k in gone)
    assert len(gone) < COUNT  # those that are kept are still shown


def test_two_threads_may_look_at_once(tmp_path: Path) -> None:
    whole, paged = loaded(written(tmp_path)), loaded(tmp_path, BUDGET_BYTES)
    wrong: list[int] = []

    def look(seed: int) -> None:
        for k in np.random.default_rng(seed).integers(0, COUNT, 60).tolist():
            picture = paged.picture(k)
            if picture is None or not (picture == whole.pixels[k]).all():
                wrong.append(k)

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


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

    def decode(k: int) -> None:
        assert pages is not None
        pages.slot(k)[...] = k - 3 if dtype != "uint8" else k

    pages = Pages(shape, np.dtype(dtype), int(2 * need / factor**2) + 1, decode)
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
        picture = paged.picture(k)
        assert picture is not None
        assert picture[k, k] == 4000
        assert picture[-1, 0] == k
    assert paged.pages.held_bytes <= budget
