// Whether an image in files is whole.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "clone/copy/progress.h"
#include "clone/io/extent_set.h"
#include "image/read/front_image.h"
#include "image/read/image_reader.h"

namespace disktwin::image {

// Damage that was found: which bytes of the disk it hits (none: only the image's own books), and
// what it is, a sentence with the partition in it.
struct Damage {
  Extent disk;
  std::string text;
};

// Everything but the frames of data: that every byte belongs to exactly one frame, every frame of
// ours, the index, the runs of zeroes, the seek table. Reads little. Throws Error(Invalid) for the
// first thing that is wrong.
void checkBooks(const OpenImage& image);

// Every frame of data, decompressed, with all its hashes: all damage there is. Progress counts
// bytes of the image.
std::vector<Damage> checkData(const OpenImage& image, copy::Progress& progress);

// The frames of data (stored bytes only) of all cells that are not in `read`, which have been
// checked by being read. Throws Error(Invalid).
void checkRest(const OpenImage& image, const ExtentSet& read);

// Whether the image holds everything that the filesystems in it refer to: opens them with the
// program's readers on the image alone, whatever was recorded when it was captured. `disk` reads
// the chain.
std::vector<Damage> checkContents(const Catalog& catalog, const ReaderPtr& disk);

// An image that comes from front to back: all frames, all hashes. Throws Error(Invalid).
void checkFront(FrontImage& image, copy::Progress& progress);

}  // namespace disktwin::image
