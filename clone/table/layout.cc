#include "clone/table/layout.h"

namespace disktwin::table {}
