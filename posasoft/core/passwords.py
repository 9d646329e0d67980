"""Passwords: long, unknown to guessers, in one Unicode form. No rule of composition and no periodic change (ASVS 6.2.5, 6.2.10)."""

from __future__ import annotations

import functools
import gzip
import unicodedata
from pathlib import Path
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

SHORTEST, LONGEST = 12, 200
_OURS = Path(__file__).resolve().parent / "data" / "common_passwords_vi.txt"
_DJANGOS = Path(password_validation.__file__).resolve().parent / "common-passwords.txt.gz"


def one_form(password: str | None) -> str | None:
    """NFKC: composed and decomposed Vietnamese letters, and full-width ones of an input method, are the same password."""
    return None if password is None else unicodedata.normalize("NFKC", password)


@functools.cache
def common_passwords() -> frozenset[str]:
    """The 20,000 most leaked passwords that Django ships and those common in Viet Nam, in lower case."""
    leaked = gzip.decompress(_DJANGOS.read_bytes()).decode("utf-8").splitlines()
    ours = (line for line in _OURS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return frozenset(line.strip().lower() for line in (*leaked, *ours) if line.strip())


def _core(password: str) -> str:
    """What is left of a password without the digits and signs that people put at its ends to make it long."""
    return password.lower().strip("0123456789 !@#$%^&*()._-+=?")


class LengthValidator:
    """12 characters at least; 200 at most, so that hashing is no attack."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(gettext("Mật khẩu cần ít nhất %(least)d ký tự.") % {"least": SHORTEST}, code="too_short")
        if len(password) > LONGEST:
            raise ValidationError(gettext("Mật khẩu dài quá %(most)d ký tự.") % {"most": LONGEST}, code="too_long")

    def get_help_text(self) -> str:
        return gettext("Ít nhất %(least)d ký tự. Một câu dễ nhớ là tốt nhất; được dùng dấu tiếng Việt và khoảng trắng.") % {
            "least": SHORTEST
        }


class CommonValidator:
    """Not a leaked password, nor one made long by digits at its ends, nor one letter or one short group again and again."""

    def validate(self, password: str, user: Any = None) -> None:
        text = one_form(password) or ""
        if text.lower() in common_passwords() or _core(text) in common_passwords() or _repeats(text.lower()):
            raise ValidationError(gettext("Mật khẩu này nhiều người dùng hoặc đã bị lộ ở nơi khác; hãy chọn câu khác."), code="common")

    def get_help_text(self) -> str:
        return gettext("Không phải mật khẩu nhiều người dùng.")


class OwnWordsValidator:
    """Not the user name, the person's name, the program's name: those are tried first (ASVS 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        text = _plain(password)
        words = [_plain(getattr(user, field, "") or "") for field in ("username", "full_name", "email")]
        if any(len(word) > 3 and word in text and len(text) - len(word) < SHORTEST - 4 for word in (*words, "posasoft")):
            raise ValidationError(gettext("Mật khẩu gần giống tên của bạn hoặc tên phần mềm; hãy chọn câu khác."), code="own_words")

    def get_help_text(self) -> str:
        return gettext("Không chứa tên của bạn.")


def _plain(text: str) -> str:
    """Lower case without marks, spaces and signs."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.lower().replace("đ", "d")) if letter.isalnum())


def _repeats(text: str) -> bool:
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5)) or text in "0123456789012345678901234567890123456789"
