"""Vietnamese personal names: canonical spelling, search key, sort key.

Plain functions over text, without Django. Text in a legacy font encoding (TCVN3, VNI) must be converted by
`posasoft.core.legacy_fonts` first: TCVN3 stores "ư" as a soft hyphen, which `nfc_name` would drop.
"""

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")
# Zero-width characters and the soft hyphen: invisible, so a name with one looks equal to a name without.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʹ´`′＇"), "'")
# Ð (Icelandic eth) and Ɖ look like Đ and are what old keyboards and converters left behind.
_LOOKALIKES = {ord("Ð"): "Đ", ord("ð"): "đ", ord("Ɖ"): "Đ", ord("ɖ"): "đ"}
_CANONICAL = {**_INVISIBLE, **_APOSTROPHES, **_LOOKALIKES}
_BASE_LETTERS = str.maketrans({"đ": "d", "ƀ": "b", "ł": "l", "ø": "o", "y": "i", "'": None, "-": None})

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# One ASCII character per letter, in alphabetical order, all greater than the digits that carry tones.
_LETTER_KEY = dict(zip(_ALPHABET, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg", strict=True))
_DIGIT_KEY = {str(digit): "9" + chr(ord("A") + digit) for digit in range(10)}
_TONE_KEY = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SHAPE_MARKS = {"\u0306": "a", "\u0302": "aeo", "\u031b": "ou"}


def nfc_name(text: str) -> str:
    """Return `text` in NFC with one apostrophe sign, single plain spaces and no invisible characters."""
    cleaned = unicodedata.normalize("NFC", text).translate(_CANONICAL)
    # Dropping a zero-width character may put a mark beside its letter: compose again.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", cleaned)).strip()


def name_case(text: str) -> str:
    """Return a name written wholly in capitals (or wholly in small letters) in name case.

    THÀO CHÍ SÍNH → Thào Chí Sính, H'NIA → H'Nia, K'BRÊU → K'Brêu. Mixed case is kept as written.
    """
    name = nfc_name(text)
    if name != name.upper() and name != name.lower():
        return name
    return nfc_name("".join(_capitalise(part) for part in re.split(r"([ '\-.(/])", name)))


def _capitalise(part: str) -> str:
    return part[:1].upper() + part[1:].lower()


def fold(text: str) -> str:
    """Return the search key: small ASCII letters, digits and single spaces.

    Accents, tones (hence their placement: hoà = hòa) and đ are reduced to the base letter; every y becomes i
    (Lý = Lí, Mỹ = Mĩ, quy = qui); apostrophes and hyphens are dropped (H'Mông = Hmông); any other sign is a space.
    Idempotent, and equal for NFC and NFD input.
    """
    text = unicodedata.normalize("NFKD", text.translate(_CANONICAL).casefold())
    letters = "".join(character for character in text if not unicodedata.combining(character))
    return _NOT_ALPHANUMERIC.sub(" ", letters.casefold().translate(_BASE_LETTERS)).strip()


def fold_tokens(text: str) -> list[str]:
    """Return the distinct words of the search key in their order of appearance."""
    return list(dict.fromkeys(fold(text).split()))


def sort_key(full_name: str) -> str:
    """Return text that sorts under COLLATE "C" as Vietnamese lists do.

    Given name (the last word) first, then middle names, then family name; each syllable by the Vietnamese alphabet
    (a ă â b c d đ …), then by tone (ngang huyền hỏi ngã sắc nặng).
    """
    words = nfc_name(full_name).casefold().split(" ")
    family = words[0] if len(words) > 1 else ""
    parts = (words[-1], *words[1:-1], "", family)
    return " ".join(word_sort_key(part) for part in parts).rstrip()


@lru_cache(maxsize=16384)
def word_sort_key(word: str) -> str:
    """Return the sort key of one syllable: its letters, then one digit for its tone. Unknown signs are skipped."""
    letters: list[str] = []
    tone = "0"
    for character in unicodedata.normalize("NFD", word.casefold()):
        if character in _TONE_KEY:
            tone = _TONE_KEY[character]
        elif character in _SHAPE_MARKS:
            _mark_last(letters, character)
        elif character in _LETTER_KEY or character in _DIGIT_KEY:
            letters.append(character)
    if not letters:
        return ""
    return "".join(_LETTER_KEY.get(letter) or _DIGIT_KEY[letter] for letter in letters) + tone


def _mark_last(letters: list[str], mark: str) -> None:
    """Turn the last letter into its marked form (a + breve → ă), when the Vietnamese alphabet has it."""
    if letters and letters[-1] in _SHAPE_MARKS[mark]:
        letters[-1] = unicodedata.normalize("NFC", letters[-1] + mark)
