"""Laws of all kinds of Labelbox's files: an edit is what the saved file shows, and nothing else."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelbox_kinds import KINDS, Kind, all_seen, edited
from labelbox_rows import Json
from test_formats import WRONG, spots

from viewer.errors import CannotRead, CannotWrite
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
    new, old = ({one.code for one in each.exports["1"].issues} for each in (again, opened))
    assert new <= old  # some go with their labels
    write_export(again, again, "1", tmp_path / "out" / "again.json")
    assert (tmp_path / "out" / "again.json").read_bytes() == target.read_bytes()


@kinds
def test_each_label_taken_out_alone_leaves_the_others_their_bytes(kind: Kind, tmp_path: Path):
    opened = kind.opened(tmp_path / "in")
    for number, id in enumerate(opened.annotations):
        folder = tmp_path / str(number)
        write_export(
            opened, opened.without_annotations([id]), "1", folder / "x.json", make_folder=True
        )
        written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        for other in opened.annotations:
            for placement in opened.annotations[other].placements if other != id else ():
                for origin in placement.origins:
                    base = opened.exports["1"].sources[origin.source].base
                    assert bytes(base[origin.start : origin.end]) in written


@kinds
@given(data=st.data())
def test_any_value_may_be_of_another_type(kind: Kind, tmp_path: Path, data):
    files = kind.files()
    name = data.draw(st.sampled_from(sorted(files)))
    rows = trees_of(files[name])
    path = data.draw(st.sampled_from(spots(rows)))
    holder = rows
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = "@@here@@"
    lines = b"\n".join(json.dumps(row).encode() for row in rows)
    for other, content in files.items():
        (tmp_path / "in" / other).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / other).write_bytes(content)
    (tmp_path / "in" / name).write_bytes(lines.replace(b'"@@here@@"', data.draw(WRONG)))
    try:
        opened = read_export(tmp_path / "in" / next(iter(files)))
    except CannotRead:
        return  # the key that tells the format is gone
    assert len(all_seen(opened)) == len(opened.annotations)
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    with suppress(CannotWrite):
        current = data.draw(edited(opened))
        write_export(opened, current, "1", tmp_path / "out" / "x.json", make_folder=True)


def trees_of(content: bytes) -> list[Json]:
    """Return the rows of a file, of a list or of lines."""
    text = content.decode("utf-8-sig")
    if text.startswith("["):
        return json.loads(text)
    return [json.loads(line) for line in text.splitlines()]
