#include "clone/fs/filesystem.h"
namespace disktwin::fs::swap { std::unique_ptr<FileSystem> open(ReaderPtr) { return nullptr; } }
