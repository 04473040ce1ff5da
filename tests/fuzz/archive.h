// SPDX-License-Identifier: Apache-2.0
// Bytes as values and back: a structure that tells its fields to a Reader is filled from a fuzzer's bytes, one that tells them to a Writer
// becomes the bytes of a seed. Where the bytes end, fields keep what they have, so that every input means something.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace deconv_fuzz {

// A number is one byte for -8..223, one byte for a number that breaks arithmetic, three for others of 16 bits, nine for the rest.
constexpr int64_t kLeast = -8;
constexpr uint8_t kFirstSpecial = 232, kShort = 254, kLong = 255;
constexpr int64_t kSpecials[kShort - kFirstSpecial] = {
    INT64_MAX,        INT64_MIN,        INT64_MAX - 1,    INT64_MAX / 3,          INT32_MAX,        INT32_MIN,
    int64_t{1} << 31, UINT32_MAX,       int64_t{1} << 32, (int64_t{1} << 33) + 1, int64_t{1} << 40, int64_t{1} << 48,
    int64_t{1} << 60, int64_t{1} << 61, int64_t{1} << 62, (int64_t{1} << 62) - 1, 1 << 16,          1 << 20,
    1 << 24,          1 << 30,          1879048192,       1250999896764};

class Reader {
 public:
  Reader(const uint8_t* data, size_t size) : data_(data), left_(size) {}

  void operator()(int64_t& value) {
    uint8_t tag = 0;
    if (!take(&tag, 1)) return;
    if (tag < kFirstSpecial) {
      value = tag + kLeast;
    } else if (tag < kShort) {
      value = kSpecials[tag - kFirstSpecial];
    } else if (tag == kShort) {
      int16_t number = 0;
      if (take(&number, sizeof(number))) value = number;
    } else {
      take(&value, sizeof(value));
    }
  }
  void operator()(int32_t& value) {
    int64_t number = value;
    (*this)(number);
    value = static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(number)));
  }
  void operator()(uint8_t& value) { take(&value, 1); }
  void operator()(float& value) { take(&value, sizeof(value)); }
  // The rest.
  void operator()(std::string& value) {
    value.assign(reinterpret_cast<const char*>(data_), left_);
    left_ = 0;
  }

 private:
  bool take(void* to, size_t size) {
    if (left_ < size) {
      left_ = 0;
      return false;
    }
    std::memcpy(to, data_, size);
    data_ += size;
    left_ -= size;
    return true;
  }

  const uint8_t* data_;
  size_t left_;
};

class Writer {
 public:
  void operator()(const int64_t& value) {
    if (value >= kLeast && value < kFirstSpecial + kLeast) return put_byte(static_cast<uint8_t>(value - kLeast));
    for (size_t i = 0; i < kShort - kFirstSpecial; ++i) {
      if (kSpecials[i] == value) return put_byte(static_cast<uint8_t>(kFirstSpecial + i));
    }
    const auto number = static_cast<int16_t>(value);
    put_byte(number == value ? kShort : kLong);
    number == value ? put(&number, sizeof(number)) : put(&value, sizeof(value));
  }
  void operator()(const int32_t& value) { (*this)(int64_t{value}); }
  void operator()(const uint8_t& value) { put_byte(value); }
  void operator()(const float& value) { put(&value, sizeof(value)); }
  void operator()(const std::string& value) { bytes_ += value; }

  const std::string& bytes() const { return bytes_; }

 private:
  void put_byte(uint8_t value) { bytes_ += static_cast<char>(value); }
  void put(const void* from, size_t size) { bytes_.append(static_cast<const char*>(from), size); }

  std::string bytes_;
};

}  // namespace deconv_fuzz
