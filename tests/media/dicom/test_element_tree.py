"""Every element of a file, as pydicom reads it; damaged ones end the list."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from viewer.errors import CannotRead
from viewer.media.dicom.element_tree import MOST_TEXT, Element, elements_of
from viewer.media.files import Files
from viewer.media.instance import FileRef

SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
)


def image() -> Dataset:
    """A small picture with text, numbers, private elements and nested sequences."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, "1.2.3.4"
    made.PatientName = "Müller^Zoë"
    made.ImageComments = "long " * 2000
    made.Rows = made.Columns = 4
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation, made.SamplesPerPixel = 15, 0, 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.PixelSpacing = ["0.5", "1.25"]
    made.FrameIncrementPointer = 0x00181063
    inner, outer = Dataset(), Dataset()
    inner.ReferencedSOPInstanceUID = "1.2.3.9"
    outer.ReferencedImageSequence = Items([inner, inner])
    made.ReferencedSeriesSequence = Items([outer])
    made.RedPaletteColorLookupTableData = bytes(512)
    made.add_new(0x00190010, "LO", "SIEMENS MR HEADER")
    made.add_new(0x0019100C, "IS", "750")
    made.add_new(0x00431010, "UN", b"\x00\x01\x02\x03")
    made.PixelData = bytes(32)
    return made


def written(folder: Path, syntax: str = ExplicitVRLittleEndian) -> Path:
    made = image()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    path = folder / "image.dcm"
    made["PixelData"].VR = "OW"
    made.save_as(path, enforce_file_format=True)
    return path


def read(file: FileRef) -> tuple[Element, ...]:
    files = Files()
    try:
        found = elements_of(file, files)
    finally:
        files.close()
    assert found is not None
    return found


def by_name(elements: Sequence[Element]) -> dict[str, Element]:
    return {element.name: element for element in elements}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_elements_are_named_and_told_in_every_encoding(tmp_path: Path, syntax: str) -> None:
    elements = read(FileRef(str(written(tmp_path, syntax))))
    found = by_name(elements)
    assert [e.tag for e in elements] == sorted(e.tag for e in elements)
    assert found["Patient's Name"].text() == "Müller^Zoë"
    assert (found["Patient's Name"].number, found["Rows"].text()) == ("(0010,0010)", "4")
    assert found["Pixel Spacing"].text() == "0.5\\1.25"
    assert found["Frame Increment Pointer"].text() == "(0018,1063)"
    assert found["SOP Class UID"].text() == f"{CTImageStorage} = CT Image Storage"
    assert found["B_value (SIEMENS MR HEADER)"].text() == "750"
    assert found["Unknown"].text() == "4 bytes"
    assert found["Red Palette Color Lookup Table Data"].text() == "512 bytes"
    assert found["Pixel Data"].text() == "32 bytes, not read"
    assert len(found["Pixel Data"].value) == 0
    assert found["Transfer Syntax UID"].text().startswith(syntax)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_sequences_are_looked_into_item_by_item(tmp_path: Path, syntax: str) -> None:
    found = by_name(read(FileRef(str(written(tmp_path, syntax)))))
    series = found["Referenced Series Sequence"]
    assert (series.representation, series.is_sequence, series.text()) == ("SQ", True, "")
    ((images,),) = series.items()
    inner = [[element.text() for element in item] for item in images.items()]
    assert inner == [["1.2.3.9"], ["1.2.3.9"]]


def test_long_values_are_cut_until_all_is_asked_for(tmp_path: Path) -> None:
    comment = by_name(read(FileRef(str(written(tmp_path)))))["Image Comments"]
    assert comment.is_long()
    assert len(comment.text()) == MOST_TEXT
    assert comment.text(1 << 20) == ("long " * 2000).strip()


def test_a_member_of_a_zip_is_read_as_the_file_is(tmp_path: Path) -> None:
    path = written(tmp_path)
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(path, "folder/image.dcm")
    files = Files()
    (member,) = files.members(str(archive))
    files.close()
    alone = [(e.tag, e.text()) for e in read(FileRef(str(path)))]
    assert [(e.tag, e.text()) for e in read(member)] == alone


def test_every_cut_of_a_file_is_read_as_far_as_it_goes_or_refused_in_words(tmp_path: Path) -> None:
    whole = written(tmp_path).read_bytes()
    path = tmp_path / "cut.dcm"
    full = {(e.tag, e.length) for e in read(FileRef(str(tmp_path / "image.dcm")))}
    for end in range(140, len(whole), 97):
        path.write_bytes(whole[:end])
        found, said = attempted(path)
        assert {element.tag for element in found} <= {tag for tag, _ in full}
        assert found or "cut.dcm" in said


def attempted(path: Path) -> tuple[tuple[Element, ...], str]:
    """The elements of a file, or why there are none."""
    try:
        return read(FileRef(str(path))), ""
    except CannotRead as error:
        return (), str(error)


def test_a_file_that_is_not_dicom_has_no_elements(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(BytesIO(b"no picture at all, but long enough " * 9).getvalue())
    files = Files()
    assert elements_of(FileRef(str(path)), files) is None
    files.close()
