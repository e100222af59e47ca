"""NIfTI label volumes: every voxel where nibabel has it, and written back with nothing else."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from nibabel.nifti1 import Nifti1Extension
from numpy.typing import NDArray

from viewer.errors import CannotWrite
from viewer.formats.masks import LabelVolume, new_nifti, read_nifti, write_nifti

LIMIT = 1 << 28
SHAPE = (5, 4, 3)  # columns, rows, slices
AFFINE = np.array([[-0.7, 0, 0, 31.5], [0, -0.8, 0, -12], [0, 0, 2.5, -104], [0, 0, 0, 1.0]])
TYPES = ("u1", "i1", "<i2", ">i2", "<u2", ">u2", "<i4", ">u4", "<i8", "<u8", "<f4", ">f4", ">f8")
REAL = (
    "seg/ct_axial_phantom_rt/GTV.nii.gz",
    "seg/ct_axial_phantom_rt/Trachea.nii.gz",
    "exports/redbrick/all_labels/standard/segmentations/study-01/CT_axial.nii.gz",
    "exports/redbrick/all_labels/semantic/segmentations/study-01/CT_axial.nii.gz",
    "exports/redbrick/all_labels/png_binary/segmentations/xray/A.nii.gz",
)


def labels(dtype: str = "u1", shape: tuple[int, ...] = SHAPE) -> NDArray[Any]:
    """Numbers that differ everywhere, [column, row, slice]."""
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def nifti(
    data: NDArray[Any], *, version: int = 1, extended: bool = False, **fields: float
) -> bytes:
    """A file as nibabel writes it; `fields` of the header are put in behind its back."""
    kind = nibabel.Nifti2Image if version == 2 else nibabel.Nifti1Image
    header = kind.header_class(endianness=">" if data.dtype.byteorder == ">" else "<")
    image = kind(data, AFFINE, header, dtype=data.dtype)
    if extended:
        image.header.extensions.append(Nifti1Extension("comment", b"drawn by a reader"))
    content = image.to_bytes()
    written = kind.header_class(content[: header.sizeof_hdr], check=False)
    for name, value in fields.items():
        written[name] = value
    return written.binaryblock + content[header.sizeof_hdr :]


def written_numbers(content: bytes) -> NDArray[Any]:
    """The numbers [column, row, slice] that nibabel reads."""
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    return np.asarray(nibabel.Nifti1Image.from_bytes(content).dataobj)


def one_voxel(volume: LabelVolume, number: int) -> dict[int, NDArray[Any]]:
    """A change of voxel (4, 1, 2)."""
    plane = volume.values[2].astype(np.int64)
    plane[1, 4] = number
    return {2: plane}


@pytest.mark.parametrize("path", REAL)
def test_real_volumes_read_as_nibabel_and_simpleitk_read_them(shared: Path, path: str) -> None:
    file = shared / "data" / path
    volume = read_nifti(file.name, file.read_bytes(), LIMIT)
    image = nibabel.load(file)
    np.testing.assert_array_equal(volume.values, np.asarray(image.dataobj).T)
    np.testing.assert_array_equal(volume.affine_ras, image.affine)
    other = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(file)))
    np.testing.assert_array_equal(volume.values, other)
    assert not volume.issues
    assert not volume.values.flags.writeable


@pytest.mark.parametrize("path", REAL)
def test_a_real_volume_without_changes_is_written_as_the_same_bytes(
    shared: Path, path: str
) -> None:
    content = (shared / "data" / path).read_bytes()
    volume = read_nifti("mask", content, LIMIT)
    assert write_nifti(volume, {}) is content
    assert write_nifti(volume, {0: volume.values[0].copy()}) is content


@pytest.mark.parametrize("path", REAL)
def test_one_changed_voxel_of_a_real_volume_changes_one_byte(shared: Path, path: str) -> None:
    content = (shared / "data" / path).read_bytes()
    volume = read_nifti("mask", content, LIMIT)
    plane = volume.values[0].copy()
    plane[3, 2] ^= 9
    before, after = gzip.decompress(content), gzip.decompress(write_nifti(volume, {0: plane}))
    differ = np.flatnonzero(np.frombuffer(before, "u1") != np.frombuffer(after, "u1"))
    assert differ.tolist() == [352 + 3 * volume.shape[2] + 2]


@pytest.mark.some(40)
@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("extended", [True, False])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("dtype", TYPES)
def test_only_changed_voxels_change_whatever_the_type(
    dtype: str, version: int, extended: bool, is_packed: bool
) -> None:
    plain = nifti(labels(dtype), version=version, extended=extended)
    content = gzip.compress(plain) if is_packed else plain
    volume = read_nifti("mask", content, LIMIT)
    np.testing.assert_array_equal(volume.values, labels().transpose(2, 1, 0))
    assert write_nifti(volume, {}) is content
    written = write_nifti(volume, one_voxel(volume, 9))
    after = gzip.decompress(written) if is_packed else written
    size = np.dtype(dtype).itemsize
    at = len(plain) - labels().size * size + (2 * 20 + 1 * 5 + 4) * size
    assert after == plain[:at] + np.array([9], dtype).tobytes() + plain[at + size :]


def test_a_written_packed_file_tells_no_time_so_that_it_is_the_same_at_every_save() -> None:
    volume = read_nifti("mask", gzip.compress(nifti(labels())), LIMIT)
    written = write_nifti(volume, one_voxel(volume, 9))
    assert written[4:8] == bytes(4)
    assert written == write_nifti(volume, one_voxel(volume, 9))


def test_bytes_behind_the_voxels_are_kept() -> None:
    for pack in (bytes, gzip.compress):
        volume = read_nifti("mask", pack(nifti(labels()) + b"behind"), LIMIT)
        written = write_nifti(volume, one_voxel(volume, 9))
        after = gzip.decompress(written) if pack is gzip.compress else written
        assert after.endswith(b"behind")
        assert len(after) == len(nifti(labels())) + 6


def test_several_gzip_members_are_one_file() -> None:
    plain = nifti(labels())
    content = gzip.compress(plain[:400]) + gzip.compress(plain[400:])
    volume = read_nifti("mask", content, LIMIT)
    np.testing.assert_array_equal(volume.values, labels().transpose(2, 1, 0))


def test_one_byte_per_voxel_is_read_whatever_type_the_header_tells() -> None:
    wide = nifti(labels("<i2"))
    narrow = wide[:352] + labels().tobytes(order="F")
    volume = read_nifti("mask", gzip.compress(narrow), LIMIT)
    np.testing.assert_array_equal(volume.values, labels().transpose(2, 1, 0))
    assert [issue.code for issue in volume.issues] == ["narrow-voxels"]
    after = gzip.decompress(write_nifti(volume, one_voxel(volume, 200)))
    assert after[:352] == narrow[:352]
    assert np.flatnonzero(np.frombuffer(after, "u1") != np.frombuffer(narrow, "u1")).size == 1


def test_a_narrow_file_that_has_to_widen_takes_the_type_its_header_tells() -> None:
    narrow = nifti(labels("<i2"))[:352] + labels().tobytes(order="F")
    volume = read_nifti("mask", narrow, LIMIT)
    written = write_nifti(volume, one_voxel(volume, 300))
    assert written[:352] == narrow[:352]
    assert written_numbers(written)[4, 1, 2] == 300


@pytest.mark.parametrize("dtype", ["u1", "i1", "<i2", ">i2"])
def test_a_number_that_does_not_fit_widens_the_file_to_16_bits(dtype: str) -> None:
    plain = nifti(labels(dtype), extended=True)
    volume = read_nifti("mask", plain, LIMIT)
    written = write_nifti(volume, one_voxel(volume, 40000))
    image = nibabel.Nifti1Image.from_bytes(written)
    assert image.get_data_dtype().newbyteorder("=") == np.uint16
    assert image.header["bitpix"] == 16
    expected = labels("u2")
    expected[4, 1, 2] = 40000
    np.testing.assert_array_equal(np.asarray(image.dataobj), expected)
    np.testing.assert_array_equal(image.affine, nibabel.Nifti1Image.from_bytes(plain).affine)
    assert len(image.header.extensions) == 1
    start = len(plain) - labels(dtype).nbytes
    changed = {at for at in range(start) if plain[at] != written[at]}
    assert changed <= {70, 71, 72, 73}  # datatype and bitpix


@pytest.mark.parametrize(("least", "number"), [(-1, 40000), (0, 70000)])
def test_numbers_that_16_bits_do_not_hold_are_refused(least: int, number: int) -> None:
    data = labels("<i2")
    data[0, 0, 0] = least
    volume = read_nifti("mask.nii", nifti(data), LIMIT)
    with pytest.raises(CannotWrite, match=r"mask\.nii: its voxels \(int16\) cannot hold"):
        write_nifti(volume, one_voxel(volume, number))


def test_floats_are_rounded_and_keep_their_fractions_where_nothing_changes() -> None:
    data = labels("<f4") + np.float32(0.0004)
    volume = read_nifti("mask", nifti(data), LIMIT)
    np.testing.assert_array_equal(volume.values, labels().transpose(2, 1, 0))
    assert not volume.issues
    after = written_numbers(write_nifti(volume, one_voxel(volume, 9)))
    data[4, 1, 2] = 9
    np.testing.assert_array_equal(after, data)


@pytest.mark.parametrize("odd", [0.3, np.nan, np.inf, -np.inf, 1e30])
def test_floats_that_are_no_numbers_of_labels_are_said(odd: float) -> None:
    data = labels("<f4")
    data[0, 0, 0] = odd
    volume = read_nifti("mask", nifti(data), LIMIT)
    assert [issue.code for issue in volume.issues] == ["labels-rounded"]
    assert volume.values[0, 0, 0] == (2**31 - 1 if odd == 1e30 else 0)


def test_a_float_that_cannot_hold_a_number_is_refused() -> None:
    volume = read_nifti("mask", nifti(labels("<f4")), LIMIT)
    with pytest.raises(CannotWrite):
        write_nifti(volume, one_voxel(volume, 2**24 + 1))


def test_a_scaling_is_said_and_not_applied() -> None:
    plain = nifti(labels(), scl_slope=2.0, scl_inter=1.0)
    volume = read_nifti("mask", plain, LIMIT)
    np.testing.assert_array_equal(volume.values, labels().transpose(2, 1, 0))
    assert [issue.code for issue in volume.issues] == ["labels-scaled"]


@pytest.mark.parametrize("slope", [0.0, 1.0, np.nan])
def test_no_scaling_is_said_where_there_is_none(slope: float) -> None:
    assert not read_nifti("mask", nifti(labels(), scl_slope=slope, scl_inter=0), LIMIT).issues


def test_a_fourth_axis_of_one_is_no_further_axis() -> None:
    volume = read_nifti("mask", nifti(labels()[..., None]), LIMIT)
    assert volume.shape == (3, 4, 5)


def test_voxels_said_to_begin_inside_the_header_begin_behind_it() -> None:
    plain = nifti(labels(), vox_offset=0)
    volume = read_nifti("mask", plain, LIMIT)
    np.testing.assert_array_equal(volume.values, labels().transpose(2, 1, 0))
    assert [issue.code for issue in volume.issues] == ["offset-in-header"]


def test_an_affine_counts_in_mm_whatever_its_unit() -> None:
    image = nibabel.Nifti1Image(labels(), AFFINE / 1000)
    image.header.set_xyzt_units("meter")
    affine = read_nifti("mask", image.to_bytes(), LIMIT).affine_ras
    assert affine is not None
    np.testing.assert_allclose(affine[:3], AFFINE[:3], rtol=1e-6)


def test_a_volume_without_forms_has_no_affine() -> None:
    assert read_nifti("mask", nifti(labels(), sform_code=0), LIMIT).affine_ras is None


@given(
    sides=st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6)),
    is_wide=st.booleans(),
    data=st.data(),
)
def test_a_new_volume_reads_back_as_it_was_painted(
    sides: tuple[int, int, int], is_wide: bool, data: st.DataObject
) -> None:
    dtype = np.uint16 if is_wide else np.uint8
    empty = new_nifti("S.nii.gz", sides, AFFINE, dtype)
    assert not empty.values.any()
    numbers = data.draw(st.lists(st.integers(0, np.iinfo(dtype).max), min_size=1, max_size=5))
    planes = {k: np.resize(np.array(numbers, dtype) + 0, sides[1:]) for k in range(0, sides[0], 2)}
    content = write_nifti(empty, planes)
    again = read_nifti("S.nii.gz", content, LIMIT)
    for k in range(sides[0]):
        np.testing.assert_array_equal(again.values[k], planes.get(k, empty.values[k]))
    assert again.stored.dtype == dtype
    assert write_nifti(again, {}) is content


def test_a_new_volume_has_voxels_from_byte_352_in_the_place_it_was_given() -> None:
    empty = new_nifti("S.nii.gz", (3, 4, 5), AFFINE)
    plain = gzip.decompress(write_nifti(empty, {}))
    assert len(plain) == 352 + 60
    image = nibabel.Nifti1Image.from_bytes(plain)
    assert image.shape == SHAPE
    assert np.frombuffer(plain[112:120], "<f4").tolist() == [1, 0]  # scl_slope, scl_inter
    assert plain[348:352] == bytes(4)
    assert image.header.get_xyzt_units()[0] == "mm"
    for affine in (image.get_sform(), image.get_qform()):
        np.testing.assert_allclose(affine, AFFINE, atol=1e-5)


def test_a_new_volume_of_sheared_slices_has_no_qform() -> None:
    sheared = AFFINE.copy()
    sheared[1, 2] = 0.9
    plain = gzip.decompress(write_nifti(new_nifti("S.nii.gz", (3, 4, 5), sheared), {}))
    image = nibabel.Nifti1Image.from_bytes(plain)
    assert int(image.header["qform_code"]) == 0
    np.testing.assert_allclose(image.affine, sheared, atol=1e-5)


def test_a_new_volume_is_read_by_simpleitk_in_the_same_place(tmp_path: Path) -> None:
    plane = np.arange(20, dtype=np.uint8).reshape(4, 5)
    path = tmp_path / "S.nii.gz"
    path.write_bytes(write_nifti(new_nifti("S.nii.gz", (3, 4, 5), AFFINE), {1: plane}))
    image = SimpleITK.ReadImage(str(path))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image)[1], plane)
    np.testing.assert_allclose(image.GetOrigin(), [-31.5, 12, -104])  # LPS
    np.testing.assert_allclose(image.GetSpacing(), [0.7, 0.8, 2.5], rtol=1e-6)


def test_a_new_volume_of_too_many_slices_is_refused() -> None:
    with pytest.raises(CannotWrite, match="32767"):
        new_nifti("S.nii.gz", (32768, 1, 1), AFFINE)


def test_a_plane_that_the_volume_does_not_have_is_no_change_but_a_mistake() -> None:
    volume = read_nifti("mask", nifti(labels()), LIMIT)
    for planes in ({3: volume.values[0]}, {0: volume.values[0][:2]}):
        with pytest.raises(ValueError, match="is none of"):
            write_nifti(volume, planes)
