// SPDX-License-Identifier: Apache-2.0
#include "fusefs/unit_drop_ins.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "fusefs/paths.h"

namespace ramrolefs::unit {
namespace {

namespace fs = std::filesystem;

std::string for_setting(const std::string& name, const std::string& value) {
  const std::string text = unit_drop_in({{name, value, "here"}});
  EXPECT_EQ(text.find("[Service]\n"), 0U);
  return text.substr(text.find('\n') + 1);
}

TEST(UnitDropIn, LetsThroughToTheMetadataServiceAlone) {
  const std::string only = "IPAddressAllow=\nIPAddressAllow=";
  EXPECT_EQ(for_setting("metadata-url", "http://192.0.2.1:8100/x"), only + "192.0.2.1\n");
  EXPECT_EQ(for_setting("metadata-url", "http://[2001:db8::1]"), only + "2001:db8::1\n");
  EXPECT_EQ(for_setting("metadata-url", "http://localhost:8100"), only + "localhost\n");
}

TEST(UnitDropIn, OfANameLetsAllThrough) {
  EXPECT_EQ(for_setting("metadata-url", "http://metadata.example"),
            "# metadata.example is a name, of which systemd knows no address.\nIPAddressDeny=\n");
}

TEST(UnitDropIn, LeavesOutWhatIsWrong) {
  EXPECT_EQ(for_setting("metadata-url", "https://192.0.2.1"), "");
  EXPECT_EQ(for_setting("metadata-url", "http://x\nExecStart=/bin/evil"), "");
  EXPECT_EQ(for_setting("mode", "0440"), "");
}

/// A directory for one test.
class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "ramrolefs-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

TEST(UnitDropIns, AreOfEachConfigurationFile) {
  const Folder folder;
  fs::create_directory(folder / "etc");
  std::ofstream(folder / "etc/ramrolefs.conf")
      << "metadata-url = \"http://192.0.2.1\"\n[view.php]\nuid = \"www-data\"\n";
  std::ofstream(folder / "etc/php.conf") << "mount-point = \"/two\"\n";
  std::ofstream(folder / "etc/broken.conf") << "mount-point = \n";
  std::ofstream(folder / "etc/other.txt") << "mount-point = \"/three\"\n";

  EXPECT_EQ(write_unit_drop_ins(folder / "etc", folder / "units"), 0);
  std::ostringstream one;
  one << std::ifstream(folder / "units/ramrolefs.service.d/50-ramrolefs.conf").rdbuf();
  EXPECT_NE(one.str().find("192.0.2.1"), std::string::npos) << one.str();
  EXPECT_TRUE(fs::exists(folder / "units/ramrolefs@php.service.d/50-ramrolefs.conf"));
  const fs::directory_iterator units(folder / "units");
  EXPECT_EQ(std::distance(begin(units), end(units)), 2);
}

TEST(UnitDropIns, AreNoneWithoutConfiguration) {
  const Folder folder;
  EXPECT_EQ(write_unit_drop_ins(folder / "none", folder / "units"), 0);
  EXPECT_FALSE(fs::exists(folder / "units"));
}

}  // namespace
}  // namespace ramrolefs::unit
