"""Every real series opens as what it is, with its pixels and its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from viewer.geometry.stack import Stack
from viewer.media import load, open_media
from viewer.media.volume import Media, MediaSet, Volume

# folder: kind of each media ("v" volume, "f" frames, "c" colour frames) with its count, codes
TABLE: dict[str, tuple[str, str]] = {
    "dicom/bad_geometry": (
        "f4 v4 v2 v2",
        "one-position series-split stack-geometry",
    ),
    "dicom/charsets": (
        "f1 f1 f1 f1 f1 f1 f1 f1 f1 f1 f1",
        "no-pixels repeated-instance",
    ),
    "dicom/cr_dx_mg": (
        "f1 f1 f1 f1 f1",
        "detector-spacing",
    ),
    "dicom/ct_axial_phantom_rt": (
        "v50",
        "",
    ),
    "dicom/ct_ge_variable_tilt_spacing": (
        "v28",
        "stack-geometry",
    ),
    "dicom/ct_philips_tilted": (
        "v16",
        "stack-geometry",
    ),
    "dicom/dicomdir_tree": (
        "v5 v4 f1 f1 f1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1 v1",
        "detector-spacing index-damaged series-split stack-geometry",
    ),
    "dicom/enhanced_ct": (
        "v3 v2",
        "palette-supplemental",
    ),
    "dicom/enhanced_mr_hyperfine": (
        "v8",
        "",
    ),
    "dicom/enhanced_mr_nema": (
        "v23 v3 v3 v3 v3",
        "positions-repeat series-split",
    ),
    "dicom/enhanced_mr_philips": (
        "v8",
        "",
    ),
    "dicom/lut_overlay": (
        "f1 f1 v1 v1 f1",
        "",
    ),
    "dicom/mr_coronal": (
        "v240 v4 v4",
        "",
    ),
    "dicom/mr_double_oblique": (
        "v40",
        "",
    ),
    "dicom/mr_dual_echo": (
        "v30 v30 v30 v30",
        "positions-repeat",
    ),
    "dicom/mr_localizer_3plane": (
        "v7 v7 v7",
        "series-split",
    ),
    "dicom/mr_nonsquare_pixels": (
        "v4",
        "",
    ),
    "dicom/mr_oblique_hitachi": (
        "v64 v4 v4",
        "",
    ),
    "dicom/mr_sagittal_compressed": (
        "v4 v4",
        "repeated-instance",
    ),
    "dicom/mr_sagittal_thick": (
        "v35",
        "",
    ),
    "dicom/nm_heart_multiframe": (
        "f13",
        "",
    ),
    "dicom/pet_prostate": (
        "v5",
        "",
    ),
    "dicom/sc_colour": (
        "c8 c2 c2 c1 c1 c1 c1 c1 c1 c1 c1",
        "frame-positions-unused region-spacing regions-outside repeated-instance",
    ),
    "dicom/sc_rgb_series": (
        "c4",
        "frame-positions-unused",
    ),
    "dicom/sm_small": (
        "c25 c25 f25 c25",
        "tiles-not-assembled",
    ),
    "dicom/transfer_syntaxes_ct": (
        "f7",
        "one-position repeated-instance",
    ),
    "dicom/transfer_syntaxes_mosaic": (
        "f9",
        "mosaic",
    ),
    "dicom/transfer_syntaxes_other": (
        "f10 f2 v1 c1 c1 v1 f1 f1 c1 c1 c1 c1 f1 f1 v1 f1",
        "frames-without-position region-spacing repeated-instance",
    ),
    "dicom/us_multiframe": (
        "c30 c10 c8 c2",
        "region-spacing regions-outside",
    ),
    "dicom/xa_multiframe": (
        "f96",
        "",
    ),
    "seg/ct_axial_phantom_rt": (
        "v199 v199 v199 v199 v199 v199 v199 v199",
        "",
    ),
    "seg/dcmqi_23x38x3": (
        "v3 v3 v3",
        "",
    ),
    "seg/dcmqi_24x38x3": (
        "v3 v3 v3 v3 v3",
        "",
    ),
    "seg/dcmqi_ct3slice": (
        "v3 v3 v3 v3 v3 v3 v3 v3 v3 v3 v3 v3",
        "",
    ),
    "seg/dcmqi_sr_tid1500": (
        "v13",
        "",
    ),
    "seg/misc_objects": (
        "v15",
        "",
    ),
    "seg/pydicom_ct2_seg": (
        "v1",
        "",
    ),
    "seg/rtutils_ct_rtstruct": (
        "v2",
        "",
    ),
    "seg/rtutils_oriented": (
        "v1 v1 v1",
        "",
    ),
    "seg/seg_encodings": (
        "v3 v3 v3 v3 v3 v3 v3 v3",
        "repeated-instance series-split",
    ),
    "malformed/dicom": (
        "f10 v1 f1 v1 v1 v1 v1",
        "file-unreadable image-refused pixels-short",
    ),
}
QUIET_CODES = {"not-dicom", "not-a-picture"}


def summary(found: MediaSet) -> str:
    return " ".join(f"{_letter(media)}{media.count}" for media in found.media)


def _letter(media: Media) -> str:
    if isinstance(media, Volume):
        return "v"
    return "c" if media.is_colour else "f"


@pytest.mark.some(20)
@pytest.mark.parametrize("folder", TABLE)
def test_a_folder_opens_as_what_it_is(folder: str, shared: Path) -> None:
    found = open_media(shared / "data" / folder)
    for media in found.media:
        load(media)
    codes = sorted({issue.code for issue in found.issues} - QUIET_CODES)
    assert (summary(found), " ".join(codes)) == TABLE[folder]
    for media in found.media:
        assert media.ready.sum() + len(media.slice_errors) == media.count
    assert all(issue.sentence.endswith(".") for issue in found.issues)


def test_the_table_names_every_folder(shared: Path) -> None:
    data = shared / "data"
    folders = {
        str(path.relative_to(data))
        for group in ("dicom", "seg")
        for path in (data / group).iterdir()
    }
    assert set(TABLE) == folders | {"malformed/dicom"}


def series_folders(shared: Path) -> Iterator[Path]:
    for name in ("dicom", "seg"):
        for folder in sorted((shared / "data" / name).iterdir()):
            yield from [path for path in [folder, *folder.rglob("*")] if path.is_dir()]


def placed_volumes(shared: Path) -> list[Volume]:
    return [
        media
        for folder in series_folders(shared)
        for media in open_media(folder).media
        if isinstance(media, Volume) and media.instances
    ]


def group_value(dataset: Dataset, frame: int, group: str, name: str) -> list[float]:
    """Numbers of one frame: its own, those that all frames share, or the object's (C.7.6.16)."""
    frames = dataset.get("PerFrameFunctionalGroupsSequence", ())
    for item in (*frames[frame : frame + 1], *dataset.get("SharedFunctionalGroupsSequence", ())):
        if item.get(group):
            return [float(number) for number in item[group].value[0][name].value]
    return [float(number) for number in dataset[name].value]


def corners_mm(dataset: Dataset, frame: int) -> np.ndarray:
    """(2, 3) centres of the first and last pixel of one frame, worked out from the raw tags.

    Source: DICOM PS3.3 C.7.6.2.1.1, and C.8.8.3.2 for doses.
    """
    orientation = group_value(dataset, frame, "PlaneOrientationSequence", "ImageOrientationPatient")
    row, column = np.array(orientation, np.float64).reshape(2, 3)
    spacing = group_value(dataset, frame, "PixelMeasuresSequence", "PixelSpacing")
    between_rows, between_columns = spacing
    position = group_value(dataset, frame, "PlanePositionSequence", "ImagePositionPatient")
    first = np.array(position, np.float64)
    if "GridFrameOffsetVector" in dataset:
        first = first + float(dataset.GridFrameOffsetVector[frame]) * np.cross(row, column)
    last = (
        first
        + row * between_columns * (dataset.Columns - 1)
        + column * between_rows * (dataset.Rows - 1)
    )
    return np.array([first, last])


def test_first_and_last_pixels_lie_where_the_raw_tags_say(shared: Path) -> None:
    checked = Counter()
    for volume in placed_volumes(shared):
        for k, instance in enumerate(volume.instances):
            header = dataset_of(instance.file.path)
            expected = corners_mm(header, instance.frame or 0)
            corners = [[0.5, 0.5], [header.Columns - 0.5, header.Rows - 0.5]]
            found = volume.stack.planes[k].patient_of_pixel(corners)
            assert np.abs(found - expected).max() < 1e-3
            voxels = [[0, 0, k], [header.Columns - 1, header.Rows - 1, k]]
            assert np.abs(volume.stack.patient_of_voxel(voxels) - expected).max() < 1e-3
            assert volume.slice_of[instance.sop_uid, instance.frame or 0] == k
            checked[instance.frame is not None] += 1
    assert checked[False] > 400
    assert checked[True] > 70


@lru_cache(maxsize=4)
def dataset_of(path: str) -> Dataset:
    return dcmread(path, stop_before_pixels=True, force=True)


def is_even(stack: Stack) -> bool:
    """Whether all slices lie on one line at equal steps, as SimpleITK takes for granted."""
    expected = stack.origins[0] + np.arange(stack.count)[:, None] * stack.run
    return bool(np.abs(stack.origins - expected).max() <= 1e-3)


def test_uniform_untilted_volumes_lie_where_simpleitk_puts_them(shared: Path) -> None:
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    checked = 0
    for volume in placed_volumes(shared):
        stack = volume.stack
        if volume.count < 2 or not is_even(stack) or stack.is_tilted:
            continue
        if volume.instances[0].frame is not None:
            continue
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames([instance.file.path for instance in volume.instances])
        picture = reader.Execute()
        last = (volume.columns - 1, volume.rows - 1, volume.count - 1)
        for voxel in ((0, 0, 0), last):
            expected = picture.TransformContinuousIndexToPhysicalPoint([float(n) for n in voxel])
            found = stack.patient_of_voxel([voxel])[0]
            assert np.abs(found - expected).max() < 1e-3, volume.title
        checked += 1
    assert checked >= 8


def loaded(path: Path) -> Media:
    (media,) = open_media(path).media
    load(media)
    return media


@pytest.mark.parametrize(
    "uid",
    [
        "BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2",
        "DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99",
        "JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90",
        "JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80",
        "JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70",
        "JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57",
        "LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1",
        "LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2",
        "RLELosslessTransferSyntax_1.2.840.10008.1.2.5",
    ],
)
def test_lossless_transfer_syntaxes_hold_the_same_picture(uid: str, shared: Path) -> None:
    folder = shared / "data" / "dicom" / "transfer_syntaxes_ct"
    plain, packed = loaded(folder / "CTImage.dcm"), loaded(folder / f"CTImage.dcm_{uid}.dcm")
    assert np.array_equal(plain.pixels, packed.pixels)


@pytest.mark.parametrize(
    "uid",
    [
        "JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91",
        "JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81",
    ],
)
def test_lossy_transfer_syntaxes_hold_nearly_the_same_picture(uid: str, shared: Path) -> None:
    folder = shared / "data" / "dicom" / "transfer_syntaxes_ct"
    plain, packed = loaded(folder / "CTImage.dcm"), loaded(folder / f"CTImage.dcm_{uid}.dcm")
    assert packed.lossy
    difference = plain.in_units(plain.pixels[0]) - packed.in_units(packed.pixels[0])
    assert np.abs(np.median(difference)) < 5
    assert np.percentile(np.abs(difference), 95) < 60


def test_all_mosaics_hold_the_same_picture(shared: Path) -> None:
    folder = shared / "data" / "dicom" / "transfer_syntaxes_mosaic"
    (stack,) = open_media(folder).media
    load(stack)
    assert stack.ready.all()
    assert (stack.pixels == stack.pixels[0]).all()


@pytest.mark.parametrize(
    "syntax", ["RLE", "bigendian", "expb", "implicit", "jp2klossless", "jpeg_ls_lossless", "padded"]
)
def test_small_mr_is_the_same_in_every_syntax(syntax: str, shared: Path) -> None:
    folder = shared / "data" / "dicom" / "transfer_syntaxes_other"
    plain, packed = loaded(folder / "MR_small.dcm"), loaded(folder / f"MR_small_{syntax}.dcm")
    assert np.array_equal(plain.pixels, packed.pixels)
