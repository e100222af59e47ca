"""Every real picture equals what a second decoder makes of the same file.

Lossless ones are equal; lossy ones differ by two levels at most. Files that no second decoder
reads are listed here, each with a file that holds the same picture; those that show nothing with
the reason.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.pixels import apply_color_lut, apply_modality_lut
from pydicom.uid import UID

from viewer.errors import CannotDecode, CannotRead
from viewer.media import load
from viewer.media.dicom.building import Draft, frames_of
from viewer.media.dicom.header import read_header
from viewer.media.dicom.images import image_of
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.volume import FrameStack

LOSSY = {f"1.2.840.10008.1.2.4.{end}" for end in (50, 51, 53, 55, 81, 91, 203)}
ENCODINGS = "seg/seg_encodings"
OTHER = "dicom/transfer_syntaxes_other"
TWINS = {  # no second decoder; the same picture in another encoding
    f"{ENCODINGS}/liver_deflate.dcm": f"{ENCODINGS}/liver.dcm",
    f"{ENCODINGS}/liver_rle.dcm": f"{ENCODINGS}/liver.dcm",
    f"{ENCODINGS}/liver_nonbyte_aligned_deflate.dcm": f"{ENCODINGS}/liver_nonbyte_aligned.dcm",
    f"{ENCODINGS}/liver_nonbyte_aligned_rle.dcm": f"{ENCODINGS}/liver_nonbyte_aligned.dcm",
    f"{OTHER}/emri_small_jpeg_2k_lossless_too_short.dcm": f"{OTHER}/emri_small.dcm",
    "malformed/dicom/emri_small_jpeg_2k_lossless_too_short.dcm": f"{OTHER}/emri_small.dcm",
}
NOT_SHOWN = {
    "malformed/dicom/20-wrong-transfer-syntax.dcm": "not stored that way",
    "malformed/dicom/3gb-bulk-data-truncated": "shorter than",
    "malformed/dicom/GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm": "cannot be read",
    "malformed/dicom/JPEG2000-embedded-sequence-delimiter.dcm": "is no picture's",
    "malformed/dicom/MR_truncated.dcm": "shorter than",
    "malformed/dicom/meta_missing_tsyntax.dcm": "no rows",
    "malformed/dicom/nested_priv_SQ.dcm": "no rows",
}
IS_LONG = bool(os.environ.get("OVERREAD_SOAK"))
ALIKE = 2  # files of one folder and one pixel format that are looked at, but in a long run


def test_every_real_picture_equals_a_second_decoders(shared: Path) -> None:
    compared: Counter[str] = Counter()
    seen: Counter[object] = Counter()
    left: dict[str, str] = {}
    for path in files(shared / "data"):
        name = str(path.relative_to(shared / "data"))
        stack, problem = described(path)
        if stack is not None:
            kind = (path.parent, stack.instances[0].transfer_syntax, stack.instances[0].format)
            seen[kind] += 1
            if seen[kind] > ALIKE and name not in NOT_SHOWN and not IS_LONG:
                continue
            problem = loaded(stack)
        if problem:
            left[name] = problem
        if stack is None or problem:
            continue
        judge = compare(stack, path, shared / "data" / TWINS.get(name, name))
        assert judge, f"no second decoder for {name}"
        compared[judge] += 1
    assert set(left) == set(NOT_SHOWN)
    assert all(words in left[name] for name, words in NOT_SHOWN.items()), left
    assert compared["pydicom"] > 100
    assert compared["SimpleITK"] > 35
    assert compared["twin"] == len(TWINS)


def files(data: Path) -> Iterator[Path]:
    for folder in ("dicom", "seg", "malformed/dicom"):
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and path.suffix not in {".md", ".json", ".nrrd", ".gz"}:
                yield path


def described(path: Path) -> tuple[FrameStack | None, str]:
    """The pictures of one file, whatever class of object it is; and why there are none."""
    file = FileRef(str(path))
    try:
        with closing(Files()) as opener, closing(opener.open(file)) as reader:
            header = read_header(file, reader)
        if header is None or header.pixels is None:
            return None, ""
        return frames_of(Draft([image_of(header)])), ""
    except (CannotDecode, CannotRead) as error:
        return None, str(error)


def loaded(stack: FrameStack) -> str:
    """Load the pictures; return why one of them cannot be shown, "" where all can."""
    load(stack)
    return next(iter(stack.slice_errors.values()), "")


def compare(stack: FrameStack, path: Path, twin: Path) -> str:
    """Who the pictures were compared with, "" where nobody else reads them."""
    limit = 2 if stack.instances[0].transfer_syntax in LOSSY else 0
    for judge, source in (
        ("twin", by_twin if twin != path else nobody),
        ("pydicom", by_pydicom),
        ("SimpleITK", by_simpleitk),
        ("FFmpeg", by_ffmpeg),
    ):
        expected = source(twin if judge == "twin" else path)
        if expected is not None:
            found = in_units(stack) if judge == "SimpleITK" else stack.pixels
            expected = expected.reshape(found.shape)
            difference = np.nanmax(np.abs(found.astype(np.float64) - expected.astype(np.float64)))
            assert difference <= limit, (path, judge)
            return judge
    return ""


def nobody(_path: Path) -> NDArray[np.generic] | None:
    return None


def in_units(stack: FrameStack) -> NDArray[np.float64]:
    """Output units as SimpleITK gives them, which leaves the scaling of doses out."""
    if stack.is_colour or stack.facts.modality == "RTDOSE":
        return stack.pixels.astype(np.float64)
    return stack.in_units(stack.pixels)


def by_twin(path: Path) -> NDArray[np.generic] | None:
    stack, _problem = described(path)
    assert stack is not None
    load(stack)
    return stack.pixels


def by_pydicom(path: Path) -> NDArray[np.generic] | None:
    """(frames, rows, columns[, 3]) by pydicom, None where it cannot decode."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path, force=True)
        if not hasattr(dataset.file_meta, "TransferSyntaxUID"):
            dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2")
        try:
            return as_shown(dataset.pixel_array, dataset)
        except (RuntimeError, NotImplementedError, AttributeError, ValueError):
            return None


def as_shown(pixels: NDArray[np.generic], dataset: Dataset) -> NDArray[np.generic]:
    """Palettes applied, colours as 8 bits, values through a Modality LUT."""
    if "ModalityLUTSequence" in dataset:
        return apply_modality_lut(pixels, dataset)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)[..., :3]
        return (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    if dataset.get("SamplesPerPixel") == 3:
        return (pixels >> (dataset.BitsStored - 8)).astype(np.uint8)
    return pixels


def by_simpleitk(path: Path) -> NDArray[np.generic] | None:
    """(frames, rows, columns[, 3]) in output units by SimpleITK, None where it cannot decode."""
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    except RuntimeError:
        return None


def by_ffmpeg(path: Path) -> NDArray[np.generic] | None:
    """(rows, columns) of grey JPEG-LS by FFmpeg, which fills up values to eight bits."""
    import av
    from pydicom.encaps import generate_frames

    dataset = dcmread(path)
    if str(dataset.file_meta.TransferSyntaxUID) != "1.2.840.10008.1.2.4.80":
        return None
    stream = next(generate_frames(dataset.PixelData, number_of_frames=1))
    decoder = av.CodecContext.create("jpegls", "r")
    (picture,) = decoder.decode(av.Packet(stream))
    return picture.to_ndarray() >> (8 - dataset.BitsStored)


@pytest.mark.parametrize("name", [*TWINS, *NOT_SHOWN])
def test_a_file_that_is_listed_is_there(name: str, shared: Path) -> None:
    assert (shared / "data" / name).is_file()
