"""A view says for good what is doubtful of the labels on it."""

from __future__ import annotations

import json

import pytest
from bound import drawn, project_of, scan

from viewer.demo import VIDEO_NAME, demo_folder
from viewer.formats import read_export
from viewer.media import open_media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry
from viewer.paint.compose import view_picture
from viewer.review.binding import Choice, Choices
from viewer.review.doubts import doubt_words
from viewer.review.matching import match
from viewer.session.session import Session

MEDIA = [scan(), scan("1.2.9.9", study="1.3", folder="other", names="x{}")]
SURE = Entry("a", "chest", series="1.2.3.4")


@pytest.mark.parametrize(
    ("entry", "choice", "words"),
    [
        (SURE, Choice(), ("", "")),
        (SURE, Choice(media="1.2.9.9"), ("", "2 labels here name another study or series than")),
        (Entry("a", "x", items=("x1", "x2"), series="7.7.7"), Choice(), ("", "2 labels here name")),
        (Entry("a", "x", ("z",)), Choice(), ("2 labels stand here by size or order alone", "")),
        (
            Entry("a", "x", series="1.2.3.4", count=9),
            Choice(),
            ("1 entry of the export does not agree with these images · see Labels and images", ""),
        ),
    ],
)
def test_a_media_says_what_is_doubtful_of_its_labels(entry, choice, words):
    project = project_of([entry], [drawn("a", frame=1), drawn("a", frame=2)])
    media = MEDIA if entry.names == () else MEDIA[:1]
    matches = match(project, media, {"1": Choices(entries={"a": choice})})
    said = [doubt_words(matches, index) for index in range(len(media))]
    for sentence, start in zip(said, words, strict=False):
        assert sentence.startswith(start)
        assert bool(sentence) == bool(start)
    session = Session()
    session.open(project, media, (), matches)
    for index, sentence in enumerate(said):
        session.viewing.show(index)
        for plane in ("axial", "sagittal", "coronal"):
            assert view_picture(session, plane, (400.0, 300.0)).warning == sentence


@pytest.mark.parametrize("order", ["stack", "reversed"])
def test_files_and_frames_that_are_not_the_same_slices_are_said_for_good(order):
    names = tuple(f"IM{k:04}.dcm" for k in range(8))
    rows = [drawn("a", item=k, frame=7 - k) for k in range(8)]
    project = project_of([Entry("a", "chest", items=names)], [*rows, drawn("a", item=3)])
    choice = Choice(slice_order=order)
    matches = match(project, MEDIA[:1], {"1": Choices(choice)})
    slices = [matches.of(AnnotationId("1", k))[0].slice for k in range(9)]
    assert slices == [*range(8), 3]
    said = "8 labels are shown by file, though frames count otherwise · see Labels and images"
    assert doubt_words(matches, 0) == (said if order == "stack" else "")


def test_an_object_on_many_frames_is_one_doubtful_label(tmp_path):
    box = {"top": 10, "left": 10, "width": 20, "height": 30}
    keys = [{"frame": frame, "bbox": box} for frame in (1, 60)]
    row = {"name": "Valve", "dataRow": {"globalKey": "z"}, "segments": [{"keyframes": keys}]}
    (tmp_path / "import.ndjson").write_text(json.dumps(row))
    media = open_media(str(demo_folder()[1].parent / VIDEO_NAME)).media
    matches = match(read_export(tmp_path / "import.ndjson"), media)
    assert doubt_words(matches, 0).startswith("1 label stands here by size or order alone")
