# SPDX-License-Identifier: Apache-2.0
# Provides hwy::hwy, DNNL::dnnl, OpenMP::OpenMP_CXX, doctest::doctest, benchmark::benchmark, CLI11::CLI11 and nlohmann_json::nlohmann_json, as
# far as this configuration needs them.
# An installed package is looked for first. With DECONV_FETCH_DEPENDENCIES=ON (needs internet access) what is missing is built
# from the pinned commits of cmake/fetch.cmake. Everything else is an error that says what to install, but for the
# last two, without which the deconv command is left out.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
if(DECONV_FETCH_DEPENDENCIES)
  include(${CMAKE_CURRENT_LIST_DIR}/fetch.cmake)
endif()

# deconv_provide(<target> <debian package>): fetches it where allowed, else ends with what to do.
macro(deconv_provide target package)
  if(NOT TARGET ${target} AND DECONV_FETCH_DEPENDENCIES)
    deconv_fetch(${target})
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "${target} was not found. Debian/Ubuntu: run cmake/setup.sh, or install ${package}. Elsewhere: install it and "
                        "name its prefix in CMAKE_PREFIX_PATH, or configure with -DDECONV_FETCH_DEPENDENCIES=ON.")
  endif()
endmacro()

if(NOT TARGET hwy::hwy)
  find_package(Highway 1.0.3 QUIET)
endif()
deconv_provide(hwy::hwy libhwy-dev)
# Vectors whose length only the CPU knows (SVE, RVV) cannot stand in the kernels' arrays: those CPUs run NEON or plain C++. Outside of x86 only,
# where HWY_DISABLED_TARGETS is left to whoever builds.
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64|i[3-6]86)$")
  get_target_property(_deconv_highway hwy::hwy ALIASED_TARGET)
  if(NOT _deconv_highway)
    set(_deconv_highway hwy::hwy)
  endif()
  set_property(TARGET ${_deconv_highway} APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
    "HWY_DISABLED_TARGETS=HWY_SVE+HWY_SVE2+HWY_SVE_256+HWY_SVE2_128+HWY_RVV")
endif()

if(DECONV_ENABLE_OPENMP)
  find_package(OpenMP QUIET COMPONENTS CXX)
  if(NOT TARGET OpenMP::OpenMP_CXX)
    message(FATAL_ERROR "The compiler offers no OpenMP (clang on Debian/Ubuntu: install libomp-dev). "
                        "Configure with -DDECONV_ENABLE_OPENMP=OFF to build without: runs then use the caller's parallel_for or one thread.")
  endif()
endif()

if(DECONV_ENABLE_ONEDNN AND NOT TARGET DNNL::dnnl)
  # cmake/setup.sh unpacks oneDNN here; it then goes before an older one of the system. -Ddnnl_DIR=... overrides.
  find_package(dnnl CONFIG QUIET HINTS ${PROJECT_SOURCE_DIR}/.deps/onednn)
  if(dnnl_FOUND AND dnnl_VERSION VERSION_LESS 2.6)
    message(FATAL_ERROR "oneDNN ${dnnl_VERSION} in ${dnnl_DIR} is too old: the onednn backend needs 2.6 or newer")
  endif()
endif()
if(DECONV_ENABLE_ONEDNN)
  deconv_provide(DNNL::dnnl "libdnnl-dev (2.6.3 in Debian 12), or configure with -DDECONV_ENABLE_ONEDNN=OFF")
endif()

if(DECONV_BUILD_TESTS AND NOT TARGET doctest::doctest)
  find_package(doctest CONFIG QUIET)
  deconv_provide(doctest::doctest doctest-dev)
endif()

if(DECONV_BUILD_BENCHMARKS AND NOT TARGET benchmark::benchmark)
  find_package(benchmark CONFIG QUIET)
  deconv_provide(benchmark::benchmark libbenchmark-dev)
endif()

# The command is the only part that may be missing without a word from whoever configures: it is extra to the library.
if(DECONV_BUILD_TOOLS)
  foreach(package CLI11 nlohmann_json)
    if(NOT TARGET ${package}::${package})
      find_package(${package} CONFIG QUIET)
    endif()
    if(NOT TARGET ${package}::${package} AND DECONV_FETCH_DEPENDENCIES)
      deconv_fetch(${package}::${package})
    endif()
    if(NOT TARGET ${package}::${package})
      message(STATUS "deconv: ${package} was not found: the deconv command is left out (Debian/Ubuntu: cmake/setup.sh, or install "
                     "libcli11-dev nlohmann-json3-dev)")
      set(DECONV_BUILD_TOOLS OFF)
    endif()
  endforeach()
endif()

# deconv_link_highway(<target>): an installed Highway is linked; a fetched one is compiled into the target, so that an installed
# deconv does not depend on a library that nobody installed.
function(deconv_link_highway target)
  get_target_property(imported hwy::hwy IMPORTED)
  if(imported)
    target_link_libraries(${target} PRIVATE hwy::hwy)
  else()
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:hwy>)
    target_include_directories(${target} SYSTEM PRIVATE $<TARGET_PROPERTY:hwy,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:hwy,INTERFACE_COMPILE_DEFINITIONS>)
  endif()
endfunction()
