"""The facts that a rule may read: name, type, allowed values, meaning, source. Documentation is generated from this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from policy.yamlfiles import LawError, Table, read_yaml

FACTS_FILE = Path(__file__).parent / "facts.yaml"
TYPES = ("code", "bool", "int", "money", "date", "text", "age", "months", "count")
SUBJECTS = ("person", "household", "both")


@dataclass(frozen=True)
class Count:
    """How many others the relation links to this person on the day, for whom the expression holds (it reads the other's facts)."""

    relation: str
    where: str


@dataclass(frozen=True)
class Unbroken:
    """The first day of the unbroken stretch, up to the day asked, in which a fact (or a link) had one of the values.

    ``of`` is ``self`` (the other person of the relation), ``adult`` or ``link``. ``values`` are (values, from, until) in ISO days or None:
    a law that changed in the meantime had its own list.
    """

    of: str
    fact: str
    values: tuple[tuple[tuple[str, ...], str | None, str | None], ...]


@dataclass(frozen=True)
class Fact:
    """One word of the vocabulary. ``rarity`` orders facts by how few people have them: 1 is rare, 9 is everybody."""

    name: str
    type: str
    subject: str
    vi: str
    en: str
    source: str
    personal: bool
    rarity: int
    values: tuple[str, ...] = ()
    count: Count | None = None
    unbroken: Unbroken | None = None
    recipient_of: str = ""
    only_in_counts: bool = False


def _unbroken(table: Table) -> Unbroken:
    table.check_keys(("of",), ("fact", "values"))
    values: list[tuple[tuple[str, ...], str | None, str | None]] = []
    for entry in table.tables("values"):
        entry.check_keys(("in",), ("from", "until"))
        bounds = tuple(str(entry.day(key)) if key in entry else None for key in ("from", "until"))
        values.append((entry.texts("in"), bounds[0], bounds[1]))
    return Unbroken(table.text("of"), table.text("fact"), tuple(values))


def _count(table: Table) -> Count:
    table.check_keys(("relation", "where"))
    return Count(table.text("relation"), table.text("where"))


def _fact(table: Table) -> Fact:
    table.check_keys(
        ("name", "type", "subject", "vi", "en", "source"),
        ("values", "personal", "rarity", "count", "unbroken", "recipient_of", "only_in_counts"),
    )
    if table.text("type") not in TYPES:
        raise table.fail(f"unknown type '{table['type']}' (known: {', '.join(TYPES)})", "type")
    if table.text("subject") not in SUBJECTS:
        raise table.fail(f"unknown subject '{table['subject']}' (known: {', '.join(SUBJECTS)})", "subject")
    if (table.text("type") == "code") != bool(table.texts("values")):
        raise table.fail("a code needs its 'values', and nothing else has them", "type")
    return Fact(
        name=table.text("name"),
        type=table.text("type"),
        subject=table.text("subject"),
        vi=table.text("vi"),
        en=table.text("en"),
        source=table.text("source"),
        personal=table.flag("personal"),
        rarity=table.whole("rarity", 9),
        values=table.texts("values"),
        count=_count(table.table("count")) if "count" in table else None,
        unbroken=_unbroken(table.table("unbroken")) if "unbroken" in table else None,
        recipient_of=table.text("recipient_of"),
        only_in_counts=table.flag("only_in_counts"),
    )


def load_vocabulary(path: Path = FACTS_FILE) -> dict[str, Fact]:
    """The facts by name. Raises LawError by file and line."""
    top = read_yaml(path)
    top.check_keys(("facts",))
    facts: dict[str, Fact] = {}
    for table in top.tables("facts"):
        fact = _fact(table)
        if fact.name in facts:
            raise LawError(f"{table.file}:{table.line}: fact '{fact.name}' is written twice")
        facts[fact.name] = fact
    return facts
