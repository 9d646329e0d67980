"""Sizes and habits that keep the code readable, checked for every file; docs/architecture.md gives the reasons."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tools.console import say

MODULE_LINES = 300
TEST_LINES = 500
CLASS_LINES = 250
FUNCTION_LINES = 40
TEMPLATE_LINES = 120
RUNTIME_DEPENDENCIES = 25
PACKAGES = ("posasoft", "policy", "households", "beneficiaries", "payments", "tools", "bench", "tests")
# A reason is words after the mark and its codes: `type: ignore[arg-type]  # the stubs are wrong here`.
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[^\]]*\])?(?P<reason>.*)$")


def breaches(root: Path) -> list[str]:
    """One line `file:line: what` for every budget that is overdrawn."""
    found = [f"{file.relative_to(root)}:{line}: {what}" for file in _modules(root) for line, what in _of_module(root, file)]
    templates = sorted([*root.glob("templates/**/*.*"), *root.glob("*/templates/**/*.*")])
    return found + [
        f"{file.relative_to(root)}:1: template of {length} lines, at most {TEMPLATE_LINES}"
        for file in templates
        if file.suffix in (".html", ".txt", ".svg", ".xml") and (length := _length(file)) > TEMPLATE_LINES
    ]


def _modules(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        yield from (file for file in sorted((root / package).rglob("*.py")) if "migrations" not in file.parts)


def _length(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _of_module(root: Path, file: Path) -> Iterator[tuple[int, str]]:
    test = file.relative_to(root).parts[0] == "tests"
    source = file.read_text(encoding="utf-8")
    most, length = (TEST_LINES if test else MODULE_LINES), len(source.splitlines())
    if length > most:
        yield 1, f"module of {length} lines, at most {most}"
    yield from _silenced(source)
    for node in ast.walk(ast.parse(source)):
        yield from _of_node(node, test)


def _of_node(node: ast.AST, test: bool) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.ClassDef) and not test and _span(node) > CLASS_LINES:
        yield node.lineno, f"class {node.name} of {_span(node)} lines, at most {CLASS_LINES}"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if not test and _span(node) > FUNCTION_LINES:
            yield node.lineno, f"function {node.name} of {_span(node)} lines, at most {FUNCTION_LINES}"
        yield from (
            (inner.lineno, "import inside a function") for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)
        )
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("django.dispatch", "django.db.models.signals")):
        yield node.lineno, "a signal: call the operation by its name instead"


def _span(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the definition without its docstring: a good explanation costs nothing."""
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def _silenced(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (mark := SILENCED.search(token.string)) and len(mark["reason"].strip(" #-–:")) < 8:
            yield token.start[0], f"'{mark[1]}' without a reason on the line"


if __name__ == "__main__":
    for breach in breaches(Path(__file__).resolve().parent.parent):
        say(breach)
