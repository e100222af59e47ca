"""The vendor's own library reads what is written, edited or not, as it reads what was opened.

The library is in the environment that the oracle's docstring describes: `.venv-encord` in the
project's folder, or its Python named by OVERREAD_ENCORD_PYTHON.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from encord_rows import box, frames, read, row
from format_cases import DATA
from listed import all_of
from oracles.library import ONTOLOGIES, Library, python_of

from viewer.demo import demo_of
from viewer.formats import read_export, write_export
from viewer.geometry.measure import translated
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.making import Stamp, Target, annotation_made

ALONE = (
    "audio_objects.json", "dicom_plain.json", "group_two_images.json", "text_plain.json",
    "video_classifications.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def library(shared: Path) -> Iterator[Library]:
    if not python_of("encord").exists():
        pytest.skip("needs the vendor's library: `make sdks`, or OVERREAD_ENCORD_PYTHON")
    with closing(Library("encord")) as library:
        yield library


def judged(library: Library, *arguments: Path | str) -> tuple[int, str]:
    """Return the oracle's exit code and words."""
    code, out, err = library.asked(*arguments)
    return code, out + err


def moved(project: Project) -> Project:
    """Return the project with every label that can be edited moved a little."""
    for one in all_of(project):
        shape = one.placements[0].shape
        if one.locked_reason is None and shape is not None:
            project = project.with_annotation(one.with_shape(0, translated(shape, 1, 2)))
    return project


def sources(shared: Path) -> list[tuple[Path, ...]]:
    folder = shared / "data" / "exports" / "encord"
    own = DATA / "encord" / "everything.json", DATA / "encord" / "ontology" / "ontology.json"
    pairs = [(folder / name, folder / ontology) for name, ontology in ONTOLOGIES.items()]
    return [*pairs, *((folder / name,) for name in ALONE), own]


def test_the_library_reads_every_export_as_before_and_edited(library, shared, tmp_path):
    for source in sources(shared):
        opened = read_export(*source)
        written = tmp_path / source[0].name
        write_export(opened, opened, "1", written)
        code, words = judged(library, source[0], *source[1:], "--compare", written)
        assert code == 0, words
        free = [one.id for one in all_of(opened) if one.locked_reason is None]
        states = (moved(opened), opened.without_annotations(free[::2]))
        for number, current in enumerate(states):
            edited = tmp_path / f"{number}-{source[0].name}"
            write_export(opened, current, "1", edited)
            code, words = judged(library, edited, *source[1:])
            assert code == 0, words


def test_every_label_of_the_demo_is_loaded_by_its_ontology(library):
    _, (labels, ontology) = demo_of("encord")
    code, words = judged(library, labels, ontology, "--strict", "--fail-on-drop")
    assert code == 0, words
    for name, count in (("Nodule box (Reader A)", 6), ("Valve", 100)):
        assert words.count(f"'{name}'") >= count


def test_a_new_object_and_a_new_classification_are_loaded(library, shared, tmp_path):
    ontology = DATA / "encord" / "ontology" / "ontology.json"
    read([row("video", frames({0: [box("a")]}), "film")], tmp_path)
    opened = read_export(tmp_path / "export.json", ontology)
    media = all_of(opened)[0].placements[0].media
    stamp = Stamp("2026-01-02T03:04:05Z", "me@here")
    there = msgspec.structs.replace(media, frame=2)
    drawn = annotation_made(
        opened,
        Target("1", "f bounding_box", "box", there, (64, 32), index=2),
        Box(1, 2, 3, 4),
        stamp,
    ).annotation
    drawn = drawn.with_attribute(0, "q dyn", ("One", "Two"))
    said = annotation_made(
        opened, Target("1", "c radio", None, there, (64, 32), index=2), None, stamp
    ).annotation
    said = msgspec.structs.replace(said, id=AnnotationId("1", 5, new=True)).with_attribute(
        None, "q radio", "Yes"
    )
    current = opened.with_annotation(drawn).with_annotation(said)
    write_export(opened, current, "1", tmp_path / "out.json")
    code, words = judged(library, tmp_path / "out.json", ontology, "--fail-on-drop")
    assert code == 0, words
    assert words.count("[bounding_box]") == 2
    assert "'Radio'" in words
    (dynamic,) = (line for line in words.splitlines() if "'Dynamic'" in line)
    assert all(word in dynamic for word in ("One", "Two", "[[2, 2]]"))
    assert "[[2, 2]]" in words
    assert "NOT LOADED" not in words
