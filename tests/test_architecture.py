"""Import contracts, each seen to fail, and the sizes and habits that keep the code readable."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "viewer"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {c["id"]: c for c in PYPROJECT["tool"]["importlinter"]["contracts"]}
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = (
    *("__main__", "cli", "app", "ui", "paint", "tools", "session", "formats", "render"),
    *("review", "demo", "media", "model", "geometry", "errors"),
)
WITH_QT = {"ui", "app", "paint"}
QT = "PySide6"

# Contract, the file that breaks it, the import that it must not have.
BREAKS = [
    ("layers", "geometry", "import viewer.model"),
    ("layers", "cli", "import viewer.app"),
    ("layers", "review", "import viewer.render"),
    ("layers", "formats", "import viewer.render"),
    ("layers", "newroom", ""),
    ("ui", "ui.widgets", "import viewer.ui.labels"),
    ("ui", "ui.view", "import viewer.ui.saving"),
    ("ui", "ui.newpart", ""),
    *(("qt", room, f"from {QT} import QtCore") for room in ROOMS if room not in WITH_QT),
    ("qt", "session", "import pyqtgraph"),
    ("session-without-qt", "session", "import viewer.paint"),
    ("cli-paint", "cli.info", "import viewer.paint"),
    *(("shapely", room, "import shapely") for room in ("ui", "render", "formats.mdai")),
    ("formats", "formats.mdai", "import viewer.formats.labelbox"),
    ("masks", "formats.masks", "import viewer.formats.mdai"),
]
SHARED = {"viewer.formats.masks"}  # what formats have in common, and may import


def tiny_package(folder: Path) -> None:
    """Write a package of empty rooms under the project's own contracts."""
    formats = [name.removeprefix("viewer.") for name in CONTRACTS["formats"]["modules"]]
    parts = [f"ui.{part}" for layer in CONTRACTS["ui"]["layers"] for part in layer.split(" | ")]
    names = [*ROOMS, "cli.render", "cli.info", "formats.masks", *formats, *parts]
    for name in ("", *names):
        module_file(folder, name).parent.mkdir(parents=True, exist_ok=True)
        module_file(folder, name).touch()
    module_file(folder, "cli.render").write_text("import viewer.paint\n")
    module_file(folder, "paint").write_text(f"import {QT}\n")
    module_file(folder, "formats.mdai").write_text("import viewer.formats.masks\n")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def module_file(folder: Path, name: str) -> Path:
    if name == "__main__":
        return folder / "viewer" / "__main__.py"
    return folder.joinpath("viewer", *name.split("."), "__init__.py")


# Lints folder after folder; none of their packages is imported, so that each is found anew.
LINT = """
import contextlib, importlib, io, json, os, sys
from importlinter.cli import lint_imports_command as lint
folders, sys.argv[1:] = sys.argv[1:], ["--no-cache"]
found = []
for folder in folders:
    os.chdir(folder)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            lint()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    found.append((code, said.getvalue()))
    sys.path.remove(folder)
print(json.dumps(found))
"""


def linted(*folders: Path) -> list[tuple[int, str]]:
    """Return (exit code, what is said) of the contracts of each folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", LINT, *map(str, folders)],
        env={**environment, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(code, said) for code, said in json.loads(done.stdout)]


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Return all of a module's syntax."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def test_the_contracts_hold() -> None:
    ((code, said),) = linted(ROOT)
    assert code == 0, said


def test_empty_rooms_keep_every_contract(tmp_path: Path) -> None:
    tiny_package(tmp_path)
    ((code, said),) = linted(tmp_path)
    assert code == 0, said
    assert f"{len(CONTRACTS)} kept, 0 broken" in said


def test_each_contract_can_fail(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(len(BREAKS))]
    for folder, (_contract, module, line) in zip(folders, BREAKS, strict=True):
        tiny_package(folder)
        file = module_file(folder, module)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{line}\n", encoding="utf-8")
    for broken, (code, said) in zip(BREAKS, linted(*folders), strict=True):
        assert f"{CONTRACTS[broken[0]]['name']} BROKEN" in said, (broken, said)
        assert code == 1, broken


def test_the_contracts_name_every_room() -> None:
    rooms = {f"viewer.{room}" for room in ROOMS}
    found = {f"viewer.{path.stem}" for path in PACKAGE.iterdir() if path.suffix == ".py"}
    found |= {f"viewer.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
    assert found - {"viewer.__init__"} == rooms
    assert set(CONTRACTS["qt"]["source_modules"]) == rooms - {f"viewer.{room}" for room in WITH_QT}
    assert set(CONTRACTS["shapely"]["source_modules"]) == rooms - {
        "viewer.geometry",
        "viewer.errors",
    }


def test_the_contracts_name_every_format() -> None:
    folders = {
        f"viewer.formats.{path.parent.name}" for path in PACKAGE.glob("formats/*/__init__.py")
    }
    assert set(CONTRACTS["formats"]["modules"]) == folders - SHARED
    assert set(CONTRACTS["masks"]["source_modules"]) == SHARED


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert not long


def test_nothing_is_left_to_be_written() -> None:
    unfinished = re.compile(r"TODO|FIXME|XXX|raise NotImplementedError")
    assert not lines_with(SOURCES, unfinished)


def test_no_exception_is_swallowed() -> None:
    broad = {"Exception", "BaseException"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in nodes_of(path)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in broad)
        and all(isinstance(line, ast.Pass | ast.Continue) for line in node.body)
    ]
    assert not found


def test_colours_stand_in_the_resources_and_the_palette_only() -> None:
    # The demo's colours are those of its export, as any export brings its own.
    own = {PACKAGE / "render" / "palette.py", PACKAGE / "demo" / "ontology.py"}
    hexadecimal = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?\b")
    assert not lines_with([path for path in SOURCES if path not in own], hexadecimal)


def test_half_a_pixel_is_added_in_one_place_only() -> None:
    # Rooms that only draw or grey put lines on screen pixels and round levels.
    rooms = ("geometry", "model", "formats", "review", "session", "tools", "ui")
    own = PACKAGE / "geometry" / "space.py"
    half = re.compile(r"[-+] 0\.5\b")
    assert lines_with([own], half)
    paths = [path for path in SOURCES if path.relative_to(PACKAGE).parts[0] in rooms]
    assert not lines_with([path for path in paths if path != own], half)


def test_every_ignored_type_error_is_named() -> None:
    unnamed = re.compile(r"type:\s*ignore(?!\[)|pyright:\s*ignore(?!\[)|pyright:\s*basic")
    assert not lines_with(SOURCES, unnamed)


def test_the_version_is_told_without_qt_and_heavy_libraries() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "viewer", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "argparse" in loaded
    heavy = {"PySide6", "shiboken6", "pyqtgraph", "qtawesome", "pydicom", "cv2", "numpy", "shapely"}
    assert not loaded & heavy


def test_reading_headers_and_exports_imports_no_decoder() -> None:
    code = "import sys, viewer.cli.info, viewer.cli.save; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "numpy" in loaded
    late = {"cv2", "shapely", "pydicom", "av", "PIL", "tifffile", "nibabel", "nrrd"}
    late |= {"imagecodecs", "simplejpeg"}
    assert not loaded & {*late, "PySide6", "SimpleITK"}


def lines_with(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
