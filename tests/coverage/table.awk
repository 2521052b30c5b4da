# table.awk: adds up what `gcov --stdout --branch-probabilities --branch-counts` says: for each file
# its lines and branches, covered and all, and by name each line and branch that was never taken.
#   awk -f table.awk modules.tsv -                 these files; exits with 1 unless all are covered
#   awk -v total=daemon/ -f table.awk -            one row for all files below that folder
# An assertion has no second branch to take: it states what cannot be otherwise.
BEGIN {
    if (total != "")
        title[files[count = 1] = total] = "all"
}
FILENAME != "-" {
    if (!/^#/ && split($0, column, "\t") == 3)
        title[files[++count] = column[2]] = column[1]
    next
}
/^ *-: +0:Source:/ {
    source = substr($0, index($0, "Source:") + 7)
    file = total != "" && index(source, total) == 1 && source ~ /\.c$/ ? total : source
    next
}
!(file in title) { next }
/^ *([0-9]+\*?|#####|=====): *[0-9]+:/ {
    split($0, part, ":")
    text = substr($0, length(part[1]) + length(part[2]) + 3)
    asserts = text ~ /^ *assert\(/
    lines[file]++
    if (part[1] ~ /[0-9]/)
        lines_run[file]++
    else
        missing[++missing_count] = source ":" (part[2] + 0) ": never run:" text
    next
}
/^branch/ && !asserts {
    branches[file]++
    if ($3 == "taken" && $4 > 0)
        branches_taken[file]++
    else
        missing[++missing_count] = source ":" (part[2] + 0) ": branch " $2 " never taken:" text
}
function share(done, all) {
    return sprintf("%5d of %5d %5.1f %%", done, all, all > 0 ? 100 * done / all : 0)
}
END {
    for (i = 1; i <= count; i++) {
        file = files[i]
        printf "%-9s %-34s lines %s   branches %s\n", title[file], file,
            share(lines_run[file], lines[file]), share(branches_taken[file], branches[file])
        if (lines[file] == 0)
            missing[++missing_count] = file ": gcov knows nothing of it"
    }
    if (total != "")
        exit 0
    for (i = 1; i <= missing_count; i++)
        print missing[i]
    exit missing_count > 0
}
