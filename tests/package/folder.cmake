# Sanitized archives are nothing to install.
if(NOT SIOSCOPE_SANITIZE AND NOT SIOSCOPE_FUZZ AND TARGET sioscope_client)
  add_test(NAME "package: the example builds against the installed client, and talks"
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/package/run.sh ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR}
                   $<TARGET_FILE:sioscope>)
endif()
