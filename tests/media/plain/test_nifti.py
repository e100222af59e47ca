"""NIfTI: every voxel at the place and with the value that nibabel's own arithmetic gives."""

from __future__ import annotations

import gzip
import struct
import zipfile
from itertools import permutations, product
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray
from whole import opened

from viewer.media import load, open_media
from viewer.media.volume import FrameStack, Media, MediaSet, Volume

SHAPE = (5, 4, 3)
STEPS = np.array([0.7, 1.1, 2.5])
ORIGIN = np.array([-31.5, 12.25, -104.0])
RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0])
TURNS = [
    (order, signs) for order in permutations(range(3)) for signs in product((1.0, -1.0), repeat=3)
]
TYPES = ("u1", "i1", "<i2", ">i2", "<u2", ">u2", "<i4", ">u4", "<i8", ">u8", "<f4", ">f4", ">f8")


def affine_of(order: tuple[int, ...], signs: tuple[float, ...]) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[:, order] * signs * STEPS
    affine[:3, 3] = ORIGIN
    return affine


def ramp(shape: tuple[int, ...] = SHAPE, dtype: str = "<i2") -> NDArray[Any]:
    """Values that differ everywhere."""
    return np.arange(np.prod(shape)).reshape(shape, order="F").astype(dtype)


def saved(path: Path, data: NDArray[Any], affine: NDArray[np.float64] | None, **how: int) -> Path:
    """Write a file by nibabel; `how` sets header fields."""
    kind = nibabel.Nifti2Image if how.pop("version", 1) == 2 else nibabel.Nifti1Image
    image = kind(data, affine, dtype=data.dtype)
    for name, value in how.items():
        image.header[name] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(image, path)
    return path


def the_volume(path: Path) -> Volume:
    (media,) = opened(path).media
    assert isinstance(media, Volume)
    assert media.ready.all()
    return media


def codes(found: MediaSet) -> set[str]:
    return {issue.code for issue in found.issues}


def assert_placed(volume: Volume, data: NDArray[Any], affine: NDArray[np.float64]) -> None:
    """Each voxel (i, j, k) of the file is found by its k, with its value, at its place."""
    name = next(iter(volume.slice_of))[0]
    for i, j, k in np.ndindex(data.shape):
        shown = volume.slice_of[(name, k)]
        assert volume.pixels[shown, j, i] == data[i, j, k]
        expected = RAS_TO_LPS @ (affine @ (i, j, k, 1))[:3]
        found = volume.stack.patient_of_voxel([(i, j, shown)])[0]
        assert np.abs(found - expected).max() < 1e-3


@pytest.mark.some(48)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize(("order", "signs"), TURNS)
def test_in_each_of_48_orientations_every_voxel_lies_where_the_affine_says(
    order: tuple[int, ...], signs: tuple[float, ...], ending: str, tmp_path: Path
) -> None:
    affine, data = affine_of(order, signs), ramp()
    path = saved(tmp_path / f"a{ending}", data, affine)
    assert_placed(the_volume(path), data, nibabel.load(path).affine)


@pytest.mark.parametrize("version", [1, 2])
def test_an_oblique_volume_lies_where_the_affine_says(version: int, tmp_path: Path) -> None:
    turn = nibabel.eulerangles.euler2mat(0.3, -0.4, 0.2)
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = turn * STEPS, ORIGIN
    data = ramp()
    assert_placed(
        the_volume(saved(tmp_path / "o.nii", data, affine, version=version)), data, affine
    )


def test_slices_that_lean_against_their_normal_stay_where_they_are(tmp_path: Path) -> None:
    affine = affine_of((0, 1, 2), (1, 1, 1))
    affine[1, 2] = 0.8  # each slice is moved on to the front, as with a tilted gantry
    data = ramp()
    path = saved(tmp_path / "t.nii", data, None, sform_code=1)
    image = nibabel.Nifti1Image(data, None)
    image.set_sform(affine, 1)
    nibabel.save(image, path)
    found = opened(path)
    assert_placed(found.media[0], data, affine)
    assert "stack-geometry" in codes(found)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_voxels_keep_their_type_and_value(dtype: str, ending: str, tmp_path: Path) -> None:
    data = ramp(dtype=dtype)
    byte_order = ">" if dtype.startswith(">") else "<"
    header = nibabel.Nifti1Header(endianness=byte_order)
    header.set_data_dtype(np.dtype(dtype))
    image = nibabel.Nifti1Image(data, affine_of((0, 1, 2), (1, 1, 1)), header)
    nibabel.save(image, tmp_path / f"x{ending}")
    volume = the_volume(tmp_path / f"x{ending}")
    assert volume.pixels.dtype == np.dtype(dtype).newbyteorder("=")
    assert (volume.pixels == data.transpose(2, 1, 0)).all()


@pytest.mark.parametrize(
    ("slope", "inter", "expected"),
    [(2.0, -5.0, (2.0, -5.0)), (0.0, 3.0, (1.0, 0.0)), (np.nan, np.nan, (1.0, 0.0))],
)
def test_slope_and_intercept_are_the_rescale(
    slope: float, inter: float, expected: tuple[float, float], tmp_path: Path
) -> None:
    path = saved(tmp_path / "s.nii", ramp(), np.eye(4))
    raw = bytearray(path.read_bytes())
    struct.pack_into("<ff", raw, 112, slope, inter)  # scl_slope, scl_inter (nifti1.h)
    path.write_bytes(raw)
    volume = the_volume(path)
    assert (volume.rescale.slope, volume.rescale.intercept) == expected
    expected_values = nibabel.load(path).get_fdata().transpose(2, 1, 0)
    assert np.allclose(volume.in_units(volume.pixels), expected_values)


def test_an_impossible_slope_is_said_and_not_applied(tmp_path: Path) -> None:
    path = saved(tmp_path / "s.nii", ramp(), np.eye(4))
    raw = bytearray(path.read_bytes())
    struct.pack_into("<ff", raw, 112, np.inf, 0.0)
    path.write_bytes(raw)
    found = opened(path)
    assert codes(found) == {"rescale-refused"}
    assert found.media[0].rescale.slope == 1.0


def test_without_qform_and_sform_it_is_shown_as_frames_and_said(tmp_path: Path) -> None:
    data = ramp()
    found = opened(saved(tmp_path / "n.nii", data, None, qform_code=0, sform_code=0))
    (media,) = found.media
    assert isinstance(media, FrameStack)
    assert "orientation-unknown" in codes(found)
    assert (media.pixels == data.transpose(2, 1, 0)).all()
    assert media.frame_of == {"n.nii": 0}


def two_forms(path: Path, qform: NDArray[np.float64] | None, sform: NDArray[np.float64]) -> Path:
    image = nibabel.Nifti1Image(ramp(), None)
    image.set_sform(sform, 2)
    image.set_qform(qform, 1 if qform is not None else 0)
    nibabel.save(image, path)
    return path


def test_the_sform_wins_over_the_qform_and_a_difference_is_said(tmp_path: Path) -> None:
    sform, qform = affine_of((0, 1, 2), (1, 1, 1)), affine_of((0, 1, 2), (1, 1, 1))
    assert codes(opened(two_forms(tmp_path / "same.nii", qform, sform))) == set()
    qform[0, 3] += 7.0
    found = opened(two_forms(tmp_path / "other.nii", qform, sform))
    assert codes(found) == {"two-places"}
    assert "7.0 mm" in found.issues[0].sentence
    assert_placed(found.media[0], ramp(), sform)


def test_a_qform_alone_is_used(tmp_path: Path) -> None:
    affine = affine_of((0, 2, 1), (1, -1, 1))
    image = nibabel.Nifti1Image(ramp(), None)
    image.set_qform(affine, 1)
    image.set_sform(None, 0)
    nibabel.save(image, tmp_path / "q.nii")
    assert_placed(the_volume(tmp_path / "q.nii"), ramp(), affine)


def test_a_sheared_slice_is_shown_as_frames_and_said(tmp_path: Path) -> None:
    affine = affine_of((0, 1, 2), (1, 1, 1))
    affine[0, 1] = 0.3
    found = opened(two_forms(tmp_path / "s.nii", None, affine))
    assert "no-stack" in codes(found)
    assert "perpendicular" in found.issues[-1].sentence
    assert isinstance(found.media[0], FrameStack)


def test_metres_and_microns_become_millimetres(tmp_path: Path) -> None:
    affine = affine_of((0, 1, 2), (1, 1, 1))
    for code, scale in ((1, 1000.0), (3, 0.001)):
        path = saved(tmp_path / f"u{code}.nii", ramp(), affine, xyzt_units=code)
        assert np.allclose(the_volume(path).stack.spacing_mm, STEPS[:2] * scale)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_each_time_point_is_a_volume_of_its_own(ending: str, tmp_path: Path) -> None:
    data = ramp((5, 4, 3, 6))
    path = saved(tmp_path / f"t{ending}", data, affine_of((0, 1, 2), (-1, 1, 1)), xyzt_units=2 | 8)
    raw = path.read_bytes()
    raw = bytearray(gzip.decompress(raw) if ending == ".nii.gz" else raw)
    struct.pack_into("<f", raw, 76 + 4 * 4, 1.5)  # pixdim[4]
    path.write_bytes(gzip.compress(bytes(raw)) if ending == ".nii.gz" else bytes(raw))
    media = open_media(path).media
    assert len(media) == 6
    for one in reversed(media):  # the last first: what is packed before it is passed over
        load(one)
    for at, one in enumerate(media):
        assert isinstance(one, Volume)
        assert one.point is not None
        assert (one.point.name, one.point.value) == ("time", f"{1.5 * at:g} s")
        assert (one.point.index, one.point.count) == (at, 6)
        for k in range(3):
            shown = one.slice_of[(path.name, at * 3 + k)]
            assert (one.pixels[shown] == data[:, :, k, at].T).all()
    assert len({one.id for one in media}) == 6


def test_colours_are_shown_as_stored(tmp_path: Path) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (*SHAPE, 3), dtype=np.uint8)
    colours = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
    data = rgb.copy().view(colours).reshape(SHAPE)
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), tmp_path / "c.nii.gz")
    volume = the_volume(tmp_path / "c.nii.gz")
    assert volume.is_colour
    assert (volume.pixels == rgb.transpose(2, 1, 0, 3)).all()


def test_a_pair_of_header_and_image_is_one_volume(tmp_path: Path) -> None:
    data, affine = ramp(), affine_of((1, 2, 0), (1, 1, -1))
    nibabel.save(nibabel.Nifti1Pair(data, affine), tmp_path / "p.img")
    found = opened(tmp_path)
    assert_placed(found.media[0], data, affine)
    assert (found.skipped, found.issues) == (0, ())
    (tmp_path / "p.img").unlink()
    assert "p.img is not beside it" in opened(tmp_path).issues[0].sentence


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize(("version", "at", "code"), [(1, 108, "<f"), (2, 168, "<q")])
@pytest.mark.parametrize("offset", [0, 300])
def test_voxels_never_begin_inside_the_header_of_a_single_file(
    offset: int, version: int, at: int, code: str, ending: str, tmp_path: Path
) -> None:
    path = saved(tmp_path / f"o{ending}", ramp(), np.eye(4), version=version)
    raw = path.read_bytes()
    raw = bytearray(gzip.decompress(raw) if ending == ".nii.gz" else raw)
    struct.pack_into(code, raw, at, offset)  # vox_offset
    path.write_bytes(gzip.compress(bytes(raw)) if ending == ".nii.gz" else bytes(raw))
    found = opened(path)
    assert codes(found) == {"offset-in-header"}
    assert_placed(found.media[0], ramp(), np.eye(4))


def test_the_image_of_a_pair_alone_names_the_header_to_be_opened(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Pair(ramp(), np.eye(4)), tmp_path / "p.img")
    found = open_media(tmp_path / "p.img")
    said = [issue.sentence for issue in found.issues]
    assert said == ["p.img: holds the voxels of a NIfTI pair; open p.hdr, which lies beside it."]
    (tmp_path / "p.hdr").write_bytes(b"another program's header")
    found = open_media(tmp_path / "p.img")
    assert found.skipped == 1
    assert codes(found) == {"not-dicom", "no-media"}


def test_an_image_linked_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    nibabel.save(nibabel.Nifti1Pair(ramp(), np.eye(4)), tmp_path / "inside" / "p.img")
    image = tmp_path / "inside" / "p.img"
    image.rename(tmp_path / "elsewhere")
    image.symlink_to(tmp_path / "elsewhere")
    found = open_media(tmp_path / "inside" / "p.hdr")
    assert not found.media
    assert "outside of its folder" in found.issues[0].sentence


def test_inside_a_zip_it_opens_like_outside(tmp_path: Path) -> None:
    data, affine = ramp(), affine_of((0, 1, 2), (1, -1, -1))
    path = saved(tmp_path / "z.nii.gz", data, affine)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "brain/z.nii.gz")
        archive.write(saved(tmp_path / "y.nii", data, affine), "brain/y.nii")
    for media in opened(tmp_path / "a.zip").media:
        assert isinstance(media, Volume)
        assert_placed(media, data, affine)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_cut_file_gives_the_slices_that_it_holds(ending: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 30000, (64, 64, 20)).astype(np.int16)
    path = saved(tmp_path / f"cut{ending}", noise, np.eye(4))
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    found = opened(path)
    (media,) = found.media
    assert 5 < media.ready.sum() < 12
    assert (media.pixels[:6] == noise.transpose(2, 1, 0)[:6]).all()
    assert media.ready.sum() + len(media.slice_errors) == 20
    said = [issue.sentence for issue in (*found.issues, *media.issues)]
    assert any("end" in sentence and "again" in sentence for sentence in said)


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = saved(tmp_path / "b.nii", np.zeros((2, 2, 2), np.int16), np.eye(4))
    raw = bytearray(path.read_bytes())
    struct.pack_into("<8h", raw, 40, 3, 32767, 32767, 32767, 1, 1, 1, 1)
    (tmp_path / "b.nii.gz").write_bytes(gzip.compress(bytes(raw)))
    path.write_bytes(raw)
    found = open_media(tmp_path)
    assert not found.media
    sentences = [issue.sentence for issue in found.issues]
    assert any("decompression bomb" in sentence for sentence in sentences)
    assert any("ends before its first slice" in sentence for sentence in sentences)


def test_a_damaged_packed_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "d.nii.gz").write_bytes(b"\x1f\x8b\x08" + bytes(range(100)))
    (tmp_path / "e.nii.gz").write_bytes(b"no gzip at all, but named so")
    found = open_media(tmp_path)
    assert "NIfTI header is damaged" in found.issues[0].sentence
    assert found.skipped == 1  # what only the name calls NIfTI counts as unknown


GROUND_TRUTHS = ("mr_coronal", "mr_oblique_hitachi", "mr_sagittal_compressed")


@pytest.mark.parametrize("folder", GROUND_TRUTHS)
def test_a_real_nifti_shows_its_dicom_series_at_the_same_places(folder: str, shared: Path) -> None:
    """Both are opened as they are, and agree at every voxel that the series has."""
    found = open_media(shared / "data" / "dicom" / folder)
    series = next(media for media in found.media if isinstance(media, Volume) and media.instances)
    load(series)
    others = [media for media in found.media if media.id.startswith("001_ground_truth.nii")]
    assert others
    for media in others:
        load(media)
        assert_same_in_patient(series, media)


def assert_same_in_patient(one: Volume, other: Media) -> None:
    assert isinstance(other, Volume)
    ijk = np.array(list(np.ndindex(other.columns, other.rows, other.count)), dtype=np.float64)
    places = other.stack.patient_of_voxel(ijk)
    plane = one.stack.planes[0]
    axes = np.stack(
        [
            plane.row_direction * one.spacing_mm[0],
            plane.column_direction * one.spacing_mm[1],
            one.stack.run,
        ]
    )
    voxels = (places - one.stack.origins[0]) @ np.linalg.inv(axes)
    assert np.abs(voxels - np.rint(voxels)).max() < 0.01
    i, j, k = np.rint(voxels).astype(int).T
    a, b, c = ijk.astype(int).T
    there = one.in_units(one.pixels)[k, j, i]
    assert np.allclose(other.in_units(other.pixels)[c, b, a], there, atol=0.51)
