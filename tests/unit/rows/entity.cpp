#include "unit/rows/entity.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <deque>

#include "songsang/common/v1/values.pb.h"
#include "songsang/v1/options.pb.h"

namespace songsang::rows {
namespace {

class Errors : public google::protobuf::io::ErrorCollector, public google::protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    ADD_FAILURE() << "line " << line << ":" << column << ": " << message;
  }
  void AddError(const std::string&, const std::string& element, const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    ADD_FAILURE() << element << ": " << message;
  }
};

google::protobuf::DescriptorPool& MakePool() {
  static auto& pools = *new std::deque<google::protobuf::DescriptorPool>;
  return pools.emplace_back(google::protobuf::DescriptorPool::generated_pool());
}

google::protobuf::DynamicMessageFactory& MakeFactory(const google::protobuf::DescriptorPool* pool) {
  static auto& factories = *new std::deque<google::protobuf::DynamicMessageFactory>;
  return factories.emplace_back(pool);
}

}  // namespace

Schema::Schema(const std::string& text) : pool_(MakePool()), factory_(MakeFactory(&pool_)) {
  // The generated files must be linked in to be found by name.
  google::protobuf::Timestamp::descriptor();
  common::v1::Money::descriptor();
  v1::Table::descriptor();
  const std::string whole =
      "syntax = \"proto3\"; package songsang.test.v1; import \"google/protobuf/timestamp.proto\"; import "
      "\"songsang/v1/options.proto\"; import \"songsang/common/v1/values.proto\";\n" +
      text;
  google::protobuf::io::ArrayInputStream stream(whole.data(), static_cast<int>(whole.size()));
  Errors errors;
  google::protobuf::io::Tokenizer tokenizer(&stream, &errors);
  google::protobuf::compiler::Parser parser;
  parser.RecordErrorsTo(&errors);
  google::protobuf::FileDescriptorProto file;
  file.set_name("songsang/test/v1/test.proto");
  EXPECT_TRUE(parser.Parse(&tokenizer, &file)) << whole;
  EXPECT_NE(pool_.BuildFileCollectingErrors(file, &errors), nullptr);
  factory_.SetDelegateToGeneratedFactory(true);
}

const google::protobuf::Descriptor* Schema::Find(const std::string& message) const {
  const auto* found = pool_.FindMessageTypeByName("songsang.test.v1." + message);
  EXPECT_NE(found, nullptr) << message;
  return found;
}

std::unique_ptr<google::protobuf::Message> Schema::Make(const std::string& message, const std::string& text) {
  std::unique_ptr<google::protobuf::Message> made(factory_.GetPrototype(Find(message))->New());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, made.get())) << text;
  return made;
}

}  // namespace songsang::rows
