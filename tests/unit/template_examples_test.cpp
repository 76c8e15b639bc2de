// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fusefs/templates.h"
#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

/// Every character that the values may have.
std::string printable() {
  std::string all;
  for (char c = ' '; c <= '~'; ++c) all += c;
  return all;
}

/// read_examples.py knows the same.
Credential awkward() {
  std::string backwards = printable();
  std::reverse(backwards.begin(), backwards.end());
  Credential credential = make_credential();
  credential.access_key_id = Secret("STS." + printable() + ".");
  credential.access_key_secret = Secret(":" + backwards + "#");
  credential.security_token = Secret("CAIS;" + printable() + printable() + "=");
  return credential;
}

/// What STS gives out: nginx has no escape for a dollar.
Credential ordinary() {
  Credential credential = make_credential();
  credential.access_key_id = Secret("STS.NTabc123");
  credential.access_key_secret = Secret("AbC/123+_-");
  credential.security_token = Secret("CAIS+/abc-_.==");
  return credential;
}

void render_examples(const std::filesystem::path& folder, const Credential& credential,
                     const std::string& region) {
  const auto examples = read_templates(RAMROLEFS_TEMPLATES, true);
  ASSERT_TRUE(examples) << examples.error();
  std::filesystem::create_directory(folder);
  for (const TemplateSource& example : *examples) {
    const Secret text = render_template(example, {credential, region, "/run/ramrole"});
    std::ofstream(folder / example.name) << text.expose();
  }
}

TEST(TemplateExamples, AreReadAsWhatTheyAreMadeFor) {
  auto name = (std::filesystem::temp_directory_path() / "ramrolefs-examples-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder = name;
  render_examples(folder / "awkward", awkward(), "cn-hangzhou");
  render_examples(folder / "ordinary", ordinary(), "");
  const std::string command = "python3 " RAMROLEFS_READ_EXAMPLES " " + name;
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ramrolefs::unit
