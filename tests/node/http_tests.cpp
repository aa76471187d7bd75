// HTTP values: how a target is taken apart and which are refused, and the answers that errors become.
#include "node/http.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "certs/answers.h"
#include "ledger/json.h"

namespace {

using namespace kanhe;
using namespace kanhe::node;

struct BadTarget {
  std::string target;
  ErrorCode code;
  std::string text;
  friend std::ostream& operator<<(std::ostream& out, const BadTarget& bad) { return out << bad.text; }
};

const std::vector<BadTarget> bad_targets{
    {"", ErrorCode::malformed, "target: must begin with a slash"},
    {"*", ErrorCode::malformed, "target: must begin with a slash"},
    {"https://node/a", ErrorCode::malformed, "target: must begin with a slash"},
    {"/a%", ErrorCode::malformed, "path: % without two hexadecimal digits"},
    {"/a%4", ErrorCode::malformed, "path: % without two hexadecimal digits"},
    {"/a%4g", ErrorCode::malformed, "path: % without two hexadecimal digits"},
    {"/a%00", ErrorCode::malformed, "path: holds a control character"},
    {"/a%7F", ErrorCode::malformed, "path: holds a control character"},
    {"/a%2Fb", ErrorCode::malformed, "path: holds an encoded slash"},
    {"/a?x=%zz", ErrorCode::malformed, "query: % without two hexadecimal digits"},
    {"/a?=1", ErrorCode::malformed, "query: a parameter without a name"},
    {"/a?x=1&&y=2", ErrorCode::malformed, "query: a parameter without a name"},
    {"/a?x=1&%78=2", ErrorCode::duplicate, "query: x is given twice"},
    {"/" + std::string(request_target_bytes_max, 'a'), ErrorCode::out_of_range, "target: 4097 bytes, at most 4096"},
};

struct StatusOf {
  ErrorCode code;
  unsigned status;
  friend std::ostream& operator<<(std::ostream& out, const StatusOf& pair) { return out << error_name(pair.code); }
};

const std::vector<StatusOf> statuses{
    {ErrorCode::malformed, 400},      {ErrorCode::out_of_range, 400}, {ErrorCode::not_canonical, 400},
    {ErrorCode::bad_signature, 400},  {ErrorCode::unsupported, 400},  {ErrorCode::not_authorised, 401},
    {ErrorCode::unknown, 404},        {ErrorCode::duplicate, 409},    {ErrorCode::conflict, 409},
    {ErrorCode::busy, 503},           {ErrorCode::unavailable, 503},  {ErrorCode::io, 500},
    {ErrorCode::corrupt, 500},        {ErrorCode::bad_proof, 500},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_tests)

BOOST_AUTO_TEST_CASE(a_target_becomes_path_and_query) {
  HttpRequest request;
  BOOST_REQUIRE(read_target("/v1/a%20b/%E8%AF%81?x=1%2f2&flag&y=a=b&z=p+q", request));
  BOOST_TEST(request.target == "/v1/a%20b/%E8%AF%81?x=1%2f2&flag&y=a=b&z=p+q");
  BOOST_TEST(request.path == "/v1/a b/证");
  const std::map<std::string, std::string> query{{"x", "1/2"}, {"flag", ""}, {"y", "a=b"}, {"z", "p+q"}};
  BOOST_TEST((request.query == query));
  BOOST_REQUIRE(read_target("/", request));
  BOOST_TEST(request.path == "/");
  BOOST_TEST(request.query.empty());
  BOOST_REQUIRE(read_target("/a?", request));
  BOOST_TEST(request.query.empty());
  BOOST_TEST(!!read_target("/" + std::string(request_target_bytes_max - 1, 'a'), request));
}

BOOST_DATA_TEST_CASE(a_bad_target_is_refused_with_a_reason, boost::unit_test::data::make(bad_targets), bad) {
  HttpRequest request;
  const auto read = read_target(bad.target, request);
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == bad.code));
  BOOST_TEST(read.error().text == bad.text);
}

BOOST_DATA_TEST_CASE(each_error_has_its_status_and_answer, boost::unit_test::data::make(statuses), pair) {
  const HttpResponse response = error_response(Error{pair.code, "height: 7, at most 5"});
  BOOST_TEST(response.status == pair.status);
  BOOST_TEST(response.retry_after_s.has_value() == (pair.code == ErrorCode::busy));
  BOOST_TEST(!status_words(response.status).empty());
  const auto answer = from_json<certs::ErrorAnswer>(response.body);
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->code.str() == error_name(pair.code));
  BOOST_TEST(answer->message.str() == "height: 7, at most 5");
}

BOOST_AUTO_TEST_CASE(a_text_that_quotes_a_client_still_makes_a_good_answer) {
  const std::vector<std::string> texts{"a\nb\x01\x7f\xff\xfe", std::string(10'000, 'x'), "\xe8\xaf",
                                       "证" + std::string(4'094, 'x'), ""};
  for (const std::string& text : texts) {
    const auto answer = from_json<certs::ErrorAnswer>(error_response(Error{ErrorCode::malformed, text}).body);
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->message.str().size() <= 4'096u);
    BOOST_TEST(answer->message.str().empty() == text.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_media_type_is_lower_case_without_parameters) {
  BOOST_TEST(media_type("Application/JSON; charset=UTF-8") == "application/json");
  BOOST_TEST(media_type("text/plain ") == "text/plain");
  BOOST_TEST(media_type("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
