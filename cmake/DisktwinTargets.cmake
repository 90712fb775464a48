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

# disktwin_library(name [DIRS folder...] [LIBS lib...]): every .cc in the folders (default: the
# current one) as one static library.
function(disktwin_library name)
  cmake_parse_arguments(ARG "" "" "DIRS;LIBS;EXTRA" ${ARGN})
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
endfunction()
