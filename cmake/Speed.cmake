# ccache and a fast linker, where the machine has them. Neither changes what is built.
find_program(JIM_CCACHE ccache)
if(JIM_CCACHE)
  # A base directory and no hashed working directory: build folders share what they compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      "${JIM_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

include(CheckLinkerFlag)
foreach(linker mold lld)
  check_linker_flag(CXX "-fuse-ld=${linker}" JIM_HAS_${linker})
  if(JIM_HAS_${linker})
    set(JIM_LINKER "-fuse-ld=${linker}")
    add_link_options("${JIM_LINKER}")
    break()
  endif()
endforeach()
