#!/bin/bash
# check.sh: runs the suites it is given and adds up what they say; the Makefile is its caller.
#   check.sh BUILD SUITE…           one after another; BUILD/check/<suite>.log keeps each one's output
#   check.sh -l LANES BUILD SUITE…  in so many lanes, each with a PostgreSQL cluster of its own. Most of
#                                   a suite's time is waiting, which lanes spend side by side. A lane
#                                   takes the next suite of the list: the longest stand first.
# A suite is a program or script. It reports by Check's own summary or by a line
# "N passed, N failed[, N skipped]"; a line "SKIPPED name: reason" counts as one skipped. A suite that
# ends badly without having counted a failure counts as one failed; one that counted nothing at all
# counts as failed too, because a check that checks nothing is a defect. So does a suite that no lane
# has run. What went wrong is said at once, with the suite's whole output, and in a few lines at the end.
set -uo pipefail
self=$(realpath "$0")

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

# The lines of a log that name its failures; its last ones where none does.
failures() { # NAME LOG
    local lines
    lines=$(grep -E ':[FE]:|(^|[^0-9] )(FAILED|failed)|^not ok|: error: |Sanitizer' "$2" | tail -n 12)
    [ -n "$lines" ] || lines=$(tail -n 4 "$2")
    cut -c 1-500 <<<"$lines" | sed "s|^|$1: |"
}

# One suite; what it has to say is printed at once, under the lock that the lanes share.
run_suite() { # SUITE
    local suite=$1 name log began=$SECONDS status=0 right wrong skip
    name=${suite#"$build/"}
    name=${name#tests/}
    log=$build/check/${name//\//_}.log
    "$suite" >"$log" 2>&1 </dev/null 7<&- 8>&- || status=$?
    read -r right wrong skip < <(count "$log")
    if [ "$wrong" = 0 ] && { [ $status != 0 ] || [ $((right + skip)) = 0 ]; }; then
        wrong=1
        echo "$suite: exit code $status without a counted failure" >>"$log"
    fi
    flock 8
    if [ "$wrong" -gt 0 ]; then
        cat "$log"
        failures "$name" "$log" >>"$state/failures"
    else
        grep '^SKIPPED ' "$log"
    fi
    printf '%-32s %5d passed %3d failed %3d skipped %4d s\n' "$name" "$right" "$wrong" "$skip" \
        $((SECONDS - began))
    echo "$right $wrong $skip" >>"$state/results"
    flock -u 8
}

# Takes suites from the list (7) until there are none. bash reads a pipe byte by byte, so that what
# follows a line is still there for the next lane.
run_lane() {
    local suite
    while flock 8 && IFS= read -r suite <&7; do
        flock -u 8
        run_suite "$suite"
    done
    flock -u 8
}

if [ "${1-}" = lane ]; then
    build=$2 state=$3
    exec 8>>"$state/lock"
    run_lane
    exit
fi

lanes=0
if [ "${1-}" = -l ]; then lanes=$2 && shift 2; fi
build=$1
shift
mkdir -p "$build/check"
state=$(mktemp -d "${TMPDIR:-/tmp}/assocd-check.XXXXXX") # two of these may run beside each other
trap 'rm -rf "$state"' EXIT
: >"$state/results"
exec 7< <(printf '%s\n' "$@") 8>"$state/lock"
if [ "$lanes" = 0 ]; then
    run_lane
else
    for ((lane = 0; lane < lanes; lane++)); do
        "${self%/*}/cluster.sh" with "$self" lane "$build" "$state" 8>&- &
    done
    wait
fi

read -r passed failed skipped ran < <(awk '{ right += $1; wrong += $2; skip += $3 }
    END { print right + 0, wrong + 0, skip + 0, NR }' "$state/results")
if [ "$ran" != $# ]; then
    echo "check.sh: $(($# - ran)) of $# suites were not run"
    failed=$((failed + $# - ran))
fi
echo
if [ -s "$state/failures" ]; then cat "$state/failures"; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
