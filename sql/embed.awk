# embed.awk: turns sql/schema/*.sql and sql/statement/*.sql into C.
# sql/statement/run_insert.sql becomes STATEMENT_RUN_INSERT and its text; the schema files become
# an ordered list. Comment lines that start a statement file stay out of the text sent to PostgreSQL.
function base(path,    parts, n) { n = split(path, parts, "/"); sub(/\.sql$/, "", parts[n]); return parts[n] }
function quote(s) {
    gsub(/\\/, "&&", s)
    gsub(/"/, "\\\\&", s)
    gsub(/\t/, "\\t", s)
    gsub(/\?/, "\\\\&", s) # no trigraphs
    return s
}
FNR == 1 {
    kind = FILENAME ~ /schema\// ? "schema" : FILENAME ~ /roles\.sql$/ ? "roles" : "statement"
    count[kind]++; name[kind, count[kind]] = base(FILENAME); leading = 1
}
kind == "statement" && leading && /^--/ { next }
{ leading = 0; body[kind, count[kind]] = body[kind, count[kind]] "    \"" quote($0) "\\n\"\n" }
END {
    print "/* Generated from sql/ by sql/embed.awk. */\n#ifndef PG_STATEMENT_LIST_H\n#define PG_STATEMENT_LIST_H\nenum statement_id {" > list
    for (i = 1; i <= count["statement"]; i++) printf "    STATEMENT_%s,\n", toupper(name["statement", i]) > list
    print "    STATEMENT_COUNT\n};\n#endif" > list
    print "/* Generated from sql/ by sql/embed.awk. */\n#include \"pg/statement.h\"\n" > text
    print "const struct statement statements[] = {" > text
    for (i = 1; i <= count["statement"]; i++) printf "    {\"%s\",\n%s    },\n", name["statement", i], body["statement", i] > text
    print "    {0, 0}};\n\nconst struct statement schema_files[] = {" > text
    for (i = 1; i <= count["schema"]; i++) printf "    {\"%s\",\n%s    },\n", name["schema", i], body["schema", i] > text
    print "    {0, 0}};" > text
    print "\nconst char sql_roles[] =\n" body["roles", 1] "    ;" > text
}
