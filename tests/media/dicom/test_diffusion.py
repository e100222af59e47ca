"""B-values and gradient directions in vendors' own elements tell volumes apart."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from slices import a_slice, saved

from viewer.media import open_media
from viewer.media.volume import Volume

SIEMENS = (0x0019, "SIEMENS MR HEADER")
GE = (0x0043, "GEMS_PARM_01")
PHILIPS = (0x2001, "Philips Imaging DD 001")


def ds(*numbers: float) -> bytes:
    text = "\\".join(f"{number:.12g}" for number in numbers)
    return (text + " " * (len(text) % 2)).encode()


def points_of(
    folder: Path,
    creator: tuple[int, str],
    values: dict[int, list[bytes]],
    syntax: str = ExplicitVRLittleEndian,
) -> list[str]:
    """The points of two slices that occur once for each of the values, in their order."""
    group, name = creator
    count = len(next(iter(values.values())))
    for repeat in range(count):
        for number in range(2):
            one = a_slice(number, InstanceNumber=2 * repeat + number + 1, Modality="MR")
            one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = f"1.2.{repeat}.{number}"
            one.file_meta.TransferSyntaxUID = syntax
            block = one.private_block(group, name, create=True)
            for element, raw in values.items():
                if raw[repeat]:
                    block.add_new(element, "UN", raw[repeat])
            saved(one, folder / f"{repeat}-{number}.dcm")
    found = open_media(folder)
    assert all(isinstance(media, Volume) and media.count == 2 for media in found.media)
    return [
        f"{media.point.name}: {media.point.value}"
        for media in sorted(found.media, key=lambda media: media.point.index if media.point else 0)
        if isinstance(media, Volume) and media.point
    ]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize(
    ("creator", "element", "values"),
    [
        (SIEMENS, 0x0C, [ds(800), ds(0)]),
        (GE, 0x39, [ds(1000000800, 8, 0, 0), ds(0, 8, 0, 0)]),
        (PHILIPS, 0x03, [struct.pack("<f", 800), struct.pack("<f", 0)]),
    ],
    ids=["Siemens", "GE", "Philips"],
)
def test_private_b_values_tell_volumes_apart(
    creator: tuple[int, str], element: int, values: list[bytes], syntax: str, tmp_path: Path
) -> None:
    points = points_of(tmp_path, creator, {element: values}, syntax)
    assert points == ["b-value: 0 s/mm²", "b-value: 800 s/mm²"]


def test_directions_of_one_b_value_tell_volumes_apart(tmp_path: Path) -> None:
    ways = [struct.pack("<3d", *way) for way in ((1, 0, 0), (0, 1, 0))]
    values = {0x0C: [ds(0), ds(800), ds(800)], 0x0E: [b"", *ways]}
    assert points_of(tmp_path, SIEMENS, values) == [
        "b-value and direction: 0 s/mm²",
        "b-value and direction: 800 s/mm², (1, 0, 0)",
        "b-value and direction: 800 s/mm², (0, 1, 0)",
    ]


@pytest.mark.parametrize("creator", [SIEMENS, GE, PHILIPS], ids=["Siemens", "GE", "Philips"])
def test_the_same_element_of_another_creator_says_nothing(
    creator: tuple[int, str], tmp_path: Path
) -> None:
    element = {0x0019: 0x0C, 0x0043: 0x39, 0x2001: 0x03}[creator[0]]
    other = (creator[0], "SOMEBODY ELSE")
    points = points_of(tmp_path, other, {element: [ds(8000), ds(1000)]})
    assert points == ["instance number: 1", "instance number: 2"]
