// SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/emulator.h"

#include <utility>

#include "tests/emulator/control.h"
#include "tests/emulator/metadata_api.h"
#include "tests/emulator/spoil.h"

namespace ramrolefs::emulator {

Emulator::Emulator(std::string role, const Settings& settings)
    : service_(std::move(role), settings, machine_now()) {}

std::shared_ptr<const OrderedFault> Emulator::admit(const HttpRequest& request, bool& counted) {
  if (is_control(request)) return nullptr;
  const Endpoint endpoint = endpoint_of(request.path);
  const std::lock_guard lock(mutex_);
  ++service_.counters().of(endpoint);
  if (!std::exchange(counted, true)) ++service_.counters().connections;
  return faults_.take(endpoint, request);
}

HttpAnswer Emulator::answer(const HttpRequest& request, const OrderedFault* fault) {
  const std::lock_guard lock(mutex_);
  const Moment now = machine_now();
  Controlled controlled{service_, faults_, now};
  HttpAnswer answer = is_control(request) ? control_answer(controlled, request)
                                          : metadata_answer(service_, request, now);
  answer.headers["Date"] = http_date(service_.wall(now));
  if (fault && fault->fault.kind->spoil) {
    fault->fault.kind->spoil(answer, {fault->fault, request, service_.wall(now)});
  }
  write_out(answer);
  return answer;
}

std::string Emulator::http_date_now() {
  const std::lock_guard lock(mutex_);
  return http_date(service_.wall(machine_now()));
}

}  // namespace ramrolefs::emulator
