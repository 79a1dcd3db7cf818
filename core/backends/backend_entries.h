// What the list in backends.cc is made of, one a file. Every backend lives as long as the process.
#pragma once

#include "core/backends/backend.h"

namespace rope {

const Backend& GetCpuBackend();
const Backend& GetReferenceBackend();

}  // namespace rope
