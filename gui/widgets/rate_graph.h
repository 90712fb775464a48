// How fast a job is, over the time since it began.
#pragma once

#include <wx/control.h>

#include "gui/widgets/rate_history.h"

namespace disktwin::gui {

class RateGraph : public wxControl {
 public:
  explicit RateGraph(wxWindow* parent);

  // Seconds since the job began, pauses not taken out. Can be called as often as one likes; hours
  // are condensed.
  void add(double seconds, double bytesPerSecond);
  // The job is paused: a gap until the next point.
  void pause();
  void clear();

  bool AcceptsFocus() const override { return false; }

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  void onPaint(wxPaintEvent& event);

  RateHistory history_;
  double describedAt_ = -1;  // seconds; negative: never
};

}  // namespace disktwin::gui
