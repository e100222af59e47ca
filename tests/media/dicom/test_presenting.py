"""Tables, windows, padding, overlays and uptake are as the header asks, or said not to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian
from slices import a_slice, saved, series

from viewer.media import load, open_media
from viewer.media.volume import FrameStack, Stored, Video, Volume


def table(values: list[int], first: int = 0, bits: int = 16, **more: object) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(values), first, bits])
    item.add_new("LUTData", "OW", np.array(values, "<u2").tobytes())
    for name, value in more.items():
        setattr(item, name, value)
    return Sequence([item])


def opened(path: Path) -> Stored:
    (media,) = open_media(path).media
    assert not isinstance(media, Video)
    load(media)
    assert media.ready.all(), media.slice_errors
    return media


def codes(media: Stored) -> list[str]:
    return [issue.code for issue in media.issues]


def test_a_modality_lut_makes_values_and_unit_and_padding_follows(tmp_path: Path) -> None:
    ramp = [1000 + 2 * n for n in range(31)]
    series(
        tmp_path,
        3,
        RescaleSlope=None,
        RescaleIntercept=None,
        PixelPaddingValue=105,
        ModalityLUTSequence=table(ramp, first=100, ModalityLUTType="OD"),
    )
    volume = opened(tmp_path)
    k = int(np.argmin(volume.pixels[:, 0, 0]))
    assert volume.pixels[k].ravel().tolist() == ramp[:30]
    assert (volume.unit, volume.padding) == ("OD", 1010.0)
    assert volume.pixels.max() == ramp[-1]  # beyond the table its last entry holds
    assert codes(volume) == []


def test_a_damaged_modality_lut_shows_no_wrong_values(tmp_path: Path) -> None:
    sequence = table([1, 2, 3])
    del sequence[0].LUTData
    saved(a_slice(1, ModalityLUTSequence=sequence), tmp_path / "a.dcm")
    (media,) = open_media(tmp_path).media
    load(media)
    assert isinstance(media, Volume)
    assert codes(media) == ["modality-lut-damaged", "not-decoded"]
    assert "Modality LUT is damaged" in media.slice_errors[0]


def test_windows_and_tables_are_offered_by_their_explanation(tmp_path: Path) -> None:
    series(
        tmp_path,
        2,
        WindowCenter=[40, 60],
        WindowWidth=[400, 80],
        WindowCenterWidthExplanation=["body", "brain"],
        VOILUTFunction="SIGMOID",
        VOILUTSequence=table([0, 4095], first=-1024, bits=12, LUTExplanation="HARDER"),
    )
    volume = opened(tmp_path)
    assert [window.name for window in volume.windows] == ["body", "brain", "HARDER"]
    assert [window.function for window in volume.windows] == ["SIGMOID", "SIGMOID", "LINEAR"]
    found = volume.windows[2].table
    assert found is not None
    assert (found.first, found.values.tolist(), found.greatest) == (-1024, [0, 4095], 4095)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"VOILUTFunction": "SIGMOID"}, ""),
        ({"VOILUTFunction": "LINEAR_EXACT"}, ""),
        ({"VOILUTFunction": "GAMMA"}, "voi-function-unknown"),
        ({"VOILUTSequence": Sequence([Dataset()])}, "voi-lut-damaged"),
    ],
)
def test_what_cannot_be_applied_is_said_once(
    tmp_path: Path, values: dict[str, object], code: str
) -> None:
    series(tmp_path, 3, WindowCenter=1, WindowWidth=2, **values)
    assert [issue.code for issue in open_media(tmp_path).issues] == ([code] if code else [])


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME1", "IDENTITY", True),
    ],
)
def test_inverse_presentation_and_monochrome1_invert_once(
    tmp_path: Path, photometric: str, shape: str, inverted: bool
) -> None:
    values = {"PhotometricInterpretation": photometric, "PresentationLUTShape": shape}
    saved(a_slice(1, **values), tmp_path / "a.dcm")
    assert opened(tmp_path).is_inverted is inverted


@pytest.mark.parametrize(("value", "limit"), [(102, 105), (105, 102)])
def test_padding_is_a_range_whichever_end_is_named_first(
    tmp_path: Path, value: int, limit: int
) -> None:
    image = a_slice(1, PixelPaddingValue=value, PixelPaddingRangeLimit=limit)
    volume = opened(saved(image, tmp_path / "a.dcm"))
    padding = volume.padding_in(volume.pixels[0])
    assert padding is not None
    assert np.flatnonzero(padding).tolist() == [2, 3, 4, 5]


def with_overlay(
    image: Dataset, bits: np.ndarray, top: int, left: int, group: int = 0x6000
) -> Dataset:
    image.add_new((group, 0x0010), "US", bits.shape[-2])
    image.add_new((group, 0x0011), "US", bits.shape[-1])
    image.add_new((group, 0x0040), "CS", "G")
    image.add_new((group, 0x0050), "SS", [top, left])
    image.add_new((group, 0x0100), "US", 1)
    image.add_new((group, 0x0102), "US", 0)
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    image.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
    return image


def test_overlays_lie_where_their_origin_says_and_are_cut_at_the_edges(tmp_path: Path) -> None:
    image = with_overlay(a_slice(1), np.ones((2, 2), np.uint8), 1, 1)
    with_overlay(image, np.ones((3, 3), np.uint8), -1, 5, 0x6002)
    overlay = opened(saved(image, tmp_path / "a.dcm")).presentation.overlay(0)
    assert overlay is not None
    assert overlay.astype(int).tolist() == [
        [1, 1, 0, 0, 1, 1],
        [1, 1, 0, 0, 0, 0],
        *[[0] * 6] * 3,
    ]


def test_an_overlay_in_unused_bits_is_drawn_and_not_in_the_values(tmp_path: Path) -> None:
    cells = np.arange(30, dtype="<u2") | (np.arange(30) % 2 << 15).astype("<u2")
    image = a_slice(1, PixelData=cells.tobytes())
    image.add_new((0x6000, 0x0010), "US", 5)
    image.add_new((0x6000, 0x0011), "US", 6)
    image.add_new((0x6000, 0x0100), "US", 16)
    image.add_new((0x6000, 0x0102), "US", 15)
    media = opened(saved(image, tmp_path / "a.dcm"))
    overlay = media.presentation.overlay(0)
    assert overlay is not None
    assert media.pixels[0].ravel().tolist() == list(range(30))
    assert overlay.ravel().astype(int).tolist() == [n % 2 for n in range(30)]


def test_frames_of_an_overlay_belong_to_frames_from_the_first_named(tmp_path: Path) -> None:
    image = a_slice(1, NumberOfFrames=4, PixelData=bytes(240))
    planes = np.zeros((2, 5, 6), np.uint8)
    planes[0, 0, 0] = planes[1, 4, 5] = 1
    with_overlay(image, planes, 1, 1)
    image.add_new((0x6000, 0x0015), "IS", 2)
    image.add_new((0x6000, 0x0051), "US", 2)
    media = opened(saved(image, tmp_path / "a.dcm"))
    found = [media.presentation.overlay(k) for k in range(4)]
    places = [None if bits is None else np.argwhere(bits).tolist() for bits in found]
    assert places == [None, [[0, 0]], [[4, 5]], None]


def test_an_overlay_without_frames_lies_on_every_frame(tmp_path: Path) -> None:
    image = a_slice(1, NumberOfFrames=3, PixelData=bytes(180))
    with_overlay(image, np.ones((1, 1), np.uint8), 2, 2)
    media = opened(saved(image, tmp_path / "a.dcm"))
    assert sorted(media.presentation.overlays) == [0, 1, 2]


def test_a_damaged_overlay_is_said(tmp_path: Path) -> None:
    image = with_overlay(a_slice(1), np.ones((2, 2), np.uint8), 1, 1)
    image[0x6000, 0x0010].value = 5000
    media = opened(saved(image, tmp_path / "a.dcm"))
    assert codes(media) == ["overlay-damaged"]
    assert media.presentation.overlays == {}


def test_real_overlays_are_in_the_cells_and_beside_them(shared: Path) -> None:
    media = opened(shared / "data/dicom/lut_overlay/ovly_p01.dcm")
    overlay = media.presentation.overlay(0)
    assert overlay is not None
    lines = np.flatnonzero(overlay.any(axis=1))
    texts = np.split(lines, np.flatnonzero(np.diff(lines) > 5) + 1)
    assert len(texts) == 4  # two in unused bits, two as data


def test_a_real_overlay_beyond_the_edge_is_cut(shared: Path) -> None:
    media = opened(shared / "data/dicom/cr_dx_mg/OutOfBoundsOverlay.dcm")
    overlay = media.presentation.overlay(0)
    assert overlay is not None
    assert overlay[:75, :75].any()
    assert overlay[703:, 408:509].any()
    assert not overlay[100:700].any()


def test_the_supplemental_palette_of_a_grey_image_is_said(shared: Path) -> None:
    media = opened(shared / "data/dicom/enhanced_ct/eCT_Supplemental.dcm")
    assert "palette-supplemental" in codes(media)


def test_loss_is_named_with_method_and_ratio(tmp_path: Path) -> None:
    image = a_slice(1, LossyImageCompression="01")
    image.LossyImageCompressionRatio = ["12", "3.5"]
    image.LossyImageCompressionMethod = ["ISO_10918_1", "ISO_15444_1"]
    media = opened(saved(image, tmp_path / "a.dcm"))
    assert (media.lossy, media.presentation.loss) == (True, "JPEG 12:1, then JPEG 2000 3.5:1")


def test_tables_are_read_from_a_zip_member_too(tmp_path: Path) -> None:
    import zipfile

    path = saved(a_slice(1, VOILUTSequence=table([0, 9])), tmp_path / "folder" / "a.dcm")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "a.dcm")
    (media,) = open_media(tmp_path / "a.zip").media
    assert isinstance(media, Volume | FrameStack)
    assert [window.name for window in media.windows] == ["Table 1"]


def test_tables_are_read_from_a_deflated_file_too(tmp_path: Path) -> None:
    image = a_slice(1, VOILUTSequence=table([0, 9]))
    image.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    media = opened(saved(image, tmp_path / "a.dcm"))
    assert [window.name for window in media.windows] == ["Table 1"]
