// SPDX-License-Identifier: Apache-2.0
// Exact rational numbers of 126 bits. An overflow throws: nothing is ever rounded.
#pragma once

#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace deconv_test {

class Fraction {
 public:
  __extension__ typedef __int128 Integer;

  Fraction() = default;
  Fraction(Integer numerator, Integer denominator = 1) : numerator_(numerator), denominator_(denominator) {  // NOLINT: a number is one
    if (denominator == 0) throw std::domain_error("fraction: division by zero");
    const Integer common = divisor(numerator, denominator) * (denominator < 0 ? -1 : 1);
    numerator_ /= common;
    denominator_ /= common;
  }
  // The value of a double with few bits; others throw.
  static Fraction of(double value) {
    Integer denominator = 1;
    while (value != std::trunc(value)) {
      value *= 2;
      denominator = times(denominator, 2);
    }
    if (std::fabs(value) > 0x1p53) throw std::overflow_error("fraction: a number that is too large");
    return {static_cast<Integer>(value), denominator};
  }

  // Correctly rounded: both parts must be exact doubles.
  double value() const {
    if (magnitude().numerator_ > kExact || denominator_ > kExact) throw std::overflow_error("fraction: parts beyond a double's");
    return static_cast<double>(numerator_) / static_cast<double>(denominator_);
  }

  friend Fraction operator+(const Fraction& a, const Fraction& b) {
    return {times(a.numerator_, b.denominator_) + times(b.numerator_, a.denominator_), times(a.denominator_, b.denominator_)};
  }
  friend Fraction operator-(const Fraction& a, const Fraction& b) { return a + b * Fraction(-1); }
  friend Fraction operator*(const Fraction& a, const Fraction& b) {
    return {times(a.numerator_, b.numerator_), times(a.denominator_, b.denominator_)};
  }
  friend Fraction operator/(const Fraction& a, const Fraction& b) { return a * Fraction(b.denominator_, b.numerator_); }
  friend bool operator==(const Fraction& a, const Fraction& b) { return a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_; }
  friend bool operator<(const Fraction& a, const Fraction& b) {
    return times(a.numerator_, b.denominator_) < times(b.numerator_, a.denominator_);
  }
  Fraction magnitude() const { return numerator_ < 0 ? *this * Fraction(-1) : *this; }

 private:
  static constexpr Integer kExact = Integer{1} << 53, kMost = (Integer{1} << 126) - 1;

  static Integer absolute(Integer a) { return a < 0 ? -a : a; }
  static Integer divisor(Integer a, Integer b) {
    a = absolute(a);
    b = absolute(b);
    while (b != 0) {
      const Integer rest = a % b;
      a = b;
      b = rest;
    }
    return a;
  }
  // Not the compilers' overflow builtins: clang's of 128 bits call a function that libgcc lacks.
  static Integer times(Integer a, Integer b) {
    if (b != 0 && absolute(a) > kMost / absolute(b)) throw std::overflow_error("fraction: a product beyond 126 bits");
    return a * b;
  }

  Integer numerator_ = 0, denominator_ = 1;
};

}  // namespace deconv_test
