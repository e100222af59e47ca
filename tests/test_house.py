"""The house: what is installed, promised and written down fits what is there."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import pytest

import viewer

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = ("viewer", "tests", "packaging", "resources", ".ci")
TEXT = {".py", ".md", ".toml", ".txt", ".json", ".qss", ".svg", ".yml", ".in", ""}


def project_texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of the project."""
    files = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        files.extend(path for path in (ROOT / folder).rglob("*") if path.is_file())
    for path in files:
        if path.suffix in TEXT and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8", errors="replace")


def required(extra: str | None = None) -> set[str]:
    """Return the names of the libraries that pyproject.toml asks for."""
    project = PYPROJECT["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {re.split(r"[\[<>=!~; ]", line)[0] for line in lines}


@pytest.fixture(name="prepare")
def prepare_module() -> ModuleType:
    """The set-up script, as a module."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "packaging" / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["prepare"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_no_file_names_a_package_registry_or_a_machine_path() -> None:
    hosts = ("py" + "pi.org", "pythonhosted" + ".org", "npm" + "js.org", "conda" + ".anaconda.org")
    machine = re.compile(r"(?:^|[^\w.])/(?:" + "|".join(("work", "farm", "home/\\w")) + ")/")
    found = [
        f"{path}:{number}"
        for path, text in project_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if any(host in line for host in hosts) or machine.search(line)
    ]
    assert not found


def test_every_library_is_listed_with_its_licence_and_text() -> None:
    folder = ROOT / "packaging" / "licences"
    table = (folder / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| ")][1:]
    listed = {name.strip(): (licence.strip(), text) for name, licence, text in rows}
    assert required() <= set(listed)
    assert all(licence for licence, _ in listed.values())
    texts = {name.strip() for _, text in listed.values() for name in text.split(",")}
    assert texts == {path.name for path in folder.glob("*.txt")}
    for name in required("test"):
        assert re.search(rf"\b{re.escape(name)}\b", table), f"{name} has no licence in the table"


def test_every_dependency_has_a_line_of_reason() -> None:
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    reasons = {line.split("|")[1].strip() for line in architecture.splitlines() if "|" in line}
    assert required() <= reasons


def test_every_room_is_described() -> None:
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "viewer").glob("*/__init__.py")}
    described = set(re.findall(r"^\| `(\w+)/?`", architecture, re.MULTILINE))
    assert rooms <= described


def test_the_change_log_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# Changes\n")
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles[0].split()[0] == viewer.__version__
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)", title) for title in titles)
    for section in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:]:
        assert re.search(r"^- \S", section, re.MULTILINE)


def test_every_resource_is_installed_with_the_program() -> None:
    patterns = [
        p for group in PYPROJECT["tool"]["setuptools"]["data-files"].values() for p in group
    ]
    files = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "pictures" not in path.parts
    ]
    assert files
    assert not [file for file in files if not any(fnmatch(file, p) for p in patterns)]


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "viewer").rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_make_test_ends_with_pytest() -> None:
    by_hand = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "--assume-old=setup", "test"],
        cwd=ROOT,
        env=by_hand,  # not as below another make, which it would tell of
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    order = ["ruff format --check", "ruff check", "lint-imports", "vulture", "pyright", "pytest"]
    at = [next(n for n, line in enumerate(lines) if word in line) for word in order]
    assert at == sorted(at)
    assert "pytest" in lines[-1]


def test_continuous_integration_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = prepare.Library("always", "libnothere-overread.so.1", "libnothere1")
    monkeypatch.setattr(prepare, "libraries", lambda: [missing])
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    assert prepare.main() == 1
    said = capsys.readouterr().err
    assert "libnothere-overread.so.1" in said
    assert "sudo apt-get install --no-install-recommends libnothere1" in said


def test_a_library_for_windows_alone_is_not_needed_without_a_display(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = prepare.Library("display", "libnothere-overread.so.1", "libnothere1")
    monkeypatch.setattr(prepare, "libraries", lambda: [missing])
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert prepare.main() == 0
    monkeypatch.setenv("DISPLAY", ":0")
    assert prepare.main() == 1


def test_as_root_the_missing_packages_are_installed(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = prepare.Library("always", "libnothere-overread.so.1", "libnothere1")
    monkeypatch.setattr(prepare, "libraries", lambda: [missing])
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 0)
    told = tmp_path / "told"
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {told}\n', encoding="utf-8")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert prepare.main() == 0
    assert "install -y -qq --no-install-recommends libnothere1" in told.read_text(encoding="utf-8")


def test_the_list_of_system_libraries_is_whole(prepare: ModuleType) -> None:
    names = {library.name for library in prepare.libraries()}
    assert {"libGL.so.1", "libEGL.so.1", "libxcb-cursor.so.0", "libdbus-1.so.3"} <= names
    assert {library.need for library in prepare.libraries()} == {"always", "display"}


def test_the_example_in_the_readme_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert examples
    for example in examples:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", example],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_options_in_the_readme_are_those_of_the_program() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"--[a-z][a-z-]+", readme))
    known = {"--version", "--help", "--editable", "--no-install-recommends"}
    for command in ("info", "render", "save"):
        done = subprocess.run(
            [sys.executable, "-m", "viewer", command, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        options = set(re.findall(r"--[a-z][a-z-]+", done.stdout))
        assert options - {"--help"} <= shown, f"{command}: the README lacks an option"
        known |= options
    assert shown <= known
