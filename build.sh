#!/usr/bin/env bash
# The one entry: sets up what a word needs, then hands over. stdout carries only the result.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

usage() {
  cat <<'TEXT'
./build.sh [WORD [ARGUMENTS]]

  (no word)           package the add-on into dist/ and have AppInspect judge it
  demo                a simulated Okta tenant, a working day, an intruder: collected, searched, found
  hunt FILE…          all detections over exported Okta logs (- reads stdin)
  search 'SPL'        one search over events or rows
  conformance FILE…   run search-language vectors, here or (--splunk URL) on a Splunk
  judge [PART]        soak: the packaged input, killed 500 times under faults, loses nothing;
                      addon: Splunk's own judge of add-ons has nothing against the package;
                      mutation: the detections' cases notice a changed condition
  judge --splunk URL  the detection cases on a Splunk
  test [ARGUMENTS]    the test suite; arguments go to pytest
  bench [NAME]        each benchmark against its reference in the same run
  serve comes in a later step

Each word sets itself up under .venv/ and needs nothing but a Python of 3.9 or later.
`./build.sh WORD --help` says more of demo, hunt, search, conformance, judge and bench.
TEXT
}

find_python() { # any Python ≥ 3.9 that really runs; tools/pythons.py chooses among all of them later
  local candidate
  for candidate in python3 python3.{13,12,11,10,9} python "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python; do
    if "$candidate" -I -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  echo "build.sh needs a Python of 3.9 or later with its venv module (on Debian: apt install python3-venv)." >&2
  return 2
}

tool() { "$python" "$root/tools/run.py" "$@" </dev/null; } # stdin is the word's (hunt -)

lab() { # the emulators and the search language, in their own environment
  local lab_python
  lab_python=$(tool tools.environment lab)
  exec "$lab_python" "$root/tools/run.py" lab "$@"
}

run_tests() {
  local test_python argument arguments=()
  test_python=$(tool tools.environment test)
  for argument in "$@"; do # paths are the caller's; pytest runs in the root
    if [[ $PWD != "$root" && $argument == [!/-]*/* && -e ${argument%%::*} ]]; then argument=$PWD/$argument; fi
    arguments+=("$argument")
  done
  cd "$root"
  exec "$test_python" -m pytest ${arguments[@]+"${arguments[@]}"}
}

word=${1-}
case $word in
  -h | --help | help) usage; exit 0 ;;
  serve) echo "build.sh: '$word' is not built yet; it comes in a later step." >&2; exit 2 ;;
  "" | demo | hunt | search | conformance | judge | bench | test) ;;
  *) echo "build.sh: there is no word '$word'." >&2; usage >&2; exit 2 ;;
esac

python=$(find_python)
case $word in
  "")
    tarball=$(tool tools.package)
    echo "$tarball"
    tool tools.appinspect "$tarball"
    ;;
  demo | hunt | search | judge) # they run the package, not the sources
    tool tools.package >/dev/null
    lab "$@"
    ;;
  conformance) lab "$@" ;;
  bench) # the package too
    tool tools.package >/dev/null
    bench_python=$(tool tools.environment bench)
    exec "$bench_python" "$root/tools/run.py" bench "${@:2}"
    ;;
  test) run_tests "${@:2}" ;;
esac
