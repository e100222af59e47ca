"""The kept name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session.preferences import one_line, read_author, write_author


@pytest.mark.parametrize("name", ["", "Dr. Åsa Öberg", "  two  words\n"])
def test_a_kept_name_comes_back_as_one_line(tmp_path, name):
    path = tmp_path / "settings" / "author.txt"
    assert read_author(path) == ""
    write_author(path, name)
    assert read_author(path) == one_line(name)


@given(st.text())
def test_one_line_is_one_line_and_stays_as_it_is(name):
    assert len(one_line(name).splitlines()) <= 1
    assert one_line(one_line(name)) == one_line(name)
