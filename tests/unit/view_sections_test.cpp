// SPDX-License-Identifier: Apache-2.0
// Which files there are, in the root and in views, as users say it.
#include "fusefs/view_sections.h"

#include <gtest/gtest.h>

#include "fusefs/option_table.h"
#include "tests/unit/options_reading.h"

namespace ramrolefs::unit {
namespace {

using Names = std::vector<std::string>;

TEST(Files, AreAllOrThoseThatAreNamed) {
  EXPECT_FALSE(read_good({"/mnt"}).server.filesystem.root.files);
  EXPECT_FALSE(read_good({"/mnt", "--files=all"}).server.filesystem.root.files);
  EXPECT_EQ(read_good({"/mnt", "--files=none"}).server.filesystem.root.files, Names());
  const Names two = {"AccessKeyId", "Expiration"};
  EXPECT_EQ(read_good({"/mnt", "--files=AccessKeyId,Expiration"}).server.filesystem.root.files,
            two);
  EXPECT_EQ(read_good({"/mnt", "-o", "files=AccessKeyId:Expiration"}).server.filesystem.root.files,
            two);
  for (const char* text : {"files = \"AccessKeyId, Expiration\"", "files = [\"AccessKeyId\"",
                           "files = [\"AccessKeyId\", 1]", "files = 1", "files = \"\""}) {
    const Configuration file(text);
    EXPECT_TRUE(contains(read_bad({file.word(), "/mnt"}).text, file.path() + ", line 1: ")) << text;
  }
  for (const char* text :
       {"files = \"AccessKeyId,Expiration\"", "files = [\"AccessKeyId\", \"Expiration\"]"}) {
    const Configuration file(text);
    EXPECT_EQ(read_good({file.word(), "/mnt"}).server.filesystem.root.files, two) << text;
  }
  const Configuration none("files = []");
  EXPECT_EQ(read_good({none.word(), "/mnt"}).server.filesystem.root.files, Names());
}

TEST(Files, ThatThereAreNotAreToldWithPlaceAndNearest) {
  const Configuration file("\nfiles = [\"AccesKeyId\"]\n");
  const std::string said = "files: there is no file AccesKeyId; did you mean AccessKeyId?";
  const std::pair<Words, std::string> rows[] = {
      {{"/mnt", "--files=RoleName,AccesKeyId"}, "ramrolefs: --" + said},
      {{"/mnt", "-o", "files=AccesKeyId"}, "-o files: " + said},
      {{"/mnt", "-o", "files=AccesKeyId", "--files=all"}, "-o files: " + said},
      {{file.word(), "/mnt"}, file.path() + ", line 2: " + said}};
  for (const auto& [words, text] : rows) {
    const Exit exit = read_bad(words);
    EXPECT_EQ(exit.status, 2);
    EXPECT_TRUE(contains(exit.text, text)) << exit.text;
  }
}

TEST(Views, AreSectionsOfTheFile) {
  const Configuration file(
      "uid = 1\ngid = 2\nmode = \"0440\"\nnewline = true\nfiles = \"none\"\n"
      "[view.php]\nuid = 33\nmode = \"0440\"\nnewline = true\nfiles = [\"AccessKeyId\"]\n"
      "templates = \"none\"\n"
      "[view.\"a.b-c_d\"]\n");
  const auto views = read_good({file.word(), "/mnt", "--gid=3"}).server.filesystem.views;
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0], (ViewOptions{"a.b-c_d", {{1, 3, 0400}}}));
  EXPECT_EQ(views[1], (ViewOptions{"php", {{33, 3, 0440}, true, Names{"AccessKeyId"}, Names()}}));
}

TEST(Views, AreNoneWithoutASection) {
  EXPECT_TRUE(read_good({"/mnt"}).server.filesystem.views.empty());
}

std::string sections(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "[view.v" + std::to_string(i) + "]\n";
  return text;
}

TEST(Views, ThatAreWrongAreToldWithPlaceAndNearest) {
  struct Row {
    std::string text;
    std::string said;
  };
  const Row rows[] = {
      {"[view.php]\n\nmod = \"0440\"\n", "3: there is no option mod; did you mean mode?"},
      {"[view.php]\nrole = \"a\"\n", "2: there is no option role; the nearest is "},
      {"[view.php]\nmode = \"0600\"\n", "2: --mode: '0600': allowed are"},
      {"[view.php]\nuid = \"no such user\"\n", "2: --uid: 'no such user': no such user"},
      {"[view.php]\nnewline = \"ture\"\n",
       "2: --newline: 'ture': allowed are true and false; did you mean true?"},
      {"[view.php]\nfiles = \"rolename\"\n",
       "2: files: there is no file rolename; did you mean RoleName?"},
      {"[view.php]\ntemplates = \"RoleName\"\n", "2: templates: there is no template RoleName"},
      {"[view.php]\nfiles = \"\"\n", "2: no value"},
      {"[view.php]\nmode = [\"0440\"]\n", "2: mode: allowed are a text"},
      {"[view.php.deep]\n", "1: deep: allowed are a text"},
      {"[view]\nphp = 1\n", "2: view.php: allowed are sections [view.NAME]"},
      {"view = 1\n", "1: there is no section view, but there are sections [view.NAME]"},
      {"\n[veiw.php]\n", "2: there is no section veiw, but there are sections [view.NAME]"},
      {"[view.\".x\"]\n", "1: view .x: allowed as a name are"},
      {"[view.\"a/b\"]\n", "1: view a/b: allowed as a name are"},
      {"[view.\"\"]\n", "1: view : allowed as a name are"},
      {"[view." + std::string(65, 'x') + "]\n", "allowed as a name are"},
      {"[view.RoleName]\n", "1: view RoleName: a file has that name"},
      {"[view.current]\n", "1: view current: a file has that name"},
      {sections(65), ": there are more than 64 views"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const Configuration file(row.text);
    const Exit exit = read_bad({file.word(), "/mnt"});
    EXPECT_EQ(exit.status, 2);
    EXPECT_TRUE(contains(exit.text, file.path() + ", line ")) << exit.text;
    EXPECT_TRUE(contains(exit.text, row.said)) << exit.text;
  }
  const Configuration most(sections(64));
  EXPECT_EQ(read_good({most.word(), "/mnt"}).server.filesystem.views.size(), 64U);
}

/// With a template, as if it had been read.
Options with_template(const Configuration& file) {
  Options options = read_good({file.word(), "/mnt"});
  options.server.filesystem.templates = {{"s3cfg", "text"}};
  return options;
}

TEST(Views, NameTemplatesOnceTheseAreKnown) {
  const Configuration file("");
  Options options = with_template(file);
  const std::vector<ViewSection> sections = {
      {"all", "here", {{"files", "none", "there"}, {"templates", "all", "there"}}},
      {"one", "here", {{"files", "AccessKeyId:s3cfg", "there"}, {"templates", "s3cfg", "there"}}}};
  ASSERT_TRUE(add_views(sections, options));
  const auto good = check_contents({{"files", "s3cfg", "o"}}, sections, options);
  ASSERT_TRUE(good) << good.error();
  const auto& views = options.server.filesystem.views;
  EXPECT_EQ(views[0].contents.files, Names());
  EXPECT_EQ(views[0].contents.templates, Names{"s3cfg"});
  EXPECT_EQ(views[1].contents.templates, Names{"s3cfg"});
}

TEST(Views, HaveNoNameOfATemplate) {
  const Configuration file("");
  Options options = with_template(file);
  const std::vector<ViewSection> sections = {{"s3cfg", "here", {}}};
  ASSERT_TRUE(add_views(sections, options));
  EXPECT_EQ(check_contents({}, sections, options).error(),
            "here: view s3cfg: a file has that name");
}

}  // namespace
}  // namespace ramrolefs::unit
