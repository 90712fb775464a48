// Who runs this program.
#pragma once

namespace disktwin {

bool isRoot();

}  // namespace disktwin
