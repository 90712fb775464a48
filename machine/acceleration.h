// Whether the processor can help: by a trial, since /dev/kvm may be there and not work.
#pragma once

#include <string>

#include "machine/description.h"

namespace disktwin::machine {

struct AccelerationChoice {
  Acceleration acceleration = Acceleration::Tcg;
  std::string because;  // a clause
};

// KVM when a machine that runs by it gets through its firmware's first steps within a few seconds.
// Throws only Error(Cancelled).
AccelerationChoice findAcceleration();

}  // namespace disktwin::machine
