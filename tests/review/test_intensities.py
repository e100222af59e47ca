"""The values under shapes and in mask volumes, against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import STACKS, volume_of

from viewer.errors import Cancelled
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.media.instance import Rescale
from viewer.media.presentation import Presentation
from viewer.review.intensities import intensity_within

STACK = STACKS["uneven"]
SHAPE = (STACK.count, STACK.rows, STACK.columns)


def test_a_mask_volume_sums_up_all_of_its_voxels_each_by_the_rescale_of_its_slice() -> None:
    random = np.random.default_rng(4)
    volume = volume_of(STACK, random.integers(0, 2000, SHAPE).astype(np.int16))
    volume.presentation = Presentation(rescales=tuple(Rescale(1.0 + k, 5.0) for k in range(8)))
    volume.padding = 7.0
    volume.pixels[3, 2, 2] = 7
    inside = random.random(SHAPE) < 0.3
    inside[3, 2, 2] = True
    masks = masks_of({k: Mask.from_array(inside[k]) for k in range(STACK.count)})
    found = intensity_within(MaskVolume(masks), volume)
    slopes = (1.0 + np.arange(8))[:, None, None]
    truth = (volume.pixels * slopes + 5.0)[inside & (volume.pixels != 7)]
    assert found is not None
    assert found.count == len(truth)
    for value, expected in (
        (found.mean, truth.mean()),
        (found.deviation, truth.std()),
        (found.low, truth.min()),
        (found.high, truth.max()),
        (found.median, np.median(truth)),
    ):
        assert value == pytest.approx(expected)


def test_what_lies_beyond_the_volume_counts_nothing_and_an_empty_one_has_no_values() -> None:
    volume = volume_of(STACK, np.ones(SHAPE, np.int16))
    whole = Mask.from_array(np.ones((40, 40), np.bool_))
    found = intensity_within(MaskVolume(masks_of({0: whole, 99: whole})), volume)
    assert found is not None
    assert found.count == STACK.rows * STACK.columns
    assert intensity_within(MaskVolume(masks_of({})), volume) is None


def test_summing_up_is_stopped_between_slices() -> None:
    volume = volume_of(STACK, np.ones(SHAPE, np.int16))
    mask = Mask.from_array(np.ones((4, 4), np.bool_))

    def stop() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        intensity_within(MaskVolume(masks_of({0: mask})), volume, stop)
