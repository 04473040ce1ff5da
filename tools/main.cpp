// SPDX-License-Identifier: Apache-2.0
// deconv: what this machine can do, which backend and algorithm a layer gets and why, how fast it is, and whether it became slower.
#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>

#include "command.h"
#include "deconv/deconv.h"

int main(int argc, char** argv) {
  using namespace deconv::tool;
  CLI::App program{"Transposed convolution on this machine: what runs, how fast, and why."};
  int status = kExitOk;
  program.require_subcommand(1);
  program.set_version_flag("--version", deconv_version());
  program.get_formatter()->column_width(28);
  program.footer(
      "Examples:\n"
      "  deconv info\n"
      "  deconv explain d2 ic64 oc3 ih32x32 k4x4 s2x2 pb1x1 pe1x1\n"
      "  deconv bench --onnx model.onnx --json run.json\n"
      "`deconv COMMAND --help` tells the rest.");
  try {
    add_info(program, status);
    add_explain(program, status);
    add_bench(program, {argv + 1, argv + argc}, status);
    add_compare(program, status);
    add_tune(program, status);
    add_report(program, status);
    program.parse(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw std::runtime_error("standard output cannot be written");
    return status;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kExitOk : kExitUsage;
  } catch (const std::bad_alloc&) {
    std::fputs("deconv: out of memory\n", stderr);
    return kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "deconv: %s\n", error.what());
    return kExitUsage;
  }
}
