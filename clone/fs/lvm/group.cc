#include "clone/fs/lvm/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "clone/fs/lvm/unproven.h"
#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

using Node = Config::Node;

// Numbers of extents and of volumes have 32 bits in LVM.
constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();

std::vector<std::string_view> strings(const Config& text, const Node& in, std::string_view name) {
  std::vector<std::string_view> out;
  if (const Node* list = text.list(in, name)) {
    text.each(*list, [&](const Node& node) { out.push_back(node.text); });
  }
  return out;
}

std::uint64_t smallNumber(const Config& text, const Node& in, std::string_view name) {
  const std::uint64_t out = text.needNumber(in, name);
  if (out > kMost) {
    throw Unproven{fmt::format("its description of the volume group has a {} of {}", name, out)};
  }
  return out;
}

PhysicalVolume readPhysical(const Config& text, const Node& from) {
  PhysicalVolume out;
  out.name = from.name;
  out.uuid = text.needString(from, "id");
  out.status = strings(text, from, "status");
  out.flags = strings(text, from, "flags");
  out.deviceSectors = text.number(from, "dev_size").value_or(0);
  out.startSector = text.needNumber(from, "pe_start");
  out.extents = smallNumber(text, from, "pe_count");
  return out;
}

class SegmentReader {
 public:
  SegmentReader(const Config& text, const Node& from) : text_(text), from_(from) {}

  Segment run() {
    out_.start = smallNumber(text_, from_, "start_extent");
    out_.count = smallNumber(text_, from_, "extent_count");
    out_.type = text_.needString(from_, "type");
    if (out_.type == "striped") {
      readStripes();
    } else if (out_.type == "mirror") {
      readAreas("mirrors", smallNumber(text_, from_, "mirror_count"));
      out_.areaExtents = out_.count;
    }
    text_.each(from_, [&](const Node& node) { mention(node); });
    return out_;
  }

 private:
  void readStripes() {
    const std::uint64_t stripes = smallNumber(text_, from_, "stripe_count");
    if (stripes == 0 || out_.count % stripes != 0) {
      throw Unproven{
          fmt::format("a segment of {} extents is said to lie in {} stripes", out_.count, stripes)};
    }
    if (stripes > 1) out_.stripeSectors = smallNumber(text_, from_, "stripe_size");
    readAreas("stripes", stripes);
    out_.areaExtents = out_.count / stripes;
  }

  // Names and the extents where they begin, in turns.
  void readAreas(std::string_view key, std::uint64_t count) {
    const Node* list = text_.list(from_, key);
    std::vector<const Node*> items;
    if (list != nullptr) text_.each(*list, [&](const Node& node) { items.push_back(&node); });
    if (items.size() != 2 * count) {
      throw Unproven{
          fmt::format("a segment should have {} areas, but names {}", count, items.size() / 2)};
    }
    for (std::size_t i = 0; i < items.size(); i += 2) {
      if (items[i]->kind != Node::Kind::String || items[i + 1]->kind != Node::Kind::Number) {
        throw Unproven{"an area of a segment is not a name and a number"};
      }
      out_.areas.push_back({items[i]->text, items[i + 1]->number});
    }
  }

  void mention(const Node& node) {
    if (node.name == "type" || node.name == "tags") return;
    if (node.kind == Node::Kind::String) out_.mentioned.push_back({node.name, node.text});
    if (node.kind != Node::Kind::List) return;
    text_.each(node, [&](const Node& item) {
      if (item.kind == Node::Kind::String) out_.mentioned.push_back({node.name, item.text});
    });
  }

  const Config& text_;
  const Node& from_;
  Segment out_;
};

LogicalVolume readLogical(const Config& text, const Node& from) {
  LogicalVolume out;
  out.name = from.name;
  out.status = strings(text, from, "status");
  text.each(from, [&](const Node& node) {
    if (node.kind != Node::Kind::Section) return;
    if (!node.name.starts_with("segment")) {
      throw Unproven{fmt::format("its description of {} has an unknown part {}",
                                 printable(from.name), printable(node.name))};
    }
    out.segments.push_back(SegmentReader(text, node).run());
  });
  if (text.needNumber(from, "segment_count") != out.segments.size()) {
    throw Unproven{fmt::format("it does not name all segments of {}", printable(from.name))};
  }
  std::sort(out.segments.begin(), out.segments.end(),
            [](const Segment& a, const Segment& b) { return a.start < b.start; });
  std::uint64_t at = 0;
  for (const Segment& segment : out.segments) {
    if (segment.start != at || segment.count == 0) {
      throw Unproven{
          fmt::format("the segments of {} do not follow each other", printable(from.name))};
    }
    at += segment.count;
  }
  return out;
}

// _text_vgname_import and the checks around it, lib/format_text/import.c and import_vsn1.c.
const Node& groupSection(const Config& text) {
  if (text.needString(text.root(), "contents") != "Text Format Volume Group" ||
      text.needNumber(text.root(), "version") != 1) {
    throw Unproven{"its description of the volume group is of an unknown kind"};
  }
  const Node* found = nullptr;
  text.each(text.root(), [&](const Node& node) {
    if (node.kind != Node::Kind::Section) return;
    if (found != nullptr) throw Unproven{"it describes more than one volume group"};
    found = &node;
  });
  if (found == nullptr) throw Unproven{"it describes no volume group"};
  return *found;
}

template <typename Read, typename Out>
void readAll(const Config& text, const Node* in, const Read& read, std::vector<Out>& out) {
  if (in == nullptr) return;
  text.each(*in, [&](const Node& node) {
    if (node.kind == Node::Kind::Section) out.push_back(read(text, node));
  });
}

}  // namespace

Group readGroup(const Config& text) {
  const Node& from = groupSection(text);
  if (text.string(from, "format").value_or("lvm2") != "lvm2") {
    throw Unproven{"the volume group is not of the format lvm2"};
  }
  Group out;
  out.name = from.name;
  out.sequence = text.needNumber(from, "seqno");
  out.extentSectors = smallNumber(text, from, "extent_size");
  out.status = strings(text, from, "status");
  readAll(text, text.section(from, "physical_volumes"), readPhysical, out.physical);
  readAll(text, text.section(from, "logical_volumes"), readLogical, out.logical);
  return out;
}

}  // namespace disktwin::fs::lvm
