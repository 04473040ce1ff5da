# SPDX-License-Identifier: Apache-2.0
# DECONV_SANITIZE=address,undefined (or thread): instruments everything that is built here, tests included.
# Findings end the program, so that a test with one cannot pass.
if(DECONV_SANITIZE)
  if(DECONV_SANITIZE MATCHES "thread" AND DECONV_ENABLE_OPENMP)
    # libgomp is not instrumented: its barriers are invisible to TSan, which then reports every parallel loop as a race.
    message(FATAL_ERROR "DECONV_SANITIZE=thread needs DECONV_ENABLE_OPENMP=OFF (libgomp is not instrumented)")
  endif()
  add_compile_options(-fsanitize=${DECONV_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${DECONV_SANITIZE})
endif()
