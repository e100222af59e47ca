"""What is odd about a series is said in words with numbers; the positions count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from slices import a_slice, saved, series

from viewer.media import open_media
from viewer.media.volume import FrameStack, Volume


def opened(folder: Path) -> Volume:
    (volume,) = open_media(folder).media
    assert isinstance(volume, Volume)
    return volume


def findings(volume: Volume, code: str = "contradictory-tags") -> list[str]:
    return [issue.sentence for issue in volume.health.findings if issue.code == code]


def test_an_even_series_has_facts_and_no_findings(tmp_path: Path) -> None:
    series(tmp_path, 5, SpacingBetweenSlices=2.0, GantryDetectorTilt=0, PatientPosition="HFS")
    health = opened(tmp_path).health
    assert health.findings == ()
    assert dict(health.facts) == {
        "Slices": "5",
        "Slice spacing": "2 mm",
        "Slice thickness": "2 mm",
        "Acquired": "axial",
        "Axes run to": "L, P, H",
        "Tilt": "none",
        "Pixel spacing": "0.75 × 0.5 mm",
        "Size": "6 × 5 px",
        "Stored as": "uncompressed, explicit little endian",
        "Values": "12-bit, unsigned",
        "Rescale": "× 1 − 1024 HU",
        "Lossy": "no",
        "Files": "5",
        "Patient position": "HFS",
    }


def test_missing_slices_are_counted_where_they_are(tmp_path: Path) -> None:
    for number in (*range(1, 13), *range(15, 21)):
        saved(a_slice(number), tmp_path / f"{number}.dcm")
    volume = opened(tmp_path)
    (sentence,) = findings(volume, "stack-geometry")
    assert "2 of 20 slices are missing between 12 and 13 (6.0 mm instead of 2.0)" in sentence
    facts = dict(volume.health.facts)
    assert facts["Slices"] == "18, 2 missing"
    assert facts["Slice spacing"] == "2 to 6 mm"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"SpacingBetweenSlices": 5.0}, "says 5 mm between slices, their positions are 2 mm apart"),
        (
            {"GantryDetectorTilt": 15.0},
            "says a gantry tilt of 15.0 degrees, the positions show 0.0",
        ),
        ({"PatientPosition": "FFS"}, "the patient position is FFS, but rows run to L"),
        ({"ImagerPixelSpacing": [0.7, 0.7]}, "pixel spacing is 0.5 mm, 0.7 mm at the detector"),
    ],
)
def test_tags_that_contradict_the_positions_are_said(
    values: dict[str, object], words: str, tmp_path: Path
) -> None:
    series(tmp_path, 4, **values)
    (sentence,) = findings(opened(tmp_path))
    assert words in sentence


def test_slice_locations_that_leave_the_positions_are_said(tmp_path: Path) -> None:
    for number, location in enumerate((10.0, 8.0, 6.0, 4.0), 1):
        saved(a_slice(number, SliceLocation=location), tmp_path / f"{number}.dcm")
    assert findings(opened(tmp_path)) == []
    saved(a_slice(4, SliceLocation=0.0), tmp_path / "4.dcm")
    (sentence,) = findings(opened(tmp_path))
    assert "Slice Location differs from the positions by up to 4.0 mm" in sentence


def test_rounded_directions_are_set_right_and_said(tmp_path: Path) -> None:
    series(tmp_path, 3, ImageOrientationPatient=[0.999, 0.02, 0, -0.0175, 0.999, 0])
    volume = opened(tmp_path)
    directions = np.stack([volume.stack.row_direction, volume.stack.column_direction])
    assert np.abs(directions @ directions.T - np.eye(2)).max() < 1e-12
    (sentence,) = findings(volume)
    assert "in 3 of 3 slices the orientation's directions are 0.9992 and 0.9992 long" in sentence


def test_directions_that_no_rounding_explains_make_no_volume(tmp_path: Path) -> None:
    series(tmp_path, 3, ImageOrientationPatient=[0.9, 0, 0, 0, 1, 0])
    found = open_media(tmp_path)
    assert not isinstance(found.media[0], Volume)
    assert "slice-without-position" in [issue.code for issue in found.issues]


def test_every_real_series_has_its_facts(shared: Path) -> None:
    for name in ("ct_ge_variable_tilt_spacing", "mr_oblique_hitachi", "us_multiframe"):
        for media in open_media(shared / "data" / "dicom" / name).media:
            assert isinstance(media, Volume | FrameStack)
            assert len(media.health.facts) >= 7
    (tilted,) = open_media(shared / "data" / "dicom" / "ct_ge_variable_tilt_spacing").media
    assert isinstance(tilted, Volume)
    facts = dict(tilted.health.facts)
    assert (facts["Tilt"], facts["Slice spacing"]) == ("18.5 degrees", "1.081 to 6.999 mm")
