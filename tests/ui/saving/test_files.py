"""The list of files that a save writes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from listed import named
from redbrick_masks import SHAPE, own_files, volume_of

from viewer.formats import read_export
from viewer.formats.writing import outcome_of
from viewer.geometry.mask import Mask
from viewer.ui.saving.files import FilesList


def test_files_of_a_zip_that_are_replaced_are_not_counted_as_they_were(qtbot, tmp_path: Path):
    lit = {n: np.eye(SHAPE[1], SHAPE[2], dtype=np.uint8)[None].repeat(SHAPE[0], 0) for n in (1, 2)}
    (tmp_path / "in").mkdir()
    path = own_files(tmp_path / "in", lit)
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(path.parent.rglob("*.*")):
            archive.write(file, file.relative_to(path.parent).as_posix())
    opened = read_export(packed)
    found = named(opened, "1")
    square = Mask.from_array(np.ones((2, 2), bool), 3, 1)
    current = opened.with_annotation(found.with_shape(0, volume_of(found).with_slice(1, square)))
    files = FilesList()
    qtbot.addWidget(files)
    files.show_outcome(outcome_of(opened, current, "1", tmp_path / "saved.zip"))
    row = files.topLevelItem(0)
    assert row is not None
    assert row.text(2) == "2 of 3 files in it as opened"
    assert files.topLevelItemCount() == 2
