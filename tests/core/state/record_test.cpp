#include "core/state/record.h"

#include <gtest/gtest.h>

#include "core/state/export.h"
#include "core/state/fingerprint.h"
#include "core/value/json.h"

namespace jim {
namespace {

Record full_record() {
  Record record{.address = {.name = "web", .key = std::string("e\"u")},
                .type = "latitude.server",
                .id = "sv_1",
                .needs = {"ops", "net"},
                .half_made = true,
                .protect = true,
                .keep = true,
                .forgotten = true,
                .created = "2026-11-24T15:04:05Z",
                .updated = "2026-11-24T16:04:05Z",
                .deposed = {"sv_0"}};
  record.attributes.set("plan", "c3");
  record.attributes.set("tags", ValueList{Value("a"), Value(1), Value(2.5), Value()});
  record.intent = Intent{.action = "create",
                         .mark = "jim:a:b:c",
                         .client_id = "id",
                         .fingerprint = "f",
                         .started = "2026-11-24T15:04:05Z",
                         .listed_before = {"x", "y"}};
  record.intent->fields.set("hostname", "web-0");
  return record;
}

Result<Record> read(const char* json) { return record_from(*parse_json(json)); }

TEST(RecordTest, ReadsBackTheSame) {
  const Record record = full_record();
  const auto value = parse_json(to_json(record_to_value(record)));
  ASSERT_TRUE(value);
  const auto again = record_from(*value);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, record);
}

TEST(RecordTest, AnEmptyIntentIsStillAnIntent) {
  Record record{.address = {.name = "web"}};
  record.intent.emplace();
  const auto again = record_from(record_to_value(record));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->intent.has_value());
}

TEST(RecordTest, TheFormOfVersionOneIsRead) {
  const auto record =
      read(R"({"schema":1,"address":"web[2]","type":"latitude.server","id":"sv_1",)"
           R"("attributes":{"plan":"c3"},"needs":["ops"],"half_made":true,"deposed":["sv_0"],)"
           R"("intent":{"action":"create","mark":"jim:a:b:c","listed_before":["x"]}})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->address.text(), "web[2]");
  EXPECT_EQ(record->intent->listed_before, std::vector<std::string>{"x"});
  EXPECT_TRUE(record->half_made);
}

TEST(RecordTest, WhatIsNotUnderstoodIsRefused) {
  const auto message = [](const char* json) {
    const auto record = read(json);
    EXPECT_EQ(record ? ErrorCode::internal : record.error().code, ErrorCode::io) << json;
    return record ? "read" : record.error().message;
  };
  EXPECT_EQ(message(R"({"schema":2,"address":"web"})"),
            "the record of web cannot be read: it has format 2, and this version of jim knows 1");
  EXPECT_EQ(message(R"({"schema":1,"address":"web","colour":"red"})"),
            "the record of web cannot be read: it has a field that this version of jim does not "
            "know");
  EXPECT_EQ(message(R"({"schema":1,"address":"web","id":7})"),
            "the record of web cannot be read: its field 'id' is malformed");
  EXPECT_EQ(message(R"({"schema":1,"address":"web","needs":[7]})"),
            "the record of web cannot be read: its field 'needs' is malformed");
  EXPECT_EQ(message(R"({"schema":1,"address":"web","intent":{"later":1}})"),
            "the record of web cannot be read: it has a field that this version of jim does not "
            "know");
  EXPECT_EQ(message(R"({"schema":1,"address":"web["})"),
            "a record of the state cannot be read: 'web[' is no address");
  EXPECT_EQ(message(R"({"address":"web"})"),
            "the record of web cannot be read: it does not say its format");
  EXPECT_EQ(message("[]"), "a record of the state cannot be read: it is no map");
}

TEST(FingerprintTest, TellsSameFromChangedAndNothingElse) {
  const Value print = fingerprint_value("hunter2", "key");
  EXPECT_TRUE(is_fingerprint(print));
  EXPECT_EQ(to_json(print).find("hunter2"), std::string::npos);
  EXPECT_TRUE(same_secret(print, "hunter2", "key"));
  EXPECT_TRUE(same_secret(print, print, "key"));
  EXPECT_FALSE(same_secret(print, "hunter3", "key"));
  EXPECT_FALSE(same_secret(print, "hunter2", "other key"));
  EXPECT_FALSE(same_secret(print, Value(), "key"));
  EXPECT_FALSE(same_secret(print, Value::unknown(), "key"));
}

TEST(FingerprintTest, NullUnknownAndFingerprintsStay) {
  EXPECT_TRUE(fingerprint_value(Value(), "key").is_null());
  EXPECT_TRUE(fingerprint_value(Value::unknown(), "key").is_unknown());
  const Value print = fingerprint_value("a", "key");
  EXPECT_EQ(fingerprint_value(print, "key"), print);
}

TEST(FingerprintTest, OtherMapsAreNoFingerprints) {
  EXPECT_FALSE(is_fingerprint("hmac:00"));
  EXPECT_FALSE(is_fingerprint(*parse_json(R"({"$secret":"x"})")));
  EXPECT_FALSE(is_fingerprint(*parse_json(R"({"$secret":"hmac:00","a":1})")));
}

TEST(FingerprintTest, RedactReplacesSecretsAtAnyDepth) {
  ValueMap inner;
  inner.set("open", "a");
  inner.set("closed", Value("b").as_secret());
  ValueMap map;
  map.set("list", ValueList{Value(inner)});
  map.set("token", Value("b").as_secret());
  map.set("none", Value().as_secret());
  const ValueMap safe = redact(map, "key");
  EXPECT_FALSE(Value(safe).has_secret());
  EXPECT_TRUE(is_fingerprint(*safe.find("token")));
  EXPECT_TRUE(safe.find("none")->is_null());
  EXPECT_EQ(*safe.find("list")->as_list()[0].get("open"), Value("a"));
  EXPECT_TRUE(same_secret(*safe.find("list")->as_list()[0].get("closed"), "b", "key"));
}

TEST(ExportTest, ReadsBackTheSameAndGivesTheSameBytes) {
  State state;
  state.head = {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "k", .serial = 9};
  state.records = {Record{.address = {.name = "db"}}, full_record()};
  state.outputs.set("url", "http://a");
  const std::string text = export_state(state);
  const auto again = import_state(text, "s.json");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->head, state.head);
  EXPECT_EQ(again->records, state.records);
  EXPECT_EQ(again->outputs, state.outputs);
  EXPECT_EQ(export_state(*again), text);
  EXPECT_NE(text.find("fingerprint_key"), std::string::npos);
  EXPECT_EQ(export_state(state, false).find("fingerprint_key"), std::string::npos);
}

TEST(ExportTest, OtherTextIsRefused) {
  EXPECT_EQ(import_state("{}", "s.json").error().message,
            "s.json is no exported state: it does not say its format");
  EXPECT_EQ(import_state(R"({"format":"jim-state/9"})", "s.json").error().message,
            "s.json is no exported state: its format is 'jim-state/9', and this version knows "
            "'jim-state/1'");
  EXPECT_EQ(import_state(R"({"format":"jim-state/1"})", "s.json").error().message,
            "s.json is no exported state: 'resources' is missing");
  EXPECT_FALSE(import_state("nonsense", "s.json"));
}

std::string why_refused(const State& state) {
  const auto read = import_state(export_state(state), "s.json");
  return read ? "it was taken" : read.error().message + "; " + read.error().hint;
}

/// What a mistaken edit of an exported state does: a machine would be deleted that is another's.
TEST(ExportTest, WhatCannotBeAStateIsRefused) {
  const Record a = {.address = {.name = "web", .key = 0}, .type = "latitude.server", .id = "sv_1"};
  const Record b = {.address = {.name = "web", .key = 1}, .type = "latitude.server", .id = "sv_2"};
  const State sound = {
      .head = {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key", .serial = 4},
      .records = {a, b}};
  EXPECT_EQ(why_refused(sound), "it was taken");
  const std::string begin = "s.json is no exported state: ";
  const std::string end = "; 'jim state pull' writes one";

  State state = sound;
  state.records[1].id = "sv_1";
  EXPECT_EQ(why_refused(state), begin +
                                    "resources[1], 'web[1]', has the latitude.server sv_1, and so "
                                    "has resources[0], 'web[0]'" +
                                    end);
  state = sound;
  state.records[1].deposed = {"sv_1"};
  EXPECT_EQ(why_refused(state), begin +
                                    "resources[1], 'web[1]', has the latitude.server sv_1, and so "
                                    "has resources[0], 'web[0]'" +
                                    end);
  state = sound;
  state.records[1].address = a.address;
  EXPECT_EQ(why_refused(state),
            begin + "resources[1], 'web[0]', has the same address as resources[0]" + end);
  state = sound;
  state.head.serial = -3;
  EXPECT_EQ(why_refused(state), begin + "its serial is -3" + end);
  state = sound;
  state.head.lineage = "";
  EXPECT_EQ(why_refused(state), begin + "it has no lineage" + end);
  state.head.lineage = "k3x9 mz";
  EXPECT_EQ(why_refused(state), begin + "'k3x9 mz' is no lineage" + end);
  state = sound;
  state.head.serial = INT64_MAX;
  EXPECT_EQ(why_refused(state), begin + "its serial is 9223372036854775807" + end);
  state = sound;
  state.head.fingerprint_key = "";
  EXPECT_EQ(why_refused(state),
            begin + "it has no fingerprint_key, which tells secrets apart" + end);
  state = sound;
  state.head.project = "";
  EXPECT_EQ(why_refused(state), begin + "it names no project" + end);
}

TEST(ExportTest, AForgottenObjectMayBelongToAnotherAddressMeanwhile) {
  const State state = {
      .head = {.project = "chat", .lineage = "k3x9q2mz", .fingerprint_key = "key"},
      .records = {{.address = {.name = "a"}, .type = "x.y", .id = "1", .forgotten = true},
                  {.address = {.name = "b"}, .type = "x.y", .id = "1"}}};
  EXPECT_EQ(why_refused(state), "it was taken");
}

}  // namespace
}  // namespace jim
