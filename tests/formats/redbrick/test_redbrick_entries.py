"""Lists of files: counted where they are plain, and read with care where not."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.redbrick.entries import files_of, items_of
from viewer.model.file_names import FileNames

NAMES = st.text(st.sampled_from('ab/,[]{}"\\é\ud800 '), max_size=6)
ITEMS = st.lists(NAMES | st.integers() | st.none() | st.lists(NAMES, max_size=2), max_size=5)


@given(ITEMS | NAMES | st.none() | st.lists(NAMES), st.booleans(), st.booleans())
def test_files_that_are_only_counted_are_those_that_are_read(items, is_ascii, is_strict):
    raw = msgspec.Raw(json.dumps(items, ensure_ascii=is_ascii).encode("utf-8", "replace"))
    assert files_of(raw, is_strict=is_strict) == FileNames.of(items_of(raw))


@pytest.mark.parametrize("text", ['["a" /* 1 */]', '["a",]', "['a']", '["a"'])
def test_what_is_no_json_is_never_only_counted(text):
    raw = msgspec.Raw(text.encode())
    assert files_of(raw, is_strict=False) == FileNames.of(items_of(raw))
