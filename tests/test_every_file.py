"""Every single real file opened alone: a picture that loads, or a sentence that names the file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from sampled import some_of

from viewer import cli, open_media
from viewer.errors import Cancelled
from viewer.media import load
from viewer.media.volume import Media, Video

MOST_FILES = 40  # of each set in a short run
SETS = ("dicom", "malformed", "seg", "video", "exports")
# What is no picture, by kind; everything else has to show one.
TEXTS = (".md", ".txt", ".json", ".ndjson", "README")
NO_PICTURE = (
    "dicom/charsets/chrJapMulti.dcm",  # headers alone
    "dicom/charsets/chrJapMultiExplicitIR6.dcm",
    "dicom/charsets/chrSQEncoding.dcm",
    "dicom/charsets/chrSQEncoding1.dcm",
    "dicom/dicomdir_tree/TINY_ALPHA/",  # an index, and images without their pixels
    "dicom/sm_small/sm_annotations.dcm",  # objects that are no pictures
    "seg/ct_axial_phantom_rt/",
    "seg/dcmqi_sr_tid1500/",
    "seg/misc_objects/",
    "seg/pydicom_ct2_seg/",
    "seg/rtutils_ct_rtstruct/",
    "malformed/dicom/UN_sequence.dcm",
    "malformed/dicom/empty_charset_LEI.dcm",
    "malformed/dicom/no_meta_group_length.dcm",
    "malformed/dicom/nested_priv_SQ.dcm",
    "malformed/dicom/rtplan_truncated.dcm",
    "malformed/dicom/ExplVR_LitEndNoMeta.dcm",
    "malformed/dicom/ExplVR_BigEndNoMeta.dcm",
    "malformed/dicom/zipMR.gz",  # no DICOM
    "malformed/dicom/no_meta.dcm",  # its first byte is too much
    "malformed/dicom/3gb-bulk-data-truncated",  # damaged beyond a first picture
    "malformed/dicom/MR_truncated.dcm",
    "malformed/dicom/20-wrong-transfer-syntax.dcm",
    "malformed/dicom/GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm",
    "malformed/dicom/JPEG2000-embedded-sequence-delimiter.dcm",
    "malformed/dicom/meta_missing_tsyntax.dcm",
    "video/broken/",
)


def files_of(shared: Path, name: str) -> list[Path]:
    return sorted(path for path in (shared / "data" / name).rglob("*") if path.is_file())


def first_picture(media: Media) -> bool:
    """Whether the first picture can be loaded."""
    if isinstance(media, Video):
        return media.count > 0
    with suppress(Cancelled):
        load(media, cancelled=lambda: bool(media.ready[0]) or 0 in media.slice_errors)
    return bool(media.ready[0]) and np.asarray(media.picture(0)).size > 0


@pytest.mark.parametrize("name", SETS)
def test_a_file_alone_shows_a_picture_or_is_named_in_a_sentence(name: str, shared: Path) -> None:
    for path in some_of(files_of(shared, name), MOST_FILES):
        place = path.relative_to(shared / "data").as_posix()
        found = open_media(path)
        shows = any(first_picture(media) for media in found.media)
        said = [issue.sentence for issue in found.issues]
        for media in found.media:
            said += [issue.sentence for issue in media.issues]
            said += [] if isinstance(media, Video) else media.slice_errors.values()
        assert shows or any(path.name in sentence for sentence in said), place
        assert shows or place.endswith(TEXTS) or place.startswith(NO_PICTURE), place
        assert not (shows and place.endswith(TEXTS)), place


@pytest.mark.parametrize("name", SETS)
def test_info_on_a_file_alone_ends_well(
    name: str, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in some_of(files_of(shared, name), MOST_FILES):
        code = cli.main(["info", str(path)], lambda *_: 0)
        out, err = capsys.readouterr()
        assert (out.startswith("Media") and err == "") or code == 2, path.name
        assert code == 0 or path.suffix in (".json", ".ndjson"), path.name  # labels without media
        assert code < 2 or (path.name in err and err.count("\n") == 1), path.name
