// The habits of the house, checked over the tree. Every check is proved to bite in bites_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tidy/code_checks.h"
#include "tidy/promise_checks.h"
#include "tidy/proto_checks.h"

namespace songsang::tidy {
namespace {

using testing::IsEmpty;

// ctest starts the tests at the root of the tree.
const Tree& Sources() {
  static const Tree tree =
      ReadTree(".", {"common", "services", "tests", "proto", "scripts", "cmake", "dev", ".ci/run"});
  return tree;
}

const Protos& Messages() {
  static const Protos protos(".", ReadTree(".", {"proto"}));
  return protos;
}

std::string Text(const std::string& path) {
  const Tree tree = ReadTree(".", {path});
  return tree.empty() ? "" : tree[0].text;
}

// One finding a line, so that a failure reads as a list.
struct Listed : Findings {
  explicit Listed(Findings findings) : Findings(std::move(findings)) {}
};
void PrintTo(const Listed& findings, std::ostream* out) {
  for (const std::string& finding : findings) *out << "\n  " << finding;
}

TEST(Code, IncludesOnlyWhatItsRoomMay) { EXPECT_THAT(Listed(ForbiddenIncludes(Sources())), IsEmpty()); }
TEST(Code, SaysNoForbiddenWord) { EXPECT_THAT(Listed(ForbiddenWords(Sources())), IsEmpty()); }
TEST(Code, HasFilesOfAtMost500Lines) { EXPECT_THAT(Listed(LongFiles(Sources())), IsEmpty()); }
TEST(Code, HasFunctionsOfAtMost70Lines) { EXPECT_THAT(Listed(LongFunctions(Sources())), IsEmpty()); }
TEST(Code, IncludesEveryHeaderOnce) { EXPECT_THAT(Listed(UnguardedHeaders(Sources())), IsEmpty()); }

TEST(Proto, Parses) { EXPECT_THAT(Listed(Messages().errors()), IsEmpty()); }
TEST(Proto, SaysOfEveryMethodWhoMayCallIt) { EXPECT_THAT(Listed(MethodsWithoutAccess(Messages())), IsEmpty()); }
TEST(Proto, ExplainsServicesMethodsAndEntities) { EXPECT_THAT(Listed(Uncommented(Messages())), IsEmpty()); }
TEST(Proto, GeneratesIntoTheSamePackagesEverywhere) { EXPECT_THAT(Listed(FileOptions(Messages())), IsEmpty()); }
TEST(Proto, KeepsEntitiesApart) { EXPECT_THAT(Listed(EntityShapes(Messages())), IsEmpty()); }
TEST(Proto, NamesEnumValuesWithinTheirEnum) { EXPECT_THAT(Listed(EnumShapes(Messages())), IsEmpty()); }
TEST(Proto, TellsDatesInstantsAndAmounts) { EXPECT_THAT(Listed(FieldTypes(Messages())), IsEmpty()); }

TEST(Promises, BuiltCapabilitiesAreTested) {
  const std::string capabilities = Text("docs/capabilities.md");
  EXPECT_THAT(Listed(CapabilitiesAndTests(Sources(), capabilities)), IsEmpty());
}
TEST(Promises, EveryReasonSpeaksTwoLanguages) {
  EXPECT_THAT(DeclaredReasons(Sources()), testing::Not(IsEmpty()));
  EXPECT_THAT(Listed(ReasonSentences(Sources())), IsEmpty());
}
TEST(Promises, AReleasedReasonKeepsItsMeaning) {
  EXPECT_THAT(Listed(ReleasedReasons(Sources(), Text("docs/released_reasons.txt"))), IsEmpty());
}

TEST(Promises, LinksBetweenDocumentsLeadSomewhere) {
  const Tree documents =
      ReadTree(".", {"README.md", "README.ko.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs", "deploy", "k8s"});
  EXPECT_THAT(documents, testing::Not(IsEmpty()));
  EXPECT_THAT(Listed(DeadLinks(documents, [](const std::string& path) { return std::filesystem::exists(path); })),
              IsEmpty());
}

}  // namespace
}  // namespace songsang::tidy
