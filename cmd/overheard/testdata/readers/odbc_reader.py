"""Meets the database as Tableau and Excel do: ODBC, through psqlodbc."""

import json
import os

import pyodbc

from reading import run_all

connection = pyodbc.connect(
    "DRIVER={PostgreSQL Unicode};Server=%s;Port=%s;Database=%s;Uid=%s;Pwd=%s"
    % tuple(os.environ["READER_" + part] for part in ("HOST", "PORT", "DATABASE", "USER", "PASSWORD"))
)

# The driver has Postgres's short names.
NAMES = {
    "int2": "smallint", "int4": "integer", "int8": "bigint", "float8": "double precision", "bool": "boolean",
    "timestamptz": "timestamp with time zone",
}


def rows(name, **arguments):
    """The rows of one of ODBC's catalog functions."""
    return list(getattr(connection.cursor(), name)(**arguments))


# Its catalog functions leave the remarks empty, so the comments are asked for.
COMMENTS = {
    (r[0], r[1]): r[2]
    for r in connection.cursor().execute(
        """
        select cast(c.relname as text), coalesce(cast(a.attname as text), ''), d.description
        from pg_description as d
        inner join pg_class as c on c.oid = d.objoid and d.classoid = cast('pg_class' as regclass)
        left join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
        where c.relnamespace = cast('marts' as regnamespace)"""
    )
}


def type_of(column):
    if column.type_name == "numeric":
        return "numeric(%d,%d)" % (column.column_size, column.decimal_digits)
    return NAMES.get(column.type_name, column.type_name)


def relation(entry):
    name = entry.table_name
    keys = {}
    for k in rows("foreignKeys", foreignTable=name, foreignSchema="marts"):
        key = keys.setdefault(
            k.fk_name, {"columns": [], "table": k.pktable_schem + "." + k.pktable_name, "referenced_columns": []}
        )
        key["columns"].append(k.fkcolumn_name)
        key["referenced_columns"].append(k.pkcolumn_name)
    return {
        "name": name,
        "kind": entry.table_type.lower(),
        "comment": entry.remarks or COMMENTS.get((name, ""), ""),
        "columns": [
            {"name": c.column_name, "type": type_of(c), "is_not_null": c.nullable == pyodbc.SQL_NO_NULLS, "comment": c.remarks or COMMENTS.get((name, c.column_name), "")}
            for c in rows("columns", table=name, schema="marts")
        ],
        "primary_key": [k.column_name for k in sorted(rows("primaryKeys", table=name, schema="marts"), key=lambda k: k.key_seq)],
        "foreign_keys": list(keys.values()),
    }


entries = [e for e in rows("tables", schema="%") if e.table_schem not in ("pg_catalog", "information_schema")]
others = {}
for e in entries:
    if e.table_schem != "marts":
        others.setdefault(e.table_schem, []).append(e.table_name)
default = connection.cursor().execute("select current_schema()").fetchone()[0]
print(
    json.dumps(
        {
            "reader": "ODBC %s through pyodbc %s" % (connection.getinfo(pyodbc.SQL_DRIVER_NAME) + " " + connection.getinfo(pyodbc.SQL_DRIVER_VER), pyodbc.version),
            "default_schema": default,
            "tables": [relation(e) for e in entries if e.table_schem == "marts"],
            "others": others,
            "statements": run_all(connection, lambda fault: fault.args[0] if fault.args else ""),
        }
    )
)
