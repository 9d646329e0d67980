"""Every text of a page is in both languages: Vietnamese is the source, the English catalogue is complete and compiled."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.template.base import Lexer, Token, TokenType

from beneficiaries.queries.comparison import CAUSES

ROOT = Path(__file__).resolve().parents[2]
FIRST_PARTY = ("posasoft", "households", "beneficiaries", "payments")
TRANS = re.compile(r"""^(?:trans|translate)\s+(?:"([^"]+)"|'([^']+)')""")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}


def block_text(tokens: list[Token], start: int) -> str:
    """The msgid of a blocktrans: its words with %(name)s for variables."""
    parts = []
    for token in tokens[start + 1 :]:
        if token.token_type == TokenType.BLOCK:
            return "".join(parts)
        parts.append(f"%({token.contents})s" if token.token_type == TokenType.VAR else token.contents.replace("%", "%%"))
    raise AssertionError("a blocktrans is not closed")


def texts_of_template(path: Path) -> Iterator[str]:
    tokens = Lexer(path.read_text(encoding="utf-8")).tokenize()
    for number, token in enumerate(tokens):
        if token.token_type == TokenType.BLOCK:
            if found := TRANS.match(token.contents):
                yield found[1] or found[2]
            elif token.contents.startswith("blocktrans"):
                yield block_text(tokens, number)
        elif token.token_type == TokenType.VAR:
            yield from re.findall(r'_\("([^"]+)"\)', token.contents)


def texts_of_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def texts_of_choices() -> Iterator[str]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] in FIRST_PARTY and not model.__name__.endswith("Event"):
            for field in model._meta.get_fields():
                yield from (str(label) for _value, label in getattr(field, "choices", None) or ())


def every_text() -> set[str]:
    found = {*texts_of_choices(), *CAUSES.values()}
    for path in (ROOT / "templates").rglob("*.html"):
        found.update(texts_of_template(path))
    for app in FIRST_PARTY:
        for path in (ROOT / app).rglob("*.py"):
            found.update(texts_of_module(path))
    return found


def catalogue(language: str) -> dict[str, str]:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return {key: value for key, value in gettext.GNUTranslations(file)._catalog.items() if isinstance(key, str)}


def source(language: str) -> dict[str, str]:
    text = (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)^msgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)', text, re.M)
    return {unquote(key): unquote(value) for key, value in pairs}


def unquote(text: str) -> str:
    return "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', text))


def test_every_vietnamese_text_has_an_english_one() -> None:
    english = catalogue("en")
    missing = sorted(text for text in every_text() if not english.get(text))
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_compiled_catalogue_says_what_its_source_says(language: str) -> None:
    assert {k: v for k, v in catalogue(language).items() if k} == {k: v for k, v in source(language).items() if k}


def test_a_translation_keeps_its_placeholders() -> None:
    places = re.compile(r"%\((\w+)\)[sd]|%[sd]")
    for key, value in source("en").items():
        assert sorted(places.findall(key)) == sorted(places.findall(value)), key
