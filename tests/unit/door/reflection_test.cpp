#include "adapters/grpc_door/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "songsang/leads/v1/lead.pb.h"

namespace songsang::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Length-delimited fields of this number.
std::vector<std::string> Fields(const std::string& message, int number) {
  std::vector<std::string> found;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                                            static_cast<int>(message.size()));
  while (const uint32_t tag = in.ReadTag()) {
    uint32_t value = 0;
    std::string bytes;
    if (!in.ReadVarint32(&value)) break;
    if ((tag & 7) != 2) continue;
    if (!in.ReadString(&bytes, static_cast<int>(value))) break;
    if (static_cast<int>(tag >> 3) == number) found.push_back(bytes);
  }
  return found;
}

std::string Ask(int field, const std::string& text) {
  return std::string(1, static_cast<char>(field << 3 | 2)) + static_cast<char>(text.size()) + text;
}

std::vector<std::string> FileNames(const std::string& response) {
  std::vector<std::string> names;
  for (const auto& answer : Fields(response, 4))
    for (const auto& bytes : Fields(answer, 1)) {
      google::protobuf::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.push_back(file.name());
    }
  return names;
}

class ReflectionTest : public testing::Test {
 protected:
  ReflectionTest() { leads::v1::Lead::descriptor(); }

  const std::vector<std::string> services_{"songsang.leads.v1.LeadService"};
  grpc_door::Reflection reflection_{&services_};
};

TEST_F(ReflectionTest, ListsServices) {
  const auto response = reflection_.Answer(Ask(7, ""));
  const auto services = Fields(Fields(response, 6).at(0), 1);
  ASSERT_EQ(services.size(), 1);
  EXPECT_THAT(Fields(services[0], 1), ElementsAre("songsang.leads.v1.LeadService"));
  EXPECT_THAT(Fields(response, 2), ElementsAre(Ask(7, "")));
}

TEST_F(ReflectionTest, TellsAFileWithAllItImports) {
  const auto names = FileNames(reflection_.Answer(Ask(4, "songsang.leads.v1.LeadService.CaptureLead")));
  EXPECT_THAT(names, Contains("google/protobuf/descriptor.proto"));
  EXPECT_THAT(names, Contains("songsang/v1/options.proto"));
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.back(), "songsang/leads/v1/lead.proto");
  EXPECT_THAT(FileNames(reflection_.Answer(Ask(3, "songsang/leads/v1/lead.proto"))),
              ElementsAre("songsang/leads/v1/lead.proto"));
}

TEST_F(ReflectionTest, TellsWhatErrorDetailsAndHealthLookLike) {
  EXPECT_THAT(FileNames(reflection_.Answer(Ask(4, "google.rpc.ErrorInfo"))),
              Contains("google/rpc/error_details.proto"));
  EXPECT_THAT(FileNames(reflection_.Answer(Ask(4, "grpc.health.v1.Health"))),
              ElementsAre("grpc/health/v1/health.proto"));
}

TEST_F(ReflectionTest, TellsExtensions) {
  const std::string options = "google.protobuf.MethodOptions";
  // (access) is 68519.
  const std::string number = "\x10\xa7\x97\x04";
  EXPECT_THAT(FileNames(reflection_.Answer(Ask(5, Ask(1, options) + number))), Contains("songsang/v1/options.proto"));
  EXPECT_THAT(Fields(reflection_.Answer(Ask(6, options)), 5).at(0), HasSubstr(number));
}

TEST_F(ReflectionTest, SaysWhatThereIsNot) {
  for (const int field : {3, 4, 6})
    EXPECT_THAT(Fields(reflection_.Answer(Ask(field, "nothing")), 7).at(0), HasSubstr("nothing"));
  for (const std::string& request :
       {std::string(), std::string("\xff\xff"), std::string("\x0a\x01x"), std::string("\x22\x7f")})
    EXPECT_THAT(reflection_.Answer(request), IsEmpty());
}

}  // namespace
}  // namespace songsang::tests
