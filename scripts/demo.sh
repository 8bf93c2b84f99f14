# shellcheck shell=bash
# ./dev demo: the embedded system, filled through its API.
demo() { die "not yet"; }
