# embed.awk: turns sql/schema/*.sql and sql/statement/*.sql into C.
# sql/statement/run_insert.sql becomes STATEMENT_RUN_INSERT and its text; the schema files become
# an ordered list. Comment lines that start a statement file stay out of the text sent to PostgreSQL.
# A line "\ir ../part/NAME.sql" of a statement stands for that file, as psql has it: a rule that two of them share.
# sql/grants.tsv becomes one block that gives the roles what stands there and takes everything else.
function base(path,    parts, n) { n = split(path, parts, "/"); sub(/\.sql$/, "", parts[n]); return parts[n] }
function quote(s) {
    gsub(/\\/, "&&", s)
    gsub(/"/, "\\\\&", s)
    gsub(/\t/, "\\t", s)
    gsub(/\?/, "\\\\&", s) # no trigraphs
    return s
}
function add(line) { body[kind, count[kind]] = body[kind, count[kind]] "    \"" quote(line) "\\n\"\n" }
function add_part(path,    line, got) {
    while ((got = (getline line < path)) > 0) if (line !~ /^--/) add(line)
    if (got < 0) { print FILENAME ":" FNR ": no file " path > "/dev/stderr"; failed = 1; exit 1 }
    close(path)
}
function add_grant(role, what, object, rights) {
    if (what == "schema") object = "schema " object
    else object = object == "*" ? "all tables in schema assocd" : what " assocd." object
    grants = grants sprintf("            (\047assocd_%s\047, \047%s\047, \047%s\047),\n", role, rights, object)
}
FILENAME ~ /grants\.tsv$/ {
    if (/^#/) next
    split($0, field, "\t")
    roles = split(field[1], role, " ")
    objects = split(field[3], object, " ")
    gsub(" ", ", ", field[4])
    for (r = 1; r <= roles; r++) for (o = 1; o <= objects; o++) add_grant(role[r], field[2], object[o], field[4])
    next
}
FNR == 1 {
    kind = FILENAME ~ /schema\// ? "schema" : FILENAME ~ /roles\.sql$/ ? "roles" : "statement"
    count[kind]++; name[kind, count[kind]] = base(FILENAME); leading = 1
}
kind == "statement" && leading && /^--/ { next }
{ leading = 0 }
kind == "statement" && /^\\ir \.\.\// { add_part("sql" substr($2, 3)); next }
{ add($0) }
END {
    if (failed) exit 1
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
    sub(/,\n$/, "\n", grants)
    lines = split("-- What each role may do (sql/grants.tsv), and nothing else.\n" \
        "do $$\ndeclare\n    name text;\n    given record;\nbegin\n" \
        "    revoke all on schema assocd from public;\n    revoke all on all tables in schema assocd from public;\n" \
        "    revoke all on all sequences in schema assocd from public;\n" \
        "    revoke all on all functions in schema assocd from public;\n" \
        "    for name in select rolname from pg_catalog.pg_roles where rolname ~ \047^assocd_(daemon|operator|reader|writer)$\047 loop\n" \
        "        execute format(\047revoke all on schema assocd from %1$I; revoke all on all tables in schema assocd from %1$I;\047\n" \
        "            \047 revoke all on all functions in schema assocd from %1$I\047, name);\n" \
        "        for given in select * from (values\n" grants "        ) as v(role, rights, object) where role = name loop\n" \
        "            execute format(\047grant %s on %s to %I\047, given.rights, given.object, name);\n" \
        "        end loop;\n    end loop;\nend\n$$;\n", line, "\n")
    print "\nconst char sql_grants[] =" > text
    for (i = 1; i < lines; i++) print "    \"" quote(line[i]) "\\n\"" > text
    print "    ;" > text
}
