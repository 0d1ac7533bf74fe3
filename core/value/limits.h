#pragma once

#include <cstddef>

namespace jim::detail {

/// Bounds of one evaluation. Far above what a fleet's file needs, low enough to end within about a
/// second.
constexpr std::size_t kMaxSteps = 2'000'000;   ///< nodes walked
constexpr std::size_t kMaxText = 16u << 20;    ///< bytes of all texts made
constexpr std::size_t kMaxValues = 5'000'000;  ///< values in all lists and maps made
/// Values walked by all evaluations of one file together.
constexpr std::size_t kMaxEffort = 25'000'000;
/// Bytes of a text that a pattern is searched in.
constexpr std::size_t kMaxSearched = 16u << 10;
/// Elements of one list that a function makes from numbers.
constexpr std::size_t kMaxItems = 100'000;

}  // namespace jim::detail
