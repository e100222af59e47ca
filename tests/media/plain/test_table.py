"""Files that are not DICOM go to the reader that knows their first bytes, or are counted."""

from __future__ import annotations

from pathlib import Path

import av
import nibabel
import numpy as np
import pytest
from PIL import Image
from slices import a_slice, saved, series

from viewer.errors import Cancelled
from viewer.media import load, open_media
from viewer.media.plain.table import KINDS
from viewer.media.volume import Video, Volume


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((6, 8), np.uint8)).save(path, "png")
    return path


def volume(path: Path, shape: tuple[int, ...] = (4, 5, 6)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(np.zeros(shape, np.int16), np.eye(4)), path)
    return path


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_everything_of_a_mixed_folder_opens_and_the_rest_is_counted(tmp_path: Path) -> None:
    series(tmp_path / "ct", 4)
    picture(tmp_path / "photo.png")
    volume(tmp_path / "brain.nii.gz")
    (tmp_path / "notes.txt").write_text("nothing to see")
    (tmp_path / "empty.png").touch()
    found = open_media(tmp_path)
    assert [media.count for media in found.media] == [6, 4, 1]
    assert found.skipped == 2
    empty, other = found.issues[-2:]
    assert empty.sentence == "empty.png: the file is empty; copy it again."
    assert other.sentence == "1 file is no picture and not shown (1 .txt)."


def test_a_dicom_file_that_begins_like_another_kind_is_dicom(tmp_path: Path) -> None:
    """A preamble may hold the head of a TIFF (PS3.10 7.1)."""
    path = saved(a_slice(1), tmp_path / "dual.tif")
    raw = bytearray(path.read_bytes())
    raw[:8] = b"II*\0\x08\0\0\0"
    path.write_bytes(raw)
    (media,) = open_media(path).media
    assert isinstance(media, Volume)
    assert media.facts.modality == "CT"


def test_files_of_one_name_in_two_folders_have_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        volume(tmp_path / folder / "x.nii")
        picture(tmp_path / folder / "one.png")
    ids = [media.id for media in open_media(tmp_path).media]
    assert sorted(ids) == ["one.png", "one.png#2", "x.nii", "x.nii#2"]


def test_ids_and_frames_are_the_same_wherever_the_files_lie(tmp_path: Path) -> None:
    def names(folder: Path) -> list[object]:
        for number in (1, 2, 10):
            picture(folder / "frames" / f"{number}.png")
        volume(folder / "x.nii")
        return [
            (media.id, dict(media.slice_of if isinstance(media, Volume) else media.frame_of))
            for media in open_media(folder).media
        ]

    assert names(tmp_path / "here") == names(tmp_path / "there" / "deep")


def test_opening_is_stopped_between_files(tmp_path: Path) -> None:
    for number in range(50):
        picture(tmp_path / f"{number}.png")
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 120  # after listing and headers, among the readers

    with pytest.raises(Cancelled):
        open_media(tmp_path, cancelled=stop)


def test_loading_a_packed_volume_stops_between_slices_and_goes_on(tmp_path: Path) -> None:
    """Slices come in the order in which they are packed, one after the other."""
    (media,) = open_media(volume(tmp_path / "x.nii.gz", (64, 64, 200))).media
    done: list[int] = []
    with pytest.raises(Cancelled):
        load(
            media,
            first=150,
            progress=lambda count, _total: done.append(count),
            cancelled=lambda: len(done) >= 20,
        )
    assert done == list(range(1, 21))
    assert media.ready[:20].all()
    assert not media.ready[20:].any()
    load(media)
    assert media.ready.all()


def test_a_volume_that_does_not_fit_into_memory_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = volume(tmp_path / "x.nii", (64, 64, 64))
    monkeypatch.setattr("viewer.media.plain.found.free_bytes", lambda: 100_000)
    found = open_media(path)
    assert not found.media
    assert "GB are free" in found.issues[0].sentence


def test_a_folder_of_many_pictures_is_listed_without_decoding_them(tmp_path: Path) -> None:
    for number in range(300):
        picture(tmp_path / f"{number}.png")
    (media,) = open_media(tmp_path).media
    assert not media.ready.any()
    assert media.count == 300


@pytest.mark.parametrize(("codec", "ending"), [("mjpeg", "mjpeg"), ("libsvtav1", "obu")])
def test_a_raw_stream_of_pictures_is_a_video_of_them_all(
    tmp_path: Path, codec: str, ending: str
) -> None:
    path = tmp_path / f"raw.{ending}"
    with av.open(str(path), "w", format=ending) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height = 64, 64
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for level in range(12):
            picture = np.full((64, 64, 3), 20 * level, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            out.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        out.mux(stream.encode(None))
    (video,) = open_media(str(path)).media
    assert isinstance(video, Video)
    assert video.count == 12
    video.fetcher.close()
