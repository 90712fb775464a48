// Here for the precompiled form of the header, which needs a source that uses it.
#include "tests/support/catch.h"
