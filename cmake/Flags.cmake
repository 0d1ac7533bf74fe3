include(CheckLinkerFlag)

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
  # No path of the build machine in the binary.
  target_compile_options(jim_flags INTERFACE "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
  target_link_options(jim_flags INTERFACE
    -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--gc-sections)
endif()

# jim_static(TARGET): one file without interpreter or needed library. A PIE, since in a non-PIE static
# binary the first exception costs 5 ms: the unwinder then sorts every frame of the program.
function(jim_static target)
  target_link_options(${target} PRIVATE -static-pie -s)
  # Functions that came out the same are kept once. Nothing of ours or of the libraries tells functions
  # apart by their addresses; the golden cases are run on the release as well.
  check_linker_flag(CXX "${JIM_LINKER};-Wl,--icf=all" JIM_HAS_ICF)
  if(JIM_HAS_ICF)
    target_link_options(${target} PRIVATE -Wl,--icf=all)
  endif()
  # Relative relocations in packed form: half a megabyte less.
  foreach(flag -Wl,--pack-dyn-relocs=relr -Wl,-z,pack-relative-relocs)
    string(MAKE_C_IDENTIFIER "JIM_HAS${flag}" id)
    check_linker_flag(CXX "${JIM_LINKER};${flag}" ${id})
    if(${id})
      target_link_options(${target} PRIVATE "${flag}")
      break()
    endif()
  endforeach()
endfunction()

if(JIM_STATIC)
  target_compile_options(jim_flags INTERFACE -fPIE)
endif()
