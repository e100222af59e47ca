"""Frame lists, ranges and answers of classifications agree after every edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from encord_edits import ONTOLOGY, added, edited, film, saved
from encord_rows import answer, box, flat, listed, read, row
from listed import all_of

from viewer.errors import CannotWrite

Json = Any


def spoken(ranges: Json, spaces: Json = None) -> Json:
    return {"c": {"classificationHash": "c", "featureHash": "c radio", "range": ranges,
                  "spaces": spaces or {}, "createdBy": "a@b", "lastEditedAt": "x",
                  "classifications": [answer("q radio", ["Yes"], "Radio")]}}  # fmt: skip


def talked(listing: tuple[int, ...], ranges: Json) -> Json:
    labels = {str(n): {"objects": [], "classifications": [listed("c")] if n in listing else []}
              for n in range(5)}  # fmt: skip
    return [row("video", labels, "film", classification_answers=spoken(ranges))]


@pytest.mark.parametrize("is_listed", [True, False])
def test_frames_and_range_of_a_classification_stay_in_step(tmp_path: Path, is_listed: bool):
    opened = read(talked((1, 2, 3) if is_listed else (), [[1, 3]]), tmp_path, ONTOLOGY)
    (one,) = all_of(opened)
    (held,) = saved(opened, opened.with_annotation(one.without_placement(1)), tmp_path)
    labels = held["data_units"]["film"]["labels"]
    there = [int(key) for key, blob in labels.items() if blob["classifications"]]
    assert there == ([1, 3] if is_listed else [])
    assert held["classification_answers"]["c"]["range"] == [[1, 1], [3, 3]]
    placement = one.placements[2]
    there = msgspec.structs.replace(
        placement, media=msgspec.structs.replace(placement.media, frame=4), index=4
    )
    (held,) = saved(opened, opened.with_annotation(one.with_moved(2, there, 4)), tmp_path)
    assert held["classification_answers"]["c"]["range"] == [[1, 2], [4, 4]]
    assert len(held["data_units"]["film"]["labels"]["4"]["classifications"]) == int(is_listed)


def test_a_deleted_classification_leaves_neither_list_nor_answers(tmp_path: Path):
    opened = read(talked((1, 2), [[1, 3]]), tmp_path)
    (held,) = saved(opened, opened.without_annotations(list(opened.annotations)), tmp_path)
    assert held["classification_answers"] == {}
    assert not any(b["classifications"] for b in held["data_units"]["film"]["labels"].values())


def test_a_nested_answer_goes_with_the_option_that_it_follows(tmp_path: Path):
    tree = talked((1,), [[1, 1]])
    tree[0]["classification_answers"]["c"]["classifications"].insert(
        0, answer("q deep", "why", "Deep")
    )
    held = edited(tree, tmp_path, lambda one: one.with_attribute(None, "q radio", "No"))
    (left,) = held["classification_answers"]["c"]["classifications"]
    assert left["answers"] == [{"name": "No", "value": "no", "featureHash": "h No"}]


def test_a_new_classification_has_its_frames_in_the_list_and_in_the_range(tmp_path: Path):
    opened = read(film(), tmp_path, ONTOLOGY)
    new = added(opened, "c radio", None, frame=3).with_attribute(None, "q radio", "Yes")
    (held,) = saved(opened, opened.with_annotation(new), tmp_path)
    (said,) = held["classification_answers"].values()
    (entry,) = held["data_units"]["film"]["labels"]["3"]["classifications"]
    assert said["range"] == [[3, 3]]
    assert entry["classificationHash"] == said["classificationHash"]
    assert entry["featureHash"] == said["featureHash"] == "c radio"
    without = msgspec.structs.replace(new, attributes=())
    with pytest.raises(CannotWrite, match="needs an answer"):
        saved(opened, opened.with_annotation(without), tmp_path)


def test_a_classification_of_a_space_has_its_frames_there(tmp_path: Path):
    spaces = {"s": {"type": "frame", "range": [[0, 2]]}}
    movie = {"space_type": "video", "width": 64, "height": 32,
             "labels": {str(n): flat(box("o")) for n in range(3)}}  # fmt: skip
    tree = [row("group", {}, "g", spaces={"s": movie}, classification_answers=spoken([], spaces))]
    opened = read(tree, tmp_path)
    _, one = all_of(opened)
    assert [placement.index for placement in one.placements] == [0, 1, 2]
    (held,) = saved(opened, opened.with_annotation(one.without_placement(0)), tmp_path)
    assert held["classification_answers"]["c"]["spaces"]["s"]["range"] == [[1, 2]]


@pytest.mark.parametrize("level", ["global", None])
def test_an_empty_range_on_frames_is_the_whole_file_for_global_classes_alone(tmp_path, level):
    ontology = json.loads(json.dumps(ONTOLOGY))
    ontology["classifications"][0]["level"] = level
    tree = talked((), [])
    opened = read(tree, tmp_path, ontology)
    (one,) = all_of(opened)
    assert [placement.index for placement in one.placements] == [None]
    assert (one.locked_reason is None) == (level == "global")
    (attribute, *_) = one.attributes
    assert attribute.value == "Yes"
    if level == "global":
        (held,) = saved(
            opened, opened.with_annotation(one.with_attribute(None, "q radio", "No")), tmp_path
        )
        assert held["classification_answers"]["c"]["range"] == []


def test_a_new_classification_of_a_global_class_has_an_empty_range(tmp_path: Path):
    ontology = json.loads(json.dumps(ONTOLOGY))
    ontology["classifications"][0]["level"] = "global"
    opened = read(film(), tmp_path, ontology)
    new = added(opened, "c radio", None).with_attribute(None, "q radio", "Yes")
    (held,) = saved(opened, opened.with_annotation(new), tmp_path)
    (said,) = held["classification_answers"].values()
    assert said["range"] == []
    labels = held["data_units"]["film"]["labels"]
    assert not any(blob["classifications"] for blob in labels.values())
