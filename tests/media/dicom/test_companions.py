"""Objects beside the pictures, indices and links: listed, checked, never followed outside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from enhanced import FrameTags, enhanced, group
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, MediaStorageDirectoryStorage
from slices import SERIES, a_slice, saved, series

from viewer.media import open_media
from viewer.media.volume import MediaSet

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def sentences(found: MediaSet, code: str = "not-a-picture") -> list[str]:
    return [issue.sentence for issue in found.issues if issue.code == code]


def an_object(sop_class: str, **values: object) -> Dataset:
    """An object without pixels of another series than the slices'."""
    dataset = a_slice(77, SeriesInstanceUID="1.2.77", SeriesDescription="Beside", PixelData=None)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    for name in ("Rows", "Columns"):
        delattr(dataset, name)
    for name, value in values.items():
        setattr(dataset, name, value)
    return dataset


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_structure_set_names_the_series_that_it_belongs_to(syntax: str, tmp_path: Path) -> None:
    series(tmp_path / "a", 2)
    referenced = group(SeriesInstanceUID=SERIES)
    study = group(RTReferencedSeriesSequence=[referenced])
    frame = group(FrameOfReferenceUID="1.2.3", RTReferencedStudySequence=[study])
    dataset = an_object("1.2.840.10008.5.1.4.1.1.481.3", ReferencedFrameOfReferenceSequence=[frame])
    dataset.file_meta.TransferSyntaxUID = syntax
    saved(dataset, tmp_path / "rs.dcm")
    found = open_media(tmp_path)
    (companion,) = found.companions
    assert companion.kind == "radiotherapy structure set"
    assert companion.refers_to == (SERIES,)
    assert sentences(found) == [
        'rs.dcm of series "Beside": radiotherapy structure set for "Thorax"; listed, not drawn.'
    ]


@pytest.mark.parametrize(
    ("sop_class", "words"),
    [
        ("1.2.840.10008.5.1.4.1.1.88.67", "radiation dose report"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "structured report"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "key object selection"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "presentation state"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "encapsulated PDF document"),
        ("1.2.840.10008.5.1.4.1.1.66", "raw data object"),
        ("1.2.840.10008.5.1.4.1.1.4.2", "MR spectroscopy"),
        ("1.2.840.10008.5.1.4.1.1.9.1.1", "electrocardiogram"),
        ("1.2.840.10008.5.1.4.1.1.91.1", "microscopy annotation"),
    ],
)
def test_what_is_no_picture_is_named(sop_class: str, words: str, tmp_path: Path) -> None:
    found = open_media(saved(an_object(sop_class), tmp_path / "a.dcm"))
    assert [companion.kind for companion in found.companions] == [words]
    assert words in sentences(found)[0]


def test_a_segmentation_is_shown_as_pictures_only_where_nothing_else_is(tmp_path: Path) -> None:
    frames = [FrameTags((0, 0, k)) for k in range(3)]
    mask = enhanced(frames, SeriesInstanceUID="1.2.66", SeriesDescription="Liver", Modality="SEG")
    mask.SOPClassUID = mask.file_meta.MediaStorageSOPClassUID = SEGMENTATION
    path = saved(mask, tmp_path / "seg.dcm")
    alone = open_media(path)
    assert [media.count for media in alone.media] == [3]
    assert "shown as pictures" in sentences(alone)[0]
    series(tmp_path / "a", 2)
    beside = open_media(tmp_path)
    assert [media.title for media in beside.media] == ["Thorax"]
    assert [companion.description for companion in beside.companions] == ["Liver"]
    assert "listed, not drawn" in sentences(beside)[0]


def an_index(folder: Path, *names: list[str]) -> Path:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.99"
    dataset.DirectoryRecordSequence = [
        group(DirectoryRecordType="IMAGE", ReferencedFileID=name) for name in names
    ]
    return saved(dataset, folder / "DICOMDIR")


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")  # written as no program should
def test_an_index_alone_opens_what_lies_in_its_folder(tmp_path: Path) -> None:
    series(tmp_path / "A", 3)
    names = [["a", path.name.upper()] for path in (tmp_path / "A").iterdir()]
    found = open_media(an_index(tmp_path, *names))
    assert [media.count for media in found.media] == [3]
    assert sentences(found) == ["DICOMDIR: an index of 3 files, all of them here."]


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")  # written as no program should
def test_an_index_says_what_is_missing_and_never_leads_outside(tmp_path: Path) -> None:
    series(tmp_path / "private", 2)
    folder = tmp_path / "disc"
    path = series(folder, 1)[0]
    outside = [["..", "private", "07.dcm"], ["/etc", "passwd"]]
    an_index(folder, [path.name], ["GONE", "1.dcm"], *outside)
    found = open_media(folder)
    assert [media.count for media in found.media] == [1]
    (sentence,) = sentences(found, "index-incomplete")
    assert "1 of them is missing (GONE/1.dcm)" in sentence
    assert "2 would lie outside its folder and are not opened" in sentence


def test_links_out_of_the_folder_are_refused_and_those_inside_followed(tmp_path: Path) -> None:
    series(tmp_path / "private", 2)
    folder = tmp_path / "opened"
    series(folder / "a", 1)
    (folder / "out").symlink_to(tmp_path / "private", target_is_directory=True)
    (folder / "out.dcm").symlink_to(next((tmp_path / "private").iterdir()))
    (folder / "in").symlink_to(folder / "a", target_is_directory=True)
    found = open_media(folder)
    assert [media.count for media in found.media] == [1]
    (sentence,) = sentences(found, "link-outside")
    assert "2 links lead out of the opened folder and are not followed" in sentence
    assert [media.count for media in open_media(folder, tmp_path / "private").media] == [2]


def test_every_object_of_the_shared_data_is_listed(shared: Path, tmp_path: Path) -> None:
    found = open_media(shared / "data" / "seg" / "misc_objects")
    assert sorted(companion.kind for companion in found.companions) == [
        "electrocardiogram",
        "radiotherapy plan",
        "radiotherapy structure set",
        "structured report",
        "structured report",
    ]
    shutil.copytree(shared / "data" / "dicom" / "dicomdir_tree", tmp_path / "tree")
    shutil.rmtree(tmp_path / "tree" / "77654033")
    alone = open_media(tmp_path / "tree" / "DICOMDIR")
    assert "missing (77654033/CR1/6154, " in sentences(alone, "index-incomplete")[0]
