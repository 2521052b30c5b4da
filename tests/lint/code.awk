# code.awk: the rules that can be seen line by line in a C file. Comments, texts and characters are
# blanked first, so that words in them mean nothing. Every complaint is "file:line: rule: what".
# Functions are known by the house style: `{` and `}` alone in the first column.
function complain(line, rule, what) {
    printf "%s:%d: %s: %s\n", FILENAME, line, rule, what
}

# The code of one line; in_comment lives on across lines.
function code_of(line,    out, at, c, two, quote) {
    out = ""
    quoted = "" # the texts in it
    for (at = 1; at <= length(line); at++) {
        c = substr(line, at, 1)
        two = substr(line, at, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; at++ }
        } else if (two == "/*") {
            in_comment = 1; at++
        } else if (two == "//") {
            break
        } else if (c == "\"" || c == "'") {
            quote = c
            for (at++; at <= length(line) && substr(line, at, 1) != quote; at++) {
                if (substr(line, at, 1) == "\\") at++
                else if (quote == "\"") quoted = quoted substr(line, at, 1)
            }
            out = out quote quote
            quoted = quoted " "
        } else {
            out = out c
        }
    }
    return out
}

# The words of words.tsv, one by one: as a part of a name, and in a text for people.
function check_words(code,    count, i, j, parts, names, part) {
    gsub(/[^A-Za-z0-9_]+/, " ", code)
    count = split(code, names, " ")
    for (i = 1; i <= count; i++) {
        if ((path " " names[i]) in complained || names[i] !~ /[a-zA-Z]/) continue
        split(tolower(names[i]), parts, "_")
        for (j = 1; j in parts; j++) {
            part = parts[j]
            if (!(part in instead) || ((part " " names[i]) in leftover) ||
                ((part " daemon/" folder "/") in leftover)) continue
            complained[path " " names[i]] = 1
            complain(FNR, "words", names[i] ": say " instead[part] " (tests/lint/words.tsv)")
        }
        split("", parts)
    }
    # The table, its option and its connection are called so, and stay.
    gsub(/(assocd[. ]|--)touched/, "", quoted)
    if (quoted ~ /^ *[a-z]* *$/) return
    count = split(tolower(quoted), names, /[^a-z_]+/)
    for (i = 1; i <= count; i++)
        if (names[i] in unsaid)
            complain(FNR, "words", "\"" names[i] "\" in a text: say " instead[names[i]])
}

function read_words(    line, field, places, i) {
    while ((getline line < words) > 0) {
        if (line ~ /^(#|$)/) continue
        split(line, field, "\t")
        instead[field[1]] = field[2]
        split(field[3], places, " ")
        for (i = 1; i in places; i++) leftover[field[1] " " places[i]] = 1
        split("", places); split("", field)
    }
    # Ordinary words that people read in their ordinary sense are fine in a text; these are not.
    split("registry crew agenda twin twins touched unsettled vanished wish", field, " ")
    for (i = 1; i in field; i++) unsaid[field[i]] = 1
}

function calls(code, names) {
    return match(code, "(^|[^A-Za-z0-9_>.])(" names ") *\\(")
}

# The number of parameters of a signature on one line: commas outside inner parentheses.
function parameters(text,    at, c, depth, count) {
    if (text ~ /\((void)?\)$/) return 0
    count = 1
    for (at = index(text, "("); at <= length(text); at++) {
        c = substr(text, at, 1)
        if (c == "(") depth++
        if (c == ")") depth--
        if (c == "," && depth == 1) count++
    }
    return count
}

function end_of_file() {
    if (lines > 400) complain(lines, "file-size", lines " lines, at most 400")
}

function rank_of(folder) {
    return folder in rank ? rank[folder] : 99
}

function check_include(line,    other, header) {
    if (match(line, /"[a-z0-9_]+\//)) {
        other = substr(line, RSTART + 1, RLENGTH - 2)
        if (product && other in rank && rank[other] > rank_of(folder))
            complain(FNR, "layer", folder " must not include " other)
    } else if (product && match(line, /<[^>]+>/)) {
        header = substr(line, RSTART + 1, RLENGTH - 2)
        if (header ~ /^(libpq|postgres|pg_config)/ && folder != "pg") foreign("libpq", header)
        if (header ~ /^curl\// && path !~ /^daemon\/hubspot\/http[a-z_]*\.[ch]$/) foreign("curl", header)
        if (header ~ /^json/ && path !~ /^daemon\/(hubspot\/(json|wire)[a-z_0-9]*|cli\/json_out)\.[ch]$/) foreign("json-c", header)
        if (header ~ /^yaml/ && path != "daemon/config/yaml.c") foreign("libyaml", header)
        if (header ~ /^systemd\// && path != "daemon/service/notify.c") foreign("libsystemd", header)
        if (header ~ /^microhttpd/) foreign("libmicrohttpd", header)
    }
}

function foreign(library, header) {
    complain(FNR, "library", "<" header "> does not belong here (" library ")")
}

function check_calls(code) {
    if (product && path !~ /^daemon\/(main\.c$|cli\/)/) {
        if (calls(code, "exit")) complain(FNR, "exit", "only main.c and cli/ end the program")
        if (calls(code, "printf|vprintf|puts|putchar|perror|fprintf|vfprintf|fputs|dprintf") &&
            path !~ /^daemon\/base\/(log|mem)\.c$/)
            complain(FNR, "print", "only cli/, main.c, base/log.c and the last words of base/mem.c print")
    }
    if (path ~ /^daemon\/cli\// && path !~ /\/output\.c$/ && calls(code, "printf|vprintf|fprintf|vfprintf"))
        complain(FNR, "print", "output_print and its like make visible what they print (cli/output.h)")
    if (product && path !~ /^daemon\/base\/error\.[ch]$/ &&
        (code ~ /(^|[^a-zA-Z_])_exit\( *[1-9]/ || code ~ /(^|[^a-zA-Z_])code *(=|==|!=) *[1-9]/ ||
        code ~ /status *(=|==|!=) *(6[49]|7[0-9])([^0-9]|$)/ ||
        (path ~ /^daemon\/(main\.c|cli\/)/ && code ~ /(^|[^a-zA-Z_])exit\( *[1-9]/)))
        complain(FNR, "exit-code", "has a name in base/error.h, or gets one")
    if (product && path != "daemon/base/clock.c" &&
        calls(code, "clock_gettime|time|gettimeofday|clock|timespec_get"))
        complain(FNR, "clock", "only base/clock.c reads a clock")
    if (product && path != "daemon/base/random.c" && calls(code, "rand|random|srand|getrandom|drand48|arc4random"))
        complain(FNR, "random", "only base/random.c makes random numbers")
    if (path ~ /^tests\/(unit|e2e)\// && calls(code, "sleep|usleep|nanosleep|clock_nanosleep"))
        complain(FNR, "sleep", "no test sleeps to synchronise")
}

function check_function(code,    indent) {
    if (code ~ /^\{/) {
        body = 1
        # libmicrohttpd dictates the signature of its callbacks.
        if (signature ~ /\)$/ && signature !~ /MHD_/ && parameters(signature) > 5)
            complain(signature_line, "parameters", parameters(signature) " parameters, at most 5")
        return
    }
    if (body && code ~ /^\}/) {
        if (FNR - signature_line + 1 > 60)
            complain(signature_line, "function-size", FNR - signature_line + 1 " lines, at most 60")
        body = 0
        signature = ""
        return
    }
    if (body) {
        match(code, /^ */)
        indent = RLENGTH
        if (indent >= 16 && code ~ /^ *(if|for|while|do|switch)( |$)/)
            complain(FNR, "nesting", "deeper than 3")
        return
    }
    if (code ~ /^[A-Za-z_]/ && (signature == "" || signature ~ /[;}\]]$/)) {
        signature = code
        signature_line = FNR
    } else if (code ~ /[^ ]/ && code !~ /^#/) {
        signature = signature code
    } else {
        signature = ""
    }
    sub(/ +$/, "", signature)
}

BEGIN {
    split("base model config pg hubspot source journal plan apply run service cli main", order, " ")
    for (i = 1; i in order; i++) rank[order[i]] = i
    read_words()
}

FNR == 1 {
    if (last != "") { save = FILENAME; FILENAME = last; end_of_file(); FILENAME = save }
    last = FILENAME
    path = FILENAME
    sub(/^\.\//, "", path)
    split(path, parts, "/")
    product = parts[1] == "daemon"
    folder = parts[2] ~ /\./ ? "main" : parts[2]
    in_comment = 0; body = 0; signature = ""
    if ($0 !~ /^\/\*/) complain(1, "head", "a file begins by saying what it is for")
}

{
    lines = FNR
    characters = $0
    gsub(/[\200-\277]/, "", characters)
    if (length(characters) > 100) complain(FNR, "columns", length(characters) " columns, at most 100")
    if (product && path != "daemon/pg/sqlstate.c" &&
        $0 ~ /"(0[0-9A-Z]|2[0-9A-F]|3[489BDF]|4[024]|5[3-8]|F0|HV|P0|XX)[0-9A-Z][0-9A-Z][0-9A-Z]"/)
        complain(FNR, "sqlstate", "has a name in pg/sqlstate.h, or gets one")
    if ($0 ~ /(TODO|FIXME|(^|[^X])XXX([^X]|$))/) complain(FNR, "todo", "do it, or leave it")
    if ($0 ~ /^ *# *include/) { check_include($0); next }
    code = code_of($0)
    sub(/ +$/, "", code)
    check_calls(code)
    check_function(code)
    if (product) check_words(code)
}

END { if (last != "") end_of_file() }
