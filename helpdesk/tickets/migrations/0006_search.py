from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import helpdesk.tickets.models.search

# What is long stands beside the row: whoever counts or joins what was found reads small rows. And no list of pending entries, which
# would make every search as slow as the longest of its kind.
POSTGRESQL = [
    "ALTER TABLE tickets_searchtext SET (toast_tuple_target = 128)",
    "ALTER TABLE tickets_searchtext ALTER COLUMN document SET STORAGE EXTERNAL",
    "CREATE INDEX tickets_words ON tickets_searchtext USING gin (document) WITH (fastupdate = off)",
]
# FTS5 indexes the column where it is. Words come folded, so everything beyond ASCII is part of one; ":" as in "from:anna" is, too.
SQLITE = [
    "CREATE VIRTUAL TABLE tickets_words USING fts5 "
    """(document, content='tickets_searchtext', content_rowid='ticket_id', tokenize="ascii tokenchars ':'", prefix='2 3')""",
    "CREATE TRIGGER tickets_words_new AFTER INSERT ON tickets_searchtext BEGIN "
    "INSERT INTO tickets_words (rowid, document) VALUES (new.ticket_id, new.document); END",
    "CREATE TRIGGER tickets_words_gone AFTER DELETE ON tickets_searchtext BEGIN "
    "INSERT INTO tickets_words (tickets_words, rowid, document) VALUES ('delete', old.ticket_id, old.document); END",
    "CREATE TRIGGER tickets_words_changed AFTER UPDATE ON tickets_searchtext BEGIN "
    "INSERT INTO tickets_words (tickets_words, rowid, document) VALUES ('delete', old.ticket_id, old.document); "
    "INSERT INTO tickets_words (rowid, document) VALUES (new.ticket_id, new.document); END",
]


def make_index(_apps: Any, schema_editor: Any) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop_index(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP INDEX tickets_words" if schema_editor.connection.vendor == "postgresql" else "DROP TABLE tickets_words")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_acts")]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_text", serialize=False, to="tickets.ticket"
                    ),
                ),
                ("document", helpdesk.tickets.models.search.DocumentField()),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
    ]
