"""What is odd about an Encord export without being broken is said in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

from encord_rows import box, flat, listed, read, row

from viewer.formats import read_export, write_export

GOOD = box("good")


def test_an_ontology_that_is_damaged_leaves_classes_as_labels_name_them(tmp_path: Path):
    text = b'{"objects": [{"featureNodeHash": "f bounding_box", "name": "X"}], "classifications": ['
    (tmp_path / "ontology.json").write_bytes(text)
    (tmp_path / "export.json").write_text(json.dumps([row("image", flat(GOOD))]))
    opened = read_export(tmp_path)
    (found,) = opened.exports.values()
    assert [issue.code for issue in found.issues] == ["broken-ontology"]
    assert found.ontology.classes[0].name == "bounding box"


def test_orphans_are_told_of_in_one_sentence_and_stay(tmp_path: Path):
    gone = {f"o{n}": {"objectHash": f"o{n}", "classifications": []} for n in range(9)}
    opened = read([row("image", flat(GOOD), object_answers=gone)], tmp_path)
    (issue,) = opened.exports["1"].issues
    assert "9 (o0, o1, o2, o3, o4, ...)" in issue.sentence
    write_export(opened, opened.without_annotations(list(opened.annotations)), "1", tmp_path / "x")
    (held,) = json.loads((tmp_path / "x").read_bytes())
    assert held["object_answers"] == gone


def test_a_classification_twice_on_a_frame_is_told_of(tmp_path: Path):
    labels = {"0": {"objects": [], "classifications": [listed("c"), listed("c")]}}
    opened = read([row("video", labels)], tmp_path)
    assert [opened.annotations[id].locked_reason is None for id in opened.annotations] == [
        True,
        False,
    ]
