"""Rows of a file are found whole, however the file lists them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.vendor_rows import redbrick_tasks

from viewer.errors import Cancelled
from viewer.formats import read_export, surroundings
from viewer.formats.record_text import record_parts, records_ahead
from viewer.formats.surroundings import row_spans

ROWS = [{"id": 1, "deep": {"x": [1, 2]}}, {"id": 2}, {"id": 3, "text": "a }, { b"}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2).replace("\n", "\r\n"),
        "\n".join(map(json.dumps, ROWS)),
        "\ufeff" + json.dumps(ROWS),
        json.dumps(ROWS)[:-1] + ",]",
        "// by hand\n" + json.dumps(ROWS),
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
    ],
)
def test_every_row_of_a_list_or_of_lines_is_found(text: str):
    data = text.encode()
    assert [json.loads(data[span.start : span.end]) for span in row_spans(data)] == ROWS


@pytest.mark.parametrize("join", [", ", "\n"])
def test_rows_of_a_large_file_are_found_one_by_one_and_the_search_can_be_stopped(
    join: str, monkeypatch: pytest.MonkeyPatch
):
    text = join.join(map(json.dumps, ROWS))
    data = (f"[{text}]" if join == ", " else text).encode()
    at_once = list(row_spans(data))
    monkeypatch.setattr(surroundings, "AT_ONCE_BYTES", 0)
    asked: list[int] = []
    assert list(row_spans(data, lambda: asked.append(1))) == at_once
    assert len(asked) >= len(ROWS)

    def stop() -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        list(row_spans(data, stop))


def test_rows_that_a_job_has_found_are_not_searched_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(surroundings, "AT_ONCE_BYTES", 0)
    path = tmp_path / "tasks.json"
    redbrick_tasks(path, 3)
    project = read_export(path)
    asked: list[int] = []
    records_ahead(project, lambda: asked.append(1))
    assert len(asked) >= 3
    before = len(asked)
    records_ahead(project, lambda: asked.append(1))
    for id in project.annotations:
        titles = [part.title for part in record_parts(project, id)]
        assert titles[-1] == "Task"
    assert len(asked) == before


def test_of_a_file_that_breaks_off_the_whole_rows_are_found():
    data = json.dumps(ROWS).encode()[:-12]
    found = [json.loads(data[span.start : span.end]) for span in row_spans(data)]
    assert found == ROWS[:2]
