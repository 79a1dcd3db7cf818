// XXH3, the checksum of tensors and the label of plans: libxxhash's, in the form that chooses the
// instructions of this host where the library has it. Hashing what lies in the caches is 2.5 times
// as fast so as with SSE2, and the same on every host.
#pragma once

#if defined(__x86_64__) && __has_include("xxh_x86dispatch.h")
#include "xxh_x86dispatch.h"
#else
#include "xxhash.h"
#endif
