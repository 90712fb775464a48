#include "clone/fs/lvm/inner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "clone/fs/lvm/foreign.h"
#include "clone/fs/registry.h"
#include "clone/fs/second_opinion.h"
#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

VolumeInfo named(const ForeignName& name, std::uint64_t size) {
  VolumeInfo out;
  out.type = printable(name.type);
  out.label = printable(name.label);
  out.uuid = printable(name.uuid);
  out.size = size;
  out.used = size;
  return out;
}

}  // namespace

// By the same rule as a partition: a map is only taken when nothing speaks against its reader. Old
// superblocks outlive new formats inside of logical volumes, too.
Inner lookInto(const std::shared_ptr<const MappedReader>& volume) {
  Inner out;
  Recognised found = recognise(volume, "lvm");
  const std::optional<ForeignName> other = secondOpinion(*volume);
  if (!found.ambiguous.empty()) {
    out.whyWhole =
        fmt::format("it bears the marks of several formats ({})", fmt::join(found.ambiguous, ", "));
  } else if (other && other->ambiguous) {
    out.whyWhole = "it bears the marks of several formats";
  } else if (!found.fs) {
    const bool isNamed = other && !other->type.empty();
    if (isNamed) out.content = named(*other, volume->size());
    out.whyWhole = isNamed ? fmt::format("no reader for {} is built in", out.content.type)
                           : "nothing known was found on it";
  } else {
    out.content = found.fs->info();
    if (other && other->type != out.content.type) {
      out.whyWhole = fmt::format("it looks like {}, but libblkid calls it {}", out.content.type,
                                 printable(other->type));
    } else if (const std::string mark = findForeign(*volume, out.content.type); !mark.empty()) {
      out.whyWhole =
          fmt::format("it looks like {}, but bears the mark of {} too", out.content.type, mark);
    } else {
      out.fs = std::move(found.fs);
    }
  }
  return out;
}

}  // namespace disktwin::fs::lvm
