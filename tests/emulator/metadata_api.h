// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/emulator/emulated_service.h"
#include "tests/emulator/http_message.h"

namespace ramrolefs::emulator {

/// The contract of the metadata service: what a healthy one answers to this request.
HttpAnswer metadata_answer(EmulatedService& service, const HttpRequest& request, const Moment& now);

}  // namespace ramrolefs::emulator
