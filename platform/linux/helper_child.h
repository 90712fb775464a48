// Work that would hang this process for good if it was killed meanwhile: whoever waits for the
// kernel cannot die, and the kernel waits for a VirtualFile that this process serves.
#pragma once

#include <functional>
#include <string>

namespace disktwin {

// What the child wants its parent to know even if it does not come to an end.
using Tell = std::function<void(const std::string&)>;

// Runs `work` in a child that is forked for it and waits. The child has no descriptor of this
// process and dies with it. What `work` throws is thrown here; Error(Failed) with `name` as subject
// when the child was killed, Error(Cancelled) when that was asked for, and the child is gone then.
// `heard` is called in this process for everything told. `work` may only touch what no other thread
// does: it runs in a copy of this process that has none of them. Not for several threads at once.
void runInChild(const std::string& name, const Tell& heard,
                const std::function<void(const Tell&)>& work);

}  // namespace disktwin
