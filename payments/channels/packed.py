"""Large text tables come packed: gzip carries their length and checksum, so that a part of one is known from the whole."""

from __future__ import annotations

import gzip
import io
import zlib

from payments.channels.face import ChannelRefused

GZIP = "gz"
LARGEST = 256 * 1024 * 1024
_BLOCK = 1 << 20


def unpacked(content: bytes) -> bytes:
    """What is in a .gz file. Raises ChannelRefused: cut, broken, or more than LARGEST bytes."""
    found = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as source:
            while block := source.read(_BLOCK):
                if found.tell() + len(block) > LARGEST:
                    raise ChannelRefused(f"Tệp khi giải nén lớn hơn {LARGEST // 2**20} MB. Chia theo tỉnh hoặc theo danh sách rồi gửi lại.")
                found.write(block)
    except EOFError as error:
        raise ChannelRefused("Tệp .gz bị cắt giữa chừng; tệp chưa tải lên hết. Gửi lại cả tệp.") from error
    except (OSError, zlib.error) as error:
        raise ChannelRefused("Tệp .gz bị hỏng hoặc không phải tệp nén gzip. Nén lại rồi gửi.") from error
    return found.getvalue()
