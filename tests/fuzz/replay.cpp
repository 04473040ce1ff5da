// SPDX-License-Identifier: Apache-2.0
// The corpus through a fuzz target, without a fuzzer. Each line of a .txt is an input in hexadecimal, then # and where it is from.
//   fuzz_<target>_replay corpus/<target>.txt         every line
//   fuzz_<target>_replay --unpack FOLDER FILE.txt    the lines as files, for libFuzzer
//   fuzz_<target>_replay --mutate N FILE.txt         N inputs made from the lines by a few changes each; always the same ones
//   fuzz_<target>_replay FILE                        one input as it is, a finding of libFuzzer
#include <unistd.h>

#include <cctype>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

char current[16384] = "";

// Which input it was, whatever ended the process.
void tell_current(int number) {
  if (write(STDERR_FILENO, current, std::strlen(current)) < 0) _exit(1);
  std::signal(number, SIG_DFL);
  std::raise(number);
}

using Bytes = std::vector<uint8_t>;

Bytes from_hexadecimal(const std::string& line) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < line.size() && std::isxdigit(static_cast<unsigned char>(line[i])) != 0; i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoi(line.substr(i, 2), nullptr, 16)));
  return bytes;
}

// f(name, bytes) for every input of a file.
template <class F>
void for_each_input(const std::string& path, const F& f) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  if (path.size() < 4 || path.compare(path.size() - 4, 4, ".txt") != 0) {
    f(path, Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
    return;
  }
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && line[0] != '#') f(path + ":" + std::to_string(number), from_hexadecimal(line));
  }
}

int unpack(const std::string& folder, const std::string& path) {
  int count = 0;
  for_each_input(path, [&](const std::string&, const Bytes& bytes) {
    std::ofstream file(folder + "/seed-" + std::to_string(count++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
  return count;
}

std::string to_hexadecimal(const Bytes& bytes) {
  std::string text;
  char digits[3];
  for (const uint8_t byte : bytes) {
    std::snprintf(digits, sizeof(digits), "%02x", byte);
    text += digits;
  }
  return text;
}

// One to eight changes: a byte of any value, one of the ends of a byte's range, one more, one less, the rest of another input.
void change(Bytes* bytes, const std::vector<Bytes>& others, std::mt19937_64* dice) {
  const auto below = [&](size_t most) { return static_cast<size_t>((*dice)() % most); };
  for (size_t changes = 1 + below(8); changes > 0; --changes) {
    const size_t place = below(bytes->size() + 1);
    const auto at = bytes->begin() + static_cast<ptrdiff_t>(place);
    const Bytes& other = others[below(others.size())];
    const bool inside = place < bytes->size();
    switch (below(5)) {
      case 0:
        if (inside) *at = static_cast<uint8_t>((*dice)());
        break;
      case 1:
        if (inside) *at = static_cast<uint8_t>(below(2) == 0 ? below(16) : 255 - below(24));
        break;
      case 2:
        if (bytes->size() < 4096) bytes->insert(at, static_cast<uint8_t>((*dice)()));
        break;
      case 3:
        if (inside) bytes->erase(at);
        break;
      default:
        if (place >= other.size()) break;
        bytes->resize(place);
        bytes->insert(bytes->end(), other.begin() + static_cast<ptrdiff_t>(place), other.end());
    }
  }
}

int mutate(int count, const std::string& path) {
  std::vector<Bytes> inputs;
  for_each_input(path, [&](const std::string&, const Bytes& bytes) { inputs.push_back(bytes); });
  std::mt19937_64 dice(1);
  for (int i = 0; i < count; ++i) {
    Bytes bytes = inputs.at(dice() % inputs.size());
    change(&bytes, inputs, &dice);
    std::snprintf(current, sizeof(current), "fuzz: mutation %d: %s\n", i, to_hexadecimal(bytes).c_str());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  return count;
}

int replay(int count, char** paths) {
  int inputs = 0;
  for (int i = 0; i < count; ++i) {
    for_each_input(paths[i], [&](const std::string& name, const Bytes& bytes) {
      std::snprintf(current, sizeof(current), "fuzz: the input was %s\n", name.c_str());
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      ++inputs;
    });
  }
  return inputs;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, tell_current);
    const std::string mode = argc == 4 ? argv[1] : "";
    const int inputs = mode == "--unpack"   ? unpack(argv[2], argv[3])
                       : mode == "--mutate" ? mutate(std::stoi(argv[2]), argv[3])
                                            : replay(argc - 1, argv + 1);
    std::printf("%d inputs\n", inputs);
    return inputs > 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s%s\n", current, error.what());
    return 1;
  }
}
