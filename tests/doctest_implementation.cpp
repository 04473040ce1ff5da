// SPDX-License-Identifier: Apache-2.0
// doctest itself, compiled once for all tests: it takes a compiler longer than most of them.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
