import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Meets the database as Metabase and DBeaver do: through PostgreSQL's JDBC driver. */
public class JdbcReader {
    private static final Map<String, String> NAMES = new LinkedHashMap<>();

    static { // the driver has Postgres's short names
        NAMES.put("int2", "smallint");
        NAMES.put("int4", "integer");
        NAMES.put("int8", "bigint");
        NAMES.put("float8", "double precision");
        NAMES.put("bool", "boolean");
        NAMES.put("timestamptz", "timestamp with time zone");
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> env = System.getenv();
        String url = "jdbc:postgresql://" + env.get("READER_HOST") + ":" + env.get("READER_PORT") + "/" + env.get("READER_DATABASE");
        try (Connection connection = DriverManager.getConnection(url, env.get("READER_USER"), env.get("READER_PASSWORD"))) {
            DatabaseMetaData meta = connection.getMetaData();
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("reader", meta.getDriverName() + " " + meta.getDriverVersion() + " on Java " + System.getProperty("java.version"));
            found.put("default_schema", connection.getSchema());
            List<Object> tables = new ArrayList<>();
            Map<String, List<Object>> others = new TreeMap<>();
            try (ResultSet r = meta.getTables(null, null, "%", new String[] {"TABLE", "VIEW", "PARTITIONED TABLE"})) {
                while (r.next()) {
                    String schema = r.getString("TABLE_SCHEM");
                    if (!schema.equals("marts")) {
                        others.computeIfAbsent(schema, s -> new ArrayList<>()).add(r.getString("TABLE_NAME"));
                        continue;
                    }
                    tables.add(relation(meta, r.getString("TABLE_NAME"), r.getString("TABLE_TYPE"), r.getString("REMARKS")));
                }
            }
            found.put("tables", tables);
            found.put("others", others);
            connection.setAutoCommit(false);
            found.put("statements", runAll(connection));
            System.out.println(json(found));
        }
    }

    private static Map<String, Object> relation(DatabaseMetaData meta, String name, String kind, String remarks) throws SQLException {
        Map<String, Object> relation = new LinkedHashMap<>();
        relation.put("name", name);
        relation.put("kind", kind.toLowerCase());
        relation.put("comment", remarks == null ? "" : remarks);
        List<Object> columns = new ArrayList<>();
        try (ResultSet r = meta.getColumns(null, "marts", name, "%")) {
            while (r.next()) {
                String type = r.getString("TYPE_NAME");
                Map<String, Object> column = new LinkedHashMap<>();
                column.put("name", r.getString("COLUMN_NAME"));
                column.put("type", type.equals("numeric")
                    ? "numeric(" + r.getInt("COLUMN_SIZE") + "," + r.getInt("DECIMAL_DIGITS") + ")"
                    : NAMES.getOrDefault(type, type));
                column.put("is_not_null", r.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls);
                String comment = r.getString("REMARKS");
                column.put("comment", comment == null ? "" : comment);
                columns.add(column);
            }
        }
        relation.put("columns", columns);
        Map<Integer, Object> key = new TreeMap<>();
        try (ResultSet r = meta.getPrimaryKeys(null, "marts", name)) {
            while (r.next()) {
                key.put(r.getInt("KEY_SEQ"), r.getString("COLUMN_NAME"));
            }
        }
        relation.put("primary_key", new ArrayList<>(key.values()));
        Map<String, Map<String, Object>> keys = new TreeMap<>();
        try (ResultSet r = meta.getImportedKeys(null, "marts", name)) {
            while (r.next()) {
                Map<String, Object> k = keys.get(r.getString("FK_NAME"));
                if (k == null) {
                    k = new LinkedHashMap<>();
                    k.put("columns", new ArrayList<Object>());
                    k.put("table", r.getString("PKTABLE_SCHEM") + "." + r.getString("PKTABLE_NAME"));
                    k.put("referenced_columns", new ArrayList<Object>());
                    keys.put(r.getString("FK_NAME"), k);
                }
                append(k.get("columns"), r.getString("FKCOLUMN_NAME"));
                append(k.get("referenced_columns"), r.getString("PKCOLUMN_NAME"));
            }
        }
        relation.put("foreign_keys", new ArrayList<Object>(keys.values()));
        return relation;
    }

    @SuppressWarnings("unchecked")
    private static void append(Object list, String value) {
        ((List<Object>) list).add(value);
    }

    private static List<Object> runAll(Connection connection) throws Exception {
        List<Object> results = new ArrayList<>();
        for (String record : input().split("\u001e")) {
            if (record.trim().isEmpty()) {
                continue;
            }
            String[] parts = record.replaceAll("^\n", "").split("\u001f");
            boolean isRead = parts[1].equals("read");
            for (String mode : isRead ? new String[] {""} : new String[] {"", "set transaction read write"}) {
                results.add(run(connection, parts, isRead, mode));
            }
        }
        return results;
    }

    private static Map<String, Object> run(Connection connection, String[] parts, boolean isRead, String mode) throws SQLException {
        int rows = 0;
        int columns = 0;
        String state = "";
        String error = "";
        try (Statement statement = connection.createStatement()) {
            if (!mode.isEmpty()) {
                statement.execute(mode);
            }
            if (statement.execute(parts[2]) && isRead) {
                try (ResultSet r = statement.getResultSet()) {
                    columns = r.getMetaData().getColumnCount();
                    while (r.next()) {
                        for (int i = 1; i <= columns; i++) {
                            r.getObject(i);
                        }
                        rows++;
                    }
                }
            }
        } catch (SQLException fault) {
            state = fault.getSQLState();
            error = fault.getMessage().split("\n")[0];
        } finally {
            connection.rollback();
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", parts[0]);
        result.put("kind", parts[1]);
        result.put("rows", rows);
        result.put("columns", columns);
        result.put("sqlstate", state);
        result.put("error", error);
        return result;
    }

    private static String input() throws Exception {
        StringBuilder text = new StringBuilder();
        try (Reader in = new InputStreamReader(System.in, StandardCharsets.UTF_8)) {
            char[] buffer = new char[8192];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                text.append(buffer, 0, n);
            }
        }
        return text.toString();
    }

    private static String json(Object value) {
        if (value instanceof Map) {
            List<String> parts = new ArrayList<>();
            for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) {
                parts.add(json(e.getKey()) + ":" + json(e.getValue()));
            }
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof List) {
            List<String> parts = new ArrayList<>();
            for (Object item : (List<?>) value) {
                parts.add(json(item));
            }
            return "[" + String.join(",", parts) + "]";
        }
        if (!(value instanceof String)) {
            return String.valueOf(value);
        }
        StringBuilder text = new StringBuilder("\"");
        for (char c : ((String) value).toCharArray()) {
            if (c < 32 || c > 126 || c == '"' || c == '\\') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
