"""Words that somebody searches for: names are personal data, so they travel by POST and stay in the session, never in an address or a log."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

KEY = "words"
MOST = 20
LONGEST = 120


def keep(request: HttpRequest, text: str) -> str:
    """Put words into the session; the token under which an address may speak of them. Empty words have an empty token."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return ""
    kept: dict[str, str] = dict(request.session.get(KEY, {}))
    token = next((token for token, words in kept.items() if words == text), "") or secrets.token_urlsafe(6)
    kept.pop(token, None)
    kept[token] = text
    request.session[KEY] = dict(list(kept.items())[-MOST:])
    return token


def of(request: HttpRequest, token: str) -> str:
    """The words of a token of this session; empty for any other."""
    return str(request.session.get(KEY, {}).get(token, "")) if token else ""
