"""Rebuild static/vendor/ from npm tarballs: `python -m tools.vendor_static FOLDER_OF_TARBALLS`.

Nothing is fetched at run time and nothing is built when the software is installed: this is run by hand when a
package is raised, after `npm pack NAME@VERSION`. The tarball's sha512 must be the one in PACKAGES.
"""

import base64
import hashlib
import re
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
SUBSETS = ("latin", "latin-ext", "vietnamese")
DOCUMENT_STYLES = {"400-normal": "Regular", "700-normal": "Bold", "400-italic": "Italic", "700-italic": "BoldItalic"}
ICON_NAMES = """
    adjustments alarm alert-circle alert-triangle archive arrow-back arrow-back-up arrow-down arrow-left arrow-right arrow-up
    arrows-join arrows-split award baby-carriage ban bell bolt book bookmark bug building-bank building-community
    building-hospital bulb calculator calendar calendar-dollar calendar-due calendar-event calendar-time camera certificate
    chart-bar check checklist chevron-down chevron-left chevron-right circle-check circle-dashed circle-x clipboard-check
    clipboard-list clock coins columns command copy device-desktop device-floppy devices dots download edit external-link eye
    eye-off file-plus file-spreadsheet file-text file-type-pdf files filter fingerprint flag gavel git-branch git-merge grave-2
    hand-stop headset heart heart-handshake help history home hourglass-high id info-circle key keyboard language lifebuoy link
    list-check list-details list-search loader-2 lock lock-open login logout mail man map map-pin menu-2 message messages minus
    moon paperclip pencil phone player-pause player-play player-stop plus printer progress qrcode refresh report report-search
    rotate route school search select-all send send-2 settings shield shield-check shield-lock signature sort-ascending
    sort-descending square-check square-x stack-2 star sun switch-horizontal table-export table-import transfer trash upload user
    user-check user-minus user-plus user-search users users-group wheelchair writing x zoom-question
"""


@dataclass(frozen=True)
class Package:
    """One npm package that is shipped. `sha512` is npm's integrity value of the tarball, base64."""

    folder: str
    name: str
    version: str
    licence: str
    sha512: str
    tarball: str


PACKAGES = (
    Package(
        "bootstrap",
        "bootstrap",
        "5.3.9",
        "MIT",
        "20cU0rcfw8WdxtVbmfU+xT2EjvVTw9Ror/h1Qvd7DXCujRg8OO9mdBCsmTHdJFf3BuadmBNJtgIuUXsBqSkk/w==",
        "bootstrap-5.3.9.tgz",
    ),
    Package(
        "be-vietnam-pro",
        "@fontsource/be-vietnam-pro",
        "5.3.0",
        "OFL-1.1",
        "xhAQBGHDxP5BF8IJxedy5MoWUmc1DlPCcZbMLhvnPkf8TaYCbbUVs3LjpuJ4BYdTrdiCLaewNaY8z+owq/FqFw==",
        "fontsource-be-vietnam-pro-5.3.0.tgz",
    ),
    Package(
        "tinos",
        "@fontsource/tinos",
        "5.3.0",
        "OFL-1.1",
        "VVDyyZdbcsLKxo/W7rClAvacD/7DsGc7J5xzzp51Tndib8kDkEe/0bqbb3Xb3iH6+IUjt07aRsvtQ9MGeGGi4w==",
        "fontsource-tinos-5.3.0.tgz",
    ),
    Package(
        "tabler-icons",
        "@tabler/icons-sprite",
        "3.48.0",
        "MIT",
        "e55W76mmXr69ub3gOy6RO8NTlT23gzjJ/khNNMyBMvQT8XdTc1LAa48k542dX71oqlXv9dDq04BjTsZAWg37iA==",
        "tabler-icons-sprite-3.48.0.tgz",
    ),
    Package(
        "driver",
        "driver.js",
        "1.8.0",
        "MIT",
        "+8/IO7h1v14IzWh2GP60N7T3PFZweXwdn5e5POuxRSBoCYUojsBxzqawPeXh3YZIibRy7EehYNEyxe7slwwtdg==",
        "driver.js-1.8.0.tgz",
    ),
    Package(
        "jsqr",
        "jsqr",
        "1.4.0",
        "Apache-2.0",
        "dxLob7q65Xg2DvstYkRpkYtmKm2sPJ9oFhrhmudT1dZvNFFTlroai3AWSpLey/w5vMcLBXRgOJsbXpdN9HzU/A==",
        "jsqr-1.4.0.tgz",
    ),
)


def unpack(package: Package, tarballs: Path, into: Path) -> Path:
    """Folder with the package's files. Raises SystemExit when the tarball is not the one we chose."""
    tarball = tarballs / package.tarball
    found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise SystemExit(f"{package.tarball}: sha512 is {found}, expected {package.sha512}")
    folder = into / package.folder
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def merged_font(source: Path, style: str, scratch: Path) -> TTFont:
    """One TrueType font from the web subsets: PDF engines take one file per style, not a unicode-range."""
    parts = []
    for subset in SUBSETS:
        font = TTFont(source / "files" / f"tinos-{subset}-{style}.woff2")
        font.flavor = None
        part = scratch / f"{subset}-{style}.ttf"
        font.save(part)
        parts.append(str(part))
    merged = Merger().merge(parts)
    merged.recalcTimestamp = False  # or every rebuild would differ in its bytes
    merged["head"].created = merged["head"].modified = TTFont(parts[0])["head"].created
    return merged


def icon_sprite(source: Path) -> str:
    """The chosen symbols of the sprite. Raises SystemExit for a name that the package does not have."""
    sprite = (source / "dist" / "tabler-sprite-nostroke.svg").read_text(encoding="utf-8")
    symbols = {m[1]: m[0] for m in re.finditer(r'<symbol id="tabler-([a-z0-9-]+)".*?</symbol>', sprite, re.S)}
    wanted = ICON_NAMES.split()
    missing = [name for name in wanted if name not in symbols]
    if missing:
        raise SystemExit(f"no such icons: {', '.join(missing)}")
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols[name] for name in wanted) + "</svg>\n"


def copy_files(source: Path, target: Path, names: list[str]) -> None:
    for name in names:
        (target / Path(name).name).write_bytes((source / name).read_bytes())


def without_map_comment(file: Path) -> None:
    """Drop the closing sourceMappingURL comment: the static files' manifest refuses a file that names one we do not ship."""
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"\n/[/*]# sourceMappingURL=\S+( \*/)?\s*$", "\n", text), encoding="utf-8")


def build(package: Package, source: Path, scratch: Path) -> None:
    """Write the part of one package that we ship, with its licence."""
    target = VENDOR / package.folder
    target.mkdir(parents=True, exist_ok=True)
    licence = next(file for file in source.iterdir() if file.name.upper() == "LICENSE")
    (target / "LICENSE").write_bytes(licence.read_bytes())
    if package.folder == "bootstrap":
        copy_files(source, target, ["dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js"])
        for name in ("bootstrap.min.css", "bootstrap.bundle.min.js"):
            without_map_comment(target / name)
    elif package.folder == "be-vietnam-pro":
        copy_files(source, target, [f"files/be-vietnam-pro-{s}-{w}-normal.woff2" for s in ("latin", "vietnamese") for w in (400, 500, 600)])
    elif package.folder == "tinos":
        for style, name in DOCUMENT_STYLES.items():
            copy_files(source, target, [f"files/tinos-{s}-{style}.woff2" for s in ("latin", "vietnamese")])
            merged_font(source, style, scratch).save(target / f"Tinos-{name}.ttf")
    elif package.folder == "driver":
        copy_files(source, target, ["dist/driver.js.iife.js", "dist/driver.css"])
    elif package.folder == "jsqr":
        copy_files(source, target, ["dist/jsQR.js"])
    else:
        (target / "sprite.svg").write_text(icon_sprite(source), encoding="utf-8")


def listing() -> str:
    """README.md: what is here, from where, under which licence, and the sha256 of every file (a test compares)."""
    rows = [f"| `{p.folder}/` | {p.name} | {p.version} | {p.licence} | `{p.sha512}` |" for p in PACKAGES]
    files = sorted(f for f in VENDOR.rglob("*") if f.is_file() and f.name != "README.md")
    sums = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(VENDOR).as_posix()}" for f in files]
    head = ["| Folder | npm package | Version | Licence | sha512 of the tarball |", "|---|---|---|---|---|", *rows]
    note = (
        "Made by `python -m tools.vendor_static`. Bootstrap is unmodified but for the closing sourceMappingURL comment.\n"
        "`tinos/*.ttf` are the package's web subsets merged into one file per style,\n"
        "for PDF engines; `tabler-icons/sprite.svg` holds only the icons that pages use."
    )
    return "\n".join(["# Third-party files", "", note, "", *head, "", "```", *sums, "```", ""])


def main(arguments: list[str]) -> int:
    tarballs = Path(arguments[0])
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for package in PACKAGES:
            build(package, unpack(package, tarballs, scratch), scratch)
    (VENDOR / "README.md").write_text(listing(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
