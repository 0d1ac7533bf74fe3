#include <gtest/gtest.h>

#include "tests/core/plan/workbench.h"

namespace jim {
namespace {

class FailedObjectTest : public testing::Test {
 protected:
  FailedObjectTest() {
    bench_.write("  web: { type: fake.machine, name: web, size: s }\n");
    Object& object = bench_.vendor.put(
        "fake.machine", "id-1", attributes(R"({"name":"web","size":"s"})"), Workbench::mark("web"));
    object.readiness = Readiness::failed;
    object.status = "failed_deployment";
    object.problem = "no disk";
  }

  Workbench bench_ = {};
};

TEST_F(FailedObjectTest, IsReplaced) {
  EXPECT_EQ(bench_.planned(),
            "replace web id-1 [replace] # id-1 carries this resource's mark; the vendor says "
            "'failed_deployment': no disk\n");
}

TEST_F(FailedObjectTest, IsBroughtBackWhereTheVendorCan) {
  bench_.vendor.type("fake.machine").retry = Risk::reinstall;
  EXPECT_EQ(bench_.planned(),
            "update web id-1 resumes [reinstall] # id-1 carries this resource's mark; the vendor "
            "says 'failed_deployment': no disk; it can be brought back and need not be replaced\n");
}

TEST_F(FailedObjectTest, IsReplacedAllTheSameWhenTheFileAsksForAnother) {
  bench_.vendor.type("fake.machine").retry = Risk::reinstall;
  bench_.write("  web: { type: fake.machine, name: web, size: xl }\n");
  EXPECT_EQ(bench_.plan().changes.front().action, Action::replace);
}

}  // namespace
}  // namespace jim
