// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "fusefs/tree.h"

namespace ramrolefs::unit {

/// A Tree with what it is made of.
class Planted {
 public:
  explicit Planted(Contents of_root = {}, std::vector<ViewOptions> some_views = {},
                   std::vector<TemplateSource> some_templates = {})
      : root_(std::move(of_root)),
        views_(std::move(some_views)),
        templates_(std::move(some_templates)),
        tree({&root_, &views_, &templates_}, places_, numbers_) {}

 private:
  Contents root_;
  std::vector<ViewOptions> views_;
  std::vector<TemplateSource> templates_;
  BoundNames places_{kFirstOfTemplates, kLastOfTemplates};
  BoundNames numbers_{1, 254};

 public:
  Tree tree;
};

inline Contents with_newline(bool newline) {
  Contents contents;
  contents.newline = newline;
  return contents;
}

}  // namespace ramrolefs::unit
