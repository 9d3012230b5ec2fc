"""A shop of any size, written by the database itself: customers with properties, and ten events each over the last year."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENTS_EACH = 10
_CUSTOMERS = """
INSERT INTO customers_customer (id, external_id, email, name, country, city, zone, language, properties, created_at)
SELECT n, 'c' || n, 'c' || n || '@example.com', 'Customer ' || n, (ARRAY['SE','PL','FR','DE','NO'])[1 + n %% 5], '', '', 'sv',
       jsonb_build_object('tier', (ARRAY['gold','silver','bronze'])[1 + n %% 3], 'churn_probability', (n %% 100) / 100.0), %(now)s::timestamptz
FROM generate_series(%(first)s, %(last)s) n
"""
_FACTS = """
INSERT INTO customers_propertyvalue (customer_id, name, since, value, kind, text, number)
SELECT c.id, f.name, c.created_at, to_jsonb(f.text), f.kind, f.text, f.number
FROM customers_customer c CROSS JOIN LATERAL (VALUES
  ('$email', 'text', c.email, NULL::float), ('$country', 'text', c.country, NULL), ('tier', 'text', c.properties->>'tier', NULL),
  ('churn_probability', 'number', c.properties->>'churn_probability', (c.properties->>'churn_probability')::float)) f (name, kind, text, number)
WHERE c.id BETWEEN %(first)s AND %(last)s
"""
_EVENTS = """
INSERT INTO customers_event (customer_id, metric, occurred_at, received_at, value, properties, typed, external_id)
SELECT c, (ARRAY['Placed Order','Viewed Product','Opened Email','Active on Site'])[1 + (c + e) %% 4], at, at, round((random() * 200)::numeric, 2),
       '{"size": "big", "colour": "red"}', '{"=size": {"kind": "text", "text": "big"}, "=colour": {"kind": "text", "text": "red"}}', NULL
FROM (SELECT c, e, %(now)s::timestamptz - random() * interval '365 days' AS at
      FROM generate_series(%(first)s, %(last)s) c CROSS JOIN generate_series(1, %(each)s) e) happened
"""


_TABLES = ("customers_customer", "customers_propertyvalue", "customers_event", "customers_membership")


def fill(customers: int, *, and_beside: int) -> None:
    """The shop, with EVENTS_EACH events for each customer, and in the schema "beside" the same shop with its first few customers alone."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger asks ten million times whether the customer is there
        for statement in (_CUSTOMERS, _FACTS, _EVENTS):
            cursor.execute(statement, {"first": 1, "last": customers, "now": NOW, "each": EVENTS_EACH})
        cursor.execute("CREATE SCHEMA beside")
        for table in _TABLES:
            owner = "id" if table == "customers_customer" else "customer_id"
            cursor.execute(f"CREATE TABLE beside.{table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO beside.{table} SELECT * FROM public.{table} WHERE {owner} <= %s", [and_beside])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def turn_to(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path TO {schema}")
