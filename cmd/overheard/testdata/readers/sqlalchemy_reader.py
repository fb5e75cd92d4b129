"""Meets the database as Superset does: SQLAlchemy on psycopg2."""

import json
import os

import psycopg2
import sqlalchemy
from sqlalchemy.engine import URL

from reading import run_all

engine = sqlalchemy.create_engine(
    URL.create(
        "postgresql+psycopg2",
        os.environ["READER_USER"], os.environ["READER_PASSWORD"],
        os.environ["READER_HOST"], int(os.environ["READER_PORT"]), os.environ["READER_DATABASE"],
    )
)
seen = sqlalchemy.inspect(engine)
default = seen.default_schema_name


def type_of(column):
    """The type in the words of the catalog."""
    return column["type"].compile(dialect=engine.dialect).lower().replace(", ", ",")


def relation(name, kind):
    columns = [
        {"name": c["name"], "type": type_of(c), "is_not_null": not c["nullable"], "comment": c["comment"] or ""}
        for c in seen.get_columns(name, schema="marts")
    ]
    keys = [
        {
            "columns": k["constrained_columns"],
            "table": (k["referred_schema"] or default) + "." + k["referred_table"],
            "referenced_columns": k["referred_columns"],
        }
        for k in seen.get_foreign_keys(name, schema="marts")
    ]
    return {
        "name": name,
        "kind": kind,
        "comment": seen.get_table_comment(name, schema="marts")["text"] or "",
        "columns": columns,
        "primary_key": seen.get_pk_constraint(name, schema="marts")["constrained_columns"],
        "foreign_keys": keys,
    }


tables = [relation(name, "table") for name in seen.get_table_names(schema="marts")]
tables += [relation(name, "view") for name in seen.get_view_names(schema="marts")]
others = {}
for schema in seen.get_schema_names():
    if schema not in ("marts", "information_schema"):
        others[schema] = seen.get_table_names(schema=schema) + seen.get_view_names(schema=schema)
raw = engine.raw_connection()
print(
    json.dumps(
        {
            "reader": f"SQLAlchemy {sqlalchemy.__version__} on psycopg2 {psycopg2.__version__.split()[0]}",
            "default_schema": default,
            "tables": tables,
            "others": others,
            "statements": run_all(raw, lambda fault: getattr(fault, "pgcode", None) or ""),
        }
    )
)
