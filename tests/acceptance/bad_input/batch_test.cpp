// A batch is no way around the door: every item is answered as the single call would have been, and nothing changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acceptance/bad_input/places.h"
#include "adapters/grpc_client/details.h"
#include "host/methods.h"
#include "songsang/v1/engine.pb.h"
#include "support/system.h"

namespace songsang::tests {
namespace {

std::vector<const MethodDescriptor*> Commands() {
  std::vector<const MethodDescriptor*> commands;
  for (const auto* method : methods::All())
    if (methods::IsCommand(*method) && method->service()->name() != "BatchService") commands.push_back(method);
  return commands;
}

class EachCommand : public testing::TestWithParam<const MethodDescriptor*> {};

INSTANTIATE_TEST_SUITE_P(BadInput, EachCommand, testing::ValuesIn(Commands()),
                         [](const auto& info) { return TestNameOf(*info.param); });

TEST_P(EachCommand, InABatchIsAnsweredLikeASingleCall) {
  const MethodDescriptor& method = *GetParam();
  const auto access = method.options().GetExtension(v1::access);
  const Client caller = System::Shared().As({static_cast<v1::Role>(access.roles(0))}, "bad-batch");
  std::vector<std::string> bad = {"\xff\xff\xff", "\x0a\x7f"};
  for (const Place& place : PlacesOf(method)) {
    if (!place.is_text()) continue;
    for (const auto& text : {std::string("\xc3\x28"), std::string("a\0b", 3), std::string(5000, 'x')}) {
      const auto request = FullRequest(method);
      place.SetText(request.get(), text);
      bad.push_back(request->SerializePartialAsString());
    }
  }
  v1::ExecuteRequest batch;
  for (const std::string& bytes : bad) {
    auto* item = batch.add_items();
    item->set_method(methods::NameOf(method));
    item->set_request(bytes);
  }
  const auto answered = caller.Call<v1::ExecuteResponse>("BatchService/Execute", batch);
  ASSERT_TRUE(answered.ok()) << answered.answer().Explain();
  ASSERT_EQ(answered->results_size(), static_cast<int>(bad.size()));
  for (size_t i = 0; i < bad.size(); ++i) {
    const auto& result = answered->results(static_cast<int>(i));
    const auto single = caller.CallBytes(methods::NameOf(method), bad[i], {.fill_request_id = false});
    client::Answer item;
    client::ReadDetails(result.error().SerializeAsString(), &item);
    EXPECT_TRUE(result.event().empty());
    EXPECT_EQ(static_cast<Code>(result.error().code()), single.code) << i << ": " << single.Explain();
    EXPECT_EQ(item.reason, single.reason) << i << ": " << single.Explain();
    EXPECT_EQ(single.code, Code::kInvalidArgument) << i;
    ASSERT_EQ(item.fields.size(), single.fields.size()) << i;
    for (size_t n = 0; n < item.fields.size(); ++n) EXPECT_EQ(item.fields[n].field, single.fields[n].field);
  }
}

TEST(BadInput, ABatchOfNothingOrTooMuchIsRefused) {
  const Client caller = System::Shared().As({v1::ROLE_ADMIN}, "bad-batch");
  EXPECT_THAT(caller.Call<v1::ExecuteResponse>("BatchService/Execute", v1::ExecuteRequest()).answer().reason,
              "INVALID_REQUEST");
  v1::ExecuteRequest batch;
  for (const char* method : {"nobody/Nothing", "songsang.leads.v1.LeadService/GetLead",
                             "songsang.v1.BatchService/Execute", "songsang.v1.EventService/ReadEvents"})
    batch.add_items()->set_method(method);
  const auto answered = caller.Call<v1::ExecuteResponse>("BatchService/Execute", batch);
  ASSERT_TRUE(answered.ok()) << answered.answer().Explain();
  for (const auto& result : answered->results())
    EXPECT_THAT(result.error().code(),
                testing::AnyOf(static_cast<int>(Code::kInvalidArgument), static_cast<int>(Code::kUnimplemented)));
}

}  // namespace
}  // namespace songsang::tests
