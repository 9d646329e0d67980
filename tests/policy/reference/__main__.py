"""`python -m tests.policy.reference FILE… [--check]`: one JSON object a line; with --check, exit 1 on a difference."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import yaml

from tests.policy.reference.compare import differs
from tests.policy.reference.evaluate import evaluate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.policy.reference")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="compare with `expect`")
    options = parser.parse_args()
    cases = [case for file in options.files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    wrong = 0
    for case in cases:
        answer = evaluate(case)
        if not options.check:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        elif difference := differs(case["expect"], answer["lines"]):
            wrong += 1
            sys.stdout.write(f"{case['name']} ({case['month']})\n{difference}\n")
    if options.check:
        sys.stdout.write(f"{len(cases)} cases, {wrong} differ\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
