// SPDX-License-Identifier: Apache-2.0
// Sizes and times are right at every moment, whatever moves on: of a file by its name, of one that
// is held, of one that is bound alone.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/e2e/emulator.h"
#include "tests/e2e/eventually.h"
#include "tests/e2e/mounted.h"
#include "tests/e2e/process.h"

namespace ramrolefs::e2e {
namespace {

// Counts the bytes of a file in many ways, each of them between two looks at it. As long as nothing
// has changed in between, both must be as many as the size says. With the folder named, in which
// the file is bound: a mount namespace of its own.
constexpr const char* kCounts = R"SCRIPT(
set -eu
file=$1
if [ -n "${2:-}" ]; then
  touch "$2"
  mount --bind "$file" "$2"
  file=$2
fi
exec 4<"$file" # held all the time
count() {
  case $1 in
    cat) cat "$file" | wc -c ;;
    wc) wc -c <"$file" ;;
    dd) dd if="$file" bs=1 status=none | wc -c ;;
    busybox) busybox cat "$file" | wc -c ;;
    tail) tail -c +1 "$file" | wc -c ;;
    cp) cp "$file" /dev/stdout | wc -c ;;
    held) /usr/bin/python3 -c 'import os; print(len(os.pread(4, 100000, 0)))' ;;
  esac
}
look() {
  if [ "$1" = held ]; then stat -Lc '%s %i,%Z,%y' /proc/self/fd/4; else stat -c '%s %i,%Z,%y' "$file"; fi
}
while :; do
  for way in cat wc dd busybox tail cp held; do
    before=$(look "$way" | tr ' ' '_')
    bytes=$(count "$way")
    after=$(look "$way" | tr ' ' '_')
    echo "$way $before $bytes $after"
  done
done
)SCRIPT";

struct Case {
  const char* name;
  bool bound;
  const char* option;
};

class Sizes : public testing::TestWithParam<Case> {};

/// How many of the lines say something, each of which must be right.
int expect_right(const std::string& text) {
  int looked_at = 0;
  std::istringstream lines(whole_lines(text));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string way;
    std::string before;
    std::string bytes;
    std::string after;
    words >> way >> before >> bytes >> after;
    if (before != after) continue;  // it has moved on in between
    ++looked_at;
    EXPECT_EQ(before.substr(0, before.find('_')), bytes) << line;
  }
  return looked_at;
}

TEST_P(Sizes, AreThoseOfTheBytesInEveryWayOfReading) {
  const Emulator emulator;
  const Folder folder;
  const Mounted mount(
      emulator, {"--max-age=0.3", "--read-window=0", "--follow-after=0.5", GetParam().option});
  Process counts({"unshare", "--mount", "sh", "-c", kCounts, "sh", mount / "RoleName",
                  GetParam().bound ? folder / "file" : ""});
  for (const std::string role : {"a", "a-role-of-quite-a-long-name", "of-middling-length", "bb"}) {
    emulator.attach(role);
    // Until each way has seen it, held and by its name, and a good while longer.
    const std::string size = std::to_string(role.size() + (GetParam().option[2] == 'n' ? 1 : 0));
    ASSERT_TRUE(eventually([&] {
      const std::string text = counts.out();
      return text.find("held " + size + "_") != std::string::npos &&
             text.find("dd " + size + "_") != std::string::npos;
    })) << role
        << counts.err();
  }
  EXPECT_GT(expect_right(counts.out()), 10);
  std::istringstream errors(counts.err());
  for (std::string line; std::getline(errors, line);) {
    // cp(1) has looked at the name before the rotation, and opened it after it.
    EXPECT_NE(line.find("replaced while being copied"), std::string::npos) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Sizes,
                         testing::Values(Case{"by_name", false, "--mode=0400"},
                                         Case{"bound_alone", true, "--mode=0400"},
                                         Case{"with_newlines", true, "--newline"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace ramrolefs::e2e
