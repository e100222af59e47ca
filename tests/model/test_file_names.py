"""Names of files: told when they are asked for, and the same as one by one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.file_names import FileNames, file_name

PATHS = st.lists(
    st.text(st.sampled_from("ab/\\%20:?.é\0"))
    | st.sampled_from(("https://x/a%20b.dcm?k=1", "a/b/"))
)


@given(PATHS)
def test_names_are_those_of_the_paths_one_by_one(paths):
    names = FileNames.of(paths)
    expected = tuple(map(file_name, paths))
    assert len(names) == len(paths)
    assert names == expected
    assert tuple(names[at] for at in range(len(names))) == expected
    assert names[::2] == expected[::2]


@given(PATHS)
def test_names_come_through_a_pipe(paths):
    names = FileNames.of(paths)
    came = msgspec.msgpack.decode(msgspec.msgpack.encode(names), type=FileNames)
    assert came == names
    assert hash(came) == hash(names)


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/b.dcm", "b.dcm"), ("c:\\d\\e.nii", "e.nii"), ("https://h/x%20y.png?s=1", "x y.png"),
     ("http://[half", "[half")],
)  # fmt: skip
def test_a_name_has_no_folders_and_no_query(path, name):
    assert file_name(path) == name
