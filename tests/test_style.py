"""The hard stops of the style card (see CONTRIBUTING.md). Each message names what to shorten or to change."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agents", "customer_agent", "helpdesk", "routing")
SIGNALS = {"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
INLINE_CODE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style\b|\s(style|(hx-)?on[a-z:-]+)\s*=\s*[\"'{]|javascript:", re.IGNORECASE
)
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<codes>:?\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[^\]]+\])?(?P<reason>.*)", re.IGNORECASE)


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in [ROOT / "manage.py", *found] if "migrations" not in path.parts]


def files(folder: str, *suffixes: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in suffixes]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(paths: list[Path]) -> Iterator[tuple[str, FUNCTION]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, FUNCTION):
                yield f"{name(path)}:{node.lineno} {node.name}", node


def length(function: FUNCTION) -> int:
    """Lines from `def` to the last statement, the docstring not counted: contracts may be as long as they need."""
    whole = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return whole - ((first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0)


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def matches(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [f"{name(path)}:{number} {line.strip()}" for path in paths for number, line in enumerate(path.read_text().splitlines(), 1) if pattern.search(line)]


def test_function_is_at_most_50_lines() -> None:
    too_long = [where for where, function in functions(python_files(*PACKAGES, "tests")) if (function.end_lineno or 0) - function.lineno >= 50]

    assert too_long == []


def test_functions_are_short() -> None:
    """Half of them have at most 8 lines, nine of ten at most 20."""
    lengths = [length(function) for _, function in functions(python_files(*PACKAGES))]

    median, ninth_decile = statistics.median(lengths), statistics.quantiles(lengths, n=10)[-1]

    assert median <= 8
    assert ninth_decile <= 20


def test_file_is_at_most_300_lines() -> None:
    """Settings are a list and may be longer."""
    too_long = [f"{name(path)}: {lines(path)}" for path in python_files(*PACKAGES, "tests") if lines(path) > 300 and path.name != "settings.py"]

    assert too_long == []


def test_template_is_at_most_80_lines() -> None:
    too_long = [f"{name(path)}: {lines(path)}" for path in files("templates", ".html", ".txt") if lines(path) > 80]

    assert too_long == []


def test_script_is_at_most_120_lines() -> None:
    too_long = [f"{name(path)}: {lines(path)}" for path in files("static", ".js") if lines(path) > 120]

    assert too_long == []


def test_template_has_no_inline_code() -> None:
    """V1, V2: the CSP allows none. The admin's theme brings its own rules."""
    templates = [path for path in files("templates", ".html") if "admin" not in path.relative_to(ROOT).parts]

    assert matches(templates, INLINE_CODE) == []


def test_template_escapes_everything() -> None:
    """V2."""
    assert matches(files("templates", ".html"), re.compile(r"\|\s*safe\b|autoescape\s+off")) == []


def test_python_marks_nothing_safe() -> None:
    """V2."""
    assert matches(python_files(*PACKAGES), re.compile(r"mark_safe|SafeString|SafeText|__html__")) == []


def test_script_writes_no_html() -> None:
    """V2."""
    assert matches(files("static", ".js"), re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")) == []


def test_python_uses_no_model_signals() -> None:
    """Why a ticket landed where it did is read top to bottom; `post_migrate` is not about models' rows and may stay."""
    used = [
        f"{name(path)}:{node.lineno} {alias.name}"
        for path in python_files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db")
        for alias in node.names
        if alias.name in SIGNALS | {"signals"}
    ]

    assert used == []


def test_lint_exception_says_why() -> None:
    """On the same line: `# noqa: S310  # the scheme was checked above`."""
    this_file = Path(__file__)
    silent = [
        f"{name(path)}:{number} {line.strip()}"
        for path in python_files(*PACKAGES, "tests")
        if path != this_file
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (exception := EXCEPTION.search(line)) and not (exception["codes"] and re.search(r"\w{3}", exception["reason"]))
    ]

    assert silent == []
