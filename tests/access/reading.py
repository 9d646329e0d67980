"""What stands in an answer, whatever it is; and the words that must not stand there."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import quote, quote_plus

from django.http import HttpResponseBase
from django.utils.html import escape
from pypdf import PdfReader

from tests.access.world import CANARY, CANARY_CODE, CANARY_ID, COUNTRYWIDE, FAR, FAR_CODE, FAR_ID, PROVINCIAL

NEIGHBOUR = (CANARY, CANARY_CODE, CANARY_ID, "08-00724")
NEXT_PROVINCE = (FAR, FAR_CODE, FAR_ID, "04-01321")


def signs_for(role: str) -> tuple[str, ...]:
    """The words of rows that a role must not see; none for a role of the whole country."""
    if role in COUNTRYWIDE:
        return ()
    return NEXT_PROVINCE if role in PROVINCIAL else NEIGHBOUR + NEXT_PROVINCE


def text_of(response: HttpResponseBase) -> str:
    """All text of an answer, out of a workbook or a PDF as well; a file that is sent is closed as a server closes it when it is sent."""
    if response.streaming:
        raw = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming answer
        file = getattr(response, "file_to_stream", None)
        if file is not None:
            file.close()
    else:
        raw = response.content  # type: ignore[attr-defined]  # any other answer
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as workbook:
            return "\n".join(workbook.read(name).decode("utf-8", "replace") for name in workbook.namelist())
    if raw.startswith(b"%PDF") and len(raw) > 100:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    return raw.decode("utf-8", "replace")


def leaks(text: str, asked: str, signs: tuple[str, ...]) -> list[str]:
    """Signs in a body; what was asked for is shown again in its own input, and in the addresses that lead back here, and is no leak."""
    for echo in {asked, quote(asked), quote_plus(asked), escape(asked)} if asked else ():
        text = text.replace(echo, "")
    return [sign for sign in signs if sign in text]
