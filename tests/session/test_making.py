"""A label made on a volume file is kept by the file's own slice number, and found again there."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from viewer import open_media
from viewer.media.volume import Volume
from viewer.review.lookup import Lookup, utf8
from viewer.session.making import media_key_of


@pytest.mark.parametrize("step", [2.0, -2.0])
def test_a_slice_of_a_volume_file_is_named_by_its_number_in_the_file(
    step: float, tmp_path: Path
) -> None:
    affine = np.diag([-1.0, -1.0, step, 1.0])  # in LPS slices run to the head, or to the feet
    data = np.zeros((4, 5, 6, 2), np.int16)
    nibabel.save(nibabel.Nifti1Image(data, affine), tmp_path / "x.nii.gz")
    media = open_media(tmp_path).media
    lookup = Lookup(media)
    entry = lookup.instances[utf8("x.nii.gz")]
    for point, volume in enumerate(media):
        assert isinstance(volume, Volume)
        for slice in range(6):
            key = media_key_of(volume, slice)
            in_file = slice if step > 0 else 5 - slice
            assert (key.instance, key.frame) == ("x.nii.gz", point * 6 + in_file)
            assert key.frame is not None
            found = lookup.frames.spots(np.array([entry], np.int32), np.array([key.frame]))
            assert [int(one[0]) for one in found] == [point, slice]
