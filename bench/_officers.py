"""What fifty officers do, for locust: each works in a commune of their own and opens what officers open most, with pauses as people make them."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

from locust import HttpUser, between, task

PEOPLE = json.loads(Path(os.environ["BENCH_OFFICERS"]).read_text(encoding="utf-8"))
HOUSEHOLD = re.compile(r'href="(/households/[0-9a-f-]{36}/)"')
PERSON = re.compile(r'href="(/persons/[0-9a-f-]{36}/)"')
CASE = re.compile(r'href="(/cases/[0-9a-f-]{36}/)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
WORDS = ("nguyen", "thi", "van", "giang", "lo thi", "hoa", "nguyen thi", "sung", "minh")


class Officer(HttpUser):
    """One officer of one commune, signed in through the door like everybody."""

    wait_time = between(3, 7)

    def on_start(self) -> None:
        """Sign in, and look at the lists to know what there is to open."""
        self.officer = PEOPLE.pop()
        door = self.client.get("/sign-in/", name="arrival")
        form = {"csrfmiddlewaretoken": self._token(door.text), "login": self.officer["username"], "username": self.officer["username"]}
        self.client.post("/sign-in/", {**form, "password": self.officer["password"]}, name="arrival", headers={"Referer": self.host or ""})
        page = self.client.get("/households/", name="arrival").text
        self.token = self._token(page)
        self.households = HOUSEHOLD.findall(page)
        if not self.households:
            raise RuntimeError(f"{self.officer['username']} sees no household: did the sign-in fail?")
        one = self.client.get(self.households[0], name="arrival").text
        self.persons = PERSON.findall(one)
        self.cases = CASE.findall(self.client.get("/cases/", name="arrival").text)

    def _token(self, text: str) -> str:
        found = TOKEN.search(text)
        return found[1] if found else ""

    @task(8)
    def household(self) -> None:
        page = self.client.get(random.choice(self.households), name="household").text
        self.persons = PERSON.findall(page) or self.persons

    @task(4)
    def households_list(self) -> None:
        found = HOUSEHOLD.findall(self.client.get("/households/", name="households").text)
        self.households = found or self.households

    @task(4)
    def person(self) -> None:
        self.client.get(random.choice(self.persons), name="person")

    @task(4)
    def home(self) -> None:
        self.client.get("/", name="home")

    @task(2)
    def persons_list(self) -> None:
        self.client.get("/persons/", name="persons")

    @task(5)
    def palette(self) -> None:
        self.client.post(
            "/find/",
            {"q": random.choice(WORDS)},
            name="palette",
            headers={"X-CSRFToken": self.token, "Referer": f"{self.host}/", "HX-Request": "true"},
        )

    @task(2)
    def why(self) -> None:
        self.client.get(f"{random.choice(self.households)}why/", name="why")

    @task(3)
    def cases_list(self) -> None:
        self.cases = CASE.findall(self.client.get("/cases/", name="cases").text) or self.cases

    @task(3)
    def case(self) -> None:
        if self.cases:
            self.client.get(random.choice(self.cases), name="case")

    @task(2)
    def changes(self) -> None:
        self.client.get("/changes/", name="changes")

    @task(1)
    def decisions(self) -> None:
        self.client.get("/decisions/", name="decisions")

    @task(1)
    def lists(self) -> None:
        self.client.get("/lists/", name="payment lists")

    @task(2)
    def floor(self) -> None:
        self.client.get("/help/home/", name="a page without data (baseline)")
