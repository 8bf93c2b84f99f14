# shellcheck shell=bash
# A PostgreSQL of our own: in a folder that is thrown away, on 127.0.0.1 only, durable as in production.

POSTGRES_BIN=/usr/lib/postgresql/15/bin

# PostgreSQL refuses to run as root; then it runs as the user that its package made.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

# start_postgres FOLDER PORT: sets POSTGRES_URL.
start_postgres() {
  local folder=$1 port=$2
  mkdir -p "$folder"
  [ "$(id -u)" -ne 0 ] || chown postgres "$folder"
  if [ ! -f "$folder/data/PG_VERSION" ]; then
    (cd / && as_postgres "$POSTGRES_BIN/initdb" -D "$folder/data" -U postgres --auth=trust --locale=C -E UTF8 --no-sync) \
      >/dev/null || die "initdb failed in $folder"
    {
      echo "listen_addresses = '127.0.0.1'"
      echo "unix_socket_directories = ''"
      echo "max_connections = 500"
      echo "shared_buffers = 256MB"
      echo "max_wal_size = 2GB"
    } | as_postgres tee -a "$folder/data/postgresql.conf" >/dev/null
  fi
  (cd / && as_postgres "$POSTGRES_BIN/pg_ctl" -D "$folder/data" -l "$folder/log" -o "-p $port" -w -t 60 start) >/dev/null ||
    die "PostgreSQL did not start: $(tail -n 5 "$folder/log")"
  export POSTGRES_URL="postgresql://postgres@127.0.0.1:$port/postgres"
}

stop_postgres() {
  (cd / && as_postgres "$POSTGRES_BIN/pg_ctl" -D "$1/data" -m immediate -w stop) >/dev/null 2>&1
}

# One that ends with this script: sets POSTGRES_URL and SONGSANG_TEST_POSTGRES.
temporary_postgres() {
  local folder
  folder=$(mktemp -d "${TMPDIR:-/tmp}/songsang-postgres-XXXXXX")
  chmod 755 "$folder"
  at_exit "rm -rf '$folder'"
  at_exit "stop_postgres '$folder'"
  say "starting PostgreSQL in $folder"
  start_postgres "$folder" "$(free_port)"
  export SONGSANG_TEST_POSTGRES=$POSTGRES_URL
}
