// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "command.h"
#include "place.h"

namespace deconv::tool {

void add_report(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("report", "An HTML page of a run of bench (needs python3 with matplotlib)");
  command->prefix_command();
  command->set_help_flag();  // --help is the script's
  command->footer("Example:\n  deconv bench --zoo zoo --json run.json\n  deconv report run.json --out report");
  command->callback([command, &status] {
    const ScriptResult result = run_script(shared_file("report.py"), command->remaining(), false);
    if (result.status == 127) throw std::runtime_error("report needs python3, which was not found");
    status = result.status;
  });
}

}  // namespace deconv::tool
