# jim_flags: how every file of ours is compiled and linked.
add_library(jim_flags INTERFACE)
target_include_directories(jim_flags INTERFACE
  "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_compile_options(jim_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow>)
target_link_libraries(jim_flags INTERFACE fmt::fmt-header-only)

if(JIM_WERROR)
  target_compile_options(jim_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()

if(JIM_SANITIZE)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(jim_flags INTERFACE ${sanitize})
  target_link_options(jim_flags INTERFACE ${sanitize})
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(jim_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
    -ffunction-sections -fdata-sections>)
  target_link_options(jim_flags INTERFACE
    -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--gc-sections)
endif()

if(JIM_STATIC)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  # Relative relocations in compressed form: half a megabyte less in a static PIE.
  check_linker_flag(CXX "-Wl,--pack-dyn-relocs=relr" JIM_HAS_RELR)
endif()
