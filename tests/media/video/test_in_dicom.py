"""Videos inside DICOM objects: real streams wrapped as PS3.5 8.2.5 to 8.2.11 have it."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from films import number_in, written
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, VideoEndoscopicImageStorage

from viewer.errors import Cancelled
from viewer.media import open_media
from viewer.media.volume import MediaSet, Video
from viewer.review.lookup import Lookup, utf8
from viewer.session.making import media_key_of

SYNTAX = "1.2.840.10008.1.2.4."
STUDY, SERIES = "1.2.826.0.1.3680043.8.498.9", "1.2.826.0.1.3680043.8.498.9.1"
REAL = {  # transfer syntax, and the frames that the file's first video has
    "bt709_full_range.mp4": ("102", 30),
    "centered_pair_small.mp4": ("102.1", 1100),
    "h264_10bits.mp4": ("104", 30),
    "h265_video.mp4": ("107", 10),
    "h265_10bits.mp4": ("108", 30),
}


def wrapped(stream: bytes, syntax: str, *, pieces: int = 1, **values: object) -> Dataset:
    """Return an endoscopy video; `values` are further elements, None takes one away."""
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = VideoEndoscopicImageStorage, f"{SERIES}.1"
    data.StudyInstanceUID, data.SeriesInstanceUID = STUDY, SERIES
    data.Modality, data.SeriesDescription, data.PatientName = "ES", "Knee", "Doe^Jo"
    data.Rows, data.Columns, data.NumberOfFrames, data.FrameTime = 128, 256, 120, "40"
    data.SamplesPerPixel, data.PhotometricInterpretation = 3, "YBR_PARTIAL_420"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    data.PlanarConfiguration = 0
    for name, value in values.items():
        if value is None:
            delattr(data, name)
        else:
            setattr(data, name, value)
    even = stream + b"\0" * (len(stream) % 2)
    data.PixelData = encapsulate([even], fragments_per_frame=pieces, has_bot=False)
    data["PixelData"].is_undefined_length = True
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = UID(SYNTAX + syntax)
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = UID(data.SOPInstanceUID)
    return data


def saved(data: Dataset, path: Path) -> Path:
    data.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def opened() -> Iterator[list[MediaSet]]:
    """What the test opens; the processes of its videos are let go of after it."""
    sets: list[MediaSet] = []
    yield sets
    for found in sets:
        for media in found.media:
            if isinstance(media, Video):
                media.fetcher.close()


def the_video(path: Path, opened: list[MediaSet]) -> Video:
    opened.append(open_media(path))
    (video,) = opened[-1].media
    assert isinstance(video, Video)
    return video


def said_in(found: MediaSet) -> dict[str, str]:
    return {issue.code: issue.sentence for issue in found.issues}


@pytest.mark.some(3)
@pytest.mark.parametrize("name", REAL)
def test_a_wrapped_video_shows_the_frames_of_the_file_it_was_made_of(
    shared: Path, tmp_path: Path, opened: list[MediaSet], name: str
) -> None:
    syntax, count = REAL[name]
    source = shared / "data" / "video" / "codecs" / name
    data = wrapped(source.read_bytes(), syntax, pieces=5 if syntax.endswith(".1") else 1)
    alone, inside = (the_video(path, opened) for path in (source, saved(data, tmp_path / "a.dcm")))
    assert inside.count == alone.count == count
    assert np.array_equal(inside.times_s, alone.times_s)
    for frame in random.Random(name).sample(range(count), 4):
        assert np.array_equal(inside.fetcher.wait(frame), alone.fetcher.wait(frame))


@pytest.mark.some(5)
@pytest.mark.parametrize(
    ("kind", "syntax"),
    [
        *(("mpeg2-raw", "100"), ("mpeg2-ts", "101"), ("mpeg2-ts", "100.1")),
        *(("h264-b", "102"), ("h264-open-ts", "103.1"), ("h264-raw", "105")),
        *(("hevc", "107"), ("h264-fragments", "106.1")),
    ],
)
def test_every_frame_bears_its_number_in_every_transfer_syntax(
    films: Path, tmp_path: Path, opened: list[MediaSet], kind: str, syntax: str
) -> None:
    film = written(films, kind)
    pieces = 37 if syntax.endswith(".1") else 1
    path = saved(wrapped(film.path.read_bytes(), syntax, pieces=pieces), tmp_path / "film")
    video = the_video(path, opened)
    assert (video.count, video.rows, video.columns) == (120, 128, 256)
    assert video.times_s == pytest.approx(np.arange(120) * 0.04, abs=1e-3)
    for frame in random.Random(kind).sample(range(120), 12):
        assert number_in(video.fetcher.wait(frame)) == frame
    assert not {"frame-count", "frame-size", "frame-rate"} & said_in(opened[-1]).keys()


def test_patient_study_and_labels_belong_to_the_object(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    data = wrapped(written(films, "h264-b").path.read_bytes(), "102", PixelSpacing=[0.5, 0.25])
    video = the_video(saved(data, tmp_path / "a.dcm"), opened)
    assert (video.title, video.facts.modality, video.facts.patient.name) == ("Knee", "ES", "Doe Jo")
    assert (video.facts.study_uid, video.facts.series_uid) == (STUDY, SERIES)
    assert (video.spacing_mm, video.is_calibrated, video.lossy) == ((0.25, 0.5), True, True)
    key = media_key_of(video, 77)
    assert (key.study, key.series, key.instance, key.frame) == (STUDY, SERIES, f"{SERIES}.1", 77)
    lookup = Lookup([video])
    entry = np.array([lookup.instances[utf8(f"{SERIES}.1")]], np.int32)
    media, slices = lookup.frames.spots(entry, np.array([77]))
    assert (media.tolist(), slices.tolist()) == ([0], [77])


def test_what_header_and_stream_say_differently_is_said(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    stream = written(films, "h264-b").path.read_bytes()
    data = wrapped(
        stream, "102", NumberOfFrames=121, Rows=64, FrameTime="33.33", PixelSpacing=[1, 1]
    )
    video = the_video(saved(data, tmp_path / "a.dcm"), opened)
    said = said_in(opened[-1])
    assert "the header says 121 frames, the stream holds 120" in said["frame-count"]
    assert "256 × 64 px, the stream's frames have 256 × 128 px" in said["frame-size"]
    assert "30 frames per second, the stream has 25" in said["frame-rate"]
    assert not video.is_calibrated
    assert video.times_s[-1] == pytest.approx(119 * 0.04)


def test_a_rounded_cine_rate_is_the_same_rate(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    stream = written(films, "h264-uneven").path.read_bytes()
    with av.open(str(films / "h264-uneven.mp4")) as container:
        rate = round(float(container.streams.video[0].average_rate or 0))
    data = wrapped(stream, "102", FrameTime=None, CineRate=str(rate))
    the_video(saved(data, tmp_path / "a.dcm"), opened)
    assert "times of frames in header and stream differ" in said_in(opened[-1])["frame-rate"]


def test_a_stream_without_times_takes_those_of_the_header(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    data = wrapped(written(films, "mpeg2-raw").path.read_bytes(), "100", FrameTime="80")
    video = the_video(saved(data, tmp_path / "a.dcm"), opened)
    said = said_in(opened[-1])
    if "times-counted" in said:
        assert "the header's frame time is taken" in said["times-counted"]
        assert video.times_s[-1] == pytest.approx(119 * 0.08)
        assert video.duration_s == pytest.approx(120 * 0.08)
    else:
        assert "12.5 frames per second" in said["frame-rate"]


def region(delta: float, units: int = 3) -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 10, 20
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 99, 119
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = delta, 2 * delta
    return item


@pytest.mark.parametrize(
    ("regions", "spacing", "code"),
    [
        ([region(0.02)], (0.2, 0.4), "region-spacing"),
        ([region(0.02), region(0.5, units=4)], (0.2, 0.4), "region-spacing"),
        ([region(0.02), region(0.03)], None, "regions-differ"),
        ([region(0.02, units=4)], None, ""),
        ([region(float("nan"))], None, ""),
    ],
    ids=["one", "another is no length", "two sizes", "seconds", "not a number"],
)
def test_ultrasound_regions_give_pixels_their_size_where_they_agree(
    films: Path,
    tmp_path: Path,
    opened: list[MediaSet],
    regions: list[Dataset],
    spacing: tuple[float, float] | None,
    code: str,
) -> None:
    stream = written(films, "h264-b").path.read_bytes()
    data = wrapped(stream, "102", SequenceOfUltrasoundRegions=Items(regions))
    video = the_video(saved(data, tmp_path / "a.dcm"), opened)
    assert video.is_calibrated == (spacing is not None)
    assert video.spacing_mm == pytest.approx(spacing or (1.0, 1.0))
    assert {"region-spacing", "regions-differ"} & said_in(opened[-1]).keys() == {code} - {""}


def test_a_region_is_held_against_the_streams_size_where_the_header_says_none(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    data = wrapped(written(films, "h264-b").path.read_bytes(), "102")
    data.SequenceOfUltrasoundRegions = Items([region(0.02)])
    for name in ("Rows", "Columns"):
        if name in data:
            delattr(data, name)
    video = the_video(saved(data, tmp_path / "a.dcm"), opened)
    assert video.is_calibrated
    assert video.spacing_mm == pytest.approx((0.2, 0.4))


def test_videos_of_a_zip_open_and_those_of_one_series_are_told_apart(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    stream = written(films, "h264-b").path.read_bytes()
    with zipfile.ZipFile(tmp_path / "films.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in (1, 2, 2):
            data = wrapped(stream, "102", SOPInstanceUID=f"{SERIES}.{number}")
            path = saved(data, tmp_path / f"{number}.dcm")
            archive.write(path, f"folder/{len(archive.namelist())}")
    opened.append(open_media(tmp_path / "films.zip"))
    videos = [media for media in opened[-1].media if isinstance(media, Video)]
    assert [video.title for video in videos] == ["Knee (video 1)", "Knee (video 2)"]
    assert [list(video.frame_of) for video in videos] == [[f"{SERIES}.1"], [f"{SERIES}.2"]]
    assert "same SOP Instance UID" in said_in(opened[-1])["repeated-instance"]
    assert number_in(videos[1].fetcher.wait(99)) == 99


def test_a_video_that_the_file_cuts_off_shows_the_frames_before(
    films: Path, tmp_path: Path, opened: list[MediaSet]
) -> None:
    path = saved(
        wrapped(written(films, "mpeg2-ts").path.read_bytes(), "101"), tmp_path / "whole.dcm"
    )
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    video = the_video(cut, opened)
    assert 30 < video.count < 120
    assert number_in(video.fetcher.wait(20)) == 20
    assert "the header says 120 frames" in said_in(opened[-1])["frame-count"]


@pytest.mark.parametrize("harm", ["nothing", "no items", "long", "noise", "endless table"])
def test_hostile_pixel_data_ends_in_one_sentence(
    films: Path, tmp_path: Path, opened: list[MediaSet], harm: str
) -> None:
    stream = written(films, "h264-b").path.read_bytes()
    data = wrapped(stream, "102")
    head, item, noise = data.PixelData[:8], data.PixelData[8:12], random.Random(1).randbytes(4000)
    data.PixelData = whole = head + item + struct.pack("<I", 4000) + noise
    harmed = {
        "nothing": head,
        "no items": b"\x07" * 4000,
        "long": head + item + struct.pack("<I", 0xFFFFFFFE) + bytes(4000),
        "noise": whole,
        "endless table": head[:4] + struct.pack("<I", 0xFFFFFFF0) + bytes(4000),
    }[harm]
    path = saved(data, tmp_path / "bad.dcm")
    path.write_bytes(path.read_bytes().replace(whole, harmed))
    saved(wrapped(stream, "102", SOPInstanceUID=f"{SERIES}.2"), tmp_path / "good.dcm")
    opened.append(open_media(tmp_path))
    assert [media.count for media in opened[-1].media] == [120]
    (issue,) = (issue for issue in opened[-1].issues if issue.severity == "error")
    assert issue.sentence.startswith("bad.dcm: ")
    assert "\n" not in issue.sentence


def test_opening_can_be_stopped(films: Path, tmp_path: Path) -> None:
    stream = written(films, "h264-b").path.read_bytes()
    saved(wrapped(stream, "102"), tmp_path / "a.dcm")
    with pytest.raises(Cancelled):
        open_media(tmp_path, cancelled=lambda: True)
