"""A document made from HTML loads our type faces and nothing else, whatever is written in it (test 32)."""

from __future__ import annotations

import base64
import io
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from posasoft.core.html_to_pdf import ClosedFetcher, render_pdf


class Listener(socketserver.BaseRequestHandler):
    """Notes that somebody came; answers nothing."""

    visits: list[object] = []

    def handle(self) -> None:
        self.visits.append(self.client_address)


@pytest.fixture
def neighbour() -> Iterator[str]:
    """The address of a server on this machine that counts its visitors."""
    Listener.visits = []
    with socketserver.TCPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def words(document: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


@pytest.mark.parametrize(
    "part",
    [
        '<img src="{url}/a.png">',
        '<link rel="stylesheet" href="{url}/a.css">',
        '<style>@import url("{url}/a.css");</style>',
        '<style>body{{background:url("{url}/a.png")}}</style>',
        '<style>@font-face{{font-family:Own;src:url("{url}/a.ttf")}} body{{font-family:Own}}</style>',
        '<object data="{url}/a.svg"></object>',
        '<svg><image href="{url}/a.png" width="9" height="9"/></svg>',
        '<link rel="attachment" href="{url}/a.txt">',
    ],
)
def test_nothing_is_asked_of_the_network(neighbour: str, part: str) -> None:
    assert "Vàng Thị Mỷ" in words(render_pdf(f"<p>Vàng Thị Mỷ</p>{part.format(url=neighbour)}"))
    assert Listener.visits == []


def test_no_file_of_this_machine_enters_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mật khẩu của máy chủ", encoding="utf-8")
    document = render_pdf(f'<p>Đơn</p><link rel="attachment" href="file://{secret}"><img src="file://{secret}">')
    assert not PdfReader(io.BytesIO(document)).attachments
    assert "máy chủ" not in words(document)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "data:text/css;base64," + base64.b64encode(b"p{color:red}").decode(),
        "ftp://127.0.0.1/a",
        "face:../../../etc/passwd",
        "face:",
    ],
)
def test_every_other_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="nothing but the type faces"):
        ClosedFetcher().fetch(address)


def test_a_document_is_set_in_the_face_of_official_papers() -> None:
    document = render_pdf("<style>p{font-family:Tinos}</style><p>Quyết định hưởng trợ cấp, <b>ưu đãi</b>, <i>nguyễn</i></p>")
    assert "Quyết định hưởng trợ cấp, ưu đãi, nguyễn" in words(document)
    page = PdfReader(io.BytesIO(document)).pages[0]
    faces = {str(font.get_object()["/BaseFont"]).rpartition("+")[2] for font in page["/Resources"]["/Font"].values()}
    assert faces == {"Tinos", "Tinos-Bold", "Tinos-Italic"}
