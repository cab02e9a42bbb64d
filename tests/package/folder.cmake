# Sanitized archives are nothing to install.
if(NOT SIOSCOPE_SANITIZE AND NOT SIOSCOPE_FUZZ AND TARGET sioscope_client)
  add_test(NAME "package: the example builds against the installed client, and talks"
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/package/run.sh ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR}
                   $<TARGET_FILE:sioscope>)
endif()
if(NOT SIOSCOPE_SANITIZE AND NOT SIOSCOPE_FUZZ AND TARGET sioscope_manual)
  add_test(NAME "package: the program installs with its man pages and completions, every option in each"
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/package/program.sh ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR})
endif()
