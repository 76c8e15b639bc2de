// SPDX-License-Identifier: Apache-2.0
#include "common/curl_transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "common/metadata_url.h"
#include "common/utc.h"

namespace ramrolefs {
namespace {

// The kernel gives up an address that answers no ARP after three seconds (EHOSTUNREACH), which says
// more than a time-out of ours.
constexpr Duration kLongestConnect = std::chrono::seconds(4);

/// Where an answer's body goes: of a fixed size, so that growing leaves no copies on the heap.
struct Body {
  std::array<char, kLargestAnswer> bytes;
  std::size_t size = 0;
  bool too_large = false;

  void wipe() {
    explicit_bzero(bytes.data(), size);
    size = 0;
    too_large = false;
  }
};

std::size_t take_body(const char* data, std::size_t, std::size_t size, void* to) {
  auto* body = static_cast<Body*>(to);
  if (size > body->bytes.size() - body->size) {
    body->too_large = true;
    return 0;  // libcurl ends the transfer with CURLE_WRITE_ERROR
  }
  std::copy_n(data, size, body->bytes.data() + body->size);
  body->size += size;
  return size;
}

std::size_t give_no_body(char*, std::size_t, std::size_t, void*) {
  return 0;
}

Cause cause_of_connect(long os_errno) {
  switch (os_errno) {
    case ECONNREFUSED:
      return Cause::refused;
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
      return Cause::no_network;
    case ETIMEDOUT:
      return Cause::timed_out;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
      return Cause::local;
    case ECONNRESET:
      return Cause::cut_off;
    default:
      return Cause::unreachable;  // EHOSTUNREACH; EACCES and EPERM of a packet filter
  }
}

Cause cause_of(CURLcode code, long os_errno, bool too_large) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return cause_of_connect(os_errno);
    case CURLE_COULDNT_RESOLVE_HOST:
      return Cause::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return Cause::timed_out;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return Cause::cut_off;
    case CURLE_WRITE_ERROR:
      return too_large ? Cause::malformed : Cause::local;
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9: no header at all
    case CURLE_BAD_CONTENT_ENCODING:
      return Cause::malformed;
    default:
      return Cause::local;
  }
}

long to_milliseconds(Duration duration) {
  // libcurl takes 0 as "for ever".
  return std::max(1L, std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

/// In one piece of the heap, which the caller wipes.
std::string concatenated(std::string_view head, const Secret& secret) {
  std::string line;
  line.reserve(head.size() + secret.size());
  line += head;
  line += secret.expose();
  return line;
}

/// libcurl's list of lines, given back at its end.
class List {
 public:
  List() = default;
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() { curl_slist_free_all(list_); }
  void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// What CURLOPT_RESOLVE(3) wants: HOST:PORT:ADDRESS[,ADDRESS]…
std::string pin(const std::string& url, const std::vector<std::string>& addresses) {
  if (addresses.empty()) return "";
  std::string line = metadata_host(url) + ":" + metadata_port(url) + ":" + addresses.front();
  for (std::size_t i = 1; i < addresses.size(); ++i) line += "," + addresses[i];
  return line;
}

void initialise_libcurl() {
  struct Global {
    Global() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    ~Global() { curl_global_cleanup(); }
  };
  static const Global kGlobal;
}

}  // namespace

/// One easy handle, driven by a multi handle: the latter keeps the connection between requests and
/// can be woken from another thread (curl_multi_wakeup(3)), which an easy handle alone can not.
class CurlTransport::Handles {
 public:
  Handles(const std::atomic<bool>& aborted, const std::string& pinned)
      : aborted_(aborted), multi_(curl_multi_init()), easy_(curl_easy_init()) {
    if (!pinned.empty()) pinned_.add(pinned);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }

  Result<HttpResponse> perform(const std::string& url, const HttpRequest& request, Duration limit);

  void wake() { curl_multi_wakeup(multi_); }

 private:
  void set_up(const std::string& url, const HttpRequest& request, Duration limit,
              const List& headers);
  CURLcode run();
  HttpResponse response() const;

  const std::atomic<bool>& aborted_;
  CURLM* multi_;
  CURL* easy_;
  List pinned_;
  Body body_;
};

void CurlTransport::Handles::set_up(const std::string& url, const HttpRequest& request,
                                    Duration limit, const List& headers) {
  curl_easy_reset(easy_);
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(easy_, CURLOPT_RESOLVE, pinned_.get());
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");  // whatever http_proxy says
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);  // does not wait for a resolver that hangs
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, "ramrolefs");
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   to_milliseconds(std::min(limit, kLongestConnect)));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, to_milliseconds(limit));
  curl_easy_setopt(easy_, CURLOPT_MAXFILESIZE, static_cast<long>(kLargestAnswer));
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &body_);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers.get());
  if (request.method == Method::put) {
    curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy_, CURLOPT_INFILESIZE, 0L);
    curl_easy_setopt(easy_, CURLOPT_READFUNCTION, give_no_body);
  }
}

CURLcode CurlTransport::Handles::run() {
  if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
  CURLcode code = CURLE_OPERATION_TIMEDOUT;
  while (!aborted_) {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) {
      code = CURLE_OUT_OF_MEMORY;
      break;
    }
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi_, &left); message != nullptr) {
      code = message->data.result;
      break;
    }
    curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
  curl_multi_remove_handle(multi_, easy_);
  return code;
}

HttpResponse CurlTransport::Handles::response() const {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  HttpResponse response{static_cast<int>(status),
                        Secret(std::string_view(body_.bytes.data(), body_.size)), std::nullopt};
  curl_header* date = nullptr;
  if (curl_easy_header(easy_, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK) {
    response.date = parse_http_date(date->value);
  }
  return response;
}

Result<HttpResponse> CurlTransport::Handles::perform(const std::string& url,
                                                     const HttpRequest& request, Duration limit) {
  List headers;
  if (!request.token.empty()) {
    std::string line = concatenated("X-aliyun-ecs-metadata-token: ", request.token);
    headers.add(line);
    explicit_bzero(line.data(), line.size());
  }
  if (request.token_ttl) {
    headers.add("X-aliyun-ecs-metadata-token-ttl-seconds: " +
                std::to_string(request.token_ttl->count()));
  }
  body_.wipe();
  set_up(url, request, limit, headers);
  const CURLcode code = run();
  if (code == CURLE_OK) {
    HttpResponse answer = response();
    body_.wipe();
    return answer;
  }
  long os_errno = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_errno);
  const Cause cause = cause_of(code, os_errno, body_.too_large);
  body_.wipe();
  const std::string why = cause == Cause::malformed ? ": larger than 64 KiB, or no HTTP" : "";
  return tl::unexpected(Failure{cause, url + why});
}

CurlTransport::CurlTransport(std::string url, const std::vector<std::string>& addresses)
    : url_(std::move(url)), pinned_(pin(url_, addresses)) {
  initialise_libcurl();
}

CurlTransport::~CurlTransport() = default;

Result<HttpResponse> CurlTransport::perform(const HttpRequest& request, Duration limit) {
  {
    const std::lock_guard lock(mutex_);
    if (!handles_) handles_ = std::make_unique<Handles>(aborted_, pinned_);
  }
  return handles_->perform(url_ + request.path, request, limit);
}

void CurlTransport::finish() {
  const std::lock_guard lock(mutex_);
  handles_.reset();
}

void CurlTransport::abort() {
  aborted_ = true;  // handles that are made after this see it
  const std::lock_guard lock(mutex_);
  if (handles_) handles_->wake();
}

std::string CurlTransport::url() const {
  return url_;
}

std::string libcurl_version() {
  return curl_version_info(CURLVERSION_NOW)->version;
}

}  // namespace ramrolefs
