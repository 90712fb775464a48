// Drawings for what the program can do: lines only, at any size.
#pragma once

#include <wx/geometry.h>
#include <wx/graphics.h>

namespace disktwin::gui {

enum class TaskIcon {
  DiskToDisk,
  SystemToDisk,
  DiskToFile,
  FileToDisk,
  Look,
};

// `strong` for what matters, `quiet` for the rest.
void drawTaskIcon(wxGraphicsContext& context, TaskIcon icon, const wxRect2DDouble& rect,
                  const wxColour& strong, const wxColour& quiet);

}  // namespace disktwin::gui
