"""Images of files: pixels as a second decoder reads them, turned, composed and in order."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from whole import only, opened

from viewer.media import open_media
from viewer.media.volume import MediaSet

RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (37, 53), dtype=np.uint8)
RGB = RNG.integers(0, 256, (37, 53, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (37, 53), dtype=np.uint16)
DEEP_RGB = RNG.integers(0, 65536, (37, 53, 3), dtype=np.uint16)
OPACITY = RNG.integers(0, 256, (37, 53), dtype=np.uint8)
SMOOTH = cv2.GaussianBlur(RGB, (0, 0), 4)  # for codecs with loss


def codes(found: MediaSet) -> list[str]:
    return [issue.code for issue in found.issues]


def by_cv2(path: Path) -> NDArray[Any]:
    """A second decoder's pixels, grey or RGB."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "webp"])
@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "colour"])
def test_lossless_pixels_equal_a_second_decoders(
    ending: str, pixels: NDArray[Any], tmp_path: Path
) -> None:
    path = tmp_path / f"a.{ending}"
    Image.fromarray(pixels).save(path, **({"lossless": True} if ending == "webp" else {}))
    stack = only(path)
    expected = by_cv2(path)
    assert (stack.pixels[0] == expected).all()
    if ending != "webp":
        assert (expected == pixels).all()


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"subsampling": 2}])
def test_jpeg_pixels_are_within_two_levels_of_a_second_decoders(
    how: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(SMOOTH).save(path, quality=92, **how)
    stack = only(path)
    assert stack.lossy
    away = np.abs(stack.pixels[0].astype(int) - by_cv2(path).astype(int))
    assert away.max() <= 2
    Image.fromarray(SMOOTH[..., 0]).save(path, quality=92)
    stack = only(path)
    assert not stack.is_colour
    assert np.abs(stack.pixels[0].astype(int) - by_cv2(path).astype(int)).max() <= 2


def test_grey_of_16_bits_is_kept(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), DEEP)
    stack = only(tmp_path / "a.png")
    assert stack.pixels.dtype == np.uint16
    assert (stack.pixels[0] == DEEP).all()


def test_colours_of_16_bits_are_shown_with_8_and_said(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), DEEP_RGB[..., ::-1])
    found = opened(tmp_path / "a.png")
    assert (found.media[0].pixels[0] == np.rint(DEEP_RGB / 257).astype(np.uint8)).all()
    assert codes(found) == ["colour-depth"]


def test_a_palette_becomes_its_colours(tmp_path: Path) -> None:
    picture = Image.fromarray(SMOOTH).quantize(60)
    for ending in ("png", "bmp", "tif"):
        picture.save(tmp_path / f"p.{ending}")
        stack = only(tmp_path / f"p.{ending}")
        assert (stack.pixels[0] == np.asarray(picture.convert("RGB"))).all()


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_grey_of_few_bits_fills_the_range(bits: int, tmp_path: Path) -> None:
    values = RNG.integers(0, 1 << bits, (9, 21)).astype(np.uint8)
    full = (values * (255 // ((1 << bits) - 1))).astype(np.uint8)
    path = tmp_path / "few.png"
    if bits == 1:
        Image.fromarray(full).convert("1").save(path)
    else:
        path.write_bytes(png_of_few_bits(values, bits))
    assert (only(path).pixels[0] == full).all()
    assert (by_cv2(path) == full).all()


def png_of_few_bits(values: NDArray[np.uint8], bits: int) -> bytes:
    """A PNG of grey values of fewer than 8 bits, which no writer at hand makes (PNG 11.2)."""
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    rows = []
    for row in values:
        unpacked = ((row[:, None] >> np.arange(bits - 1, -1, -1)) & 1).ravel()
        rows.append(b"\0" + np.packbits(unpacked).tobytes())
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], bits, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "colour"])
@pytest.mark.parametrize("ending", ["png", "webp", "tif"])
def test_opacity_is_composed_on_black_and_said(
    pixels: NDArray[Any], ending: str, tmp_path: Path
) -> None:
    if ending == "webp" and pixels.ndim == 2:
        pixels = np.dstack([pixels] * 3)
    path = tmp_path / f"a.{ending}"
    both = np.dstack([pixels, OPACITY])
    how = {"lossless": True, "exact": True} if ending == "webp" else {}
    Image.fromarray(both).save(path, **how)
    found = opened(path)
    expected = np.rint(pixels * (OPACITY / 255.0 if pixels.ndim == 2 else OPACITY[..., None] / 255))
    assert (found.media[0].pixels[0] == expected).all()
    assert codes(found) == ["alpha-composed"]


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_opacity_of_16_bit_pngs_is_composed(depth: type, tmp_path: Path) -> None:
    top = np.iinfo(depth).max
    four = RNG.integers(0, top + 1, (11, 13, 4)).astype(depth)
    cv2.imwrite(str(tmp_path / "a.png"), four[..., [2, 1, 0, 3]])
    expected = np.rint(four[..., :3] * (four[..., 3:] / top) * (255 / top))
    found = only(tmp_path / "a.png").pixels[0].astype(int)
    assert np.abs(found - expected).max() <= (0 if depth is np.uint8 else 1)


def test_printing_colours_are_shown_and_said(tmp_path: Path) -> None:
    path = tmp_path / "c.jpg"
    Image.fromarray(SMOOTH).convert("CMYK").save(path, quality=95)
    found = opened(path)
    assert codes(found) == ["colour-cmyk"]
    shown = found.media[0].pixels[0].astype(int)
    assert np.abs(shown - by_cv2(path)).max() <= 3
    assert np.abs(shown - SMOOTH).mean() < 3


TURNED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}


@pytest.mark.parametrize("turn", TURNED)
@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "webp"])
def test_the_orientation_tag_turns_what_is_shown(turn: int, ending: str, tmp_path: Path) -> None:
    """Of two decoders: OpenCV turns JPEG by EXIF as well."""
    path = tmp_path / f"t.{ending}"
    exif = Image.Exif()
    exif[0x0112] = turn
    how = {"webp": {"lossless": True}, "jpg": {"quality": 95}}.get(ending, {})
    if ending == "tif":
        Image.fromarray(SMOOTH).save(path, tiffinfo={274: turn})
    else:
        Image.fromarray(SMOOTH).save(path, exif=exif, **how)
    found = opened(path)
    stack = found.media[0]
    expected = TURNED[turn](SMOOTH)
    assert stack.pixels[0].shape == expected.shape == (stack.rows, stack.columns, 3)
    assert np.abs(stack.pixels[0].astype(int) - expected).max() <= (30 if ending == "jpg" else 0)
    assert codes(found) == ([] if turn == 1 else ["turned"])
    if ending == "jpg":
        turned_by_cv2 = cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1]
        assert np.abs(stack.pixels[0].astype(int) - turned_by_cv2).max() <= 2


def test_a_foreign_colour_profile_is_said_and_srgb_is_not(tmp_path: Path) -> None:
    from PIL import ImageCms

    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for ending in ("png", "jpg", "tif", "webp"):
        Image.fromarray(RGB).save(tmp_path / f"s.{ending}", icc_profile=srgb)
        assert codes(opened(tmp_path / f"s.{ending}")) == []
        Image.fromarray(RGB).save(tmp_path / f"l.{ending}", icc_profile=lab)
        assert codes(opened(tmp_path / f"l.{ending}")) == ["colour-profile"]


def test_grey_of_8_bits_is_shown_as_it_is(tmp_path: Path) -> None:
    from viewer.render.window import grey, initial_window

    Image.fromarray(GREY).save(tmp_path / "g.png")
    stack = only(tmp_path / "g.png")
    assert (grey(stack.pixels[0], initial_window(stack), stack.rescale) == GREY).all()


def numbered(folder: Path, names: list[str], size: tuple[int, int] = (6, 8)) -> None:
    """Pictures whose grey level is their number in the list."""
    for level, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full(size, level, np.uint8)).save(folder / name)


def test_a_folder_is_one_sequence_in_natural_order(tmp_path: Path) -> None:
    names = ["img1.png", "img2.png", "Img10.png", "img010b.png", "img21.bmp"]
    numbered(tmp_path / "frames", names)
    stack = only(tmp_path / "frames")
    assert stack.pixels[:, 0, 0].tolist() == [0, 1, 2, 3, 4]
    assert stack.frame_of == {name: at for at, name in enumerate(names)}
    assert (stack.id, stack.title) == ("frames", "frames")


def test_pictures_of_other_sizes_and_folders_stand_apart(tmp_path: Path) -> None:
    numbered(tmp_path / "a", ["1.png", "2.png", "3.png"])
    numbered(tmp_path / "a", ["wide1.png", "wide2.png"], (6, 9))
    numbered(tmp_path / "b", ["1.png", "2.png"])
    found = opened(tmp_path)
    assert [media.count for media in found.media] == [3, 2, 2]
    assert {media.title for media in found.media} == {"a (8 x 6)", "a (9 x 6)", "b"}
    assert len({media.id for media in found.media}) == 3


def test_grey_beside_colour_of_one_size_is_one_coloured_sequence(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "1.png")
    Image.fromarray(GREY).save(tmp_path / "2.png")
    stack = only(tmp_path)
    assert (stack.pixels[0] == RGB).all()
    assert (stack.pixels[1] == GREY[..., None]).all()


def test_an_animation_shows_its_first_picture_and_says_so(tmp_path: Path) -> None:
    frames = [Image.fromarray(RGB), Image.fromarray(RGB[::-1].copy())]
    for ending in ("png", "webp"):
        path = tmp_path / f"a.{ending}"
        frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
        found = opened(path)
        (said,) = (issue.sentence for issue in found.issues if issue.code == "animated")
        assert "; save it as" in said
        assert (found.media[0].pixels[0] == RGB).all()


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "webp", "tif"])
def test_a_cut_picture_is_said_and_the_others_load(ending: str, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, {"jpg": "jpeg", "tif": "tiff"}.get(ending, ending))
    (tmp_path / f"1.{ending}").write_bytes(buffer.getvalue())
    (tmp_path / f"2.{ending}").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    found = opened(tmp_path)
    said = [*found.media[0].slice_errors.values(), *(issue.sentence for issue in found.issues)]
    assert any(sentence.startswith(f"2.{ending}: ") for sentence in said)
    assert found.media[0].ready[0]


@pytest.mark.parametrize("pixels", [GREY, RGB, DEEP, "palette"], ids=["grey", "RGB", "deep", "P"])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.99])
def test_a_png_whose_data_hold_fewer_rows_is_not_shown_as_black(
    pixels: NDArray[Any] | str, share: float, tmp_path: Path
) -> None:
    """The data are packed as they should be, but hold a share of the rows."""
    path = tmp_path / "a.png"
    if isinstance(pixels, str):
        Image.fromarray(SMOOTH).quantize(20).save(path)
    else:
        Image.fromarray(pixels).save(path)
    raw = path.read_bytes()
    start = raw.index(b"IDAT") + 4
    length = int.from_bytes(raw[start - 8 : start - 4], "big")
    rows = zlib.decompress(raw[start : start + length])
    row = len(rows) // 37
    short = zlib.compress(rows[: row * int(37 * share)])
    chunk = b"IDAT" + short
    head = raw[: start - 8] + len(short).to_bytes(4, "big") + chunk
    path.write_bytes(head + zlib.crc32(chunk).to_bytes(4, "big") + raw[start + length + 4 :])
    (media,) = opened(path).media
    assert not media.ready.any()
    assert media.slice_errors[0].startswith("a.png: the picture is damaged")


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_half_a_jpeg_with_an_end_put_behind_is_refused(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(RGB).convert(mode).save(path, quality=90)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 2 // 3] + b"\xff\xd9")
    (media,) = opened(path).media
    assert not media.ready.any()
    assert "ends early or was changed" in media.slice_errors[0]


def test_a_name_alone_makes_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"these are words")
    (tmp_path / "b.txt").write_bytes(b"BM and some words")
    found = open_media(tmp_path)
    assert not found.media
    assert found.skipped == 2


def test_a_picture_without_its_ending_is_known_by_its_bytes(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "picture", "png")
    assert (only(tmp_path / "picture").pixels[0] == RGB).all()
