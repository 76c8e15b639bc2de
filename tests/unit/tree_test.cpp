// SPDX-License-Identifier: Apache-2.0
#include "fusefs/tree.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/planted.h"

namespace ramrolefs::unit {
namespace {

ViewOptions view(const std::string& name, FileList files = {}, FileList templates = {}) {
  return {name, {.access = {}, .files = std::move(files), .templates = std::move(templates)}};
}

std::set<std::string> names(const Tree& tree, const Directory& directory) {
  std::set<std::string> shown;
  for (const ServedFile& file : tree.files()) {
    if (directory.shows(file)) shown.emplace(file.name);
  }
  return shown;
}

std::set<std::string> names_of(const Tree& tree, const std::string& view_name) {
  const Directory* directory = tree.find_view(view_name);
  return directory != nullptr ? names(tree, *directory) : std::set<std::string>{"no such view"};
}

TEST(Tree, ShowsAllFilesAndTemplatesInTheRootAndInAView) {
  const Planted planted({}, {view("php")}, {{"x.conf", "x"}});
  EXPECT_EQ(names(planted.tree, planted.tree.root()).size(), kServedFiles.size() + 1);
  EXPECT_EQ(names_of(planted.tree, "php"), names(planted.tree, planted.tree.root()));
}

TEST(Tree, ShowsWhatIsListed) {
  using Names = std::set<std::string>;
  const std::vector<std::string> none;
  const Planted planted({.access = {}, .files = none},
                        {view("a", {{"RoleName", "x.conf"}}), view("b", {}, {{"y.conf"}}),
                         view("c", none, {{"x.conf"}}), view("d", {{"RoleName"}})},
                        {{"x.conf", "x"}, {"y.conf", "y"}});
  const Tree& tree = planted.tree;
  EXPECT_EQ(names(tree, tree.root()), Names());
  EXPECT_EQ(names_of(tree, "a"), (Names{"RoleName", "x.conf"}));
  EXPECT_EQ(names_of(tree, "b").size(), kServedFiles.size() + 1);
  EXPECT_FALSE(names_of(tree, "b").contains("x.conf"));
  EXPECT_EQ(names_of(tree, "c"), Names{"x.conf"});
  EXPECT_EQ(names_of(tree, "d"), Names{"RoleName"});
}

TEST(Tree, APartOfACredentialIsRenderedThoughNobodyIsShownIt) {
  const Planted planted({.access = {}, .files = std::vector<std::string>{}});
  EXPECT_NE(planted.tree.find_file(kSecurityToken), nullptr);
  EXPECT_FALSE(planted.tree.find(planted.tree.root(), "SecurityToken"));
  EXPECT_FALSE(planted.tree.find_node(InodeNumber(GenerationId{1}, kSecurityToken)));
}

TEST(Tree, EachNodeIsFoundByItsInodeAgain) {
  const Planted planted({}, {view("php"), view("java")}, {{"x.conf", "x"}});
  const Tree& tree = planted.tree;
  std::set<std::uint64_t> inodes;
  for (const Directory& directory : tree.directories()) {
    EXPECT_EQ(tree.find_directory(directory.inode()), &directory);
    EXPECT_TRUE(inodes.insert(directory.inode().raw()).second);
    for (const ServedFile& file : tree.files()) {
      for (const auto& node :
           {tree.find(directory, file.name), tree.find_in_current(directory, file.name)}) {
        ASSERT_TRUE(node);
        const InodeNumber inode = node->inode_in(GenerationId{7});
        EXPECT_TRUE(inodes.insert(inode.raw()).second) << file.name;
        const auto found = tree.find_node(inode);
        ASSERT_TRUE(found) << file.name;
        EXPECT_EQ(found->file, &file);
        EXPECT_EQ(found->directory, &directory);
        EXPECT_EQ(found->in_current, node->in_current);
      }
    }
  }
}

TEST(Tree, NumbersStayWithTheirNamesWhateverComesAndGoes) {
  BoundNames places(kFirstOfTemplates, kLastOfTemplates);
  BoundNames numbers(1, 254);
  const Contents root;
  const auto inode_of = [&](const std::vector<std::string>& there, const std::string& wanted) {
    std::vector<ViewOptions> views;
    std::vector<TemplateSource> templates;
    for (const std::string& name : there) {
      views.push_back(view(name));
      templates.push_back({name + ".conf", ""});
    }
    const Tree tree({&root, &views, &templates}, places, numbers);
    return tree.find(*tree.find_view(wanted), wanted + ".conf")->inode_in(GenerationId{1});
  };
  const InodeNumber b = inode_of({"a", "b", "c"}, "b");
  EXPECT_EQ(inode_of({"b"}, "b"), b);
  const InodeNumber d = inode_of({"d"}, "d");
  EXPECT_EQ(inode_of({"0", "b", "d"}, "b"), b);
  EXPECT_EQ(inode_of({"a", "d"}, "d"), d);
  EXPECT_NE(b, d);
}

TEST(Tree, WhatHasNoNumberLeftIsNotThere) {
  BoundNames places(kFirstOfTemplates, kFirstOfTemplates);
  BoundNames numbers(1, 1);
  const Contents root;
  const std::vector<ViewOptions> views{view("a"), view("b")};
  const std::vector<TemplateSource> templates{{"x", ""}, {"y", ""}};
  const Tree tree({&root, &views, &templates}, places, numbers);
  EXPECT_NE(tree.find_view("a"), nullptr);
  EXPECT_EQ(tree.find_view("b"), nullptr);
  EXPECT_TRUE(tree.find(tree.root(), "x"));
  EXPECT_FALSE(tree.find(tree.root(), "y"));
}

TEST(Tree, WhatIsRenderedOtherwiseIsToldApart) {
  const auto print = [](const Planted& planted, std::string_view region = "",
                        std::string_view mount = "/m") {
    return planted.tree.rendering(region, mount);
  };
  const auto plain = print(Planted());
  EXPECT_EQ(print(Planted()), plain);
  EXPECT_NE(print(Planted(), "cn-hangzhou"), plain);
  EXPECT_NE(print(Planted(), "", "/other"), plain);
  EXPECT_NE(print(Planted(with_newline(true))), plain);
  EXPECT_NE(print(Planted({}, {}, {{"x", "1"}})), plain);
  // config.json is another in each directory, by what else there is.
  EXPECT_NE(print(Planted({}, {view("a")})), plain);
  EXPECT_NE(print(Planted({}, {view("a")})), print(Planted({}, {view("a", {{"config.json"}})})));
  EXPECT_NE(print(Planted({}, {}, {{"x", "1"}})), print(Planted({}, {}, {{"x", "2"}})));
}

}  // namespace
}  // namespace ramrolefs::unit
