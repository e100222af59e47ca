"""A mask that is only partly there is said where it lacks."""

from __future__ import annotations

import shutil

from viewer.demo import LABELBOX_FOLDER, demo_folder
from viewer.formats import read_export
from viewer.media import open_media
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.review.filtering import Filter
from viewer.review.fits import Fitting
from viewer.review.matching import match
from viewer.session.session import Session
from viewer.ui.labels.facts import meta_line, subject_of


def test_a_slice_whose_mask_is_not_downloaded_says_so_and_the_others_do_not(tmp_path):
    folder, labels = demo_folder()
    shutil.copytree(labels.parent / LABELBOX_FOLDER, tmp_path / "x")
    (gone,) = (tmp_path / "x" / "masks").glob("*_65.png")
    gone.unlink()
    project, media = (
        read_export(tmp_path / "x" / "thorax_export_v2.ndjson"),
        open_media(folder).media,
    )
    session = Session()
    session.open(project, media, (), match(project, media))
    words = {64: "1 mask of this slice is not there: Vertebra", 63: "", 10: ""}
    for slice, said in words.items():
        session.viewing.set_crosshair((0.0, 0.0, float(slice)))
        assert view_picture(session, "axial", (600.0, 500.0)).warning == said
    session.viewing.set_crosshair((0.0, 0.0, 64.0))
    ahead = Extras(labels=False)  # a job works labels out: no mask is decoded for words before
    assert view_picture(session, "axial", (600.0, 500.0), ahead).warning == ""
    (vertebra,) = (
        id
        for id in project.annotations
        if len(project.annotations[id].placements) == 5
        and project.annotations[id].native_id in gone.name
    )
    assert isinstance(vertebra, AnnotationId)
    assert meta_line(subject_of(session, vertebra)).startswith("Mask that is not there")
    session.display.set_filter(Filter("other"), Fitting({}, {}))
    assert "not there" not in view_picture(session, "axial", (600.0, 500.0)).warning
