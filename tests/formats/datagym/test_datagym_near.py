"""What lies beside an export: label configurations, lists of classes, a video task's project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

Json = Any
POINT = [{"x": 1, "y": 2}]
TASK = "11111111-0000-4000-8000-000000000001"


def entry(key: str, word: str, *children: Json, **more: Json) -> Json:
    given = {"children": list(children), "type": word, "entryKey": key, "entryValue": key.title()}
    return {**given, **more}


CONFIGURATION = [
    entry(
        "car",
        "POLYGON",
        entry(
            "car_type", "SELECT", entry("since", "FREETEXT", maxLength=9), options={"suv": "SUV"}
        ),
        entry("plate", "RECTANGLE", entry("clean", "checklist", options={"a": "A", "b": "B"})),
        color="#FB110D",
        shortcut="1",
    ),
    entry("plate", "POINT", color="#00ff00"),
    entry("weather", "SELECT", entry("daytime", "SELECT", options={"day": "Day"}), options={}),
    entry("unused", "LINE", color="not a colour"),
]
LABELS = {
    "car": [
        {
            "polygon": [*POINT, {"x": 5, "y": 2}, {"x": 5, "y": 9}],
            "classifications": {"car_type": ["suv", {"since": ["x"]}]},
            "nested_geometries": {
                "plate": [{"rectangle": [{"x": 1, "y": 1, "w": 1, "h": 1}], "classifications": {}}]
            },
        }
    ],
}


def export(folder: Path, labels: Json, *classes: Json, name: str = "export.json") -> Path:
    tree = [{"label_classes": list(classes)}, {"internal_media_ID": "m", "labels": labels}]
    return saved(folder / name, tree)


def saved(path: Path, tree: Json) -> Path:
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def video(folder: Path, name: str = f"datagym_export_1590000000000_{TASK}.json") -> Path:
    box = {"rectangle": [{"x": 1, "y": 1, "w": 1, "h": 1}]}
    return saved(
        folder / name, {"frames": {"5": [{"visibleObjectId": "u"}]}, "object": {"u": {"5": box}}}
    )


def classes_of(project: Project) -> dict[str, tuple[str, str | None, str | None]]:
    found = project.exports["1"].ontology.classes
    return {one.id: (one.name, one.color, one.parent) for one in found}


def test_a_configuration_beside_gives_colours_texts_and_nesting(tmp_path: Path):
    path = export(tmp_path, LABELS)
    saved(tmp_path / "datagym_export_1_p_configuration.json", CONFIGURATION)
    project = read_export(path)
    assert classes_of(project) == {
        "car": ("Car", "#fb110d", None),
        "car/plate": ("Plate", None, "car"),
        "plate": ("Plate", "#00ff00", None),
        "global_classifications/weather": ("Weather", None, None),
        "unused": ("Unused", None, None),
    }
    kinds = {one.id: one.kind for one in project.exports["1"].ontology.classes}
    assert kinds["unused"] == "polyline"


def test_a_configuration_gives_the_options_and_texts_of_questions(tmp_path: Path):
    path = export(tmp_path, LABELS)
    beside = saved(tmp_path / "any name.json", CONFIGURATION)
    project = read_export(path, beside)
    label = project.annotations[AnnotationId("1", 0)]
    assert [(one.name, one.key, one.kind, one.options) for one in label.attributes] == [
        ("Car_Type", "/car_type", "choice", ("suv",)),
        ("Since", "/car_type/since", "text", ()),
    ]
    asked = project.exports["1"].ontology.by_id["car"].questions
    assert [(one.key, one.value, one.depth) for one in asked] == [
        ("/car_type", None, 0),
        ("/car_type/since", None, 1),
    ]


def test_several_configurations_beside_are_none(tmp_path: Path):
    path = export(tmp_path, LABELS)
    for name in "ab":
        saved(tmp_path / f"{name}_configuration.json", CONFIGURATION)
    project = read_export(path)
    assert classes_of(project)["car"] == ("car", None, None)
    assert "several-configurations" in {one.code for one in project.exports["1"].issues}


def test_a_bare_list_of_classes_is_the_ontology_of_exports_beside(tmp_path: Path):
    video(tmp_path, "video.json")
    classes = [{"class_name": "bottle", "geometry_type": "rectangle"}]
    saved(tmp_path / "classes.json", {"label_classes": classes})
    project = read_export(tmp_path)
    assert project.annotations[AnnotationId("1", 0)].class_id == "bottle"
    classes.append({"class_name": "jar", "geometry_type": "rectangle"})
    saved(tmp_path / "classes.json", {"label_classes": classes})
    assert list(classes_of(read_export(tmp_path))) == ["bottle", "jar", "unknown class (rectangle)"]


@pytest.mark.parametrize("end", ["", "/", "?token=a/b", "/?token=a/b", "#x"])
def test_a_video_task_finds_its_name_and_classes_in_its_project_beside(tmp_path: Path, end: str):
    head = {"label_classes": [{"class_name": "bottle", "geometry_type": "rectangle"}]}
    task = {
        "internal_media_ID": "m", "external_media_ID": "v.mp4", "video_width": "1920",
        "video_height": "1080", "video_total_frames": "99",
        "task_export_url": f"https://x/api/v1/exportVideoTask/{TASK}{end}",
    }  # fmt: skip
    saved(tmp_path / "project.json", [head, task])
    project = read_export(video(tmp_path))
    (found,) = project.exports["1"].entries
    assert (found.names, found.size, found.count) == (("v.mp4",), (1920, 1080), 99)
    assert project.annotations[AnnotationId("1", 0)].class_id == "bottle"


def test_a_very_long_address_beside_is_no_task_of_a_video(tmp_path: Path):
    url = "a" * 300_000 + "/x/y z//?"
    saved(tmp_path / "project.json", [{"internal_media_ID": "m", "task_export_url": url}])
    assert read_export(video(tmp_path)).exports["1"].entries[0].names == ()


def test_a_project_is_found_among_many_video_tasks(tmp_path: Path):
    for number in range(60):
        video(tmp_path, f"a {number}.json")
    classes = [{"class_name": name, "geometry_type": "rectangle"} for name in ("bottle", "jar")]
    task = {"internal_media_ID": "m", "task_export_url": f"https://x/exportVideoTask/{TASK}/"}
    saved(tmp_path / "project.json", [{"label_classes": classes}, task])
    project = read_export(video(tmp_path))
    assert list(classes_of(project)) == ["bottle", "jar", "unknown class (rectangle)"]


def test_a_video_task_alone_says_that_no_class_is_known(tmp_path: Path):
    project = read_export(video(tmp_path))
    assert "class-unknown" in {one.code for one in project.exports["1"].issues}
    (label,) = project.exports["1"].ontology.classes
    assert (label.name, label.kind) == ("unknown class (rectangle)", "box")


def test_a_damaged_configuration_is_said(tmp_path: Path):
    path = export(tmp_path, LABELS)
    text = json.dumps(CONFIGURATION)
    (tmp_path / "x_configuration.json").write_text(text[: len(text) // 2])
    project = read_export(path)
    assert "configuration-damaged" in {one.code for one in project.exports["1"].issues}
