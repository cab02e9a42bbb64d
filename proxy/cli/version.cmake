# What `sioscope --version` says: the project's version and the commit, never the time of the build. A checkout knows its
# commit, and is configured anew when it has another; a copy of one is told:
#
#   cmake -DSIOSCOPE_COMMIT=7b43a43c0ffe -DSIOSCOPE_DATE=2026-11-26 ...
set(SIOSCOPE_COMMIT "" CACHE STRING "The commit that is built, where no checkout tells")
set(SIOSCOPE_DATE "" CACHE STRING "That commit's day, YYYY-MM-DD: the date of the man pages")

function(sioscope_version to)
  if(NOT SIOSCOPE_COMMIT AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
    set(git git -C ${PROJECT_SOURCE_DIR})
    execute_process(COMMAND ${git} log -1 --format=%H\;%cs OUTPUT_VARIABLE last ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND ${git} rev-parse --path-format=absolute --git-path logs/HEAD OUTPUT_VARIABLE moves ERROR_QUIET
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(last AND EXISTS "${moves}")
      list(GET last 0 commit)
      list(GET last 1 SIOSCOPE_DATE)
      string(SUBSTRING ${commit} 0 12 SIOSCOPE_COMMIT)
      set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${moves})
    endif()
  endif()
  set(SIOSCOPE_VERSION_TEXT ${PROJECT_VERSION})
  if(SIOSCOPE_COMMIT)
    string(APPEND SIOSCOPE_VERSION_TEXT " (${SIOSCOPE_COMMIT})")
  endif()
  set(SIOSCOPE_VERSION_TEXT ${SIOSCOPE_VERSION_TEXT} PARENT_SCOPE)
  set(SIOSCOPE_DATE ${SIOSCOPE_DATE} PARENT_SCOPE)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/version.cpp.in ${to} @ONLY)
endfunction()
