"""Very many lines along the screen's axes are drawn as OpenCV draws each of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from viewer.paint.bands import column_lines
from viewer.paint.layers import FEW_LINES, device, draw_segments


@pytest.mark.parametrize("length_px", [3.0, 120.0])
@pytest.mark.parametrize("axis", [0, 1])
def test_very_many_lines_are_drawn_as_each_alone(axis: int, length_px: float) -> None:
    rng = np.random.default_rng(int(length_px))
    starts = rng.uniform(-40, 240, (FEW_LINES * 3, 2))
    ends = starts + length_px * rng.uniform(-1, 1, (len(starts), 1)) * np.eye(2)[axis]
    lines = np.stack([starts, ends], axis=1)
    lines[:50, 1] += 7.0  # some go their own way
    drawn, wanted = np.zeros((2, 180, 200), dtype=np.uint8)
    draw_segments(drawn, lines, 5)
    cv2.polylines(wanted, list(device(lines.reshape(-1, 2)).reshape(-1, 2, 2)), False, 5)
    assert np.count_nonzero(wanted)
    assert (drawn == wanted).all()


def test_the_ends_of_a_cut_are_its_own_where_those_of_other_labels_touch_it() -> None:
    affine = np.array([[2.0, 0.0, 1.0], [0.0, 2.0, 1.0]])
    first = np.array([(10.0, 0.0, 12.0, 3.0), (10.0, 3.0, 12.0, 6.0)])  # goes on in a second strip
    second = np.array([(10.0, 6.0, 12.0, 9.0)])
    alone = [column_lines(affine, each, 4.0) for each in (first, second)]
    owners = np.array([0, 0, 1])
    joined = column_lines(affine, np.concatenate([first, second]), 4.0, owners)
    assert set(map(tuple, joined.tolist())) == set(map(tuple, np.concatenate(alone).tolist()))
    assert len(joined) == sum(map(len, alone))
