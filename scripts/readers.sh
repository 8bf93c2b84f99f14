# shellcheck shell=bash
# Programs that read the state topics and that nobody here wrote: DuckDB and, where node is, kafkajs. (kcat is Debian's.)

# Sets SONGSANG_TEST_READERS: a folder with python/ and node_modules/. Fetched once a machine; afterwards no network is
# needed. What cannot be fetched is missing there, and its tests are skipped, visibly.
foreign_readers() {
  local from=$ROOT/scripts/readers folder fresh
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/songsang-readers-$(cat "$from"/* | sha256sum | cut -c-12)
  if [ ! -d "$folder" ]; then
    say "fetching DuckDB and kafkajs into $folder"
    mkdir -p "${folder%/*}"
    fresh=$(mktemp -d "$folder-XXXXXX")
    if ! fetch_readers "$from" "$fresh"; then
      rm -rf "$fresh"
      say "they could not be fetched: the tests that read with them will be skipped"
      return 0
    fi
    # Another script may have been quicker; one of the two is kept.
    mv -T "$fresh" "$folder" 2>/dev/null || rm -rf "$fresh"
  fi
  export SONGSANG_TEST_READERS=$folder
}

# Debian's Python, whatever others are on the path: what is fetched fits one version.
fetch_readers() {
  /usr/bin/python3 -m pip install --quiet --root-user-action ignore --target "$2/python" -r "$1/requirements.txt" >&2 ||
    return 1
  command -v npm >/dev/null || return 0
  cp "$1/package.json" "$2/"
  npm install --prefix "$2" --no-audit --no-fund --no-package-lock --silent >&2
}
