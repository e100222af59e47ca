"""Damaged exports and pictures through the command line: sentences, never a traceback, no loss."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from composed import BOX, RING, Row, export_text, row
from hypothesis import given
from hypothesis import strategies as st
from phantoms import ALL_SERIES, dark, written
from pydicom import dcmread
from PySide6.QtWidgets import QApplication

from viewer import cli, open_media, read_export
from viewer.errors import CannotRead
from viewer.media import load

MASK = {"foreground": [[[1, 1], [5, 1], [5, 6], [1, 6]]], "background": [[[2, 2], [3, 3]]]}
ROWS: tuple[Row, ...] = (
    row("L_box", BOX, 0),
    row("L_ring", RING, 1, parentId="A_0"),
    row("L_free", {"vertices": [1, 1, 5, 1, 3, 6]}, 2),
    row("L_line", {"vertices": [[0, 0], [3.5, 4], [8, 2]]}, 3),
    row("L_spot", {"x": 4.25, "y": 5}, 4),
    row("L_round", {"cx": 5, "cy": 4, "rx": 3, "ry": 1.5}, 5),
    row("L_mask", MASK, 6),
    row("L_mask", {"mask": [[0, 1], [1, 1]]}, 7),
    row("L_said", None, None, note="blurred"),
)
WHOLE = export_text(ROWS).encode()
TREE = json.loads(WHOLE)
WRONG = [
    b"NaN", b"-Infinity", b"1e999", b"9" * 400, b"-1e308", b"1e18", b"2147483648", b"-5", b"0",
    b'"12"', b"null", b"true", b"[]", b"{}", b'"\\ud800"', b'"\xff"', b"[" * 300 + b"]" * 300,
]  # fmt: skip


HARMLESS = {"a byte order mark", "a repeated key", "an unknown key", "a byte that is no UTF-8"}


@dataclass
class Said:
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def tree(self) -> dict[str, Any]:
        """What `info --json` printed."""
        return json.loads(self.out)

    @property
    def sentences(self) -> list[str]:
        """Every problem that `info --json` lists."""
        tree = self.tree
        holders = [tree, *tree["media"], *tree["exports"]]
        return [problem["sentence"] for holder in holders for problem in holder["problems"]]


Run = Callable[..., Said]


@pytest.fixture(scope="session", name="series")
def series_of_the_phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight slices; every record of ROWS is about one of them."""
    tags = ALL_SERIES["axial"]
    return written(tmp_path_factory.mktemp("series"), tags, dark(tags) + np.arange(tags.columns))


@pytest.fixture(name="run")
def command_line(capsys: pytest.CaptureFixture[str], qapp: QApplication) -> Run:
    assert qapp is not None

    def run(*arguments: object) -> Said:
        code = cli.main([str(argument) for argument in arguments], lambda *_: 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return run


def assert_refused(said: Said) -> None:
    """One sentence on stderr, nothing else."""
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("overread: ")
    assert said.err.endswith(".\n")
    assert len(said.err.splitlines()) == 1


def assert_kept(run: Run, series: Path, path: Path, *, matched: int) -> Said:
    """The export is listed with sentences, its whole records match, and it is saved as it is."""
    said = run("info", series, path, "--json")
    assert said.err == ""
    found = said.tree["matches"]
    assert found["matched"] >= matched
    assert all(sentence.endswith(".") for sentence in said.sentences)
    if said.code == 0:
        assert not found["unmatched"]
    else:
        assert said.sentences or found["unmatched"]
    for label in said.tree["labels"]:
        reasons = [place["sentence"] for place in label["places"] if place["media"] is None]
        assert all(reasons)
    copy = path.parent / "copy.json"
    saved = run("save", path, "--out", copy)
    assert (saved.code, saved.err) == (0, "")
    assert copy.read_bytes() == path.read_bytes()
    return said


def complete_records(cut: int) -> int:
    """How many records of WHOLE end before a byte."""
    found, at = 0, WHOLE.index(b'"annotations"')
    decoder, text = json.JSONDecoder(), WHOLE.decode()
    at = text.index("[", at) + 1
    while found < len(ROWS):
        _, at = decoder.raw_decode(text, at)
        if at > cut:
            return found
        found, at = found + 1, at + 1
    return found


def test_an_export_cut_anywhere_gives_every_record_before_the_cut(
    run: Run, series: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.json"
    for cut in range(0, len(WHOLE), 97):
        path.write_bytes(WHOLE[:cut])
        said = run("info", series, path)
        if said.code == 2:
            assert_refused(said)
            assert cut < WHOLE.index(b'"datasets"')
            continue
        assert said.code == 1
        kept = assert_kept(run, series, path, matched=complete_records(cut))
        assert "breaks off" in " ".join(kept.sentences)
        assert kept.tree["matches"]["matched"] == complete_records(cut)


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "comments": b"// by hand\n" + WHOLE.replace(b'"annotations"', b'/* x */ "annotations"'),
        "several documents": WHOLE + b"\n" + export_text(()).encode(),
        "more text behind": WHOLE + b"\nthe end",
        "a trailing comma": WHOLE.replace(b"}]}]}", b"},]}]}"),
        "NaN": WHOLE.replace(b"4.25", b"NaN"),
        "infinity": WHOLE.replace(b"4.25", b"-Infinity"),
        "too large": WHOLE.replace(b"4.25", b"1e999"),
        "400 digits": WHOLE.replace(b"4.25", b"4" * 400),
        "another type": WHOLE.replace(b"4.25", b'"4.25"'),
        "no data": WHOLE.replace(b'{"x":4.25,"y":5}', b"[]"),
        "a byte that is no UTF-8": WHOLE.replace(b"blurred", b"bl\xfcrred"),
        "half a character": WHOLE.replace(b"blurred", b"\\ud83d"),
        "a zero byte": WHOLE.replace(b"blurred", b"bl\0rred"),
        "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
        "a repeated key": WHOLE.replace(b'"y":5', b'"y":5,"y":6'),
        "deep nesting": WHOLE.replace(b'"blurred"', b"[" * 5000 + b"]" * 5000),
        "an unknown key": WHOLE.replace(b'"y":5', b'"y":5,"z":{"deep":[1.10,{"a":1E5}]}'),
        "a duplicate id": WHOLE.replace(b'"A_4"', b'"A_3"'),
        "a cycle of parents": WHOLE.replace(
            b'"id":"A_0","parentId":null', b'"id":"A_0","parentId":"A_1"'
        ),
        "its own parent": WHOLE.replace(
            b'"id":"A_4","parentId":null', b'"id":"A_4","parentId":"A_4"'
        ),
        "a parent that is not there": WHOLE.replace(
            b'"id":"A_4","parentId":null', b'"id":"A_4","parentId":"A_99"'
        ),
        "a label that is not there": WHOLE.replace(b'"labelId":"L_spot"', b'"labelId":"L_gone"'),
        "a label in the place of the record": WHOLE.replace(b'{"x":4.25,"y":5}', b'"L_spot"'),
    }.items(),
)
def test_one_bad_record_costs_no_other_and_no_byte(
    name: str, data: bytes, run: Run, series: Path, tmp_path: Path
) -> None:
    assert name == "a byte order mark" or data != WHOLE
    path = tmp_path / "damaged.json"
    path.write_bytes(data)
    said = assert_kept(run, series, path, matched=len(ROWS) - 1)
    assert bool(said.sentences) == (name not in HARMLESS)


def places_of(tree: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a tree but the tree itself."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)  # type: ignore[arg-type]
    return [
        found
        for key, value in pairs
        for found in (
            (*at, key),
            *(places_of(value, (*at, key)) if isinstance(value, dict | list) else ()),
        )
    ]


def with_value(place: tuple[Any, ...], value: bytes) -> bytes:
    """The export with one value replaced by some bytes."""
    tree = json.loads(WHOLE)
    holder = tree
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = "@@"
    return json.dumps(tree).encode().replace(b'"@@"', value)


IN_RECORDS = [
    place for place in places_of(TREE) if place[:3] == ("datasets", 0, "annotations") and place[3:]
]
ABOVE = [place for place in places_of(TREE) if place not in IN_RECORDS]


@given(place=st.sampled_from(IN_RECORDS), value=st.sampled_from(WRONG))
def test_any_wrong_value_in_a_record_costs_that_record_at_most(
    place: tuple[Any, ...], value: bytes, run: Run, series: Path, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.json"
    path.write_bytes(with_value(place, value))
    assert_kept(run, series, path, matched=len(ROWS) - 1)
    picture = tmp_path / "p.png"
    k = min(place[3], 7)
    options = ("--out", picture, "--slice", k, "--layout", "mpr", "--size", "200x150")
    drawn = run("render", series, path, *options)
    assert (drawn.code, drawn.err) == (0, "")
    assert cv2.imread(str(picture)).any()


@given(place=st.sampled_from(ABOVE), value=st.sampled_from(WRONG))
def test_any_wrong_value_above_the_records_is_told_and_kept(
    place: tuple[Any, ...], value: bytes, run: Run, series: Path, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.json"
    path.write_bytes(with_value(place, value))
    assert_kept(run, series, path, matched=0)


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "no byte": b"",
        "white space": b" \n\t ",
        "no JSON": b"hello",
        "a number": b"12",
        "a list": b"[1, 2]",
        "null": b"null",
        "another file": b'{"a": 1}',
        "an open bracket": b"{",
        "zero bytes": bytes(1000),
        "UTF-16": WHOLE.decode().encode("utf-16"),
        "brackets without end": b"[" * 100_000,
        "objects without end": b'{"a":' * 100_000,
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
    }.items(),
)
def test_what_is_no_export_is_refused_with_its_name_and_the_pictures_stay(
    name: str, data: bytes, run: Run, series: Path, tmp_path: Path
) -> None:
    path = tmp_path / "labels.json"
    path.write_bytes(data)
    with pytest.raises(CannotRead, match=r"labels\.json"):
        read_export(path)
    for arguments in (
        ("info", series, path),
        ("render", series, path, "--out", tmp_path / "p.png"),
        ("save", path, "--out", tmp_path / "copy.json"),
    ):
        said = run(*arguments)
        assert_refused(said)
        assert "labels.json" in said.err, name
    assert sorted(each.name for each in tmp_path.iterdir()) == ["labels.json"]


def test_a_folder_named_like_an_export_is_searched_for_pictures(
    run: Run, series: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "series.json"
    shutil.copytree(series, folder)
    assert run("info", folder, "--json").tree["media"][0]["slices"] == 8
    assert run("render", folder, "--out", tmp_path / "p.png").code == 0
    assert_refused(run("save", folder, "--out", tmp_path / "copy.json"))
    with pytest.raises(CannotRead, match="no label export"):
        read_export(folder)


def test_folders_and_broken_links_named_like_exports_beside_pictures_do_no_harm(
    run: Run, series: Path, tmp_path: Path
) -> None:
    shutil.copytree(series, tmp_path / "all")
    (tmp_path / "all" / "x.json").mkdir()
    (tmp_path / "all" / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "all" / "round").symlink_to(tmp_path / "all")
    (tmp_path / "all" / "empty.json").touch()
    (tmp_path / "all" / "empty.dcm").touch()
    (tmp_path / "all" / "labels.json").write_bytes(WHOLE)
    said = run("info", tmp_path / "all", "--json")
    assert said.code == 0
    assert said.tree["matches"] == {"matched": len(ROWS), "unmatched": {}}
    assert said.tree["media"][0]["slices"] == 8


@contextmanager
def powerless() -> Iterator[None]:
    """The administrator, who may read everything, becomes nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read_is_a_sentence(run: Run, series: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(series, folder / "series")
        (folder / "series").chmod(0o755)
        export, picture = folder / "labels.json", folder / "series" / "03.dcm"
        export.write_bytes(WHOLE)
        assert run("info", folder / "series", export).code == 0  # everything is imported
        for path in (export, picture):
            path.chmod(0)
        with powerless():
            if os.access(export, os.R_OK, effective_ids=True):
                pytest.skip("this user may read every file")
            assert_refused(run("info", folder / "series", export))
            said = run("info", folder / "series", "--json")
    assert any("03.dcm" in sentence for sentence in said.sentences)
    assert said.tree["media"][0]["slices"] == 7


ROWS_TAG, COLUMNS_TAG = b"\x28\0\x10\0US\x02\0\x09\0", b"\x28\0\x11\0US\x02\0\x0b\0"


@pytest.mark.some(6)
@pytest.mark.parametrize(
    ("name", "damaged"),
    {
        "no byte": lambda data: b"",
        "its preamble only": lambda data: data[:132],
        "cut in its header": lambda data: data[:400],
        "cut in its pixels": lambda data: data[:-50],
        "pixels missing": lambda data: data[:-198],
        "a pixel length beyond the file": lambda data: data.replace(
            b"OW\0\0\xc6\0\0\0", b"OW\0\0\xc6\xff\xff\x7f"
        ),
        "a pixel length that is too short": lambda data: data.replace(
            b"OW\0\0\xc6\0\0\0", b"OW\0\0\x10\0\0\0"
        ),
        "65535 rows": lambda data: data.replace(ROWS_TAG, ROWS_TAG[:-2] + b"\xff\xff"),
        "no row": lambda data: data.replace(ROWS_TAG, ROWS_TAG[:-2] + b"\0\0"),
        "65535 columns": lambda data: data.replace(COLUMNS_TAG, COLUMNS_TAG[:-2] + b"\xff\xff"),
        "other text": lambda data: b"hello " * 300,
    }.items(),
)
def test_one_damaged_slice_costs_no_other_and_its_label_says_why(
    name: str, damaged: Callable[[bytes], bytes], run: Run, series: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "series"
    shutil.copytree(series, folder)
    files = {dcmread(path).SOPInstanceUID: path for path in folder.iterdir()}
    victim = files["1.2.3.4"]
    before = victim.read_bytes()
    victim.write_bytes(damaged(before))
    assert victim.read_bytes() != before
    export = tmp_path / "labels.json"
    export.write_bytes(WHOLE)
    said = run("info", folder, export, "--json")
    found = said.tree["matches"]
    assert found["matched"] >= len(ROWS) - 1
    assert said.code == (1 if found["unmatched"] else 0)
    assert any(victim.name in sentence for sentence in said.sentences) or found["unmatched"]
    for layout in ("single", "mpr"):
        drawn = run("render", folder, export, "--out", tmp_path / "p.png", "--layout", layout)
        assert drawn.code == 0
        assert cv2.imread(str(tmp_path / "p.png")).any()
    (first, *_) = open_media(folder).media
    load(first)
    assert first.count in (7, 8)
    for k, instance in enumerate(first.instances):  # the others show their own pixels
        if first.ready[k]:
            written_as = int(instance.sop_uid.rsplit(".", 1)[1])
            assert (first.pixels[k] == np.arange(11)).all(), written_as
    assert first.ready.sum() >= 7
