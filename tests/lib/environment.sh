# shellcheck shell=bash
# environment.sh: sourced by what starts servers for the demo, the tests and the benchmarks. What a
# person's shell says about a PostgreSQL, a proxy or a language is for that person's own work: libpq
# lets PGHOSTADDR or PGSERVICE win over the host of a url, and curl sends requests for this machine
# through http_proxy.
environment_clean() {
    local name
    for name in $(compgen -e); do
        case $name in PG* | PSQLRC | CDPATH | LANG | LANGUAGE | LC_*) unset "$name" ;; esac
    done
    # Proxies stay: npm may need them to reach its registry, nobody else leaves this machine.
    export LC_ALL=C.UTF-8 no_proxy='127.0.0.1,localhost,::1' NO_PROXY='127.0.0.1,localhost,::1'
}
environment_clean

# Is the server behind $ASSOCD_TEST_PG the one that cluster.sh started, and no other? Asked before
# anything is written to it.
environment_is_own_server() {
    local folder=${ASSOCD_TEST_PG#*host=} answer
    folder=${folder%%&*}
    answer=$(psql -X -q -At "$ASSOCD_TEST_PG" -c 'show unix_socket_directories') &&
        [ "$answer" = "$folder" ] || {
        echo "the PostgreSQL behind $ASSOCD_TEST_PG is not the throw-away one (it says: ${answer:-nothing}); nothing was written to it" >&2
        return 1
    }
}
