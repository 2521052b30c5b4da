#!/bin/bash
# check.sh: runs the suites it is given and adds up what they say. `make check` is its only caller.
#   check.sh BUILD SUITE…        BUILD/check/<suite>.log keeps each suite's output
# A suite is a program or script. It reports by Check's own summary or by a line
# "N passed, N failed[, N skipped]"; a line "SKIPPED name: reason" counts as one skipped. A suite that
# ends badly without having counted a failure counts as one failed; one that counted nothing at all
# counts as failed too, because a check that checks nothing is a defect.
set -uo pipefail
build=$1
shift
logs=$build/check
mkdir -p "$logs"
passed=0 failed=0 skipped=0

count() {
    awk '
        /^[0-9]+%: Checks: / {
            gsub(/[,:%]/, " ")
            wrong += $5 + $7; right += $3 - $5 - $7
        }
        /^[0-9]+ passed, [0-9]+ failed/ { right += $1; wrong += $3; skip += $5 }
        /^SKIPPED / { skip++ }
        END { print right + 0, wrong + 0, skip + 0 }' "$1"
}

for suite in "$@"; do
    name=${suite#"$build/"}
    name=${name#tests/}
    log=$logs/${name//\//_}.log
    began=$SECONDS
    status=0
    "$suite" >"$log" 2>&1 </dev/null || status=$?
    read -r right wrong skip < <(count "$log")
    if [ "$wrong" = 0 ] && { [ $status != 0 ] || [ $((right + skip)) = 0 ]; }; then
        wrong=1
        echo "$suite: exit code $status without a counted failure" >>"$log"
    fi
    if [ "$wrong" -gt 0 ]; then
        cat "$log"
    else
        grep '^SKIPPED ' "$log"
    fi
    printf '%-32s %5d passed %3d failed %3d skipped %4d s\n' "$name" "$right" "$wrong" "$skip" \
        $((SECONDS - began))
    passed=$((passed + right)) failed=$((failed + wrong)) skipped=$((skipped + skip))
done
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
