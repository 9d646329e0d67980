"""What matched, marked in the text."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from posasoft.core.names import fold, fold_tokens, nfc_name

register = template.Library()


@register.filter
def marked_words(text: str | None, query: str) -> SafeString | str:
    """The text with the beginnings of words that were searched for in <mark>, whatever accents were left out."""
    if not text or not query:
        return text or ""
    asked = sorted(fold_tokens(query), key=len, reverse=True)
    return format_html_join(" ", "{}", ((_marked(word, asked),) for word in nfc_name(text).split(" ")))


def _marked(word: str, asked: list[str]) -> SafeString | str:
    # What begins with a bracket or a quotation mark is left alone: its letters and its key no longer stand side by side.
    folded = fold(word) if word[:1].isalnum() else ""
    begins = next((token for token in asked if folded.startswith(token)), "")
    if not begins:
        return word
    # Letters fold one to one in NFC; a sign that folds to nothing (H'Mông) makes the mark one letter short, never wrong.
    return format_html("<mark>{}</mark>{}", word[: len(begins)], word[len(begins) :])
