"""Rows of a file are found whole, however the file lists them."""

from __future__ import annotations

import json

import pytest

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


def test_of_a_file_that_breaks_off_the_whole_rows_are_found():
    data = json.dumps(ROWS).encode()[:-12]
    found = [json.loads(data[span.start : span.end]) for span in row_spans(data)]
    assert found == ROWS[:2]
