"""docs/access.md says what the program does: its tables are written from the code (`python -m tests.access.test_page_on_access` writes them)."""

from __future__ import annotations

import re
from pathlib import Path

from posasoft.core.models import Role
from posasoft.core.roles import GRANTS, KINDS, LEVELS
from posasoft.core.verbs import LABELS, ROLE_VERBS, Verb

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "access.md"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def verbs() -> str:
    rows = [[f"{Role(role).label} (`{role}`)", *("x" if verb in ROLE_VERBS[role] else "" for verb in Verb)] for role in Role.values]
    return table(["Role", *(verb.value for verb in Verb)], rows)


def words() -> str:
    return table(["Verb", "In the words of Circular 11/2019 and of the procedures"], [[verb.value, LABELS[verb]] for verb in Verb])


def places() -> str:
    rows = []
    for role in Role:
        who = ", ".join(f"`{granter}`" for granter, granted in GRANTS.items() if role in granted)
        where = ", ".join(sorted(str(level or "the whole country") for level in LEVELS[role]))
        rows.append([f"`{role.value}`", where, str(KINDS.get(role, "area")), who])
    return table(["Role", "Stands on", "Sees by", "Granted by"], rows)


TABLES = {"verbs": verbs, "words": words, "places": places}
MARK = r"<!-- {0} -->\n(.*?)\n<!-- /{0} -->"


def test_the_tables_of_the_page_are_those_of_the_program() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        found = re.search(MARK.format(name), text, re.DOTALL)
        assert found is not None, name
        assert found[1].strip() == make(), f"docs/access.md, table {name}: run python -m tests.access.test_page_on_access"


def test_every_role_has_verbs_and_a_place() -> None:
    assert set(ROLE_VERBS) == set(Role.values)
    assert set(LEVELS) == set(Role)


def test_nobody_both_prepares_and_signs_or_approves_by_role_alone() -> None:
    assert not [role for role, held in ROLE_VERBS.items() if Verb.PREPARE in held and held & {Verb.SIGN, Verb.APPROVE}]


def write() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        text = re.sub(
            MARK.format(name), lambda _, name=name, make=make: f"<!-- {name} -->\n{make()}\n<!-- /{name} -->", text, flags=re.DOTALL
        )
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
