#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cmake/setup.sh [bench] [test] [tools] [ci] [full]: installs what a build needs and this machine lacks; a second call finds nothing to do and is quick.
#   nothing   compiler, CMake, pkg-config, Highway, oneDNN 3.2     bench   and Google Benchmark     test   and doctest, Python's headers
#   tools     and what the deconv command needs, CLI11 and nlohmann-json: in bench, test and ci too
#   ci        and what .ci/run needs: oneDNN 2.6.3, clang 19, clang-tidy 19, Chromium
#   full      and what tests/run --full can use: cross compilers and Highway for AArch64 and i386, qemu-user, valgrind (Debian on x86-64; it
#             lets dpkg know both architectures)
# Debian 12 or newer, Ubuntu 24.04 or newer: as root or with sudo. Elsewhere it names what is missing and fails if there is something.
# oneDNN 3.2 comes from PyPI into .deps/onednn, on x86-64 Linux only; elsewhere a build uses a oneDNN that it finds, or goes without.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
onednn="$root/.deps/onednn"
wants=" base ${*:-} "
missing=()  # Debian package names
words=()    # the same for people on other systems

wanted() { [[ "$wants" == *" $1 "* ]]; }
have() { command -v "$1" >/dev/null 2>&1; }
have_header() { echo "#include <$1>" | "${CXX:-c++}" -E -x c++ - >/dev/null 2>&1; }
have_package() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }
have_python() { python3 -c 'import ensurepip, os, sysconfig, venv; os.stat(sysconfig.get_paths()["include"] + "/Python.h")' >/dev/null 2>&1; }
need() { missing+=($1) words+=("$2"); }
version_at_least() { [[ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1)" == "$1" ]]; }
cmake_version() { cmake --version | sed -n '1s/[^0-9]*//p'; }

is_debian() { [[ -e /etc/debian_version ]] && have apt-get; }
can_cross() { is_debian && [[ "$(dpkg --print-architecture)" == amd64 ]]; }
wheel_fits() { [[ "$(uname -sm)" == "Linux x86_64" ]]; }

list_missing() {
  have "${CXX:-c++}" && have "${CC:-cc}" || need "g++ gcc libc6-dev" "a C11 and C++17 compiler (g++ 12 or newer, clang 15 or newer)"
  have cmake && version_at_least 3.21 "$(cmake_version)" || need cmake "CMake 3.21 or newer"
  have ninja || have make || need ninja-build "Ninja or Make"
  have pkg-config || need pkg-config "pkg-config"
  have_header hwy/highway.h || need libhwy-dev "Google Highway 1.0.3 or newer (github.com/google/highway)"
  if wanted bench || wanted ci; then
    have_header benchmark/benchmark.h || need libbenchmark-dev "Google Benchmark 1.7 or newer (github.com/google/benchmark)"
  fi
  if wanted test || wanted ci; then
    have_header doctest/doctest.h || need doctest-dev "doctest 2.4 or newer (github.com/doctest/doctest)"
    have_python || need "python3-dev python3-venv ca-certificates" "Python 3.10 or newer with its headers and venv"
  fi
  if wanted tools || wanted bench || wanted test || wanted ci; then
    have_header CLI/CLI.hpp || need libcli11-dev "CLI11 2.1 or newer (github.com/CLIUtils/CLI11)"
    have_header nlohmann/json.hpp || need nlohmann-json3-dev "nlohmann-json 3.9 or newer (github.com/nlohmann/json)"
  fi
  if wheel_fits && [[ ! -e "$onednn" ]]; then
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || need "python3-venv ca-certificates" "Python 3 with venv, to install oneDNN 3.2 from PyPI"
  fi
  if wanted full && can_cross; then
    for package in g++-aarch64-linux-gnu g++-i686-linux-gnu libhwy-dev:arm64 libhwy-dev:i386 qemu-user valgrind; do
      have_package $package || need $package $package
    done
  fi
  if { wanted ci || wanted full; } && is_debian; then
    for package in libdnnl-dev ocl-icd-opencl-dev clang-19 clang-tidy-19 libomp-19-dev libclang-rt-19-dev chromium; do
      have_package $package || need $package $package
    done
  fi
}

install_packages() {
  local sudo=()
  if [[ $(id -u) != 0 ]]; then
    if ! have sudo; then
      echo "setup: neither root nor sudo: please install: ${missing[*]}" >&2
      exit 1
    fi
    sudo=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  if wanted full && can_cross; then
    "${sudo[@]}" dpkg --add-architecture arm64
    "${sudo[@]}" dpkg --add-architecture i386
  fi
  "${sudo[@]}" apt-get -qq update
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" </dev/null >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    exit 1
  }
}

install_onednn() {
  echo "setup: installing oneDNN 3.2 from PyPI into .deps/onednn"
  rm -rf "$onednn.part" "$root/.deps/venv"
  python3 -m venv "$root/.deps/venv"  # Debian's own pip refuses to install outside of one (PEP 668)
  "$root/.deps/venv/bin/pip" --quiet --disable-pip-version-check install --no-deps --require-hashes --prefix "$onednn.part" \
    -r "$root/cmake/onednn.txt"
  rm -rf "$root/.deps/venv"
  mv "$onednn.part" "$onednn"  # last: an interrupted installation is not taken for a whole one
}

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
list_missing
if ((${#missing[@]})); then
  if ! is_debian; then
    echo "setup: this is neither Debian nor Ubuntu; please install, then run the command again:" >&2
    printf '  * %s\n' "${words[@]}" >&2
    exit 1
  fi
  install_packages
  if ! version_at_least 3.21 "$(cmake_version)"; then
    echo "setup: CMake $(cmake_version) is too old: 3.21 or newer is needed (pip install cmake)" >&2
    exit 1
  fi
fi
if [[ ! -e "$onednn" ]]; then
  if wheel_fits; then
    install_onednn
  else
    echo "setup: no oneDNN wheel for $(uname -sm): install oneDNN 2.6 or newer for the onednn backend; without it the build goes on with the others"
  fi
fi
