"""What somebody types about people never becomes part of an address: addresses stand in histories and in logs of servers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from posasoft.core.models import Role
from tests.access.world import World, make_world
from tests.support.database import owner

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# Boxes of forms sent by GET: days, months, numbers of papers, the code that stands on a paper.
PLAIN = {"day", "month", "from", "to", "code", ("decisions/index.html", "q")}
BOX = re.compile(r'<(?:input|textarea)\b(?![^>]*type="(?:hidden|checkbox|radio|submit)")[^>]*\bname="([^"]+)"')


def boxes_sent_by_get() -> list[tuple[str, str]]:
    found = []
    for template in sorted(TEMPLATES.rglob("*.html")):
        for form in re.findall(r"<form\b.*?</form>", template.read_text(encoding="utf-8"), re.DOTALL):
            if 'method="post"' not in form.split(">", 1)[0]:
                found += [(str(template.relative_to(TEMPLATES / "portal")), name) for name in BOX.findall(form)]
    return found


def test_no_form_sends_words_in_its_address() -> None:
    found = boxes_sent_by_get()
    assert ("audit_heads.html", "day") in found
    assert [box for box in found if box not in PLAIN and box[1] not in PLAIN] == []


def test_no_link_carries_a_name_or_a_code() -> None:
    wrong = re.compile(r"""href="[^"]*[?&;][a-z]+=\{\{ *[\w.]*(?:name|words|username|household\.code|number)\b""")
    assert [str(path) for path in TEMPLATES.rglob("*.html") if wrong.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.django_db
def test_users_are_looked_for_by_words_in_the_session(client: Client) -> None:
    with owner():
        world: World = make_world()
    client.force_login(world.users[Role.PROVINCE_OFFICER])
    answer = client.post("/users/", {"q": f"cua {Role.COMMUNE_CHAIR}", "role": Role.COMMUNE_CHAIR, "area": ""}, follow=True)
    (address, _status), *_more = answer.redirect_chain
    body = answer.content.decode()
    assert "cua" not in address
    assert f"role={Role.COMMUNE_CHAIR}" in address
    assert f"cua.{Role.COMMUNE_CHAIR}" in body
    assert f"ben.{Role.COMMUNE_CHAIR}" not in body
    assert f"ben.{Role.COMMUNE_CHAIR}" in client.get("/users/?q=cua").content.decode()
