#include "clone/table/layout.h"
