"""Records as their file spells them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from composed import export_text, project_of_rows, row

from viewer.formats import read_export, record_bytes, record_fields
from viewer.formats.record_text import part_bytes, record_parts
from viewer.formats.table import format_named
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.table import AnnotationTable

FIRST = AnnotationId("1", 0)


def test_a_record_is_its_own_bytes_of_the_file_whatever_was_edited(tmp_path: Path):
    rows = [row(note='a "n\u00f6te"', unknown={"kept": [1.10]}), row(k=3)]
    project = project_of_rows(tmp_path, rows)
    for number, id in enumerate(project.annotations):
        record = record_bytes(project, id)
        assert record in bytes(project.exports["1"].sources[0].base)
        assert json.loads(record) == {"id": f"A_{number}", **rows[number]}
    deleted = project.without_annotations([FIRST])
    assert record_bytes(deleted, FIRST) == record_bytes(project, FIRST)


def test_fields_stand_in_file_order_texts_without_quotes(tmp_path: Path):
    rows = [row(note='a "n\u00f6te"', unknown={"kept": [1, 2]})]
    fields = dict(record_fields(project_of_rows(tmp_path, rows), FIRST))
    assert list(fields) == ["id", *rows[0]]
    assert (fields["id"], fields["note"]) == ("A_0", 'a "n\u00f6te"')
    assert fields["unknown"] == '{"kept":[1,2]}'


def test_long_values_are_cut_off_and_say_so(tmp_path: Path):
    ring = {"vertices": [[x, x + 0.5] for x in range(5000)]}
    project = project_of_rows(tmp_path, [row("L_ring", ring, note="x" * 9000)])
    fields = dict(record_fields(project, FIRST))
    for key in ("data", "note"):
        assert len(fields[key]) < 1000
        assert fields[key].endswith(" ...")


def test_what_is_no_record_says_what_is_wrong_with_it(tmp_path: Path):
    path = tmp_path / "damaged.json"
    path.write_text(export_text([row()]).replace('"annotations":[', '"annotations":[[1],'))
    project = read_export(path)
    assert record_bytes(project, FIRST) == b"[1]"
    ((key, sentence),) = record_fields(project, FIRST)
    assert key == ""
    assert "an object was expected" in sentence


def test_a_label_made_here_has_no_record(tmp_path: Path):
    project = project_of_rows(tmp_path, [row()])
    new = AnnotationId("1", 0, new=True)
    assert record_bytes(project, new) == b""
    assert record_fields(project, new) == ()


def test_a_track_tells_the_record_of_the_frame_that_is_asked_for_and_decodes_nothing(tmp_path):
    project = project_of_rows(tmp_path, [row(k=n % 8) for n in range(12)])
    base = project.annotations.bases["1"]
    columns = replace(base.columns, owners=np.zeros(12, np.int64))

    def decode(_ordinal: int, /) -> Annotation:
        raise AssertionError("nothing is decoded")

    bases = {"1": replace(base, columns=columns, decode=decode)}
    track = replace(project, annotations=AnnotationTable(bases))
    whole = record_parts(track, FIRST)
    assert [part.title for part in whole] == ["Record"]
    for number in (1, 7, 11):
        parts = record_parts(track, FIRST, number)
        assert [part.title for part in parts] == ["Record", "On its media"]
        assert json.loads(bytes(part_bytes(track, "1", parts[1])))["id"] == f"A_{number}"
        assert record_bytes(track, FIRST, number).count(b'"id"') == 2
    assert record_parts(track, FIRST, 12) == whole


def test_what_stands_around_the_labels_is_found_without_them(tmp_path: Path):
    project = project_of_rows(tmp_path, [row(), row(k=3)])
    spans = format_named("mdai").head_spans
    assert spans is not None
    source = project.exports["1"].sources[0].base
    found = {
        title: bytes(source[origin.start : origin.end])
        for title, origin in spans(project.exports["1"], project.annotations.bases["1"])
    }
    assert found["name"] == b'"P"'
    assert found["dataset 1: name"] == b'"phantoms"'
    assert json.loads(found["users"]) == [{"id": "U_1", "name": "Reader"}]
    assert not any(b"A_0" in value for value in found.values())
