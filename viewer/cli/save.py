"""`overread save`: an export written unedited, byte for byte, or what else can be made of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.words import check_there, plain
from viewer.errors import CannotRead, CannotWrite

if TYPE_CHECKING:
    from viewer.model.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `overread save`."""
    parser.add_argument(
        "exports",
        nargs="+",
        metavar="EXPORT",
        help="the files of one export, its folder or its zip",
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE_OR_FOLDER",
        help="where to write; a name with .zip for an export out of a zip",
    )
    parser.add_argument(
        "--as",
        dest="product",
        metavar="PRODUCT",
        help="write a file made of the export instead: of MD.ai import or import-all, lists for its"
        " library; of Labelbox import, a file for import, or masks, a list of those missing",
    )


def run(options: argparse.Namespace) -> int:
    """Write the export and say where it is; stderr says what was passed over on the way to it."""
    from viewer.cli.opening import once
    from viewer.formats import read_export, write_export

    check_there((*options.exports,))
    if not options.out:
        raise CannotWrite("The place to write to is empty; name a file or a folder.")
    project = read_export(*once(options.exports))
    _print_passed_over(project)
    if len(project.exports) != 1:
        exports = project.exports.values()
        names = ", ".join(source.path for export in exports for source in export.sources)
        raise CannotRead(
            f"These are {len(project.exports)} exports, not the files of one: {names}. "
            "Save them one by one."
        )
    export = next(iter(project.exports))
    destination = Path(options.out)
    if options.out.endswith(("/", "\\")):
        _make(destination)
    if options.product:
        return _write_product(project, export, options.product, destination)
    report = write_export(project, project, export, destination)
    for file in report.files:
        print(f"{file.path}: {file.size_bytes:,} bytes, sha256 {file.sha256}")
    return 0


def _print_passed_over(project: Project) -> None:
    """Say which files of a named folder or zip were not opened, each once."""
    from viewer.formats.finding import PASSED_OVER

    said = (issue for export in project.exports.values() for issue in export.issues)
    sentences = (issue.sentence for issue in said if issue.code in PASSED_OVER)
    for sentence in dict.fromkeys(sentences):
        print(f"overread: {plain(sentence)}", file=sys.stderr)


def _write_product(project: Project, export: str, name: str, destination: Path) -> int:
    from viewer.formats.products import product_named, product_path, write_product

    shown = project.exports[export]
    product = product_named(shown, name)
    if destination.is_dir():
        destination /= Path(product_path(shown, product)).name
    report = write_product(project, export, product, destination)
    rows = "1 row" if report.count == 1 else f"{report.count:,} rows"
    print(f"{report.file.path}: {report.file.size_bytes:,} bytes, {rows}")
    for note in report.notes:
        print(note)
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise CannotWrite(f"The folder {folder} cannot be made: {reason}; name another.") from error
