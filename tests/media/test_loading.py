"""Loading: the wanted slice first, progress that is true, cancel that is prompt."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from enhanced import FrameTags, enhanced
from hypothesis import given
from hypothesis import strategies as st
from slices import a_slice, saved, series

from viewer.errors import Cancelled
from viewer.media import load, open_media
from viewer.media.loading import WORKERS, outward


@given(st.integers(1, 60), st.data())
def test_slices_are_visited_once_each_from_the_first_outward(
    count: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, count - 1))
    order = list(outward(start, count))
    assert sorted(order) == list(range(count))
    assert order[0] == start
    away = [abs(index - start) for index in order]
    assert away == sorted(away)


def test_the_wanted_slice_is_ready_first(tmp_path: Path) -> None:
    series(tmp_path, 6)
    (volume,) = open_media(tmp_path).media
    seen: list[list[int]] = []
    load(
        volume,
        first=4,
        progress=lambda _done, _all: seen.append(np.flatnonzero(volume.ready).tolist()),
    )
    assert seen[0] == [4]
    assert seen[-1] == list(range(6))


def test_progress_counts_every_slice_to_the_end(tmp_path: Path) -> None:
    series(tmp_path, 5)
    scanned: list[tuple[int, int]] = []
    (volume,) = open_media(tmp_path, progress=lambda *at: scanned.append(at)).media
    assert scanned[0] == (0, 10)  # each file is read, then grouped
    assert scanned[-1] == (10, 10)
    loaded: list[tuple[int, int]] = []
    load(volume, progress=lambda *at: loaded.append(at))
    assert loaded == [(number, 5) for number in range(1, 6)]


def test_cancelled_loading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    series(tmp_path, 6)
    (volume,) = open_media(tmp_path).media
    with pytest.raises(Cancelled):
        load(volume, cancelled=lambda: bool(volume.ready.sum() == 2))
    assert volume.ready.sum() == 2
    load(volume)
    assert volume.ready.all()
    assert sorted(volume.pixels[:, 0, 0].tolist()) == [100, 200, 300, 400, 500, 600]


def test_cancelled_opening_stops(tmp_path: Path) -> None:
    series(tmp_path, 3)
    with pytest.raises(Cancelled):
        open_media(tmp_path, cancelled=lambda: True)


def test_compressed_pixels_stop_at_once_and_never_go_on_for_long_unasked(shared: Path) -> None:
    (stack,) = open_media(shared / "data" / "dicom" / "xa_multiframe").media
    ready = [0]  # pictures that were ready each time it was asked

    def cancelled() -> bool:
        ready.append(int(stack.ready.sum()))
        return ready[-1] > 3

    with pytest.raises(Cancelled):
        load(stack, cancelled=cancelled)
    assert np.diff(ready).max() <= 2 * WORKERS
    assert stack.ready.sum() == ready[-1] < stack.count
    load(stack)
    assert stack.ready.all()


def test_loading_from_another_thread_fills_the_same_pixels(tmp_path: Path) -> None:
    series(tmp_path, 5)
    (volume,) = open_media(tmp_path).media
    worker = threading.Thread(target=load, args=(volume,))
    worker.start()
    while worker.is_alive():
        for k in np.flatnonzero(volume.ready):
            assert volume.pixels[k, 0, 1] == 100 * (k + 1) + 1
    worker.join()
    assert volume.ready.all()


def test_values_are_in_the_unit_of_the_modality(tmp_path: Path) -> None:
    series(tmp_path, 2)
    (volume,) = open_media(tmp_path).media
    load(volume)
    assert volume.in_units(volume.pixels[0])[0].tolist() == [100 - 1024 + n for n in range(6)]


@pytest.mark.parametrize(
    ("stored", "high", "signed"),
    [
        (12, 11, False),
        (12, 11, True),
        (12, 15, False),
        (12, 15, True),
        (10, 12, True),
        (16, 15, True),
    ],
)
def test_only_the_stored_bits_count(stored: int, high: int, signed: bool, tmp_path: Path) -> None:
    low = -(1 << (stored - 1)) if signed else 0
    values = np.linspace(low, low + (1 << stored) - 1, 30).astype(np.int64)
    noise = np.random.default_rng(1).integers(0, 1 << 16, 30)
    shift = high + 1 - stored
    mask = ((1 << stored) - 1) << shift
    cells = ((values << shift) & mask) | (noise & ~mask & 0xFFFF)
    dataset = a_slice(
        1,
        BitsStored=stored,
        HighBit=high,
        PixelRepresentation=int(signed),
        PixelData=cells.astype("<u2").tobytes(),
    )
    saved(dataset, tmp_path / "a.dcm")
    (volume,) = open_media(tmp_path).media
    load(volume)
    assert volume.pixels[0].ravel().tolist() == values.tolist()


def test_grouping_stops_when_asked(tmp_path: Path) -> None:
    for number in range(4):
        series(tmp_path / str(number), 3, SeriesInstanceUID=f"1.2.{number}", StudyID=str(number))
    at: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        open_media(
            tmp_path,
            progress=lambda *done: at.append(done),
            cancelled=lambda: at[-1:] > [(12, 24)],
        )
    assert (12, 24) < at[-1] < (24, 24)


def test_frames_of_one_object_stop_when_asked(tmp_path: Path) -> None:
    frames = [FrameTags((0, 0, 2.0 * number)) for number in range(200)]
    saved(enhanced(frames), tmp_path / "e.dcm")
    asked: list[int] = []

    def is_enough() -> bool:
        asked.append(1)
        return len(asked) > 100

    with pytest.raises(Cancelled):
        open_media(tmp_path, cancelled=is_enough)
    assert len(asked) == 101
