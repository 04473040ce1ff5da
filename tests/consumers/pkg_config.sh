#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pkg_config.sh SOURCE PREFIX OUTPUT CC [--static]: builds and runs the C quick start with nothing but pkg-config's answer.
set -euo pipefail
source=$1 prefix=$2 output=$3 cc=$4
pc=$(find "$prefix" -name deconv.pc -printf '%h\n')
export PKG_CONFIG_PATH=$pc
flags=$(pkg-config --cflags --libs "${@:5}" deconv)
echo "pkg-config: $flags"
mkdir -p "$(dirname "$output")"
# shellcheck disable=SC2086  # a list of flags
"$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror "$source" -o "$output" $flags
LD_LIBRARY_PATH=$(dirname "$pc"):${LD_LIBRARY_PATH:-} "$output"
