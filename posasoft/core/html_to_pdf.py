"""Documents from HTML. The engine may load our own type faces and nothing else: no network, no files, no ``data:``.

WeasyPrint warns that its default fetcher opens whatever a page names, ``file:///etc/passwd`` and the machine's inner network included. A name
typed by somebody is escaped by the templates; this is the fence behind that fence.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

logger = logging.getLogger("posasoft.documents")

SCHEME = "face:"
TINOS = (("normal", 400, "Regular"), ("normal", 700, "Bold"), ("italic", 400, "Italic"), ("italic", 700, "BoldItalic"))
FACES = {f"tinos-{style}-{weight}": f"tinos/Tinos-{name}.ttf" for style, weight, name in TINOS}


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Answers for the faces of FACES; everything else is refused before anything is opened."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused = 0

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Raises ValueError for any address that is not one of our faces; WeasyPrint then leaves the resource out."""
        file = FACES.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if file is None:
            self.refused += 1
            raise ValueError("a document loads nothing but the type faces of this program")
        return URLFetcherResponse(url, _vendored(file).read_bytes())


def _vendored(file: str) -> Path:
    return Path(settings.BASE_DIR) / "static" / "vendor" / file


def _faces() -> str:
    """Tinos, which has the metrics of Times New Roman, the face that Decree 30/2020 asks for."""
    return "\n".join(
        f'@font-face{{font-family:Tinos;font-style:{style};font-weight:{weight};src:url("{SCHEME}tinos-{style}-{weight}")}}'
        for style, weight, _name in TINOS
    )


def render_pdf(html: str) -> bytes:
    """A page of HTML, its CSS in ``<style>``, as PDF. What it names from elsewhere is left out and counted in the log, never fetched."""
    fetcher, fonts = ClosedFetcher(), FontConfiguration()
    faces = CSS(string=_faces(), url_fetcher=fetcher, font_config=fonts)
    document: bytes = HTML(string=html, url_fetcher=fetcher, base_url=None).write_pdf(stylesheets=[faces], font_config=fonts)
    if fetcher.refused:
        logger.warning("a document named %s resources from elsewhere; none was fetched", fetcher.refused)
    return document
