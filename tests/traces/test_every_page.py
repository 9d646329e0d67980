"""Whoever looks at people leaves a trace: every address is opened, and none shows a name without an audit row.

Then nothing that was typed or shown stands in the log, in what Celery is told, in the outbox, in addresses, in the cache or in the trail.
"""

from __future__ import annotations

import inspect
import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from households.models import Household, ImportBatch, Person
from posasoft.core.models import AuditEvent
from posasoft.core.request_ids import OneLine, WithRequestId
from tests.browser.cast import Places
from tests.importing.messy import Habits, make
from tests.importing.staged import DAY, some_families
from tests.importing.writers import write
from tests.support.database import owner
from tests.test_conventions import routes

pytestmark = pytest.mark.django_db
# Of the cast: whoever sees one of these words sees a person.
NAMES = ("Giàng Mí Páo", "Vừ Thị Mỷ", "Giàng Mí Sính", "Lò Thị Mai")
NUMBERS = ("002088014571", "002191009204", "002216004319", "002195000312")
FOLDED = ("giang mi pao", "mi pao", "lo thi mai")
TRACES = ("read", "list", "search", "export", "show_id")
LOOKERS = ("mai", "chu", "tinh", "kiem", "quan")


@pytest.fixture
def staged(places: Places, work: Callable[[], int], tmp_path: Any, enter: Callable[[str], Client]) -> ImportBatch:
    """A list on its way in."""
    file = write(make(some_families(3), Habits(seed=1, blank_sex=0.0)), tmp_path)
    with file.open("rb") as content:
        enter("mai").post("/imports/", {"file": content, "area": places.commune.pk, "area_date": f"{DAY:%d/%m/%Y}"})
    work()
    with owner():
        return ImportBatch.objects.get()


def addresses(staged: ImportBatch) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every address that can be opened with what the cast has; others are reached by the tests of their own pages."""
    with owner():
        home = Household.objects.get(code="08-00721-91001942")
        person = Person.objects.get(full_name="Giàng Mí Páo")
    given = {"households": home.public_id, "persons": person.public_id, "imports": staged.public_id}
    for route, view in routes():
        words = re.findall(r"<(?:\w+:)?(\w+)>", route)
        part = route.split("/")[0]
        if not words:
            yield f"/{route}", view
        elif words == ["public_id"] and part in given:
            yield "/" + re.sub(r"<[^>]+>", str(given[part]), route), view


def shown_people(body: str) -> bool:
    return any(word in body for word in (*NAMES, *NUMBERS))


@pytest.mark.parametrize("who", LOOKERS)
def test_no_page_shows_a_person_without_a_trace(who: str, staged: ImportBatch, enter: Callable[[str], Client]) -> None:
    client, silent, shown = enter(who), [], 0
    client.raise_request_exception = False
    for address, _view in addresses(staged):
        if address.startswith(("/sign-out", "/accounts")):
            continue
        before = count()
        response = client.get(address)
        if response.status_code == 200 and shown_people(body_of(response)):
            shown += 1
            silent += [address] if count() == before else []
    assert silent == []
    assert shown >= (3 if who in ("mai", "tinh") else 0)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def count() -> int:
    with owner():
        return AuditEvent.objects.filter(verb__in=TRACES).count()


def test_every_page_that_shows_people_says_so(staged: ImportBatch, enter: Callable[[str], Client]) -> None:
    client, unmarked = enter("mai"), []
    client.raise_request_exception = False
    for address, view in addresses(staged):
        response = client.get(address)
        if response.status_code == 200 and shown_people(body_of(response)) and not hasattr(view, "shows"):
            unmarked.append(address)
    assert unmarked == []


def test_every_page_that_says_it_shows_people_writes_to_the_trail() -> None:
    """Those that the cast cannot open, too: the module of a marked view calls the trail, itself or through a neighbour."""
    marked = {view for _route, view in routes() if hasattr(view, "shows")}
    assert len(marked) > 10
    silent = [f"{view.__module__}.{view.__name__}" for view in marked if "audit" not in inspect.getsource(inspect.getmodule(view))]
    assert silent == []


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server writes at the most talkative level it may be set to."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(WithRequestId())
    how = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(OneLine(how["format"], how["datefmt"], how["style"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_nothing_personal_stands_where_it_is_kept_or_passed_on(
    staged: ImportBatch, enter: Callable[[str], Client], log: io.StringIO, work: Callable[[], int]
) -> None:
    client = enter("mai")
    client.raise_request_exception = False
    seen: list[str] = []
    for address, _view in addresses(staged):
        response = client.get(address)
        seen += links(body_of(response)) if response.status_code == 200 and not response.streaming else []
    for words in (*NAMES, *NUMBERS, "giang mi pao"):
        for address in ("/search/", "/find/"):
            body = client.post(address, {"q": words}, follow=True)
            seen += [where for where, _status in body.redirect_chain] + (links(body_of(body)) if body.status_code == 200 else [])
    client.post("/report-error/", {"text": "Giàng Mí Páo không hiện", "route": "search/?q=Giàng Mí Páo"})
    work()

    for kept in (log.getvalue(), *told(), *map(str, cache_of()), "\n".join(seen)):
        assert [word for word in (*NAMES, *NUMBERS) if word in kept] == []
        assert [word for word in FOLDED if word in kept.replace("+", " ").replace("%20", " ").lower()] == []


def links(body: str) -> list[str]:
    """Addresses of a page: of links, forms and requests; not the words between them."""
    return re.findall(r'(?:href|action|hx-get|hx-post|src)="([^"]*)"', body)


def told() -> list[str]:
    """All that jobs, the outbox, the trail, notices and the chain hold, as text."""
    tables = {
        "core_job": "concat(params, state, result, title, message)", "core_joblogline": "text", "core_outboxmessage": "payload::text",
        "core_auditevent": "concat(verb, object_kind, object_id, detail)", "core_notification": "concat(title, link)",
        "core_auditsealrun": "heads::text", "core_exportrequest": "concat(params, columns)",
        "core_errorreport": "concat(route, error_id, request_id)",
    }  # fmt: skip
    found = []
    with owner(), connection.cursor() as cursor:
        for table, what in tables.items():
            cursor.execute(f"SELECT coalesce(string_agg({what}, ' '), '') FROM {table}")
            found.append(cursor.fetchone()[0])
    return found


def cache_of() -> list[Any]:
    return list(getattr(cache, "_cache", {}).values())


def test_a_search_leaves_a_keyed_hash_that_finds_repeats_and_no_words(enter: Callable[[str], Client]) -> None:
    client = enter("mai")
    for words in ("Giàng Mí Páo", "giang  mi pao", "Lò Thị Mai"):
        client.post("/search/", {"q": words}, follow=True)

    with owner():
        kept = list(AuditEvent.objects.filter(verb="search").order_by("id").values_list("detail", flat=True))
    assert kept[0]["words"] == kept[1]["words"] != kept[2]["words"]
    assert all(re.fullmatch(r"[0-9a-f]{16}", detail["words"]) for detail in kept)


def test_addresses_take_no_number_of_a_paper() -> None:
    """No route has a place for digits alone but for our own row numbers."""
    for route, _view in routes():
        assert not re.search(r"<str:(q|number|nid|national_id|name)>", route), route
    with pytest.raises(NoReverseMatch):
        reverse("portal:person", args=["002088014571"])
