"""Windows and VOI LUTs: each radiograph its own, and those of functional groups too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from enhanced import FrameTags, enhanced, group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from slices import a_slice, saved

from viewer.media import open_media
from viewer.media.volume import FrameStack, Stored, Video, Volume

PLACES = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
INVERTING = list(range(4095, -1, -1))


def radiograph(number: int, **values: object) -> Dataset:
    return a_slice(number, Modality="DX", **PLACES, **values)


def table(values: list[int], first: int, order: str = "<", name: str = "NORMAL") -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(values) & 0xFFFF, first, 12])
    item.add_new("LUTData", "OW", np.array(values, f"{order}u2").tobytes())
    item.LUTExplanation = name
    return Sequence([item])


def opened(path: Path) -> Stored:
    (media,) = open_media(path).media
    assert not isinstance(media, Video)
    return media


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    windows=st.lists(
        st.none() | st.tuples(st.integers(-500, 500), st.integers(1, 2000)), min_size=2, max_size=5
    )
)
def test_every_frame_keeps_the_window_of_its_own_header(
    tmp_path: Path, windows: list[tuple[int, int] | None]
) -> None:
    for path in tmp_path.iterdir():
        path.unlink()
    for number, window in enumerate(windows, 1):
        said = {} if window is None else {"WindowCenter": window[0], "WindowWidth": window[1]}
        saved(radiograph(number, **said), tmp_path / f"{number}.dcm")
    media = opened(tmp_path)
    assert isinstance(media, FrameStack)
    own = media.frame_windows or (media.windows,) * len(windows)
    found = [None if not some else (some[0].center, some[0].width) for some in own]
    assert found == windows
    assert media.windows == next((some for some in own if some), ())


def test_every_frame_keeps_the_tables_of_its_own_header(tmp_path: Path) -> None:
    for number, name in enumerate(("HARD", "SOFT"), 1):
        tables = table([0, number], 0, name=name)
        saved(radiograph(number, VOILUTSequence=tables), tmp_path / f"{number}.dcm")
    media = opened(tmp_path)
    assert isinstance(media, FrameStack)
    assert [own[0].name for own in media.frame_windows] == ["HARD", "SOFT"]


def test_a_volume_has_the_window_of_its_middle_slice(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        values = {"WindowCenter": 10 * number, "WindowWidth": 100}
        saved(a_slice(number, **values), tmp_path / f"{number}.dcm")
    media = opened(tmp_path)
    assert isinstance(media, Volume)
    assert [window.center for window in media.windows] == [20]


@pytest.mark.parametrize("places", [PLACES, {}])
def test_pictures_whose_least_value_is_white_are_not_mixed_with_others(
    tmp_path: Path, places: dict[str, object]
) -> None:
    shapes = ("IDENTITY", "INVERSE", "IDENTITY", "INVERSE")
    for number, shape in enumerate(shapes, 1):
        image = a_slice(number, PresentationLUTShape=shape, **places)
        saved(image, tmp_path / f"{number}.dcm")
    found = [media for media in open_media(tmp_path).media if not isinstance(media, Video)]
    assert sorted((media.count, media.is_inverted) for media in found) == [(2, False), (2, True)]
    for media in found:
        assert {instance.number for instance in media.instances} == (
            {2, 4} if media.is_inverted else {1, 3}
        )


@pytest.mark.parametrize("is_shared", [True, False])
def test_the_table_of_a_functional_group_is_offered(tmp_path: Path, is_shared: bool) -> None:
    frames = [FrameTags((0, 0, z)) for z in range(3)]
    dataset = enhanced(frames)
    own = list(dataset.PerFrameFunctionalGroupsSequence)
    for item in own:
        del item.FrameVOILUTSequence
    for item in dataset.SharedFunctionalGroupsSequence if is_shared else own:
        voi = group(VOILUTSequence=table(INVERTING, 0))
        item.FrameVOILUTSequence = Sequence([voi])
    (window,) = opened(saved(dataset, tmp_path / "a.dcm")).windows
    assert window.table is not None
    assert (window.name, window.table.values.tolist()) == ("NORMAL", INVERTING)


@pytest.mark.parametrize("is_undefined", [True, False])
@pytest.mark.parametrize("first", [-1024, 0, 40])
@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_a_table_is_the_same_however_its_file_is_written(
    tmp_path: Path, syntax: str, first: int, is_undefined: bool
) -> None:
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    image = a_slice(1, PixelRepresentation=int(first < 0))
    image.VOILUTSequence = table(INVERTING, first, order)
    image["VOILUTSequence"].is_undefined_length = is_undefined
    image.file_meta.TransferSyntaxUID = syntax
    image["PixelData"].VR = "OW"
    (window,) = opened(saved(image, tmp_path / "a.dcm")).windows
    assert window.table is not None
    assert (window.table.first, window.table.values.tolist()) == (first, INVERTING)
