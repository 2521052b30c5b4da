#!/bin/bash
# cluster.sh: a throw-away PostgreSQL cluster: a temporary folder, a unix socket in it, no network,
# no fsync. Nothing of it outlives the one who asked for it, however that one ends; temporary files of
# tests lie in it (DIR/tmp) and go with it.
#
#   cluster.sh with COMMAND…    runs COMMAND with ASSOCD_TEST_PG=<url> and TMPDIR, then removes all of it
#   cluster.sh pair COMMAND…    the same with two: ASSOCD_TEST_STANDBY=<url> follows ASSOCD_TEST_PG
#   cluster.sh guard [pair]           prints the url (both), keeps the cluster until stdin ends, then removes it
#   cluster.sh start DIR        prints the url; stays until `cluster.sh stop DIR`
#   cluster.sh stop DIR
#   cluster.sh restart DIR MODE  fast or immediate: as an operator, or a crash, would
# The server is the newest there is, or the one whose programs lie in ASSOCD_TEST_PGBIN.
set -euo pipefail
umask 077
self=$(realpath "$0")
# shellcheck source=tests/lib/environment.sh
. "${self%/*}/environment.sh"

# ASSOCD_TEST_PGBIN, or the newest server programs on this machine.
server_bin() {
    local newest
    if [ -n "${ASSOCD_TEST_PGBIN:-}" ]; then
        echo "$ASSOCD_TEST_PGBIN"
        return
    fi
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    if [ -x "$newest" ]; then
        dirname "$newest"
    elif command -v initdb >/dev/null; then
        dirname "$(command -v initdb)"
    else
        pg_config --bindir
    fi
}

# initdb refuses root: then everything runs as an unprivileged user, who owns the folder.
as_owner() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    else
        setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups -- "$@"
    fi
}

find_owner() {
    owner=postgres
    id "$owner" >/dev/null 2>&1 || owner=nobody
}

# Where clusters lie: TMPDIR, unless it makes no socket's name (107 bytes at most, and a url holds it
# as it is) or the server's user may not go there.
cluster_home() {
    local home=${TMPDIR:-/tmp}
    [[ $home =~ ^/[A-Za-z0-9/._-]{0,70}$ ]] && as_owner test -x "$home" || home=/tmp
    echo "$home"
}

cluster_start() {
    local dir=$1
    find_owner
    mkdir -p "$dir/data" && chmod 700 "$dir"
    if [ "$(id -u)" = 0 ]; then chown -R "$owner" "$dir"; fi
    mkdir -p -m 1777 "$dir/tmp"
    cd "$dir"
    {
        as_owner "$bin/initdb" -D "$dir/data" -U assocd -A trust -E UTF8 --locale=C --no-sync
        printf '%s\n' "listen_addresses = ''" "port = 5432" "unix_socket_directories = '$dir'" \
            "fsync = off" "full_page_writes = off" "shared_buffers = 64MB" \
            "max_connections = 200" "wal_level = minimal" "max_wal_senders = 0" \
            "max_wal_size = 2GB" "jit = off" "timezone = 'UTC'" "${more[@]}" >>"$dir/data/postgresql.conf"
        as_owner "$bin/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/log"
    } </dev/null >"$dir/start.log" 2>&1 || {
        cat "$dir/start.log" "$dir/log" >&2 2>/dev/null || true
        cluster_stop "$dir"
        echo "cluster.sh: PostgreSQL did not start in $dir" >&2
        return 1
    }
    echo "postgresql:///postgres?host=$dir&port=5432&user=assocd"
}

# A standby of $2 in $1, streaming.
cluster_follow() {
    local dir=$1 of=$2
    mkdir "$dir" && chmod 700 "$dir"
    if [ "$(id -u)" = 0 ]; then chown "$owner" "$dir"; fi
    {
        as_owner "$bin/pg_basebackup" -h "$of" -p 5432 -U assocd -D "$dir/data" -R -X stream --no-sync -c fast
        echo "unix_socket_directories = '$dir'" >>"$dir/data/postgresql.conf"
        as_owner "$bin/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/log"
    } </dev/null >"$of/follow.log" 2>&1 || {
        cat "$of/follow.log" "$dir/log" >&2 2>/dev/null || true
        echo "cluster.sh: no standby in $dir" >&2
        return 1
    }
    echo "postgresql:///postgres?host=$dir&port=5432&user=assocd"
}

cluster_stop() {
    local dir=$1
    find_owner
    cd /
    as_owner "$bin/pg_ctl" stop -s -w -m immediate -D "$dir/data" >/dev/null 2>&1 || true
    rm -rf "$dir"
}

cluster_restart() {
    local dir=$1 mode=$2
    find_owner
    cd "$dir"
    as_owner "$bin/pg_ctl" restart -s -w -t 60 -m "$mode" -D "$dir/data" -l "$dir/log" \
        </dev/null >"$dir/restart.log" 2>&1
}

stop_all() {
    if [ -e "$guarded.standby" ]; then cluster_stop "$guarded.standby"; fi
    cluster_stop "$guarded"
}

# Outlives signals meant for the caller; the end of stdin is the only sign it obeys. Whoever holds
# the other end of that pipe may be killed in any way: the pipe still ends.
cluster_guard() {
    trap '' INT TERM HUP PIPE
    find_owner
    guarded=$(mktemp -d "$(cluster_home)/assocd-pg.XXXXXX")
    trap 'stop_all' EXIT # also when the reader of the url is gone already
    if [ "${1-}" = pair ]; then more=("wal_level = replica" "max_wal_senders = 4"); fi
    cluster_start "$guarded"
    if [ "${1-}" = pair ]; then cluster_follow "$guarded.standby" "$guarded"; fi
    exec >/dev/null
    cat >/dev/null
}

cluster_with() { # "" or pair, then the command
    local url dir standby='' status=0 kind=$1
    shift
    coproc GUARD { exec setsid "$self" guard "$kind"; }
    local guard=$GUARD_PID out=${GUARD[0]} in=${GUARD[1]}
    if ! read -r url <&"$out"; then
        wait "$guard" || true
        return 1
    fi
    if [ "$kind" = pair ] && ! read -r standby <&"$out"; then
        wait "$guard" || true
        return 1
    fi
    # The command must not hold the guard's pipe; it may be interrupted, we still clean up.
    trap : INT TERM HUP
    dir=${url#*host=}
    ASSOCD_TEST_PG=$url ASSOCD_TEST_STANDBY=$standby TMPDIR=${dir%%&*}/tmp "$@" {in}>&- {out}<&- || status=$?
    eval "exec $in>&-"
    wait "$guard" || true
    return "$status"
}

bin=$(server_bin)
more=() # settings of the server
verb=${1:?usage: cluster.sh with|pair|guard|start|stop|restart …}
shift
case $verb in
with) cluster_with "" "$@" ;;
pair) cluster_with pair "$@" ;;
guard) cluster_guard "$@" ;;
start) cluster_start "$(realpath -m "$1")" ;;
stop) cluster_stop "$(realpath -m "$1")" ;;
restart) cluster_restart "$(realpath -m "$1")" "$2" ;;
*)
    echo "cluster.sh: unknown verb $verb" >&2
    exit 64
    ;;
esac
