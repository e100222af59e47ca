"""An oblique acquisition is shown along the axes of the patient, about the crosshair."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import STACKS

from viewer.geometry.oblique import patient_between
from viewer.paint.words import axes_words
from viewer.render.planes import planes_of, turned_planes
from viewer.session.turning import along_patient

NORMALS = {"axial": 2, "sagittal": 0, "coronal": 1}
VOXEL = (5.0, 4.0, 3.0)


@pytest.mark.parametrize("name", [name for name in STACKS if "oblique" in name])
def test_each_plane_cuts_its_own_axis_of_the_patient_through_the_crosshair(name: str) -> None:
    stack = STACKS[name]
    turned = along_patient(stack, VOXEL)
    assert turned is not None
    place = patient_between(stack, VOXEL)[0]
    for plane, view in turned_planes(stack, turned).items():
        assert abs(view.e_n[NORMALS[plane]]) == pytest.approx(1.0)
        assert sorted(np.abs(view.e_p).tolist()) == pytest.approx([0, 0, 1])
        index = view.index_of(VOXEL)
        p, q = view.place(VOXEL)[0].tolist()
        assert view.patient_of_plane(index, [(p, q)])[0] == pytest.approx(place, abs=0.5)
        base = planes_of(stack)[plane]
        assert (p, q) == pytest.approx(base.place(VOXEL)[0].tolist())  # stays on the screen
        assert view.e_p @ base.e_p > 0.5
        assert axes_words(view) == "patient axes"
        assert axes_words(base) == "acquisition axes"


@pytest.mark.parametrize("name", ["axial", "sagittal", "uneven", "prone", "gapped coronal"])
def test_an_acquisition_along_the_patient_stays_as_it_is_and_says_nothing(name: str) -> None:
    stack = STACKS[name]
    assert along_patient(stack, VOXEL) is None
    assert {axes_words(view) for view in planes_of(stack).values()} == {""}
