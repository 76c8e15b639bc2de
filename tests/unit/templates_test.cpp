// SPDX-License-Identifier: Apache-2.0
#include "fusefs/templates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fusefs/template_check.h"
#include "fusefs/template_variables.h"
#include "tests/unit/credentials.h"

namespace ramrolefs::unit {
namespace {

/// A template directory for one test.
class Directory {
 public:
  Directory() {
    auto name = (std::filesystem::temp_directory_path() / "ramrolefs-templates-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { std::filesystem::remove_all(path_); }

  const Directory& with(const std::string& file, const std::string& text) const {
    std::ofstream(path_ / file) << text;
    return *this;
  }

  const std::filesystem::path& path() const { return path_; }

  /// The error, without the path of the directory that it begins with.
  std::string error() const {
    const auto templates = read_templates(path_, true);
    if (templates) return "none";
    EXPECT_EQ(templates.error().find(path_.string()), 0U) << templates.error();
    return templates.error().substr(path_.string().size());
  }

 private:
  std::filesystem::path path_;
};

std::string error_of(const std::string& file, const std::string& text) {
  return Directory().with(file, text).error();
}

std::string names_of(const std::vector<TemplateSource>& templates) {
  std::string names;
  for (const TemplateSource& source : templates) names += source.name + ";";
  return names;
}

TEST(Templates, AreTheFilesOfThatSuffixSortedByName) {
  const Directory directory;
  directory.with("b.xml.mustache", "b").with("a.mustache", "a {{RoleName}}").with("README.md", "");
  directory.with("b.mustache~", "{{Foo}}").with("c.mustache", "");
  const auto templates = read_templates(directory.path(), true);
  ASSERT_TRUE(templates) << templates.error();
  EXPECT_EQ(*templates,
            (std::vector<TemplateSource>{{"a", "a {{RoleName}}"}, {"b.xml", "b"}, {"c", ""}}));
}

TEST(Templates, OfADirectoryThatIsNotThereAreNone) {
  const Directory directory;
  const std::string missing = directory.path() / "missing";
  const auto templates = read_templates(missing, false);
  ASSERT_TRUE(templates) << templates.error();
  EXPECT_TRUE(templates->empty());
  const auto error = read_templates(missing, true);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error(), missing + ": No such file or directory");
}

TEST(Templates, OfWhatIsNoDirectoryAreRefused) {
  const Directory directory;
  directory.with("file", "");
  const std::string file = directory.path() / "file";
  const auto templates = read_templates(file, false);
  ASSERT_FALSE(templates);
  EXPECT_EQ(templates.error(), file + ": Not a directory");
}

TEST(Templates, ThatAreWrongAreNamedWithLineAndReason) {
  const std::string all =
      "AccessKeyId, AccessKeySecret, Expiration, LastUpdated, MountPoint, Region, RoleName, "
      "SecurityToken";
  const struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"a\nb\n {{Foo}}", "3: unknown variable 'Foo'; there are " + all},
      {"{{accesskeyid}}", "1: unknown variable 'accesskeyid'; there are " + all},
      {"{{#Foo}}{{/Foo}}", "1: unknown variable 'Foo'; there are " + all},
      {"{{^Foo}}{{/Foo}}", "1: unknown variable 'Foo'; there are " + all},
      {"{{&Foo}}", "1: unknown variable 'Foo'; there are " + all},
      {"\n{{{Foo}}}", "2: unknown variable 'Foo'; there are " + all},
      {"{{{#Region}}}", "1: unknown variable '#Region'; there are " + all},
      {"{{}}", "1: unknown variable ''; there are " + all},
      {"{{.}}", "1: unknown variable '.'; there are " + all},
      {"{{a.b}}", "1: unknown variable 'a.b'; there are " + all},
      {"{{a\x1b[31m\n}}", "1: unknown variable 'a?[31m'; there are " + all},
      {"{{" + std::string(41, 'a') + "}}",
       "1: unknown variable '" + std::string(40, 'a') + "...'; there are " + all},
      {"\n\n{{RoleName", "3: a tag is not closed"},
      {"{{{RoleName}}", "1: a tag is not closed"},
      {"{{", "1: a tag is not closed"},
      {"\n{{#Region}}\n", "2: the section 'Region' is not closed"},
      {"\n{{/Region}}\n", "2: the section 'Region' is closed, but was not opened"},
      {"{{#Region}}\n{{#RoleName}}\n{{/Region}}{{/RoleName}}",
       "3: the section 'Region' is closed where 'RoleName' is open"},
      {"\n{{> other}}", "2: a partial, {{>NAME}}, which is not supported"},
      {"\n{{=<% %>=}}", "2: other delimiters, {{=...=}}, which are not supported"},
  };
  for (const auto& [text, error] : cases) {
    EXPECT_EQ(error_of("x.mustache", text), "/x.mustache, line " + error) << text;
  }
}

TEST(Templates, OfANameThatNoFileCanHaveAreRefused) {
  EXPECT_EQ(error_of("AccessKeyId.mustache", ""),
            "/AccessKeyId.mustache: there is a file 'AccessKeyId' already");
  EXPECT_EQ(error_of("current.mustache", ""),
            "/current.mustache: there is a file 'current' already");
  const std::string hidden = ": the name of a file can't begin with '.'";
  EXPECT_EQ(error_of(".ramrolefs.mustache", ""), "/.ramrolefs.mustache" + hidden);
  EXPECT_EQ(error_of(".mustache", ""), "/.mustache: a file needs a name");
  EXPECT_EQ(error_of("a\nb.mustache", ""),
            "/a?b.mustache: the name of a file is of printable ASCII");
  const std::string longest(100, 'a');
  EXPECT_EQ(error_of(longest + ".mustache", ""), "none");
  EXPECT_EQ(error_of(longest + "a.mustache", ""),
            "/" + longest + "a.mustache: the name of a file has 100 bytes at most");
}

TEST(Templates, AreLimitedInSizeDepthAndNumber) {
  EXPECT_EQ(error_of("x.mustache", std::string(65'536, 'x')), "none");
  EXPECT_EQ(error_of("x.mustache", std::string(65'537, 'x')), "/x.mustache: is larger than 64 KiB");

  const auto repeated = [](int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  EXPECT_EQ(error_of("x.mustache", repeated(256, "{{SecurityToken}}")), "none");
  const std::string too_large = repeated(256, "{{SecurityToken}}") + "x";
  EXPECT_EQ(error_of("x.mustache", too_large), "/x.mustache: the file would be larger than 1 MiB");

  EXPECT_EQ(error_of("x.mustache", repeated(32, "{{#Region}}") + repeated(32, "{{/Region}}")),
            "none");
  EXPECT_EQ(error_of("x.mustache", "\n" + repeated(33, "{{#Region}}")),
            "/x.mustache, line 2: sections are nested deeper than 32");

  const Directory directory;
  for (int i = 0; i < 64; ++i) directory.with(std::to_string(i) + ".mustache", "");
  EXPECT_EQ(directory.error(), "none");
  directory.with("64.mustache", "");
  EXPECT_EQ(directory.error(), ": has more than 64 templates");
}

TEST(Templates, AreLimitedInTheSizeOfAllFiles) {
  std::string largest;
  for (int i = 0; i < 256; ++i) largest += "{{SecurityToken}}";
  const Directory directory;
  directory.with("a.mustache", largest).with("b.mustache", largest);
  EXPECT_EQ(directory.error(), "none");
  directory.with("c.mustache", "x");
  EXPECT_EQ(directory.error(), ": the files of all templates would be larger than 2 MiB together");
}

TEST(Templates, OfWhatIsNoRegularFileAreRefusedAtOnce) {
  const Directory directory;
  ASSERT_EQ(mkfifo((directory.path() / "x.mustache").c_str(), 0600), 0);
  EXPECT_EQ(directory.error(), "/x.mustache: is not a regular file");

  const Directory with_folder;
  std::filesystem::create_directory(with_folder.path() / "x.mustache");
  EXPECT_EQ(with_folder.error(), "/x.mustache: is not a regular file");

  const Directory with_device;
  std::filesystem::create_symlink("/dev/zero", with_device.path() / "x.mustache");
  EXPECT_EQ(with_device.error(), "/x.mustache: is not a regular file");

  const Directory dangling;
  std::filesystem::create_symlink("nowhere", dangling.path() / "x.mustache");
  EXPECT_EQ(dangling.error(), "/x.mustache: No such file or directory");
}

// As Kubernetes lays out what it mounts.
TEST(Templates, MayBeSymbolicLinks) {
  const Directory directory;
  std::filesystem::create_directory(directory.path() / "..data");
  directory.with("..data/x.mustache", "text");
  std::filesystem::create_symlink("..data/x.mustache", directory.path() / "x.mustache");
  const auto templates = read_templates(directory.path(), true);
  ASSERT_TRUE(templates) << templates.error();
  EXPECT_EQ(names_of(*templates), "x;");
}

TEST(Templates, ThatCanNotBeReadAreNamed) {
  if (geteuid() == 0) GTEST_SKIP() << "root reads every file";
  const Directory directory;
  directory.with("x.mustache", "");
  std::filesystem::permissions(directory.path() / "x.mustache", std::filesystem::perms::none);
  EXPECT_EQ(directory.error(), "/x.mustache: Permission denied");
}

std::string rendered(const std::string& name, const std::string& text,
                     const Credential& credential = make_credential(),
                     std::string_view region = "cn-hangzhou") {
  EXPECT_TRUE(check_template(text)) << text;
  return std::string(
      render_template({name, text}, Rendering{credential, region, "/run/creds"}).expose());
}

TEST(Template, HasTheValuesUnderTheNamesOfTheFiles) {
  std::string text;
  for (const TemplateVariable& variable : kTemplateVariables) {
    text += std::string(variable.name) + "={{" + std::string(variable.name) + "}}\n";
  }
  EXPECT_EQ(rendered("x", text),
            "AccessKeyId=STS.id-1\nAccessKeySecret=secret-1\nExpiration=2017-11-01T06:00:00Z\n"
            "LastUpdated=2017-11-01T00:00:00Z\nMountPoint=/run/creds\nRegion=cn-hangzhou\n"
            "RoleName=a-role\nSecurityToken=token-1\n");
}

TEST(Template, KeepsTheTextAsItIs) {
  std::string text;
  for (int c = 1; c < 256; ++c) text += static_cast<char>(c);
  text += '\0';
  text += "} }} {a} \r\n\t\n";
  EXPECT_EQ(rendered("x.xml", text), text);
  EXPECT_EQ(rendered("x", ""), "");
  EXPECT_EQ(rendered("x", "a{{! of this\nnothing {{ stays }}b"), "ab");
}

TEST(Template, LeavesOutTheSectionOfAnEmptyValue) {
  const std::string text = "{{#Region}}in {{Region}}{{/Region}}{{^Region}}nowhere{{/Region}}";
  EXPECT_EQ(rendered("x", text), "in cn-hangzhou");
  EXPECT_EQ(rendered("x", text, make_credential(), ""), "nowhere");
  EXPECT_EQ(rendered("x", "[{{Region}}{{{Region}}}{{&Region}}]", make_credential(), ""), "[]");
}

TEST(Template, LeavesOutTheLinesThatOnlyASectionIsOn) {
  const std::string text = "a\n{{#Region}}\nregion = {{Region}}\n{{/Region}}\nb\n";
  EXPECT_EQ(rendered("x", text), "a\nregion = cn-hangzhou\nb\n");
}

TEST(Template, EscapesForWhatTheNameSaysThatItIs) {
  Credential credential = make_credential();
  credential.access_key_id = Secret(" a\"b\\c<d>&e'f=g:h#i!j\n\x01");
  const struct {
    const char* name;
    std::string text;
  } cases[] = {
      {"x.json", R"( a\"b\\c<d>&e'f=g:h#i!j\u000a\u0001)"},
      {"x.xml", " a&#34;b\\c&#60;d&#62;&#38;e&#39;f=g:h#i!j&#10;&#1;"},
      {"x.properties", R"(\ a"b\\c<d>&e'f\=g\:h\#i\!j\u000a\u0001)"},
      {"x.ini", std::string(credential.access_key_id.expose())},
      {"json", std::string(credential.access_key_id.expose())},
  };
  for (const auto& [name, text] : cases) {
    EXPECT_EQ(rendered(name, "{{AccessKeyId}}", credential), text) << name;
    EXPECT_EQ(rendered(name, "{{{AccessKeyId}}}{{& AccessKeyId }}", credential),
              std::string(credential.access_key_id.expose()) +
                  std::string(credential.access_key_id.expose()))
        << name;
  }
}

}  // namespace
}  // namespace ramrolefs::unit
