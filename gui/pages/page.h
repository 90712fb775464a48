// A page of the wizard: shows and takes answers, computes nothing.
#pragma once

#include <wx/scrolwin.h>
#include <wx/sizer.h>

#include <functional>

#include "gui/window/context.h"

namespace disktwin::gui {

class PageView : public wxScrolledWindow {
 public:
  PageView(wxWindow* parent, Context& context);

  virtual Page page() const = 0;
  virtual wxString title() const = 0;
  // It comes into sight: shows what the wizard holds now.
  virtual void enter() = 0;
  // Another task begins: forgets what belongs to the last one.
  virtual void begin() {}
  // It goes out of sight: drops questions that nobody waits for any more.
  virtual void leave() {}
  // Somebody wants to go on, or back: writes what was typed into the wizard. False when that has to
  // be looked at first; the page says why.
  virtual bool store() { return true; }
  // Why one cannot go on now; empty when one can.
  virtual wxString whyNotOn() const;
  // What the button that goes on says; empty: there is none.
  virtual wxString onLabel() const;
  // Something runs that must not be left by accident.
  virtual bool holds() const { return false; }

  // Called when whyNotOn() may have changed, and when the page itself wants to go on.
  std::function<void()> onChanged;
  std::function<void()> onNext;

 protected:
  void changed() const {
    if (onChanged) onChanged();
  }
  // After its parts have changed their size.
  void relayout();

  Context& context_;
  wxBoxSizer* const column_;
};

}  // namespace disktwin::gui
