"""From files to the screen: labels on frames without places, and on frames of videos.

One pixel of one frame is lit and labelled, or in a video one square; what is compared are painted
pixels, on every frame that the files make.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import COLUMNS, ROWS, turned
from lights import Spot, assert_painted_on_its_pixel_alone, opened
from numpy.typing import NDArray
from phantoms import BRIGHT
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, VideoEndoscopicImageStorage
from PySide6.QtWidgets import QApplication
from slices import a_slice, saved

from viewer.media.volume import Video
from viewer.session.session import Session

US, XA, SC = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("3.1", "12.1", "7"))
SMALL_ROWS, SMALL_COLUMNS = 5, 6
PLACELESS = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
Pixels = NDArray[np.uint16]


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def grey(pixels: Pixels) -> dict[str, object]:
    """Elements of grey frames (n, rows, columns)."""
    return {"BitsStored": 16, "HighBit": 15, "PixelData": pixels.astype("<u2").tobytes()}


def dark_on_light(pixels: Pixels) -> dict[str, object]:
    """MONOCHROME1, in which the greatest value is black."""
    return {**grey(pixels), "PhotometricInterpretation": "MONOCHROME1"}


def eight_bits(samples: NDArray[np.uint8], photometric: str) -> dict[str, object]:
    return {
        "SamplesPerPixel": 1 if samples.ndim == 3 else 3,
        "PhotometricInterpretation": photometric,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelData": samples.tobytes() + b"\0" * (samples.size % 2),
        "RescaleSlope": None,
        "RescaleIntercept": None,
    }


def rgb(pixels: Pixels) -> dict[str, object]:
    """Colours pixel by pixel."""
    samples = np.repeat((pixels > 0)[..., None] * np.uint8(255), 3, axis=3)
    return {**eight_bits(samples, "RGB"), "PlanarConfiguration": 0}


def rgb_in_planes(pixels: Pixels) -> dict[str, object]:
    """Colours one after the other."""
    samples = np.repeat((pixels > 0)[:, None] * np.uint8(255), 3, axis=1)
    return {**eight_bits(samples, "RGB"), "PlanarConfiguration": 1}


def half_width(pixels: Pixels) -> dict[str, object]:
    """YBR_FULL_422: two brightnesses, then one colour of both (PS3.3 C.7.6.3.1.2)."""
    bright = (pixels > 0) * np.uint8(255)
    samples = np.full((*bright.shape[:2], bright.shape[2] // 2, 4), 128, np.uint8)
    samples[..., :2] = bright.reshape(*samples.shape[:3], 2)
    return {**eight_bits(samples, "YBR_FULL_422"), "PlanarConfiguration": 0}


def palette(pixels: Pixels) -> dict[str, object]:
    """Entry 7 is white, all others black."""
    table = np.zeros(256, "<u2")
    table[7] = 0xFFFF
    colours = ("Red", "Green", "Blue")
    return {
        **eight_bits((pixels > 0) * np.uint8(7), "PALETTE COLOR"),
        **{f"{name}PaletteColorLookupTableDescriptor": [256, 0, 16] for name in colours},
        **{f"{name}PaletteColorLookupTableData": table.tobytes() for name in colours},
    }


@dataclass(frozen=True)
class Kind:
    """Frames of one object or of one object each.

    Args:
        coded: elements of the pixels.
        numbers: Instance Number of each object.
        frames: of each object.
    """

    coded: Callable[[Pixels], dict[str, object]]
    values: dict[str, object]
    numbers: tuple[int, ...] = (1,)
    frames: int = 4


CLIP = {"Modality": "US", "SOPClassUID": US, **PLACELESS}
SINGLE = {"numbers": (3, 1, 4, 2), "frames": 1}
MOSAIC = {"Modality": "MR", "ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]}
KINDS = {
    "ultrasound": Kind(grey, CLIP),
    "ultrasound in colour": Kind(rgb, CLIP),
    "ultrasound in planes of colour": Kind(rgb_in_planes, CLIP),
    "ultrasound of half colours": Kind(half_width, CLIP),
    "ultrasound with a palette": Kind(palette, CLIP),
    "angiography": Kind(grey, {"Modality": "XA", "SOPClassUID": XA, **PLACELESS}),
    "angiography, dark on light": Kind(
        dark_on_light, {"Modality": "XA", "SOPClassUID": XA, **PLACELESS}
    ),
    "two runs": Kind(grey, {"Modality": "XA", "SOPClassUID": XA, **PLACELESS}, (2, 1), 3),
    "radiographs, dark on light": Kind(dark_on_light, {"Modality": "CR", **PLACELESS}, **SINGLE),
    "photographs": Kind(rgb, {"Modality": "OT", "SOPClassUID": SC, **PLACELESS}, **SINGLE),
    "colour with positions": Kind(rgb, {"Modality": "OT"}, **SINGLE),
    "mosaics": Kind(grey, MOSAIC, **SINGLE),
}


def chosen(name: str) -> list[tuple[int, int]]:
    """Which frames of which objects are lit: one in the middle, or in a long run all."""
    kind = KINDS[name]
    if os.environ.get("OVERREAD_SOAK"):
        return [(n, frame) for n in range(len(kind.numbers)) for frame in range(kind.frames)]
    return [(len(kind.numbers) - 1, kind.frames // 2)]


@pytest.mark.parametrize(
    ("name", "number", "frame"), [(name, *lit) for name in KINDS for lit in chosen(name)]
)
def test_light_and_label_are_painted_on_their_frame_and_pixel_alone(
    name: str, number: int, frame: int, tmp_path: Path
) -> None:
    kind, pixel = KINDS[name], (4, 1)
    uids: list[str] = []
    for n, instance_number in enumerate(kind.numbers):
        pixels = np.zeros((kind.frames, SMALL_ROWS, SMALL_COLUMNS), np.uint16)
        if n == number:
            pixels[frame, pixel[1], pixel[0]] = BRIGHT
        values: dict[str, object] = {**kind.values, **kind.coded(pixels), "RescaleIntercept": 0.0}
        if values.get("SamplesPerPixel") or "RescaleSlope" in values:
            values["RescaleIntercept"] = None
        made = a_slice(instance_number, NumberOfFrames=kind.frames, **values)
        made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
        uids.append(str(made.SOPInstanceUID))
        saved(made, tmp_path / "series" / f"{n * 3 % 5}.dcm")
    spot = Spot(uids[number], frame, pixel)
    session = opened([tmp_path / "series"], spot, tmp_path)
    media, index = assert_painted_on_its_pixel_alone(session, spot)
    in_order = sorted(kind.numbers).index(kind.numbers[number])
    if media.count == len(kind.numbers) * kind.frames:
        assert index == in_order * kind.frames + frame
    else:
        assert (media.count, index) == (kind.frames, frame)


SQUARE, FRAMES = 16, 14
FILMS: dict[str, tuple[str, str, str, dict[str, str]]] = {  # ending, codec, format, options
    "h264": ("mp4", "libx264", "yuv420p", {"preset": "veryfast", "bf": "2", "g": "5"}),
    "h264, turned": ("mov", "libx264", "yuv420p", {"preset": "veryfast", "bf": "2", "g": "5"}),
    "h264, wide pixels": ("mp4", "libx264", "yuv420p", {"preset": "veryfast", "g": "5"}),
    "mjpeg": ("avi", "mjpeg", "yuvj420p", {"q": "3"}),
    "vp9": ("webm", "libvpx-vp9", "yuv420p", {"cpu-used": "8", "g": "6"}),
    "gif": ("gif", "gif", "rgb8", {}),
    "mpeg2 in DICOM": ("m2v", "mpeg2video", "yuv420p", {"b": "3M", "bf": "2", "g": "6"}),
    "h264 in DICOM": ("mp4", "libx264", "yuv420p", {"preset": "veryfast", "bf": "2", "g": "5"}),
}
INSIDE = {"mpeg2 in DICOM": "100", "h264 in DICOM": "102"}


def film(path: Path, name: str, lit: int, pixel: tuple[int, int]) -> Path:
    """Write a dark film with one bright square on one frame."""
    ending, codec, form, options = FILMS[name]
    raw = {"m2v": "mpeg2video"}.get(ending)
    with av.open(str(path), "w", format=raw) as out:
        stream = out.add_stream(codec, rate=25, options={**options, "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, form
        stream.codec_context.max_b_frames = int(options.get("bf", "0"))
        stream.codec_context.gop_size = int(options.get("g", "1"))
        if name.endswith("wide pixels"):
            stream.codec_context.sample_aspect_ratio = Fraction(2, 1)
        for n in range(FRAMES):
            picture = np.full((ROWS, COLUMNS, 3), 20, np.uint8)
            if n == lit:
                picture[pixel[1] : pixel[1] + SQUARE, pixel[0] : pixel[0] + SQUARE] = 240
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=form)
            frame.pts, frame.time_base = n, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    if name.endswith("turned"):
        path.write_bytes(turned(90)(path.read_bytes()))
    return path


def wrapped(stream: bytes, syntax: str) -> Dataset:
    """An endoscopy video around a stream (PS3.5 8.2.5, 8.2.7)."""
    made = a_slice(1, **PLACELESS, RescaleSlope=None, RescaleIntercept=None)
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = VideoEndoscopicImageStorage
    made.Modality, made.Rows, made.Columns, made.NumberOfFrames = "ES", ROWS, COLUMNS, FRAMES
    made.SamplesPerPixel, made.PhotometricInterpretation = 3, "YBR_PARTIAL_420"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PlanarConfiguration = 8, 8, 7, 0
    made.FrameTime = "40"
    made.PixelData = encapsulate([stream + b"\0" * (len(stream) % 2)], has_bot=False)
    made["PixelData"].is_undefined_length = True
    made.file_meta.TransferSyntaxUID = UID(f"1.2.840.10008.1.2.4.{syntax}")
    return made


@contextmanager
def closing_videos(session: Session) -> Iterator[Session]:
    try:
        yield session
    finally:
        for media in session.media:
            if isinstance(media, Video):
                media.fetcher.close()


@pytest.mark.parametrize("name", FILMS)
def test_a_label_on_a_frame_of_a_video_is_painted_there_and_on_its_square_alone(
    name: str, tmp_path: Path
) -> None:
    lit, (i, j) = 8, (160, 32)
    path = film(tmp_path / f"film.{FILMS[name][0]}", name, lit, (i, j))
    uid, pixel = path.name, (i, j)
    if name in INSIDE:
        made = wrapped(path.read_bytes(), INSIDE[name])
        path = saved(made, tmp_path / "film.dcm")
        uid = str(made.SOPInstanceUID)
    if name.endswith("turned"):
        pixel = (ROWS - SQUARE - j, i)  # a quarter clockwise: down becomes left, right down
    spot = Spot(uid, lit, pixel, side=SQUARE)
    with closing_videos(opened([path], spot, tmp_path)) as session:
        media, index = assert_painted_on_its_pixel_alone(session, spot)
        assert isinstance(media, Video)
        assert (media.count, index) == (FRAMES, lit)
