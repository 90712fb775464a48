#include "clone/files/records.h"

namespace disktwin::files {

void pack(Packer& out, const NodeInfo& info) {
  out.number(static_cast<std::uint64_t>(info.type))
      .number(info.size)
      .number(static_cast<std::uint64_t>(info.modified))
      .number(info.subvolume)
      .number(info.modifiedNanos)
      .number(info.mode)
      .number(info.owner)
      .number(info.group)
      .number(info.links)
      .number(info.device);
}

void pack(Packer& out, const Hash128& hash) {
  out.number(hash.high).number(hash.low);
}

NodeType unpackType(Unpacker& in) {
  const std::uint64_t number = in.number();
  if (number > static_cast<std::uint64_t>(NodeType::Other)) return NodeType::Other;
  return static_cast<NodeType>(number);
}

NodeInfo unpackInfo(Unpacker& in) {
  NodeInfo out;
  out.type = unpackType(in);
  out.size = in.number();
  out.modified = static_cast<std::int64_t>(in.number());
  out.subvolume = in.number();
  out.modifiedNanos = static_cast<std::uint32_t>(in.number());
  out.mode = static_cast<std::uint32_t>(in.number());
  out.owner = static_cast<std::uint32_t>(in.number());
  out.group = static_cast<std::uint32_t>(in.number());
  out.links = in.number();
  out.device = in.number();
  return out;
}

Hash128 unpackHash(Unpacker& in) {
  const std::uint64_t high = in.number();
  return {high, in.number()};
}

}  // namespace disktwin::files
