// A CHECK that holds costs nothing and says nothing; one that does not ends the process and names itself.
#include "ledger/check.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <string>

namespace {

// Runs the function in a child process whose stderr is read. Answers how the child ended, as waitpid() puts it.
template <class Function>
int end_of_child(Function function, std::string& said) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    function();
    _exit(0);
  }
  close(ends[1]);
  std::array<char, 512> buffer{};
  for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_tests)

BOOST_AUTO_TEST_CASE(a_condition_that_holds_is_evaluated_once_and_passes) {
  int evaluated = 0;
  CHECK(++evaluated == 1);
  BOOST_TEST(evaluated == 1);
}

BOOST_AUTO_TEST_CASE(a_condition_that_fails_ends_the_process_and_names_itself) {
  std::string said;
  const int status = end_of_child([] { CHECK(1 + 1 == 3); }, said);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGABRT);
  BOOST_TEST(said.find("CHECK(1 + 1 == 3) failed") != std::string::npos);
  BOOST_TEST(said.find("check_tests.cpp:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_child_that_checks_nothing_false_ends_well) {
  std::string said;
  const int status = end_of_child([] { CHECK(true); }, said);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(said.empty());
}

BOOST_AUTO_TEST_SUITE_END()
