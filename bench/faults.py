"""`./run bench faults --rounds 1000 --seed N`: the payment cycle under faults, as `./run test` plays it five times (tests/faults/cycle.py)."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter

from tests.faults.cycle import KINDS, Round
from tests.faults.stage import stage
from tests.faults.theatre import Theatre


def main(arguments: list[str]) -> int:
    """Plays rounds on servers of their own and prints every seed whose round does not end well; 1 when there is one."""
    options = _options(arguments)
    seed = options.seed if options.seed is not None else time.time_ns() % 10**9
    began, broken = time.monotonic(), 0
    faults: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    with stage("faults") as built:
        theatre = Theatre(built)
        theatre.settle()
        print(f"\n## ./run bench faults, {options.rounds} rounds, seeds from {seed}{_without(built.full_disk)}", flush=True)
        for number in range(options.rounds):
            played = Round(theatre, seed + number, _kinds(seed + number, built.full_disk))
            found = _outcome(played)
            faults.update(fault.kind for fault in played.faults if fault.timer)
            answers.update(row.answer for row in played.office.log.sent)
            if found:
                broken += 1
                print(f"- seed {played.seed} ({', '.join(map(str, played.faults))}):", *found, sep="\n  - ", flush=True)
            if (number + 1) % 50 == 0:
                print(f"- {number + 1} rounds, {time.monotonic() - began:,.0f} s, {broken} broken", flush=True)
    seconds = time.monotonic() - began
    print(
        f"- **{options.rounds - broken} of {options.rounds} rounds without a loss**, {seconds:,.0f} s, {seconds / options.rounds:.1f} s a round"
    )
    print(f"- faults: {_listed(faults)}; deliveries: {_listed(answers)}", flush=True)
    return 1 if broken else 0


def _outcome(played: Round) -> list[str]:
    """What is wrong after a round; a round that does not come to an end is one of those, and the next one begins anew."""
    try:
        return played.play()
    except RuntimeError as stuck:
        return [str(stuck)]


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench faults")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="of the first round; the next ones count on (default: by the clock)")
    return parser.parse_args(arguments)


def _kinds(seed: int, without_disk: str) -> tuple[str, ...]:
    """One to three faults, drawn by the round's seed."""
    draw = random.Random(f"kinds of {seed}")
    possible = [kind for kind in KINDS if not (without_disk and kind == "disk")]
    return tuple(draw.sample(possible, draw.randint(1, 3)))


def _without(reason: str) -> str:
    return f", no full disk ({reason})" if reason else ""


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.most_common())
