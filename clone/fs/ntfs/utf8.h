// Names as people read them.
#pragma once

#include <string>
#include <string_view>

namespace disktwin::fs::ntfs {

// Up to the first zero; a surrogate without its partner becomes U+FFFD.
std::string utf8From(std::u16string_view text);

}  // namespace disktwin::fs::ntfs
