"""Laws of all kinds of Labelbox's files: an edit is what the saved file shows, and nothing else."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelbox_kinds import KINDS, Kind, all_seen, edited

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export

kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@kinds
def test_what_is_not_edited_is_written_byte_for_byte(kind: Kind, tmp_path: Path):
    opened = kind.opened(tmp_path / "in")
    target = tmp_path / "out" / "x"
    write_export(opened, opened, "1", target, make_folder=True)
    names = list(kind.files())
    assert target.read_bytes() == kind.files()[names[0]]
    for name in names[1:]:
        assert (target.parent / name).read_bytes() == kind.files()[name]


@kinds
@given(data=st.data())
def test_what_is_edited_is_shown_by_the_saved_file(kind: Kind, tmp_path: Path, data):
    opened = kind.opened(tmp_path / "in")
    current = data.draw(edited(opened))
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    target = tmp_path / "out" / "x.json"
    with suppress(CannotWrite):  # of an import, an answer that differs from frame to frame
        write_export(opened, current, "1", target, make_folder=True)
    assert target.exists() or kind.name.startswith("import")
    if not target.exists():
        return
    again = read_export(target)
    assert all_seen(again) == all_seen(current)
    assert again.exports["1"].issues == opened.exports["1"].issues
    write_export(again, again, "1", tmp_path / "out" / "again.json")
    assert (tmp_path / "out" / "again.json").read_bytes() == target.read_bytes()


@kinds
def test_each_label_taken_out_alone_leaves_the_others_their_bytes(kind: Kind, tmp_path: Path):
    opened = kind.opened(tmp_path / "in")
    for number, id in enumerate(opened.annotations):
        folder = tmp_path / str(number)
        write_export(
            opened, opened.without_annotation(id), "1", folder / "x.json", make_folder=True
        )
        written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        for other in opened.annotations:
            for placement in opened.annotations[other].placements if other != id else ():
                for origin in placement.origins:
                    base = opened.exports["1"].sources[origin.source].base
                    assert bytes(base[origin.start : origin.end]) in written
