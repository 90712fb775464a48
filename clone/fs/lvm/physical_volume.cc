#include "clone/fs/lvm/physical_volume.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/lvm/config.h"
#include "clone/fs/lvm/group.h"
#include "clone/fs/lvm/metadata_area.h"
#include "clone/fs/lvm/ondisk.h"
#include "clone/fs/lvm/unproven.h"

namespace disktwin::fs::lvm {
namespace {

// The text that is in force; empty when the volume belongs to no group.
class Texts {
 public:
  Texts(const BlockReader& volume, const Label& label, Contents& out)
      : volume_(volume), label_(label), out_(out) {}

  std::string newest() {
    for (const Extent& area : label_.metadataAreas) look(area);
    if (current_ == 0) {
      throw Unproven{"it holds no description of its volume group, which lies on other volumes"};
    }
    if (!best_.empty()) return std::move(best_);
    // Without the flag, a text must be somewhere: every volume of a group keeps one unless its
    // areas are ignored.
    if (label_.knowsBelonging && label_.belongsToGroup) {
      throw Unproven{"it belongs to a volume group, but holds no description of it"};
    }
    return {};
  }

 private:
  void look(Extent extent) {
    MetadataArea area = readMetadataArea(volume_, extent);
    out_.areas.push_back(area.extent);
    if (area.isIgnored) return;
    if (++current_ > 1 && area.text.empty() != best_.empty()) noteDifference();
    if (area.text.empty() || area.text == best_) return;
    const std::uint64_t sequence = readGroup(Config(area.text)).sequence;
    if (!best_.empty()) {
      if (sequence == sequence_) {
        throw Unproven{"it holds two descriptions of its volume group that contradict each other"};
      }
      noteDifference();
      if (sequence < sequence_) return;
    }
    best_ = std::move(area.text);
    sequence_ = sequence;
  }

  // As lvm2 does when it reads a group: the newest one counts.
  void noteDifference() {
    out_.notes.push_back(
        "Its descriptions of the volume group are not all of the same age; the newest one "
        "counts. vgck --updatemetadata makes them equal.");
  }

  const BlockReader& volume_;
  const Label& label_;
  Contents& out_;
  std::size_t current_ = 0;  // areas that are not ignored
  std::string best_;
  std::uint64_t sequence_ = 0;
};

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void readGroupOf(const BlockReader& volume, const Label& label, Contents& out) {
  std::string text = Texts(volume, label, out).newest();
  if (text.empty()) {
    out.notes.push_back("It belongs to no volume group: nothing but its label is of use.");
    return;
  }
  const Config config(std::move(text));
  Layout layout = place(readGroup(config), label.uuid, volume);
  if (layout.data.offset != label.dataStart) {
    throw Unproven{fmt::format("its label says that extents begin at {}, its volume group says {}",
                               label.dataStart, layout.data.offset)};
  }
  append(out.notes, layout.notes);
  out.layout = std::move(layout);
}

}  // namespace

Contents readContents(const BlockReader& volume, const Label& label) {
  Contents out;
  // Whatever stands before the extents is small, and what else uses it cannot be known.
  const std::uint64_t head = std::clamp(label.dataStart, 2 * kLabelSectors * kSector, MiB);
  out.areas.push_back(intersection({0, head}, {0, volume.size()}));
  append(out.areas, label.metadataAreas);
  append(out.areas, label.bootAreas);
  try {
    if (!label.problem.empty()) throw Unproven{label.problem};
    readGroupOf(volume, label, out);
  } catch (const Unproven& unproven) {
    out.problem = unproven.why;
  }
  return out;
}

}  // namespace disktwin::fs::lvm
