# `cmake --install BUILD --component program`: the program, its man pages and what completes words in three shells; and, by
# `cpack` in the build's folder (`./dev package`), the same as a Debian package with a systemd unit.
include(GNUInstallDirs)
set(here ${CMAKE_CURRENT_LIST_DIR})

# Man pages and completions are printed by the program itself, which alone knows its options.
set(manual ${CMAKE_BINARY_DIR}/manual)
add_custom_command(OUTPUT ${manual}/done
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:sioscope> -DTO=${manual} -P ${here}/manual.cmake
  DEPENDS sioscope ${here}/manual.cmake VERBATIM)
add_custom_target(sioscope_manual ALL DEPENDS ${manual}/done)

# On a system of our own (`/usr`) these are where the shells look; elsewhere they are in the same places under the prefix.
install(TARGETS sioscope RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
install(FILES ${manual}/sioscope.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sioscope
        COMPONENT program)
install(FILES ${manual}/_sioscope DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
install(FILES ${manual}/sioscope.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)

# --- the Debian package ---

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sioscope)
set(CPACK_PACKAGE_CONTACT "sioscope maintainers <maintainers@sioscope.invalid>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "diagnostic proxy for Socket.IO")
set(CPACK_PACKAGE_DESCRIPTION
"Stands between Socket.IO clients and a Socket.IO server, passes every byte
on unchanged, and says which connections leaked and which messages were
delivered twice, with the frames that prove it.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Its files have places that no prefix moves, so they are no part of `program`.
set(debian ${CMAKE_BINARY_DIR}/debian)
file(WRITE ${debian}/conffiles "/etc/sioscope/sioscope.toml\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles)
if(SIOSCOPE_DATE)
  # The day of the commit, not of the build. RFC 5322 wants its weekday.
  execute_process(COMMAND date -u -R -d "${SIOSCOPE_DATE} 00:00" OUTPUT_VARIABLE day OUTPUT_STRIP_TRAILING_WHITESPACE)
else()
  set(day "Thu, 01 Jan 1970 00:00:00 +0000")
endif()
file(WRITE ${debian}/changelog
"sioscope (${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Built from ${SIOSCOPE_VERSION_TEXT}; changelog.gz has what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${day}
")
set(documents ${CMAKE_INSTALL_DATADIR}/doc/sioscope)
add_custom_command(OUTPUT ${debian}/changelog.gz ${debian}/changelog.Debian.gz
  COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md >${debian}/changelog.gz
  COMMAND gzip -9nc ${debian}/changelog >${debian}/changelog.Debian.gz
  DEPENDS ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${debian}/changelog)
add_custom_target(sioscope_debian DEPENDS sioscope_manual ${debian}/changelog.gz ${debian}/changelog.Debian.gz)
install(FILES ${debian}/changelog.gz ${debian}/changelog.Debian.gz ${here}/copyright DESTINATION ${documents}
        COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${here}/sioscope.service DESTINATION /lib/systemd/system COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${here}/sioscope.toml DESTINATION /etc/sioscope COMPONENT debian EXCLUDE_FROM_ALL)
include(CPack)
