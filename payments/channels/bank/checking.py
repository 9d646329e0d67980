"""XML from outside and to outside: never expanded, held against the official schema, and a fault named by place, field and value."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from payments.channels.face import ChannelRefused

SCHEMAS = Path(__file__).with_name("schemas")
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:{}"
LARGEST = 64 * 1024 * 1024
SHOWN = 5

_WORDS = {
    "MAXLENGTH": "dài quá mức cho phép",
    "MINLENGTH": "không được để trống",
    "ENUMERATION": "không có trong danh mục của chuẩn",
    "PATTERN": "không đúng dạng của chuẩn",
    "DATATYPE": "không đúng kiểu dữ liệu",
    "FRACTIONDIGITS": "có quá nhiều chữ số thập phân",
    "TOTALDIGITS": "có quá nhiều chữ số",
    "MININCLUSIVE": "nhỏ hơn mức cho phép",
    "ELEMENT_CONTENT": "đặt sai chỗ, bị thiếu hoặc thiếu phần bên trong",
    "ATTRIBUTE": "thiếu hoặc thừa thuộc tính",
}


def parse(content: bytes) -> etree._Element:
    """The root of a document. Entities are not expanded, nothing is fetched, a document with a DTD is refused. Raises ChannelRefused."""
    if len(content) > LARGEST:
        raise ChannelRefused("Tệp XML lớn quá 64 MB. Hãy gửi từng danh sách một.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        place = f"Dòng {error.lineno}: " if isinstance(error, etree.XMLSyntaxError) and error.lineno else ""
        raise ChannelRefused(f"{place}tệp không phải XML đúng cú pháp, có thể chưa tải lên hết.") from error
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        raise ChannelRefused("Tệp XML có khai báo DOCTYPE; thông điệp ISO 20022 không có khai báo này nên tệp bị từ chối.")
    return root


def check(root: etree._Element, message: str) -> None:
    """Hold a document against the schema of a message ("pain.002.001.03"). Raises ChannelRefused with the first faults."""
    found = etree.QName(root).namespace or ""
    if found != NAMESPACE.format(message):
        raise ChannelRefused(f"Tệp là “{found.rpartition(':')[2] or etree.QName(root).localname}”, cần thông điệp {message}.")
    schema = _schema(message)
    # A fresh tree: lines of the log are those of the file, and a schema object keeps the log of its last document.
    if not schema.validate(root):
        log: Any = schema.error_log
        faults = list(log)
        raise ChannelRefused(" ".join(_said(root, entry) for entry in faults[:SHOWN]))


@cache
def _schema(message: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / f"{message}.xsd")))


def _said(root: etree._Element, entry: etree._LogEntry) -> str:
    kind = next((words for name, words in _WORDS.items() if name in entry.type_name), "không đúng lược đồ của chuẩn")
    found = root.getroottree().xpath(entry.path) if entry.path else []
    element = found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else root
    value = " ".join((element.text or "").split())[:60]
    shown = f" giá trị “{value}”" if value else ""
    return f"Dòng {entry.line}, {place_of(element)}:{shown} {kind}."


def place_of(element: etree._Element) -> str:
    """Where an element stands, by names: CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts[3]/TxSts."""
    parts: list[str] = []
    here: etree._Element | None = element
    while here is not None and here.getparent() is not None:
        name = etree.QName(here).localname
        same = list(here.itersiblings(here.tag, preceding=True))
        later = here.getnext()
        repeated = bool(same) or (later is not None and later.tag == here.tag)
        parts.append(f"{name}[{len(same) + 1}]" if repeated else name)
        here = here.getparent()
    return "/".join(reversed(parts)) or etree.QName(element).localname
