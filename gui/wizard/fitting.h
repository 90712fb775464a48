// Partitions on a target of another size, while somebody drags their borders. Numbers in, numbers
// out; bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace disktwin::gui {

struct FitPart {
  std::uint32_t number = 0;
  std::string title;       // "root"
  std::string filesystem;  // "ext4"
  std::string role;
  std::uint64_t before = 0;    // its size on the source
  std::uint64_t used = 0;      // of that, 0: not known
  std::uint64_t smallest = 0;  // the least that it can be made; `before` when it cannot shrink
  bool canGrow = false;
  std::string whyRigid;     // why it keeps its size, may be empty
  std::uint64_t after = 0;  // its size on the target
};

// Holds sizes that always fit: every change is clipped to what the parts and the room allow.
class Fitting {
 public:
  static constexpr std::uint64_t kStep = 1 << 20;  // partitions begin and end at multiples

  Fitting() = default;
  // `room`: what the partitions may take together on the target, in bytes. `parts` in the order of
  // the disk, with `after` as the engine proposes it.
  Fitting(std::vector<FitPart> parts, std::uint64_t room);

  const std::vector<FitPart>& parts() const { return parts_; }
  std::uint64_t room() const { return room_; }
  std::uint64_t free() const;  // what no partition takes

  std::uint64_t least(std::size_t part) const;
  // The most that this one can have when all others keep what they have.
  std::uint64_t most(std::size_t part) const;
  // Its size becomes `size`, or what comes next to that; returns what it became. All others keep
  // theirs.
  std::uint64_t resize(std::size_t part, std::uint64_t size);
  // The border behind `part` is moved by that many bytes (negative: to the left): what it gets, the
  // next part that can change gives, and the other way round; with no such part, free room. Returns
  // by how much it moved.
  std::int64_t moveBorder(std::size_t part, std::int64_t by);

  void proposed();  // back to what the engine proposes
  void keep();      // every partition as large as on the source, where that fits
  bool canKeep() const;
  void proportional();  // what is left is shared by size among those that can grow
  void allTo(
      std::size_t part);  // all others as small as they were, or can be; the rest to this one

  // "2=42949672960,3=rest"; "auto" while nothing was changed, "keep" where all keep their size.
  std::string option() const;

 private:
  std::vector<FitPart> parts_;
  std::vector<std::uint64_t> proposal_;
  std::uint64_t room_ = 0;
};

}  // namespace disktwin::gui
