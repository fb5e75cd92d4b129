"""What the two readers in Python share: the statements, and how they are run."""

import sys


def statements():
    """Yields (name, kind, sql) from standard input."""
    for record in sys.stdin.read().split("\x1e"):
        if record.strip():
            yield tuple(record.strip("\n").split("\x1f"))


def run_all(connection, sqlstate_of):
    """Runs the statements on a DB-API connection; tells rows or SQLSTATE."""
    results = []
    for name, kind, sql in statements():
        modes = [""] if kind == "read" else ["", "set transaction read write"]
        for mode in modes:
            result = {"name": name, "kind": kind, "rows": 0, "columns": 0, "sqlstate": "", "error": ""}
            cursor = connection.cursor()
            try:
                if mode:
                    cursor.execute(mode)
                cursor.execute(sql)
                if kind == "read":
                    result["rows"] = len(cursor.fetchall())
                    result["columns"] = len(cursor.description)
            except Exception as fault:  # whatever the driver raises is the result
                result["sqlstate"] = sqlstate_of(fault)
                result["error"] = str(fault).split("\n")[0]
            finally:
                connection.rollback()
            results.append(result)
    return results
