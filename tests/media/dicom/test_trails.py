"""Headers read by the way through earlier ones are those that a full walk finds."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from fuzzing import mutated
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from slices import a_slice, saved

from viewer.errors import CannotRead
from viewer.media.dicom.header import Header, read_header
from viewer.media.dicom.trails import HeaderReader
from viewer.media.files import Files
from viewer.media.instance import FileRef


def facts(header: Header | None) -> object:
    if header is None:
        return None
    form = header.byte_order, header.transfer_syntax, header.is_implicit
    return dict(header.elements), header.pixels, header.size, form


def both(paths: list[Path]) -> list[tuple[object, object]]:
    """What each file's header says, read alone and along the trails of those before."""
    found: list[tuple[object, object]] = []
    with closing(Files()) as files:
        trails = HeaderReader(files)
        for path in paths:
            file = FileRef(str(path))
            said: list[object] = []
            try:
                with closing(files.open(file)) as reader:
                    said.append(facts(read_header(file, reader)))
            except CannotRead as error:
                said.append(str(error))
            try:
                said.append(facts(trails.read(file)))
            except CannotRead as error:
                said.append(str(error))
            found.append((said[0], said[1]))
    return found


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_headers_of_two_mixed_series_are_read_as_alone(syntax: str, tmp_path: Path) -> None:
    paths: list[Path] = []
    for number in range(40):
        two = {"SeriesInstanceUID": "1.2.3", "WindowWidth": number} if number % 2 else {}
        one = a_slice(number, **two)
        one.file_meta.TransferSyntaxUID = syntax
        if number % 5 == 0 and number:
            one.PatientName = "A" * number
        paths.append(saved(one, tmp_path / f"{number}.dcm"))
    assert all(alone == along for alone, along in both(paths))


def test_mutated_headers_are_read_as_alone(tmp_path: Path) -> None:
    stream = BytesIO()
    a_slice(1).save_as(stream, enforce_file_format=True)
    whole = stream.getvalue()
    paths: list[Path] = []
    for number in range(400):
        path = tmp_path / f"{number}.dcm"
        path.write_bytes(whole if number % 4 == 0 else mutated(whole, number))
        paths.append(path)
    assert all(alone == along for alone, along in both(paths))


def test_real_headers_are_read_as_alone(shared: Path) -> None:
    paths = sorted(path for path in (shared / "data" / "dicom").rglob("*") if path.is_file())
    paths += sorted(path for path in (shared / "data" / "malformed").rglob("*") if path.is_file())
    for path, (alone, along) in zip(paths, both(paths), strict=True):
        assert alone == along, path.name
