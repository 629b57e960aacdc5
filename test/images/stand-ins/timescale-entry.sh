#!/bin/bash
# What the official image does at its first start: a cluster whose superuser has the password of POSTGRES_PASSWORD_FILE.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086 # the arguments are meant to be split
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth=scram-sha-256 ${POSTGRES_INITDB_ARGS:-} "$PGDATA"
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  printf "listen_addresses = '*'\nshared_preload_libraries = 'timescaledb'\ntimescaledb.telemetry_level = off\n" \
    >> "$PGDATA/postgresql.conf"
fi
exec "$@"
