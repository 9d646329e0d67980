"""The trail speaks in words: every verb and kind that some code writes has exactly one, and a filter finds all rows that bear it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from beneficiaries.statuses import CASE_MOVES, FOUND_MOVES
from posasoft.core import audit
from posasoft.core.queries.looks import SAME_KIND, Filters, trail
from posasoft.core.scope import COUNTRY
from posasoft.portal.wording_of_traces import CUTS, KINDS, VERBS, cuts
from tests.support.database import owner

ROOT = Path(__file__).resolve().parents[2]
# Verbs that are worked out: the moves of a case, of a finding, of a request.
WORKED_OUT = {
    "move": {move for _status, move in CASE_MOVES} | {"return", "refuse"},
    "f'finding_{verb}'": {f"finding_{verb}" for _state, verb in FOUND_MOVES},
}


def calls() -> Iterator[tuple[str, ast.Module, ast.Call]]:
    for app in ("posasoft", "households", "beneficiaries", "payments"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "audit.py":
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield from ((str(path), tree, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def constants(value: ast.expr, tree: ast.Module) -> set[str]:
    """The texts that an expression may be; of a name all that the module gives it."""
    if isinstance(value, ast.Constant):
        return {str(value.value)}
    if isinstance(value, ast.IfExp):
        return constants(value.body, tree) | constants(value.orelse, tree)
    if (spelled := ast.unparse(value)) in WORKED_OUT:
        return WORKED_OUT[spelled]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == spelled for target in node.targets):
            found |= constants(node.value, tree)
        if isinstance(node, ast.arguments) and node.defaults:
            named = zip(node.args[-len(node.defaults) :], node.defaults, strict=True)
            found |= {str(given.value) for arg, given in named if arg.arg == spelled and isinstance(given, ast.Constant)}
    return found


def written(keyword: str) -> dict[str, str]:
    """Each verb (or kind) that some call of the trail names, with the file where it does."""
    found: dict[str, str] = {}
    for path, tree, call in calls():
        name = ast.unparse(call.func)
        given = next((each.value for each in call.keywords if each.arg == keyword), None)
        if name == "_audit" and keyword == "verb" and call.args:
            given = call.args[0]
        if given is not None and (name.startswith("audit.") or name == "_audit"):
            found |= dict.fromkeys(constants(given, tree), path)
    return found


def test_every_verb_of_the_trail_has_words() -> None:
    found = written("verb")
    assert {"open", "finding_dismiss", "approve_bulk", "extend", "discard"} <= set(found)
    assert {verb: path for verb, path in found.items() if verb not in VERBS} == {}


def test_every_kind_of_the_trail_has_words() -> None:
    found, others = written("kind"), {name for names in SAME_KIND.values() for name in names}
    assert {"page", "finding", "households_workbook"} <= set(found)
    assert {kind: path for kind, path in found.items() if kind not in KINDS and kind not in others} == {}


def test_no_word_stands_twice_in_a_filter() -> None:
    for words in (VERBS, KINDS):
        said = [str(word) for word in words.values()]
        assert sorted(said) == sorted(set(said))
    assert not set(KINDS) & {name for names in SAME_KIND.values() for name in names}
    assert set(SAME_KIND) <= set(KINDS)


@pytest.mark.django_db
def test_a_kind_finds_its_rows_under_all_its_names() -> None:
    with owner():
        for kind in ("change_request", "households_changerequest", "household"):
            audit.record(verb="approve", kind=kind, object_id=1, by=COUNTRY)
        today = timezone.localdate()
        found = trail(COUNTRY, Filters(today, today, kind="change_request"))
        assert {event.object_kind for event in found} == {"change_request", "households_changerequest"}


def test_what_a_list_was_cut_by_is_said_in_words() -> None:
    assert cuts(["approve"]) == [str(CUTS["approve"])]
    assert cuts(["age_from", "words", "after"]) == ["Từ tuổi", "chữ đã gõ"]
    assert cuts(["q", "w", "<b>Giàng", "x"]) == ["chữ đã gõ", "điều kiện khác"]
