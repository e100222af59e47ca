"""Laws of the presets."""

from dataclasses import replace

import numpy as np
import pytest
from stacks import COLUMNS, ROWS, STACKS, volume_of

from viewer.media.dicom.suv import Suv
from viewer.media.presentation import Presentation
from viewer.media.volume import Volume, Window
from viewer.render.presets import presets_of
from viewer.render.window import CT_PRESETS, grey

OWN = Window(1.0, 2.0)


def of(modality: str, factor: float | None = None) -> Volume:
    stack = STACKS["axial"]
    volume = volume_of(stack, np.zeros((stack.count, ROWS, COLUMNS), np.int16))
    suv = None if factor is None else Suv(factor)
    facts = replace(volume.facts, modality=modality)
    return replace(volume, facts=facts, windows=(OWN,), presentation=Presentation(suv=suv))


def test_those_of_ct_are_bound_by_id_and_the_files_own_come_behind() -> None:
    bone = CT_PRESETS["bone"]
    assert presets_of(of("CT"))[2] == bone
    assert presets_of(of("CT"))[-1] == replace(OWN, name="File 1")


def test_a_window_of_the_file_that_a_preset_is_is_there_once() -> None:
    bone = CT_PRESETS["bone"]
    same = replace(of("CT"), windows=(replace(bone, name="File's bone"), OWN))
    assert presets_of(same) == (*presets_of(of("CT"))[:-1], replace(OWN, name="File 2"))


@pytest.mark.parametrize("modality", ["MR", "PT", "US"])
def test_without_a_scale_there_are_the_files_own_alone(modality: str) -> None:
    assert presets_of(of(modality)) == (replace(OWN, name="File 1"),)


def test_those_of_pet_end_at_their_suv_whatever_the_stored_values_are() -> None:
    pet = of("PT", factor=2.5e-4)
    window = presets_of(pet)[0]
    ends = np.array([[0.0, 5.0]]) / 2.5e-4
    assert grey(ends, window, pet.rescale).tolist() == [[0, 255]]
