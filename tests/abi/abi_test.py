#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""abi.py on headers that were changed on purpose. Argument: the C compiler."""
import sys
import unittest

import abi

HEADER = abi.HEADERS["deconv.h"]
COMPILER = sys.argv.pop() if len(sys.argv) > 1 else "cc"
BEFORE = abi.describe(abi.HEADERS, COMPILER)


def faults(old, new):
    assert HEADER.count(old) == 1, old
    now = abi.describe({**abi.HEADERS, "deconv.h": HEADER.replace(old, new)}, COMPILER)
    return "\n".join(abi.broken(BEFORE, now) + abi.inserted(BEFORE, now))


class Changes(unittest.TestCase):
    def test_nothing_is_missed(self):
        structs, enumerators, prototypes = abi.declarations(HEADER)
        self.assertEqual(len(structs), HEADER.count("\ntypedef struct ") - HEADER.count(" deconv_operator;") - HEADER.count(" deconv_plan;"))
        self.assertEqual(sum(line.startswith("function ") for line in prototypes), HEADER.count("\nDECONV_API "))
        self.assertEqual(sum(line.startswith("callback ") for line in prototypes), HEADER.count("\ntypedef void (*"))
        self.assertGreater(len(enumerators), 35)

    def test_a_comment_is_no_change(self):
        self.assertEqual(faults("  int32_t rank;  ", "  int32_t rank;  // and more: int64_t extra;\n//"), "")

    def test_appended_is_allowed(self):
        self.assertEqual(faults("  int32_t expected_threads;", "  int32_t expected_threads;\n  int64_t more[4];"), "")
        self.assertEqual(faults("  DECONV_ACTIVATION_ELU = 11 ", "  DECONV_ACTIVATION_ELU = 11, DECONV_ACTIVATION_MISH = 12 "), "")
        self.assertEqual(faults("DECONV_API const char* deconv_version(void);",
                                "DECONV_API const char* deconv_version(void);\nDECONV_API int deconv_more(int x);"), "")

    def test_moved_and_inserted(self):
        self.assertIn("deconv_params.groups", faults("  int64_t groups; ", "  int64_t more;\n  int64_t groups; "))
        self.assertIn("inserted, not appended: field deconv_params.more", faults("  int64_t groups; ", "  int32_t more;\n  int64_t groups; "))

    def test_of_another_type(self):
        self.assertIn("deconv_params.rank", faults("  int32_t rank;", "  uint32_t rank;"))
        self.assertIn("deconv_params.alpha", faults("  float alpha;", "  double alpha;"))

    def test_longer_arrays(self):
        self.assertIn("deconv_params.kernel", faults("#define DECONV_MAX_RANK 3", "#define DECONV_MAX_RANK 4"))

    def test_gone(self):
        self.assertIn("deconv_run_args.parallel_context offset", faults("  void* parallel_context;", "  void* pool_context;"))
        self.assertIn("deconv_check(", faults("DECONV_API deconv_status deconv_check(const deconv_params* params);", ""))

    def test_other_values(self):
        self.assertIn("DECONV_OUT_OF_MEMORY", faults("DECONV_OUT_OF_MEMORY = 3", "DECONV_OUT_OF_MEMORY = 5"))

    def test_other_arguments(self):
        self.assertIn("deconv_plan_destroy", faults("deconv_plan_destroy(deconv_plan* plan)", "deconv_plan_destroy(deconv_plan* plan, int now)"))
        self.assertIn("deconv_task", faults("(*deconv_task)(void* arg, int64_t index)", "(*deconv_task)(void* arg, int32_t index)"))


if __name__ == "__main__":
    unittest.main()
