"""The house holds together: who imports whom, migrations, system checks, and the README's map."""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


def production() -> dict[str, str]:
    """The values of .env.example, so that it stays the example of a desk that starts. The secret it leaves to its reader."""
    lines = (line for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines) | {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2}


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_packages_import_only_what_stands_below_them() -> None:
    linted = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")

    assert linted.returncode == 0, linted.stdout


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    """`makemigrations --check` exits otherwise, and prints what is missing."""
    call_command("makemigrations", check=True, dry_run=True)


@pytest.mark.django_db
def test_system_check_finds_nothing() -> None:
    call_command("check", fail_level="DEBUG")


def test_production_check_finds_nothing() -> None:
    checked = run(sys.executable, "manage.py", "check", "--deploy", "--fail-level=DEBUG", **production())

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_production_does_not_start_without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is guessed that an operator must choose; the message says which variable is missing."""
    for variable, value in (production() | {name: ""}).items():
        monkeypatch.setenv(variable, value)

    with pytest.raises(ImproperlyConfigured, match=f"^{name} is missing"):
        runpy.run_path(str(ROOT / "helpdesk" / "settings.py"))


def test_documents_point_to_what_is_there() -> None:
    """Links and pictures within the repository."""
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    pointers = [(document, target) for document in documents for target in re.findall(r"\]\(([^)#\s]+)", document.read_text()) if "://" not in target]

    broken = [f"{document.name}: {target}" for document, target in pointers if not (document.parent / target).exists()]

    assert pointers != []
    assert broken == []


def test_readme_maps_every_folder() -> None:
    """The map is the README's code block with a line for each top-level folder: `agents/    who answers`."""
    of_a_run = {"data", "test-results"}
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}

    named = set(re.findall(r"^\s*([\w.-]+)/\s", (ROOT / "README.md").read_text(), re.MULTILINE))

    assert folders - of_a_run - named == set()


def test_every_statement_that_is_named_is_explained() -> None:
    """By docstrings and by the names of tests: R14, A17, `test_b7_…`."""
    named: set[str] = set()
    for path in (path for package in ("agents", "customer_agent", "helpdesk", "routing", "tests") for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                named.update(re.findall(r"\b[RABSCIV]\d{1,2}\b", ast.get_docstring(node) or ""))
                named.update(found.upper() for found in re.findall(r"^test_([rabsciv]\d{1,2})_", getattr(node, "name", "")))
    explained = set(re.findall(r"^- \*\*([A-Z]\d+)\*\*", (ROOT / "docs/statements.md").read_text(), re.MULTILINE))

    assert {"R14", "A17", "V3"} <= named
    assert named - explained == set()
