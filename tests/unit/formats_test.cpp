// SPDX-License-Identifier: Apache-2.0
#include "fusefs/formats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "fusefs/served_files.h"
#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

std::string text_of(Secret (*render)(const Rendering&), const Rendering& of) {
  return std::string(render(of).expose());
}

TEST(Formats, CredentialsJsonIsTheServicesOwnAnswer) {
  EXPECT_EQ(text_of(credentials_json, {make_credential(), "", ""}), R"({
  "AccessKeyId" : "STS.id-1",
  "AccessKeySecret" : "secret-1",
  "Expiration" : "2017-11-01T06:00:00Z",
  "SecurityToken" : "token-1",
  "LastUpdated" : "2017-11-01T00:00:00Z",
  "Code" : "Success"
}
)");
}

TEST(Formats, ConfigJsonHasTheCredentialAndAProfileThatFollows) {
  EXPECT_EQ(text_of(config_json, {make_credential(), "cn-hangzhou", "/run/ramrole"}), R"({
  "current": "default",
  "profiles": [
    {
      "name": "default",
      "mode": "StsToken",
      "access_key_id": "STS.id-1",
      "access_key_secret": "secret-1",
      "sts_token": "token-1",
      "region_id": "cn-hangzhou"
    },
    {
      "name": "follow",
      "mode": "External",
      "process_command": "/usr/bin/cat /run/ramrole/external.json",
      "region_id": "cn-hangzhou"
    }
  ]
}
)");
}

TEST(Formats, ConfigJsonSaysNoRegionWhereNoneIsKnown) {
  const auto text = text_of(config_json, {make_credential(), "", "/run/ramrole"});
  EXPECT_EQ(text.find("region"), std::string::npos) << text;
}

TEST(Formats, ConfigJsonQuotesAMountPointOnlyWhereItMust) {
  struct Row {
    const char* mount_point;
    const char* command;
  };
  constexpr Row kRows[] = {
      {"/run/$x#~*&;", R"("/usr/bin/cat /run/$x#~*&;/external.json")"},
      {"/run/a b", R"("/usr/bin/cat '/run/a b/external.json'")"},
      {"/run/it's", R"("/usr/bin/cat '/run/it'\\''s/external.json'")"},
      {R"(/run/a\b"c)", R"("/usr/bin/cat '/run/a\\b\"c/external.json'")"},
      {"/run/a\nb", R"("/usr/bin/cat '/run/a\nb/external.json'")"},
      {"/run/\xe8\xa7\x92", R"("/usr/bin/cat /run/\u89d2/external.json")"},
      {"/run/\xff", R"("/usr/bin/cat /run/\ufffd/external.json")"},
  };
  for (const Row& row : kRows) {
    const auto text = text_of(config_json, {make_credential(), "", row.mount_point});
    const auto expected = "\"process_command\": " + std::string(row.command) + "\n";
    EXPECT_NE(text.find(expected), std::string::npos) << text;
  }
}

TEST(Formats, ExternalJsonIsWhatACommandPrints) {
  EXPECT_EQ(text_of(external_json, {make_credential(), "cn-hangzhou", ""}), R"({
  "mode": "StsToken",
  "access_key_id": "STS.id-1",
  "access_key_secret": "secret-1",
  "sts_token": "token-1",
  "expiration": "2017-11-01T06:00:00Z"
}
)");
}

TEST(Formats, CredentialsIsAnIniFile) {
  EXPECT_EQ(text_of(credentials_ini, {make_credential(), "", ""}), R"([default]
type = sts
access_key_id = STS.id-1
access_key_secret = secret-1
security_token = token-1
)");
}

TEST(Formats, EnvHasNoQuotesWhereNoneAreNeeded) {
  Credential credential = make_credential();
  credential.security_token = Secret("CAIS+,-./:=@_%Zz09==");
  EXPECT_EQ(text_of(environment, {credential, "", ""}),
            R"(ALIBABA_CLOUD_ACCESS_KEY_ID=STS.id-1
ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret-1
ALIBABA_CLOUD_SECURITY_TOKEN=CAIS+,-./:=@_%Zz09==
OSS_ACCESS_KEY_ID=STS.id-1
OSS_ACCESS_KEY_SECRET=secret-1
OSS_SESSION_TOKEN=CAIS+,-./:=@_%Zz09==
)");
}

/// All printable characters, beginning with that one.
std::string printable_from(char first) {
  std::string all;
  for (char c = ' '; c <= '~'; ++c) all += c;
  const auto at = static_cast<std::ptrdiff_t>(all.find(first));
  std::rotate(all.begin(), all.begin() + at, all.end());
  return all;
}

/// A folder of all the formats for that credential, and of what is to be read out of them.
void render_to(const std::filesystem::path& folder, const Credential& credential,
               const std::string& mount_point) {
  std::filesystem::create_directory(folder);
  for (const ServedFile& file : kServedFiles) {
    if (file.is_value) continue;
    std::ofstream(folder / file.name)
        << file.render({credential, "cn-hangzhou", mount_point}).expose();
  }
  std::ofstream(folder / "expected") << mount_point << "\n"
                                     << credential.access_key_id.expose() << "\n"
                                     << credential.access_key_secret.expose() << "\n"
                                     << credential.security_token.expose() << "\n";
}

TEST(Formats, EveryPrintableCharacterInEveryPlaceComesThroughTheParsersOfTheirReaders) {
  std::string pattern = testing::TempDir() + "ramrolefs-XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const std::filesystem::path folder = pattern;
  Credential credential = make_credential();
  for (char c = ' '; c <= '~'; ++c) {
    const std::string value = printable_from(c);
    credential.access_key_id = Secret(value);
    credential.access_key_secret = Secret(std::string(1, c));
    credential.security_token = Secret(std::string(value.rbegin(), value.rend()));
    const std::string in_path(1, c == '/' ? '.' : c);
    render_to(folder / std::to_string(c), credential, "/run/x" + in_path + "y");
  }
  const std::string check = RAMROLEFS_FORMATS_CHECK " " + folder.string();
  EXPECT_EQ(std::system(check.c_str()), 0);  // NOLINT(cert-env33-c): names of this test's own
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ramrolefs::unit
