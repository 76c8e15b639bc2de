// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ramrolefs {

/// The project's version, as CMakeLists.txt says it. For ever.
const char* version();

}  // namespace ramrolefs
