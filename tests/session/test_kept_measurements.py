"""Measurements come back over the very same pictures only, and no name is kept with them."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from composed import cine, volume
from PIL import Image

from viewer.media import open_media
from viewer.media.volume import Media, PatientFacts
from viewer.review.measured import Measurement
from viewer.session.kept_measurements import (
    SIZE_LIMIT,
    kept_before,
    kept_now,
    made_of,
    measurements_file,
    write_measurements,
)
from viewer.session.measurements import Measurements

LINE = np.array([(1.1, 2.2), (3.3, 4.4)])
RING = np.array([(0.1, 0.0), (5.0, 0.0), (5.0, 1 / 3)])


def measured() -> Measurements:
    found = Measurements()
    found.add("length", (0, 2, 3), LINE)
    found.add("region", (0, 0, 4), RING)
    found.add("probe", (1, 2, 5), LINE[:1])
    return found


def kept(media: list[Media]) -> list[Measurement]:
    """What is measured when media are opened again."""
    after = Measurements()
    after.bring(made_of(kept_before(media)[0]))
    assert not after.can_undo
    return list(after.by_number.values())


def write(media: list[Media]) -> None:
    found = kept_now(measured().by_number.values())
    for number, one in enumerate(media):
        write_measurements(one, found.get(number, ()))


def test_they_come_back_to_the_last_digit_whatever_the_numbers_of_the_media() -> None:
    media: list[Media] = [volume(), cine({"a": 0}, 6)]
    write(media)
    found = kept([cine({"a": 0}, 6), volume()])
    assert sorted((one.kind, one.spot) for one in found) == [
        ("length", (1, 2, 3)),
        ("probe", (0, 2, 5)),
        ("region", (1, 0, 4)),
    ]
    ring = next(one for one in found if one.kind == "region")
    assert ring.points.tobytes() == RING.tobytes()
    write_measurements(media[0], ())
    assert not measurements_file(media[0]).exists()
    assert len(kept(media)) == 1


def test_other_slices_another_order_and_another_size_are_other_pictures() -> None:
    phantom = volume()
    turned = {uid: phantom.count - 1 - k for uid, k in phantom.slice_of.items()}
    others: list[Media] = [
        volume("7.7"),
        replace(phantom, slice_of=turned),
        replace(phantom, slice_of=dict(list(phantom.slice_of.items())[1:])),
        cine({"a": 0}, 6),
        cine({"a": 0}, 7),
    ]
    assert len({measurements_file(one) for one in (phantom, *others)}) == 6


def test_files_without_uids_are_known_by_their_bytes_wherever_they_lie(tmp_path: Path) -> None:
    files: list[Path] = []
    for folder, value in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "scan.png"
        Image.fromarray(np.full((9, 11), value, np.uint8)).save(path)
        (media,) = open_media(str(path)).media
        files.append(measurements_file(media))
    assert files[0] == files[1] != files[2]
    (tmp_path / "c" / "scan.png").unlink()
    assert kept_before([media]) == ({}, ())


def test_no_name_is_kept_and_nobody_else_can_read_the_file() -> None:
    phantom = volume()
    patient = PatientFacts(name="Doe^Jane", id="4711")
    named = replace(phantom, title="Doe", facts=replace(phantom.facts, patient=patient))
    write([named])
    path = measurements_file(named)
    assert "Doe" not in path.name + path.read_text()
    assert "4711" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "wrong",
    [
        b"{",
        b"\xff",
        b" " * (SIZE_LIMIT + 1),
        {"version": 9},
        {"index": 8},
        {"index": -1},
        {"axis": 3},
        {"kind": "ruler"},
        {"points": [[0, 0]]},
        {"points": [[0, 0], [1e300, 0]]},
        {"points": [[0, 0], [1, 1], [2, 2]]},
    ],
)
def test_what_cannot_be_used_is_said_and_put_aside(wrong: bytes | dict[str, object]) -> None:
    phantom = volume()
    write([phantom])
    path = measurements_file(phantom)
    file = json.loads(path.read_bytes())
    if isinstance(wrong, bytes):
        path.write_bytes(wrong)
    else:
        (file if "version" in wrong else file["measurements"][0]).update(wrong)
        path.write_text(json.dumps(file))
    found, (issue,) = kept_before([phantom])
    assert found == {}
    assert issue.sentence.startswith("What was measured on ")
    assert path.with_suffix(".damaged").exists()
    assert not path.exists()
    assert kept_before([phantom]) == ({}, ())
