"""Reading in a child process gives what reading here gives, and leaves no process behind."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest

from viewer.errors import Cancelled, CannotRead
from viewer.formats import FORMATS, read_export, read_in_child, reading
from viewer.formats.child import index_in_child, serve
from viewer.formats.table import format_named
from viewer.formats.table_bytes import Index
from viewer.model.table import Columns

FIXTURE = Path(__file__).parents[1] / "data" / "mdai" / "all_modes.json"


def same_columns(one: Columns, other: Columns) -> bool:
    for name in Columns.__dataclass_fields__:
        mine, others = getattr(one, name), getattr(other, name)
        if isinstance(mine, tuple):
            same = mine == others
        elif isinstance(mine, np.ndarray):
            same = mine.dtype == others.dtype and np.array_equal(mine, others)
        else:
            same = mine.text == others.text and np.array_equal(mine.ends, others.ends)
        if not same:
            return False
    return True


@pytest.mark.parametrize("damage", [b"", b" // a comment", b",,,"])
def test_an_index_crosses_a_pipe_unchanged(damage: bytes):
    for known in FORMATS:
        index = known.index((FIXTURE.read_bytes() + damage,))
        again = Index.from_bytes(index.to_bytes())
        assert same_columns(index.columns, again.columns)
        assert index.head.ontology == again.head.ontology
        assert [vars(exam) for exam in index.head.exams] == [vars(e) for e in again.head.exams]
        assert (index.head.issues, index.head.facts, index.head.authors) == (
            again.head.issues,
            again.head.facts,
            again.head.authors,
        )


def test_a_child_reads_what_this_process_reads(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "CHILD_FROM_BYTES", 0)
    there = read_in_child(FIXTURE)
    here = read_export(FIXTURE)
    assert same_columns(there.annotations.bases["1"].columns, here.annotations.bases["1"].columns)
    for id in here.annotations:
        assert there.annotations[id].native_id == here.annotations[id].native_id


def test_small_files_need_no_child(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    assert len(read_in_child(FIXTURE).annotations) == 20


def test_cancelling_ends_the_child(monkeypatch: pytest.MonkeyPatch):
    children: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen.__init__

    def noted(self: subprocess.Popen[bytes], *args: object, **kwargs: object) -> None:
        children.append(self)
        real(self, *args, **kwargs)  # pyright: ignore[reportArgumentType, reportCallIssue]

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    with pytest.raises(Cancelled):
        index_in_child(FORMATS[0], (FIXTURE.read_bytes(),), lambda: True)
    (child,) = children
    assert child.returncode is not None


def test_what_the_child_says_is_said_here(monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    unknown = replace(FORMATS[0], name="nothing")
    with pytest.raises(CannotRead, match="no label format named 'nothing'"):
        index_in_child(unknown, (b"{}",))


def test_a_child_that_dies_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("viewer.formats.child._entry_point", lambda: ["/bin/false"])
    with pytest.raises(CannotRead, match="without an answer"):
        index_in_child(FORMATS[0], (FIXTURE.read_bytes() * 100,))


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch):
    import sys

    from viewer.formats import child

    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child._entry_point() == [sys.executable]


def test_serving_over_streams():
    data = FIXTURE.read_bytes()
    out = io.BytesIO()
    assert serve(["mdai"], io.BytesIO(b"[%d]\n" % len(data) + data), out) == 0
    index = Index.from_bytes(out.getvalue()[1:])
    assert same_columns(index.columns, format_named("mdai").index((data,)).columns)
    out = io.BytesIO()
    serve(["mdai"], io.BytesIO(b"[999999]\n" + data), out)
    assert out.getvalue().startswith(b"EThe window went away")
