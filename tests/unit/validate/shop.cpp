#include "unit/validate/shop.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include "songsang/common/v1/values.pb.h"

namespace songsang::tests {
namespace {

namespace pb = google::protobuf;

constexpr const char* kProto = R"(
  syntax = "proto3";
  package shop;
  import "google/protobuf/duration.proto";
  import "google/protobuf/timestamp.proto";
  import "songsang/common/v1/values.proto";
  import "songsang/v1/options.proto";

  enum Kind { KIND_UNSPECIFIED = 0; KIND_SMALL = 1; KIND_LARGE = 2; }
  message Line {
    string name = 1 [(songsang.v1.check) = {required: true, max_len: 5}];
    songsang.common.v1.Money price = 2;
    Kind kind = 3;
  }
  message OrderRequest {
    string request_id = 1;
    string name = 2 [(songsang.v1.check) = {required: true}];
    optional string title = 3 [(songsang.v1.check) = {required: true}];
    optional string note = 4 [(songsang.v1.check) = {min_len: 2, max_len: 4}];
    string code = 5 [(songsang.v1.check) = {pattern: "[A-Z]{3}-[0-9]+"}];
    string customer_id = 6 [(songsang.v1.ref) = "accounts.Account"];
    repeated string tag_ids = 7 [(songsang.v1.ref) = "Tag", (songsang.v1.check) = {min_items: 1, max_items: 3}];
    string ordered_on = 8 [(songsang.v1.check) = {format: FORMAT_DATE}];
    string currency = 9 [(songsang.v1.check) = {format: FORMAT_CURRENCY}];
    optional string email = 10 [(songsang.v1.check) = {format: FORMAT_EMAIL}];
    string phone = 11 [(songsang.v1.check) = {format: FORMAT_PHONE}];
    string key = 12 [(songsang.v1.check) = {format: FORMAT_KEY}];
    string country = 13 [(songsang.v1.check) = {format: FORMAT_COUNTRY}];
    int32 count = 14 [(songsang.v1.check) = {gte: 0, lte: 10}];
    optional int64 least = 15 [(songsang.v1.check) = {gte: 1}];
    uint64 most = 16 [(songsang.v1.check) = {lte: 7}];
    uint32 needed = 17 [(songsang.v1.check) = {required: true}];
    double ratio = 18;
    Kind kind = 19 [(songsang.v1.check) = {required: true}];
    repeated Kind kinds = 20;
    repeated Line lines = 21;
    Line first = 22 [(songsang.v1.check) = {required: true}];
    google.protobuf.Timestamp occurred_at = 23;
    google.protobuf.Duration lasts = 24;
    bytes seal = 25 [(songsang.v1.check) = {max_len: 4}];
    repeated int32 counts = 26 [(songsang.v1.check) = {gte: 2}];
    map<string, Line> by_name = 27;
    OrderRequest inner = 28;
  }
  message Free { string text = 1; repeated string texts = 2; string request_id = 3; }
)";

class Builder {
 public:
  Builder() : pool_(pb::DescriptorPool::generated_pool()) {
    // Linked in by being named.
    pb::Timestamp::descriptor();
    pb::Duration::descriptor();
    common::v1::Money::descriptor();
    pool_.AllowUnknownDependencies();
    pb::io::ArrayInputStream in(kProto, static_cast<int>(strlen(kProto)));
    pb::io::Tokenizer tokenizer(&in, nullptr);
    pb::FileDescriptorProto file;
    file.set_name("shop.proto");
    pb::compiler::Parser parser;
    EXPECT_TRUE(parser.Parse(&tokenizer, &file));
    EXPECT_NE(pool_.BuildFile(file), nullptr);
    factory_.SetDelegateToGeneratedFactory(true);
  }

  std::unique_ptr<pb::Message> New(const std::string& type) {
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(pool_.FindMessageTypeByName("shop." + type))->New());
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
};

}  // namespace

std::unique_ptr<pb::Message> Shop(const std::string& type, const std::string& text) {
  static auto* builder = new Builder;
  auto message = builder->New(type);
  // Merged, so that a field given twice has its last value.
  EXPECT_TRUE(pb::TextFormat::MergeFromString(text, message.get())) << text;
  return message;
}

}  // namespace songsang::tests
