# The two kinds of targets that the project has: a library of one folder, and a test program of one.

function(disktwin_compile_settings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(DISKTWIN_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(DISKTWIN_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${DISKTWIN_SANITIZE}
                           -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${DISKTWIN_SANITIZE})
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
endfunction()

# disktwin_library(name [DIRS folder...] [LIBS lib...] [HEADERS header...]): every .cc in the folders
# (default: the current one) as one static library. What nearly every file of the engine reads is compiled
# once for all of them; HEADERS is what a library has compiled for itself instead. Every file has to include
# what it uses all the same: -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON shows what does not.
function(disktwin_library name)
  cmake_parse_arguments(ARG "" "" "DIRS;LIBS;EXTRA;HEADERS" ${ARGN})
  if(NOT ARG_DIRS)
    set(ARG_DIRS .)
  endif()
  set(sources)
  foreach(dir ${ARG_DIRS})
    file(GLOB found CONFIGURE_DEPENDS ${dir}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  add_library(${name} STATIC ${sources} ${ARG_EXTRA})
  disktwin_compile_settings(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LIBS})
  if(ARG_HEADERS)
    target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  else()
    target_precompile_headers(${name} REUSE_FROM disktwin_platform)
  endif()
endfunction()
