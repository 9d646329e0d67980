"""The client of the fault tests: sends every request twice, and writes down what it sent and what it was told. Its log is the only oracle."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest
from django.test import Client as Signing
from kombu.exceptions import KombuError

from payments.models import Agency
from payments.operations import results
from posasoft.core import jobs
from posasoft.core.access import scope_of
from posasoft.core.models import RoleAssignment, User
from posasoft.core.scope import COUNTRY, acting
from tests.faults.stage import Stage

OK, REFUSED, UNKNOWN = "ok", "refused", "unknown"
PROGRAM, JOB = "program", "job"
# A secret of a browser's form, and its cookie; the server asks for nothing but that the two agree.
_CSRF = "a" * 32
_SECONDS = 20.0
_TRIES = 40


@dataclass(frozen=True)
class Act:
    """One thing that a person or an agency's program does; sent again, it is the same act with the same key.

    ``call`` is the JSON of a program; of a large file it is the rows, which a job of the worker applies.
    """

    key: str
    user: str
    verb: str
    address: str
    fields: tuple[tuple[str, str], ...]
    lists: tuple[int, ...]
    call: str = ""


@dataclass
class Sent:
    """One delivery of an act and the answer: ok, refused (with what was said), or nobody knows."""

    act: Act
    answer: str
    said: str


@dataclass
class Log:
    """Everything the client sent, in the order of its answers."""

    sent: list[Sent] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, act: Act, answer: str, said: str) -> Sent:
        """Write one delivery down."""
        row = Sent(act, answer, said)
        with self.lock:
            self.sent.append(row)
        return row

    def answers(self, verb: str, list_id: int, user: str) -> list[str]:
        """What a person was told about a move of a list."""
        return [row.answer for row in self.sent if row.act.verb == verb and list_id in row.act.lists and row.act.user == user]

    def acts(self) -> list[Act]:
        """Every act once, in the order of its first delivery."""
        return list(dict.fromkeys(row.act for row in self.sent))


class Office:
    """Signed-in people at their browsers, and the agency's program with its key."""

    def __init__(self, stage: Stage, usernames: Iterable[str], secret: str) -> None:
        self.stage, self.log, self.secret = stage, Log(), secret
        self.numbers = itertools.count(1)
        self.cookies = {name: _sign_in(name) for name in usernames}

    def act(self, user: str, verb: str, address: str, lists: Sequence[int], **fields: Any) -> Act:
        """A new act; a field may hold several values."""
        pairs = [(name, str(one)) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
        return Act(f"{verb}-{next(self.numbers)}", user, verb, address, tuple(pairs), tuple(lists))

    def call(self, address: str, lists: Sequence[int], rows: Sequence[dict[str, Any]]) -> Act:
        """A new call of the agency's program with results."""
        key = f"results-{next(self.numbers)}"
        return Act(key, PROGRAM, "results", address, (), tuple(lists), json.dumps({"client_key": key, "rows": rows}))

    def deliver(self, act: Act) -> Sent:
        """Send an act once; a connection that breaks, a server that fails or does not answer in time: nobody knows."""
        try:
            answer, said = hand_in(act) if act.address == JOB else self._post(act)
        except (OSError, http.client.HTTPException, OperationalError, InterfaceError) as error:
            connections.close_all()
            answer, said = UNKNOWN, type(error).__name__
        return self.log.add(act, answer, said)

    def insist(self, act: Act) -> Sent:
        """Send until somebody answers, and then once more, as proxies and impatient people do; the first answer known."""
        for _ in range(_TRIES):
            sent = self.deliver(act)
            if sent.answer != UNKNOWN:
                self.deliver(act)
                return sent
            time.sleep(0.1)
            self.stage.wait_for_web()
        raise RuntimeError(f"no answer to {act.verb} of {act.lists}")

    def until_taken(self, act: Act) -> None:
        """Send until it is accepted: what was refused because something else had to come first."""
        for _ in range(_TRIES):
            if self.insist(act).answer == OK:
                return
        raise RuntimeError(f"{act.key} is not accepted: {self.log.sent[-1].said}")

    def at_once(self, *acts: Act) -> None:
        """Several people send at the same moment, and each of them once more; whoever got no answer insists."""
        barrier = threading.Barrier(len(acts))
        first: dict[Act, Sent] = {}

        def send(act: Act) -> None:
            barrier.wait()
            first[act] = self.deliver(act)

        threads = [threading.Thread(target=send, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for act in acts:
            if first[act].answer == UNKNOWN:
                self.insist(act)
            else:
                self.deliver(act)

    def _post(self, act: Act) -> tuple[str, str]:
        if act.call:
            body, headers = act.call.encode(), {"Content-Type": "application/json", "Authorization": f"Bearer {self.secret}"}
        else:
            body = urlencode((*act.fields, ("csrfmiddlewaretoken", _CSRF))).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"session={self.cookies[act.user]}; csrf={_CSRF}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=_SECONDS)
        try:
            connection.request("POST", act.address, body, {**headers, "Connection": "close"})
            response = connection.getresponse()
            said = response.read()
        finally:
            connection.close()
        if act.call and response.status < 500:
            return (OK, "") if response.status == 200 else (REFUSED, said.decode()[-400:])
        return _answer(act, response)


def hand_in(act: Act) -> tuple[str, str]:
    """What is too large for a request: lists to send, or a file that is kept and read; a job does it, whose worker is woken twice."""
    with acting(COUNTRY):
        if act.verb == "send":
            by = scope_of(RoleAssignment.objects.select_related("area").get(user__username=act.user))
            job = jobs.enqueue(kind="payments.send", params={"lists": list(act.lists)}, by=by)
        else:
            given = json.loads(act.call)
            content = json.dumps(given["rows"]).encode()
            batch = results.receive(agency=Agency.objects.get(), content=content, format="json", client_key=given["client_key"], by=COUNTRY)
            batch = results.stage(batch=batch, by=COUNTRY)
            job = jobs.enqueue(kind="payments.apply_results", params={"batch": batch.pk}, by=COUNTRY)
    for _ in range(2):
        # What the queue does not take, the sweeper sends.
        with contextlib.suppress(OSError, KombuError):
            jobs.wake({"job_id": job.pk})
    return OK, ""


def _answer(act: Act, response: http.client.HTTPResponse) -> tuple[str, str]:
    """What a browser shows after the redirect is in a cookie of the answer."""
    if response.status >= 500:
        return UNKNOWN, str(response.status)
    if response.status != 302:
        return REFUSED, str(response.status)
    target = response.headers["Location"]
    if "/accounts/" in target or "/confirm" in target:
        raise RuntimeError(f"{act.user} is sent to {target} for {act.verb}")
    said = _messages(response)
    if any(level >= constants.ERROR for level, _ in said):
        return REFUSED, said[0][1]
    return OK, said[0][1] if said else ""


def _messages(response: http.client.HTTPResponse) -> list[tuple[int, str]]:
    for header in response.headers.get_all("Set-Cookie") or []:
        name, _, value = header.partition("=")
        if name == "messages":
            kept = CookieStorage(HttpRequest())._decode(value.split(";")[0].strip('"'))  # type: ignore[attr-defined]  # not in the stubs
            return [(message.level, str(message.message)) for message in kept or [] if hasattr(message, "level")]
    return []


def _sign_in(username: str) -> str:
    """A session in which password and code have just been given; its key."""
    client = Signing()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    at = time.time()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}, {"method": "mfa", "at": at, "type": "totp"}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)
