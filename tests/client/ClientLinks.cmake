# cmake -DREADELF=... -DPROGRAM=... -P ClientLinks.cmake: fails if a program that links nothing but rope_client needs MPFR.
# rope_config, rope_presets and rope_validation link MPFR through rope_numerics, so this finds them too.
execute_process(COMMAND ${READELF} -d ${PROGRAM} OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "NEEDED[^\n]*" needed "${dynamic}")
if(NOT needed MATCHES "libgrpc")
  message(FATAL_ERROR "${PROGRAM}: not a program of the client library: ${needed}")
endif()
if(needed MATCHES "libmpfr|libgmp")
  message(FATAL_ERROR "${PROGRAM} needs MPFR: rope_client links more of core than it should")
endif()
