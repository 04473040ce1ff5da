# SPDX-License-Identifier: Apache-2.0
# deconv_fetch(<target>): builds a missing dependency from a pinned commit (the release named beside it).
include(FetchContent)

# Sets options for one fetched project only: they must not reach the parent project's cache.
macro(_deconv_fetch name repository commit)
  message(STATUS "deconv: fetching ${name} (${repository})")
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${commit} GIT_PROGRESS ON)
  FetchContent_MakeAvailable(${name})
endmacro()

function(deconv_fetch target)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)       # plain variables below count as the fetched project's options
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)       # oneDNN 3.2 asks for CMake 2.8.12, which CMake 4 refuses
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)     # static parts end up inside libdeconv.so
  set(CMAKE_POLICY_DEFAULT_CMP0126 NEW)       # nor may set(... CACHE ...) there drop them
  set(BUILD_TESTING OFF)

  if(target STREQUAL "hwy::hwy")
    set(BUILD_SHARED_LIBS OFF)
    set(HWY_ENABLE_CONTRIB OFF)
    set(HWY_ENABLE_EXAMPLES OFF)
    set(HWY_ENABLE_INSTALL OFF)
    set(HWY_ENABLE_TESTS OFF)
    _deconv_fetch(highway https://github.com/google/highway.git 457c891775a7397bdb0376bb1031e6e027af1c48)  # 1.2.0
    # System headers, as an installed package's are: our warnings are not for them.
    get_target_property(folders hwy INTERFACE_INCLUDE_DIRECTORIES)
    set_target_properties(hwy PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${folders}")
    add_library(hwy::hwy ALIAS hwy)
  elseif(target STREQUAL "DNNL::dnnl")
    set(DNNL_LIBRARY_TYPE SHARED)
    set(DNNL_BUILD_TESTS OFF)
    set(DNNL_BUILD_EXAMPLES OFF)
    set(ONEDNN_BUILD_GRAPH OFF)
    # The workload stays TRAINING, its default: forward deconvolution runs on the backward convolutions that INFERENCE leaves out.
    _deconv_fetch(onednn https://github.com/uxlfoundation/oneDNN.git 04b180b9a58a78cf1a1cd2329671a5060c2be8de)  # v3.2
    add_library(DNNL::dnnl ALIAS dnnl)
  elseif(target STREQUAL "doctest::doctest")
    set(DOCTEST_WITH_TESTS OFF)
    set(DOCTEST_NO_INSTALL ON)
    _deconv_fetch(doctest https://github.com/doctest/doctest.git 1da23a3e8119ec5cce4f9388e91b065e20bf06f5)  # v2.4.12
  elseif(target STREQUAL "benchmark::benchmark")
    set(BUILD_SHARED_LIBS OFF)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_INSTALL OFF)
    set(BENCHMARK_ENABLE_WERROR OFF)
    _deconv_fetch(benchmark https://github.com/google/benchmark.git c58e6d0710581e3a08d65c349664128a8d9a2461)  # v1.9.1
  elseif(target STREQUAL "CLI11::CLI11")
    set(CLI11_BUILD_TESTS OFF)
    set(CLI11_BUILD_EXAMPLES OFF)
    set(CLI11_BUILD_DOCS OFF)
    set(CLI11_INSTALL OFF)
    _deconv_fetch(cli11 https://github.com/CLIUtils/CLI11.git 6c7b07a878ad834957b98d0f9ce1dbe0cb204fc9)  # v2.4.2
  elseif(target STREQUAL "nlohmann_json::nlohmann_json")
    set(JSON_BuildTests OFF)
    set(JSON_Install OFF)
    _deconv_fetch(nlohmann_json https://github.com/nlohmann/json.git 9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03)  # v3.11.3
  endif()
endfunction()
