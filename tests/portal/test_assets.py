"""What ships in static/ is what was chosen: hashes, licences, sizes, no address of another host, no style in the markup."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tools.vendor_static import ICON_NAMES, PACKAGES

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_every_third_party_file_has_the_hash_written_down() -> None:
    listed = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", (VENDOR / "README.md").read_text(encoding="utf-8"), re.M))
    listed = {name: digest for digest, name in listed.items()}
    present = {f.relative_to(VENDOR).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in VENDOR.rglob("*") if f.is_file()}
    present.pop("README.md")
    assert present == listed


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.folder)
def test_every_package_ships_its_licence_and_names_its_tarball(package: object) -> None:
    assert (VENDOR / package.folder / "LICENSE").stat().st_size > 500
    assert package.sha512 in (VENDOR / "README.md").read_text(encoding="utf-8")


def test_the_stylesheet_stays_small() -> None:
    assert (STATIC / "css" / "app.css").stat().st_size < 20_000


@pytest.mark.parametrize("style", ["Regular", "Bold", "Italic", "BoldItalic"])
def test_the_documents_font_has_every_vietnamese_letter(style: str) -> None:
    known = TTFont(VENDOR / "tinos" / f"Tinos-{style}.ttf").getBestCmap()
    letters = "ăâđêôơưĂÂĐÊÔƠƯ₫…–“”×" + "".join(map(chr, range(0x1EA0, 0x1EFA)))
    assert [letter for letter in letters if ord(letter) not in known] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.relative_to(ROOT / "templates").as_posix())
def test_templates_hold_no_inline_code_and_no_foreign_address(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    # What becomes a PDF brings its own type and margins; the closed fetcher opens nothing else (tests/security).
    is_paper = template.parent.name == "documents" or template.stem.endswith("_pdf")
    assert not re.search(
        r'\son[a-z]+="|javascript:|https?://' if is_paper else r'\sstyle="|\son[a-z]+="|javascript:|https?://|<style', text
    )
    assert not [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag]
    assert len(text.splitlines()) <= 120


def test_every_icon_used_is_in_the_sprite() -> None:
    used = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([a-z0-9-]+)"', path.read_text(encoding="utf-8"))}
    used |= {name for path in TEMPLATES for name in re.findall(r'symbol="([a-z0-9-]+)"', path.read_text(encoding="utf-8"))}
    assert used <= set(ICON_NAMES.split())
