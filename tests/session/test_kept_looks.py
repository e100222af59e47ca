"""How an export is drawn is kept by its files' content, and never stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.render.looks import PLAIN_LOOK, WEIGHTS, ExportLook
from viewer.session.kept_looks import read_look, write_look

LOOKS = st.builds(
    ExportLook,
    hidden=st.booleans(),
    color=st.none() | st.just("#54B4F0"),
    weight=st.sampled_from(list(WEIGHTS)),
    opacity=st.floats(0.1, 1.0),
    hidden_authors=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)


@given(LOOKS)
def test_what_is_kept_is_read_again_and_the_plain_look_leaves_no_file(tmp_path, look):
    path = tmp_path / "looks" / "look.json"
    write_look(path, look)
    assert read_look(path) == look
    assert path.exists() == (look != PLAIN_LOOK)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"opacity": 7}', b"\xff\xfe", b"[" * 9999])
def test_a_damaged_file_is_the_plain_look(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "look.json"
    path.write_bytes(content)
    assert read_look(path) == PLAIN_LOOK


def test_an_author_whose_name_no_file_can_hold_is_no_reason_to_fail(tmp_path: Path) -> None:
    write_look(tmp_path / "look.json", ExportLook(hidden_authors=("lone \ud800",)))
    assert len(read_look(tmp_path / "look.json").hidden_authors) == 1
