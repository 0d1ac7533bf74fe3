#include "core/graph/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace jim {
namespace {

using Nodes = std::vector<std::size_t>;

TEST(GraphTest, NothingNeedsNoOrder) {
  EXPECT_TRUE(order_by_need({}).order.empty());
  EXPECT_TRUE(order_by_need({}).cycle.empty());
}

TEST(GraphTest, EverythingComesAfterWhatItNeeds) {
  EXPECT_EQ(order_by_need({{1, 2}, {3}, {3}, {}}).order, (Nodes{3, 1, 2, 0}));
}

TEST(GraphTest, TheGivenOrderIsKeptWhereNothingIsNeeded) {
  EXPECT_EQ(order_by_need({{}, {}, {}, {}}).order, (Nodes{0, 1, 2, 3}));
  EXPECT_EQ(order_by_need({{}, {3}, {}, {}}).order, (Nodes{0, 3, 1, 2}));
}

TEST(GraphTest, ANeedNamedTwiceCountsOnce) {
  EXPECT_EQ(order_by_need({{1, 1}, {}}).order, (Nodes{1, 0}));
}

TEST(GraphTest, ACircleIsNamedWholeAndWithoutWhatOnlyLeadsToIt) {
  const Order order = order_by_need({{1}, {2}, {3}, {1}, {}});
  EXPECT_EQ(order.cycle, (Nodes{1, 2, 3}));
  EXPECT_TRUE(order.order.empty());
}

TEST(GraphTest, WhatNeedsItselfIsACircleOfOne) {
  EXPECT_EQ(order_by_need({{}, {1}}).cycle, Nodes{1});
}

TEST(GraphTest, TwoWaysToOneNodeAreNoCircle) {
  EXPECT_TRUE(order_by_need({{1, 2}, {2}, {}}).cycle.empty());
}

TEST(GraphTest, AChainOfAHundredThousandNeedsNoDeepStack) {
  constexpr std::size_t kCount = 100'000;
  std::vector<Nodes> needs(kCount);
  for (std::size_t i = 0; i + 1 < kCount; ++i) needs[i] = {i + 1};
  EXPECT_EQ(order_by_need(needs).order.front(), kCount - 1);
  needs[kCount - 1] = {0};
  EXPECT_EQ(order_by_need(needs).cycle.size(), kCount);
}

TEST(GraphTest, RandomGraphsAreOrderedOrHaveACircleOfRealNeeds) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    const std::size_t count = 1 + random() % 12;
    std::vector<Nodes> needs(count);
    for (Nodes& one : needs)
      for (std::size_t i = random() % 3; i > 0; --i) one.push_back(random() % count);
    const Order found = order_by_need(needs);
    if (found.cycle.empty()) {
      ASSERT_EQ(found.order.size(), count);
      std::vector<std::size_t> place(count, count);
      for (std::size_t i = 0; i < count; ++i) place[found.order[i]] = i;
      for (std::size_t i = 0; i < count; ++i)
        for (const std::size_t other : needs[i]) EXPECT_LT(place[other], place[i]);
    }
    for (std::size_t i = 0; i < found.cycle.size(); ++i) {
      const Nodes& mine = needs[found.cycle[i]];
      const std::size_t next = found.cycle[(i + 1) % found.cycle.size()];
      EXPECT_NE(std::find(mine.begin(), mine.end(), next), mine.end());
    }
  }
}

}  // namespace
}  // namespace jim
