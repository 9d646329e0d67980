"""Vietnamese text typed for legacy fonts (TCVN3 = .VnTime, VNI-Times) or in code page 1258, read as Latin-1.

Such text looks like `NguyÔn V¨n To¶n` or `Nguyeãn Vaên Toaûn`. Detection is careful: a text is legacy only when some word of it
cannot be Vietnamese as it stands and is Vietnamese once converted. What is ambiguous alone (TCVN3 `Vò` is
Vũ, but Vò is a word) is decided by the font or by the column: `detect_legacy_column`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from posasoft.core.legacy_tables import CP1258, TCVN3, VNI
from posasoft.core.syllables import is_syllable

Encoding = Literal["tcvn3", "vni", "cp1258"]
_TABLES: dict[Encoding, dict[str, str]] = {"tcvn3": TCVN3, "vni": VNI, "cp1258": CP1258}
_PATTERNS = {name: re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True))) for name, table in _TABLES.items()}
# The soft hyphen and signs such as ¨ µ ¸ are letters in TCVN3, so words end only at spaces and ASCII signs.
_WORD_BREAK = re.compile(r"[\s!-/:-@\[-`{-~]+")
_MARKS_OF_CP1258 = "\u0300\u0301\u0303\u0309\u0323"
# A column is legacy when some of its cells prove it and nearly all can be; a few Unicode cells may have been typed in later.
_PROVING_SHARE, _AGREEING_SHARE = 0.3, 0.8
# When two encodings both give possible words, the one that gives everyday words of names and of lists is meant.
_EVERYDAY_TEXT = (
    "thị văn nguyễn trần lê phạm hoàng võ vũ đặng bùi đỗ hồ ngô dương lý đình hữu đức ngọc xuân quang hồng nông thế lưu bế kiều tư thư sơn"
    " thơm như năng họ và tên ngày sinh năm thôn bản xã huyện tỉnh số hộ nghèo cận dân tộc giới tính quan hệ chủ ghi chú địa chỉ khuyết tật"
    " mức độ nữ vợ chồng bố mẹ ông bà cháu tổ ấp xóm phường lò vừ giàng hờ đào tạ đoàn đinh"
)
_EVERYDAY = frozenset(_EVERYDAY_TEXT.split())
_VIETNAMESE_LETTERS = frozenset("aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz0123456789")


@dataclass(frozen=True)
class Guess:
    """An encoding and how sure we are: 1.0 the font says so; otherwise the share of words that prove it."""

    encoding: Encoding
    confidence: float


def detect_legacy(text: str, font: str | None = None) -> Encoding | None:
    """Return the legacy encoding of one cell, or None for Unicode, ASCII and whatever is ambiguous."""
    guess = guess_legacy(text, font)
    return guess.encoding if guess else None


def guess_legacy(text: str, font: str | None = None) -> Guess | None:
    """Like `detect_legacy`, with the confidence."""
    if text.isascii() or not _could_be_legacy(text):
        return None
    if (by_font := _encoding_of_font(font)) and _PATTERNS[by_font].search(text):
        return Guess(by_font, 1.0)
    words = _words(text)
    broken = [position for position, word in enumerate(words) if not _plausible(word)]
    candidates: tuple[Encoding, ...] = ("tcvn3", "vni", "cp1258")
    readings = {encoding: reading for encoding in candidates if (reading := _read(text, words, broken, encoding))}
    if not readings:
        return None
    best = max(readings, key=lambda encoding: readings[encoding])
    return Guess(best, round(len(broken) / len(words) / len(readings), 2))


def _read(text: str, words: list[str], broken: list[int], encoding: Encoding) -> tuple[int, int, bool, int] | None:
    """How well the text reads in an encoding (more is better), or None when it cannot be that.

    At least one word that is no Vietnamese becomes a syllable, and only Vietnamese letters are left: names of the highlands, which are
    no syllables of Vietnamese (Kbuôr, Pơloong), may stand beside it. Of two readings the more everyday one wins, then
    the fonts before code page 1258, which is rare, then the shorter: VNI writes two signs for one letter, which TCVN3 reads as two vowels.
    """
    converted = to_unicode(text, encoding)
    now = _words(converted)
    if len(now) != len(words) or not all(_VIETNAMESE_LETTERS.issuperset(word.lower()) for word in now):
        return None
    if not any(_plausible(now[position]) for position in broken):
        return None
    everyday = sum(word.lower() in _EVERYDAY for word in now)
    return everyday, sum(map(_plausible, now)), encoding != "cp1258", -len(converted)


def detect_legacy_column(texts: Iterable[str]) -> Encoding | None:
    """Return the encoding of a column: three in ten cells with accents prove it, eight in ten can be it.

    Cells that are ambiguous alone then follow the column; cells already in Unicode stay out (`needs_conversion`).
    """
    accented = [text for text in texts if not text.isascii()]
    found = [detect_legacy(text) for text in accented]
    votes = Counter(encoding for encoding in found if encoding)
    if not votes:
        return None
    encoding, proving = votes.most_common(1)[0]
    agreeing = sum(needs_conversion(text, encoding) and alone in (None, encoding) for text, alone in zip(accented, found, strict=True))
    enough = proving >= _PROVING_SHARE * len(accented) and agreeing >= _AGREEING_SHARE * len(accented)
    return encoding if enough else None


def needs_conversion(text: str, encoding: Encoding) -> bool:
    """Whether a cell of a column in `encoding` holds legacy codes, and is not Unicode typed in later."""
    return _could_be_legacy(text) and bool(_PATTERNS[encoding].search(text))


def to_unicode(text: str, encoding: Encoding, *, font: str | None = None) -> str:
    """Convert from `encoding` to Unicode NFC.

    TCVN3 has no capital letters with tones: fonts ending in H (.VnTimeH) draw small codes as capitals, and without a font
    name a word whose other letters are capitals is taken so.
    """
    table = _TABLES[encoding]
    converted = unicodedata.normalize("NFC", _PATTERNS[encoding].sub(lambda match: table[match[0]], text))
    if encoding != "tcvn3":
        return converted
    if font and font.casefold().startswith(".vn") and font.endswith("H"):
        return converted.upper()
    return _restore_capitals(converted)


def _restore_capitals(converted: str) -> str:
    """NGUYễN → NGUYỄN, and Hoàng ánh → Hoàng Ánh: a toned letter could not be typed as a capital."""
    parts = re.split(r"(\s+)", converted)
    typed = [_typed_letters(part) for part in parts]
    initials = [part[0] for part in parts if part and part[0].isalpha()]
    all_capitals = any(len(letters) > 1 for letters in typed) and all(letters.isupper() for letters in typed if letters)
    titled = any(initial.isupper() for initial in initials) and all(initial.isupper() or _is_toned(initial) for initial in initials)
    for index, (part, letters) in enumerate(zip(parts, typed, strict=True)):
        if (letters.isupper() and (len(letters) > 1 or all_capitals)) or (all_capitals and not letters):
            parts[index] = part.upper()
        elif titled and part and _is_toned(part[0]):
            parts[index] = part[0].upper() + part[1:]
    return "".join(parts)


def _typed_letters(word: str) -> str:
    """The letters of which TCVN3 has a small and a capital form; the prefix of K'Wẹ says nothing about the name."""
    return "".join(letter for letter in word.rpartition("'")[2] if letter.isalpha() and not (letter.islower() and _is_toned(letter)))


def _is_toned(letter: str) -> bool:
    return any(mark in unicodedata.normalize("NFD", letter) for mark in _MARKS_OF_CP1258)


def _encoding_of_font(font: str | None) -> Encoding | None:
    name = (font or "").casefold().strip()
    if name.startswith(".vn"):
        return "tcvn3"
    return "vni" if name.startswith("vni") else None


def _could_be_legacy(text: str) -> bool:
    """Legacy text read as Latin-1 has no character beyond it; ấ, đ, ơ or a combining mark mean Unicode."""
    return all(character <= "\u00ff" or character in "‘’“”–—…" for character in text)


def _words(text: str) -> list[str]:
    return [word for word in _WORD_BREAK.split(text) if word]


def _plausible(word: str) -> bool:
    """Whether a word may stand in Unicode text: ASCII, digits, or a Vietnamese syllable in sensible case."""
    if word.isascii():
        return True
    return is_syllable(word) and (word[1:] == word[1:].lower() or word == word.upper())
