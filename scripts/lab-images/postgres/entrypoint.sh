#!/bin/sh
# The part of the official image's entry point that applications rely on: POSTGRES_USER, _PASSWORD, _DB (and their
# _FILE forms), PGDATA, and the files of /docker-entrypoint-initdb.d on the first start.
set -e
from_file() {
    eval "value=\${$1:-}; file=\${$1_FILE:-}"
    if [ -n "$file" ]; then value=$(cat "$file"); fi
    if [ -n "$value" ]; then export "$1=$value"; fi
    unset "$1_FILE"
}
if [ "$1" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA"
        chown -R postgres:postgres "$PGDATA"
        chmod 700 "$PGDATA"
        exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
    fi
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER
    from_file POSTGRES_DB
    if [ ! -s "$PGDATA/PG_VERSION" ]; then
        if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
            echo "Error: Database is uninitialized and superuser password is not specified." >&2
            exit 1
        fi
        user="${POSTGRES_USER:-postgres}"
        database="${POSTGRES_DB:-$user}"
        printf '%s\n' "${POSTGRES_PASSWORD:-unused}" >/tmp/password
        initdb -U "$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 -D "$PGDATA" >/dev/null
        rm -f /tmp/password
        echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
        echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
        pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start >/dev/null
        [ "$database" = postgres ] || createdb -U "$user" "$database"
        for file in /docker-entrypoint-initdb.d/*; do
            case "$file" in
                *.sh) sh "$file" ;;
                *.sql) psql -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "$file" ;;
            esac
        done
        pg_ctl -D "$PGDATA" -m fast -w stop >/dev/null
        echo "PostgreSQL init process complete; ready for start up."
    fi
fi
exec "$@"
