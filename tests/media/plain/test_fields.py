"""NRRD and MetaImage: voxels and places as SimpleITK reads them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
from numpy.typing import NDArray
from whole import opened

from viewer.media import load, open_media
from viewer.media.volume import FrameStack, Volume

ENDINGS = ("nrrd", "mha", "mhd", "nhdr")
TYPES = ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")
TURNS = [
    np.eye(3)[:, order] * signs
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1.0, -1.0), repeat=3)
]


def image_of(data: NDArray[Any], direction: NDArray[np.float64] | None = None) -> SimpleITK.Image:
    """An image of data (k, j, i[, values])."""
    image = SimpleITK.GetImageFromArray(data, isVector=data.ndim == 4)
    image.SetSpacing((0.7, 1.1, 2.5))
    image.SetOrigin((-31.5, 12.25, -104.0))
    if direction is not None:
        image.SetDirection(direction.ravel().tolist())
    return image


def ramp(shape: tuple[int, ...] = (3, 4, 5), dtype: str = "i2") -> NDArray[Any]:
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def volumes(path: Path) -> list[Volume]:
    media = [one for one in opened(path).media if isinstance(one, Volume)]
    assert all(one.ready.all() for one in media)
    return media


def assert_same(volume: Volume, image: SimpleITK.Image, name: str) -> None:
    data = SimpleITK.GetArrayFromImage(image)
    for k, j, i in np.ndindex(data.shape):
        shown = volume.slice_of[(name, k)]
        assert volume.pixels[shown, j, i] == data[k, j, i]
        expected = image.TransformIndexToPhysicalPoint((i, j, k))
        assert np.allclose(volume.stack.patient_of_voxel([(i, j, shown)])[0], expected, atol=1e-4)


@pytest.mark.some(3)
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("packed", [False, True])
def test_in_each_of_48_orientations_every_voxel_lies_where_simpleitk_puts_it(
    ending: str, packed: bool, tmp_path: Path
) -> None:
    for number, turn in enumerate(TURNS):
        image = image_of(ramp(), turn)
        path = tmp_path / f"{number}.{ending}"
        SimpleITK.WriteImage(image, path, useCompression=packed)
        (volume,) = volumes(path)
        assert_same(volume, image, path.name)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_oblique_volume_lies_where_simpleitk_puts_it(ending: str, tmp_path: Path) -> None:
    transform = SimpleITK.Euler3DTransform((0, 0, 0), 0.3, -0.4, 0.2)
    image = image_of(ramp(), np.array(transform.GetMatrix()))
    SimpleITK.WriteImage(image, tmp_path / f"o.{ending}")
    (volume,) = volumes(tmp_path / f"o.{ending}")
    assert_same(volume, image, f"o.{ending}")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("dtype", TYPES)
def test_voxels_keep_their_type_and_value(ending: str, dtype: str, tmp_path: Path) -> None:
    data = ramp(dtype=dtype)
    SimpleITK.WriteImage(image_of(data), tmp_path / f"t.{ending}", useCompression=True)
    (volume,) = volumes(tmp_path / f"t.{ending}")
    assert volume.pixels.dtype == data.dtype
    assert (volume.pixels == data).all()


@pytest.mark.parametrize("ending", ENDINGS)
def test_three_bytes_per_voxel_are_colours_and_said(ending: str, tmp_path: Path) -> None:
    data = np.random.default_rng(3).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    SimpleITK.WriteImage(image_of(data), tmp_path / f"c.{ending}")
    found = opened(tmp_path / f"c.{ending}")
    assert (found.media[0].pixels == data).all()
    assert [issue.code for issue in found.issues] == ["values-as-colour"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_vectors_are_a_volume_per_component(ending: str, tmp_path: Path) -> None:
    data = ramp((3, 4, 5, 2), "f4")
    SimpleITK.WriteImage(image_of(data), tmp_path / f"v.{ending}", useCompression=True)
    both = volumes(tmp_path / f"v.{ending}")
    assert len(both) == 2
    for component, volume in enumerate(both):
        assert volume.point is not None
        assert volume.point.index == component
        assert (volume.pixels == data[..., component]).all()


@pytest.mark.parametrize("ending", ENDINGS)
def test_two_dimensions_are_frames_with_their_spacing(ending: str, tmp_path: Path) -> None:
    image = SimpleITK.GetImageFromArray(ramp((4, 5)))
    image.SetSpacing((0.5, 0.25))
    SimpleITK.WriteImage(image, tmp_path / f"p.{ending}")
    (media,) = opened(tmp_path / f"p.{ending}").media
    assert isinstance(media, FrameStack)
    assert media.spacing_mm == (0.5, 0.25)
    assert (media.pixels[0] == ramp((4, 5))).all()


@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
def test_the_data_file_beside_belongs_to_its_header(ending: str, tmp_path: Path) -> None:
    SimpleITK.WriteImage(image_of(ramp()), tmp_path / f"d.{ending}")
    found = opened(tmp_path)
    assert (len(found.media), found.skipped, found.issues) == (1, 0, ())


@pytest.mark.parametrize(
    "name", ["/etc/hostname", "../secret.raw", "sub/../../secret.raw", "link.raw", "C:\\secret.raw"]
)
@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
def test_a_data_file_outside_the_folder_is_never_read(
    name: str, ending: str, tmp_path: Path
) -> None:
    (tmp_path / "secret.raw").write_bytes(bytes(1000))
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "link.raw").symlink_to(tmp_path / "secret.raw")
    SimpleITK.WriteImage(image_of(ramp()), folder / f"d.{ending}")
    header = folder / f"d.{ending}"
    text = header.read_text()
    header.write_text(text.replace("d.raw", name))
    found = open_media(header)
    assert not found.media
    assert "lies outside of its folder" in found.issues[0].sentence


HEADERS = {
    "space: left-posterior-superior": ("space: right-anterior-superior", (-1, -1, 1)),
    "space: left-posterior-superior\n": ("space: LAS\n", (1, -1, 1)),
}


@pytest.mark.parametrize("old", HEADERS)
def test_other_spaces_are_turned_to_lps(old: str, tmp_path: Path) -> None:
    new, signs = HEADERS[old]
    path = tmp_path / "s.nrrd"
    SimpleITK.WriteImage(image_of(ramp()), path)
    (plain,) = volumes(path)
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    (turned,) = volumes(path)
    for k in range(3):
        at = [(1, 2, volume.slice_of[("s.nrrd", k)]) for volume in (plain, turned)]
        here, there = plain.stack.patient_of_voxel([at[0]]), turned.stack.patient_of_voxel([at[1]])
        assert np.allclose(here * signs, there)


def test_an_unknown_space_is_shown_as_frames_and_said(tmp_path: Path) -> None:
    path = tmp_path / "s.nrrd"
    SimpleITK.WriteImage(image_of(ramp()), path)
    text = path.read_bytes().replace(b"space: left-posterior-superior", b"space: scanner-xyz")
    path.write_bytes(text)
    found = opened(path)
    assert isinstance(found.media[0], FrameStack)
    assert [issue.code for issue in found.issues] == ["orientation-unknown"]
    assert (found.media[0].pixels == ramp()).all()


def header_with(path: Path, **lines: str | None) -> Path:
    """A MetaImage whose header has other values, or lacks a line."""
    SimpleITK.WriteImage(image_of(ramp()), path)
    raw = path.read_bytes()
    for key, value in lines.items():
        start = raw.index(f"\n{key} =".encode()) + 1
        line = b"" if value is None else f"{key} = {value}\n".encode()
        raw = raw[:start] + line + raw[raw.index(b"\n", start) + 1 :]
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "spacing", [None, "-1 1 1", "1 1 -2.5", "0 1 1", "nan 1 1", "1 inf 1"], ids=str
)
def test_a_metaimage_without_a_possible_spacing_is_not_calibrated_and_says_so(
    spacing: str | None, tmp_path: Path
) -> None:
    found = opened(header_with(tmp_path / "s.mha", ElementSpacing=spacing))
    (media,) = found.media
    assert isinstance(media, FrameStack)
    assert (media.is_calibrated, media.spacing_mm) == (False, (1.0, 1.0))
    assert [issue.code for issue in found.issues] == ["spacing-unknown"]
    assert (media.pixels == ramp()).all()


def test_a_metaimage_without_orientation_or_origin_lies_where_simpleitk_puts_it_and_says_so(
    tmp_path: Path,
) -> None:
    for key, code in (("TransformMatrix", "orientation"), ("Offset", "origin")):
        path = header_with(tmp_path / f"{key}.mha", **{key: None})
        found = opened(path)
        assert [issue.code for issue in found.issues] == [f"{code}-assumed"]
        (media,) = found.media
        assert isinstance(media, Volume)
        assert_same(media, SimpleITK.ReadImage(path), path.name)


@pytest.mark.parametrize("value", ["nan 0 0", "0 inf 0"])
def test_a_metaimage_whose_origin_is_no_number_is_shown_as_frames_and_says_so(
    value: str, tmp_path: Path
) -> None:
    found = opened(header_with(tmp_path / "s.mha", Offset=value))
    assert isinstance(found.media[0], FrameStack)
    assert [issue.code for issue in found.issues] == ["orientation-unknown"]
    assert (found.media[0].pixels == ramp()).all()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("NDims", "three", "NDims is no whole number"),
        ("DimSize", "5 4 x", "DimSize has what is no number"),
        ("DimSize", "5 4 -3", "DimSize has sizes that make no picture"),
        ("DimSize", "5 4 2.5", "DimSize has sizes that make no picture"),
        ("DimSize", "5 4 99999999999", "DimSize has sizes that make no picture"),
        ("ElementType", "MET_QUATERNION", "unknown type 'MET_QUATERNION'"),
        ("ElementType", "MET_SHORT\x00", "unknown type"),
        ("ElementType", "MET_STRING", "unknown type"),
    ],
)
def test_what_the_library_would_misread_never_reaches_it(
    key: str, value: str, words: str, tmp_path: Path
) -> None:
    found = open_media(header_with(tmp_path / "s.mha", **{key: value}))
    assert not found.media
    assert words in found.issues[0].sentence


@pytest.mark.parametrize("value", ["1 1", "1 1 mm"])
def test_a_spacing_of_other_than_three_numbers_is_refused_in_words(
    value: str, tmp_path: Path
) -> None:
    found = open_media(header_with(tmp_path / "s.mha", ElementSpacing=value))
    assert not found.media
    assert "ElementSpacing has" in found.issues[0].sentence


def test_the_masks_of_one_organ_agree_in_both_formats(shared: Path) -> None:
    """Real files: the same masks, written as NIfTI and as NRRD by other programs."""
    found = open_media(shared / "data" / "seg" / "ct_axial_phantom_rt")
    by_id = {media.id: media for media in found.media}
    for organ in ("Lung_L", "PTV"):
        one, other = by_id[f"{organ}.nii.gz"], by_id[f"{organ}.nrrd"]
        assert isinstance(one, Volume)
        assert isinstance(other, Volume)
        load(one)
        load(other)
        (s, j, i) = (index[:: max(1, len(index) // 500)] for index in np.nonzero(one.pixels))
        places = one.stack.patient_of_voxel(np.stack([i, j, s], axis=1))
        plane = other.stack.planes[0]
        axes = np.stack(
            [
                plane.row_direction * other.spacing_mm[0],
                plane.column_direction * other.spacing_mm[1],
                other.stack.run,
            ]
        )
        a, b, c = np.rint((places - other.stack.origins[0]) @ np.linalg.inv(axes)).astype(int).T
        assert len(a) > 100
        assert (other.pixels[c, b, a] != 0).all()
        assert np.count_nonzero(one.pixels) == np.count_nonzero(other.pixels)
