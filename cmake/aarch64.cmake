# SPDX-License-Identifier: Apache-2.0
# Toolchain: AArch64 Linux from another machine, its programs run by qemu-user (CMAKE_TOOLCHAIN_FILE, preset aarch64).
# Debian 12: cmake/setup.sh full, which takes Highway for arm64 from Debian's multiarch; its libraries lie beside this machine's.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# Highway's NEON asks for AES; without it as a baseline only the fallback in plain C++ is compiled.
set(CMAKE_CXX_FLAGS_INIT -march=armv8-a+aes)

find_program(DECONV_QEMU_AARCH64 NAMES qemu-aarch64 qemu-aarch64-static)
if(DECONV_QEMU_AARCH64)
  # The C library beside the loader: Debian's cross packages have both, and multiarch, which is found first, a C library of another version,
  # with which the first thread never starts.
  set(CMAKE_CROSSCOMPILING_EMULATOR ${DECONV_QEMU_AARCH64};-L;/usr/aarch64-linux-gnu;-E;LD_LIBRARY_PATH=/usr/aarch64-linux-gnu/lib)
endif()
