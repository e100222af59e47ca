"""What is said of a series in lists."""

from __future__ import annotations

from pathlib import Path

from slices import a_slice, saved

from viewer.media import open_media
from viewer.ui.media.series_facts import oddities, told_apart


def test_media_of_one_title_are_told_apart_by_file_or_else_by_folder(tmp_path: Path) -> None:
    for folder, name, series in (("a", "1", 1), ("b", "1", 2), ("b", "2", 3)):
        data = a_slice(1, SeriesInstanceUID=f"1.2.{series}", SOPInstanceUID=f"1.2.{series}.1")
        saved(data, tmp_path / folder / f"{name}.dcm")
    lone = a_slice(1, SeriesInstanceUID="1.2.9", SOPInstanceUID="1.2.9.1", SeriesDescription="Abd")
    saved(lone, tmp_path / "b" / "3.dcm")
    media = open_media(tmp_path).media
    words = {one.facts.series_uid: told for one, told in zip(media, told_apart(media), strict=True)}
    assert words == {"1.2.1": "a", "1.2.2": "b", "1.2.3": "2.dcm", "1.2.9": ""}


def test_a_photograph_without_scale_is_nothing_odd_and_a_radiograph_is(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (8, 6)).save(tmp_path / "photo.jpg")
    places = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
    saved(a_slice(1, **places), tmp_path / "x.dcm")
    found = {one.facts.modality: oddities(one) for one in open_media(tmp_path).media}
    assert found == {"": (), "CT": ("not calibrated: lengths in px",)}
