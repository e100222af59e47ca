"""What is said of a whole image: once of each where a format holds one, and nothing of videos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bound import film
from encord_rows import answer, listed, row

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.classifying import classification_made
from viewer.session.commands import AddAnnotation, DeleteAnnotations, MovePlacement
from viewer.session.moving import moved_here
from viewer.session.said_once import ONCE
from viewer.session.session import Session

Json = Any
CLASSES = [{"class_name": "weather", "classification_type": "freetext"}]
IMAGE = {
    "internal_media_ID": "a",
    "external_media_ID": "a.mp4",
    "status": "completed",
    "global_classifications": {},
    "labels": {},
}
OTHER = {
    **IMAGE,
    "internal_media_ID": "b",
    "external_media_ID": "b.png",
    "global_classifications": {"weather": ["rain"]},
}
VIDEO = {**IMAGE, "video_total_frames": "20", "labels": {"frames": {}, "object": {}}}
KEY = ("1", "global_classifications/weather")


def session_of(folder: Path, task: Json) -> Session:
    (folder / "export.json").write_text(json.dumps([{"label_classes": CLASSES}, task, OTHER]))
    project, media = read_export(folder / "export.json"), (film("a.mp4", 20),)
    session = Session()
    session.open(project, media, (), match(project, media))
    session.set_mode("edit")
    return session


def saved(opened: Project, current: Project, folder: Path) -> Json:
    write_export(opened, current, "1", folder / "out.json")
    return json.loads((folder / "out.json").read_bytes())[1]["global_classifications"]


def test_an_image_has_one_answer_to_a_question_and_another_once_that_is_deleted(tmp_path: Path):
    session = session_of(tmp_path, {**IMAGE, "global_classifications": {"weather": ["sunny"]}})
    opened = session.project
    assert classification_made(session, KEY) == ONCE
    session.do(DeleteAnnotations((AnnotationId("1", 0),), (), session.stamp()))
    made = classification_made(session, KEY)
    assert isinstance(made, AddAnnotation)
    session.do(made)
    assert classification_made(session, KEY) == ONCE
    assert saved(opened, session.project, tmp_path) == {"weather": [None]}


def encord(folder: Path, author: str) -> Session:
    """A video with a class said of frames 3 to 5 on the main branch, and of frame 9 on another."""

    def on(*numbers: int) -> Json:
        return {str(n): {"objects": [], "classifications": [listed("said")]} for n in numbers}

    rows = [row("video", on(3, 4, 5), "a"), row("video", on(9), "a", branch_name="second")]
    for one in rows:
        one["data_units"]["a"]["data_title"] = one["data_title"] = "a.mp4"
        one["classification_answers"] = {
            "said": {"classificationHash": "said", "classifications": [answer("q", ["Yes"])]}
        }
    (folder / "export.json").write_text(json.dumps(rows))
    project, media = read_export(folder / "export.json"), (film("a.mp4", 20),)
    session = Session()
    session.author = author
    session.open(project, media, (), match(project, media))
    session.set_mode("edit")
    return session


@pytest.mark.parametrize(
    ("author", "taken"), [("anybody", {3, 4, 5}), ("second", {9}), ("branch second", {9})]
)
def test_a_class_is_said_once_of_a_frame_on_each_branch(
    tmp_path: Path, author: str, taken: set[int]
):
    session = encord(tmp_path, author)
    (label,) = (one.id for one in session.project.exports["1"].ontology.classes)
    refused: set[int] = set()
    for frame in (0, 3, 4, 5, 6, 9):
        session.viewing.set_crosshair((0.0, 0.0, float(frame)))
        if classification_made(session, ("1", label)) == ONCE:
            refused.add(frame)
    assert refused == taken


def test_a_class_is_not_moved_to_a_frame_of_which_it_is_said(tmp_path: Path):
    session = encord(tmp_path, "anybody")
    (label,) = (one.id for one in session.project.exports["1"].ontology.classes)
    session.viewing.set_crosshair((0.0, 0.0, 7.0))
    made = classification_made(session, ("1", label))
    assert isinstance(made, AddAnnotation)
    session.do(made)
    moved: dict[int, object] = {}
    for frame in (8, 5, 9):
        session.viewing.set_crosshair((0.0, 0.0, float(frame)))
        moved[frame] = moved_here(session, made.annotation.id)
    assert [frame for frame, answer in moved.items() if answer == ONCE] == [5]
    assert isinstance(moved[8], MovePlacement)
    assert isinstance(moved[9], MovePlacement)


def test_of_two_new_answers_to_one_question_none_is_lost_in_silence(tmp_path: Path):
    session = session_of(tmp_path, IMAGE)
    opened, made = session.project, classification_made(session, KEY)
    assert isinstance(made, AddAnnotation)
    current = opened.with_annotation(made.annotation)
    other = AnnotationId("1", 9, new=True)
    twice = current.with_annotation(msgspec.structs.replace(made.annotation, id=other))
    with pytest.raises(CannotWrite, match="change that one"):
        saved(opened, twice, tmp_path)


def test_nothing_is_said_of_a_whole_video_whose_format_has_no_place_for_it(tmp_path: Path):
    session = session_of(tmp_path, VIDEO)
    said = classification_made(session, KEY)
    assert isinstance(said, str)
    assert "whole video" in said
    image = session_of(tmp_path, IMAGE)
    made = classification_made(image, KEY)
    assert isinstance(made, AddAnnotation)
    with pytest.raises(CannotWrite, match="about a video"):
        saved(session.project, session.project.with_annotation(made.annotation), tmp_path)
