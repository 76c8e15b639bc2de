// SPDX-License-Identifier: Apache-2.0
#include "common/metadata_url.h"

#include <curl/curl.h>

#include <memory>

namespace ramrolefs {
namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return "";
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, curl_free);
  return text;
}

tl::unexpected<std::string> refuse(const std::string& why) {
  return tl::unexpected(why + "; allowed is http://HOST[:PORT][/PATH]");
}

Url parse(const std::string& url) {
  Url parsed(curl_url(), curl_url_cleanup);
  curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0);
  return parsed;
}

}  // namespace

tl::expected<std::string, std::string> check_metadata_url(const std::string& url) {
  const Url parsed(curl_url(), curl_url_cleanup);
  const bool readable =
      curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
  if (!readable) return refuse("not a URL");
  if (part(parsed, CURLUPART_SCHEME) != "http") {
    return refuse("not http, which is all that the metadata service speaks");
  }
  for (const CURLUPart unwanted :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!part(parsed, unwanted).empty()) return refuse("has a user, a query or a fragment");
  }
  std::string checked = part(parsed, CURLUPART_URL);
  while (checked.ends_with('/')) checked.pop_back();
  return checked;
}

std::string metadata_host(const std::string& url) {
  const std::string host = part(parse(url), CURLUPART_HOST);
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::string metadata_port(const std::string& url) {
  return part(parse(url), CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

}  // namespace ramrolefs
