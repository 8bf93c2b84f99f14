# How the rooms of the house are built. Each target links only what its room may include, so that a forbidden include
# does not compile (docs: ARCHITECTURE.md, "Rooms").

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
                                  CCACHE_COMPILERCHECK=content ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Warnings are errors in our own code; generated code and libraries are SYSTEM.
add_library(house INTERFACE)
target_compile_options(house INTERFACE -Wall -Wextra -Werror)
# g++ 12 sees faults inside std::string that are not there once it inlines as much as -O2 does (GCC bugs 105651, 105562).
if(CMAKE_CXX_FLAGS MATCHES "-O2")
  target_compile_options(house INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
target_include_directories(house INTERFACE ${CMAKE_SOURCE_DIR}/common ${CMAKE_SOURCE_DIR}/services)

# A part of common/: its sources, and what its room may see.
#   songsang_room(engine LINKS core rows)
function(songsang_room name)
  cmake_parse_arguments(ROOM "" "DIRECTORY" "LINKS;SOURCES" ${ARGN})
  if(NOT ROOM_SOURCES)
    file(GLOB ROOM_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC house ${ROOM_LINKS})
endfunction()

# A service: its rules, which see only core, kit and messages; and its table of methods.
#   songsang_service(leads)
function(songsang_service name)
  file(GLOB RULES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/rules_*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/policies.cpp)
  file(GLOB TABLE CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(REMOVE_ITEM TABLE ${RULES} "")
  if(RULES)
    add_library(${name}_rules STATIC ${RULES})
    target_link_libraries(${name}_rules PUBLIC house core kit messages)
    set(LINK_RULES ${name}_rules)
  endif()
  add_library(${name} STATIC ${TABLE})
  target_link_libraries(${name} PUBLIC house engine ${LINK_RULES})
endfunction()

# A test program: every .cpp of its folder. ctest runs it once, or once a store (STORES).
#   songsang_test(unit_core LINKS core)
#   songsang_test(acceptance_leads STORES LINKS support)
function(songsang_test name)
  cmake_parse_arguments(TEST "STORES" "TIMEOUT" "LINKS;SOURCES" ${ARGN})
  if(NOT TEST_SOURCES)
    file(GLOB TEST_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE house ${TEST_LINKS} GTest::gmock GTest::gtest_main)
  if(TEST_STORES)
    foreach(store sqlite postgres)
      add_test(NAME ${name}_${store} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      set_tests_properties(${name}_${store} PROPERTIES ENVIRONMENT SONGSANG_TEST_STORE=${store} TIMEOUT ${TEST_TIMEOUT}
                                                       LABELS ${store})
    endforeach()
  else()
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT})
  endif()
endfunction()
